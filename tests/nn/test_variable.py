"""A weight keeps its name while its values change, and records keep what they saw."""

import copy
import gc
import weakref

import numpy as np
import pytest

import clearprop as cp
from clearprop.errors import NumericsError, OptionError, ShapeError
from clearprop.nn import Variable


def weight(values=(1.0, 2.0), dtype="float32", **options):
    return Variable(np.array(values, dtype), path="dense/kernel", **options)


def test_it_is_a_named_leaf_with_gradients():
    w = weight()
    assert (w.name, w.path, w.shape, w.dtype, w.requires_grad) == (
        "dense/kernel", "dense/kernel", (2,), np.float32, True,
    )  # fmt: skip
    (w * w).sum().backward()
    assert w.grad.tolist() == [2.0, 4.0]


def test_assign_leaves_old_records_true():
    w = weight()
    before = w * 3.0
    w.assign([5, 6])
    assert w.tolist() == [5.0, 6.0]
    assert before.node.inputs[0].data.tolist() == [1.0, 2.0]
    before.sum().backward()  # of values that are no longer the variable's
    assert w.grad is None
    (w * 3.0).sum().backward()
    assert w.grad.tolist() == [3.0, 3.0]


def test_assign_copies_and_protects():
    w, values = weight(), np.array([7.0, 8.0], "float32")
    w.assign(values)
    values[0] = 0
    assert w.tolist() == [7.0, 8.0]
    with pytest.raises(ValueError, match="read-only"):
        w.data[0] = 1


def test_assign_keeps_its_kind_of_number():
    w = weight()
    w.assign(np.array([1.5, 2.5]))
    assert w.dtype == np.float32
    w.assign(cp.tensor([3.0, 4.0]))
    assert w.tolist() == [3.0, 4.0]
    w.assign([np.inf, np.nan])  # what is not finite already may be kept
    assert np.isinf(w.numpy()[0])


@pytest.mark.parametrize(
    ("values", "error", "words"),
    [
        ([1.0], ShapeError, r"dense/kernel has shape \(2,\); got values of shape \(1,\)"),
        ([[1.0, 2.0]], ShapeError, r"got values of shape \(1, 2\)"),
        ([1e300, 0.0], NumericsError, "too large"),
    ],
)
def test_values_that_do_not_fit_change_nothing(values, error, words):
    w = weight()
    with pytest.raises(error, match=words):
        w.assign(values)
    assert w.tolist() == [1.0, 2.0]


def test_one_that_is_not_trained_gets_no_gradient():
    w = weight(trainable=False)
    assert not w.requires_grad
    w.trainable = True
    (w * 2.0).sum().backward()
    assert w.grad.tolist() == [2.0, 2.0]


def test_whole_numbers_have_no_gradient():
    assert not weight((1, 2), "int64").requires_grad


def test_it_says_what_it_is():
    assert repr(weight()) == "<variable dense/kernel (2,) float32: [1., 2.]>"


def test_it_is_freed_when_dropped():
    gc.disable()
    try:
        w = weight()
        y = w * 2.0
        seen = weakref.ref(w)
        del w
        assert seen() is None
        assert y.tolist() == [2.0, 4.0]
    finally:
        gc.enable()


def test_a_deep_copy_is_a_weight_of_its_own():
    w = Variable(np.ones(2), path="dense/bias")
    v = copy.deepcopy(w)
    cp.sum(v * v).backward()
    assert (type(v), v.path, v.grad.tolist()) == (Variable, "dense/bias", [2.0, 2.0])
    assert w.grad is None
    v.assign([5.0, 6.0])
    assert w.tolist() == [1.0, 1.0]


@pytest.mark.parametrize(
    ("args", "more"),
    [((1.0,), {}), ((np.ones(2), (2,)), {}), ((np.ones(2),), {"name": "w", "dtype": "float32"})],
)
def test_one_that_no_layer_makes_is_refused_in_words(args, more):
    with pytest.raises(OptionError, match=r"add_weight.*cp\.tensor"):
        Variable(*args, **more)
