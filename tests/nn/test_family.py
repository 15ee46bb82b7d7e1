"""Layers are found in attributes of whatever kind, and weights listed once, in order."""

import numpy as np
import pytest

import clearprop as cp
from clearprop.nn import family
from clearprop.nn.layer import Layer


class Holding(Layer):
    def __init__(self, **held):
        super().__init__()
        for name, value in held.items():
            setattr(self, name, value)

    def call(self, x):
        return x


def dense(units=1):
    layer = cp.layers.Dense(units)
    layer.build((None, 2))
    return layer


def test_layers_are_found_wherever_they_are():
    a, b, c, d = (dense() for _ in range(4))
    holding = Holding(first=a, some=[b, (c, 3)], named={"d": d}, more="text", shape=(None, 2))
    assert holding.layers == [a, b, c, d]
    holding.some.append(late := dense())
    assert holding.layers == [a, b, c, late, d]


def test_a_kind_without_layers_is_asked_once_and_one_with_layers_each_time(monkeypatch):
    class Bag(list):
        """A list of somebody's own."""

    class Other:
        pass

    monkeypatch.setattr(family, "PLAIN", {*family.PLAIN})
    holding = Holding(bag=Bag([dense()]), other=Other())
    assert len(holding.layers) == 1
    assert Other in family.PLAIN
    assert Bag not in family.PLAIN
    assert type(holding.bag[0]) not in family.PLAIN
    holding.bag.append(dense())
    holding.other = dense()
    assert len(holding.layers) == 3


def test_not_all_kinds_there_are_are_held_on_to(monkeypatch):
    monkeypatch.setattr(family, "PLAIN", {*family.PLAIN})
    monkeypatch.setattr(family, "MOST", len(family.PLAIN) + 3)
    holding = Holding(**{f"a{k}": type(f"Kind{k}", (), {})() for k in range(9)})
    assert holding.layers == []
    assert len(family.PLAIN) == family.MOST


def test_weights_are_listed_once_trained_ones_first():
    shared = dense()
    holding = Holding(one=shared, again=[shared], other=dense(3))
    fixed = holding.add_weight((), "zeros", name="fixed", trainable=False)
    learnt = holding.add_weight((), "zeros", name="learnt")
    other = holding.other
    expected = [learnt, fixed, shared.kernel, shared.bias, other.kernel, other.bias]
    assert [id(each) for each in holding.weights] == [id(each) for each in expected]


def test_who_lists_weights_in_a_way_of_ones_own_is_asked():
    class Hiding(Holding):
        @property
        def weights(self):
            return [self.inner.kernel]

    outer = Holding(inside=Hiding(inner=dense()))
    assert [each.shape for each in outer.weights] == [(2, 1)]


@pytest.mark.parametrize("order", ["C", "F"])
def test_what_is_assigned_is_a_copy_that_nobody_writes_to(order):
    layer, values = dense(3), np.arange(6, dtype="float32").reshape(2, 3, order=order)
    layer.kernel.assign(values)
    expected = values.copy()
    values[:] = -1
    np.testing.assert_array_equal(layer.kernel.numpy(), expected)
    assert not layer.kernel.data.flags.writeable
    with pytest.raises(cp.errors.ShapeError):
        layer.kernel.assign(values.T)
