"""A gradient as a sum over paths: all of them add up, and the largest are the largest."""

import itertools

import numpy as np
import pytest

import clearprop as cp
from clearprop.errors import OptionError
from clearprop.explain.formula import evaluate, leaves
from clearprop.explain.verify import claims, verify
from tests.explain.nets import CLASSIC_X, CLASSIC_Y, classic, random_dense


def paths_of(e):
    return next(step for step in e.steps if step.role == "paths").formula


@pytest.mark.parametrize("activation", ["linear", "tanh", "sigmoid", "relu"])
@pytest.mark.parametrize("loss", ["mse", "categorical_crossentropy"])
@pytest.mark.parametrize("sizes", [(3, 2), (3, 4, 2), (2, 3, 4, 3)])
def test_all_paths_add_up_to_the_gradient(activation, loss, sizes):
    rng = np.random.default_rng(len(sizes))
    model, x, y = random_dense(
        rng, activation=activation, loss=loss, optimizer="sgd", sizes=sizes, samples=1
    )
    e = cp.why(model, "dense/kernel[1,1]", x=x, y=y, paths=True, top=1000)
    found = paths_of(e)
    assert found.rest_count == 0
    assert len(found.parts) == np.prod(sizes[2:], dtype=int)
    assert evaluate(found) == pytest.approx(e.value, rel=1e-9, abs=1e-12)
    sizes_of_terms = [abs(part.value) for part in found.parts]
    assert sizes_of_terms == sorted(sizes_of_terms, reverse=True)


def test_the_largest_are_found_among_all():
    rng = np.random.default_rng(8)
    model, x, y = random_dense(
        rng, activation="tanh", loss="mse", optimizer="sgd", sizes=(2, 5, 5, 4), samples=1
    )
    every = paths_of(cp.why(model, "dense/kernel[0,2]", x=x, y=y, paths=True, top=1000))
    few = paths_of(cp.why(model, "dense/kernel[0,2]", x=x, y=y, paths=True, top=7))
    assert [p.value for p in few.parts] == pytest.approx([p.value for p in every.parts[:7]])
    assert few.rest_count == len(every.parts) - 7
    assert few.rest_total == pytest.approx(sum(p.value for p in every.parts[7:]))


def test_a_path_is_the_product_one_writes_by_hand():
    model = classic()
    e = cp.why(model, "w1", x=CLASSIC_X, y=CLASSIC_Y, paths=True, lang="en")
    first = paths_of(e).parts[0]
    names = [q.symbol for q in leaves(first)]
    assert names == ["x1", "∂h1/∂sum_h1", "w5", "∂o1/∂sum_o1", "∂E/∂o1"]
    h1, o1 = 0.593269992, 0.751365070
    by_hand = 0.05 * h1 * (1 - h1) * 0.4 * o1 * (1 - o1) * (o1 - 0.01)
    assert first.value == pytest.approx(by_hand, rel=1e-6)
    assert list(claims(str(e)))
    assert verify(str(e)) == []


def test_of_a_batch_one_sample_is_shown():
    rng = np.random.default_rng(2)
    model, x, y = random_dense(rng, activation="tanh", loss="mse", optimizer="sgd", samples=4)
    shares = [
        paths_of(cp.why(model, "dense/kernel[0,1]", x=x, y=y, paths=True, sample=s)).value
        for s in range(4)
    ]
    assert sum(shares) == pytest.approx(cp.why(model, "dense/kernel[0,1]", x=x, y=y).value)


def test_what_has_no_paths_says_so():
    with pytest.raises(OptionError, match="start from a weight"):
        cp.why(classic(), "h1", x=CLASSIC_X, y=CLASSIC_Y, paths=True)
    model = cp.Sequential([cp.Input((2,)), cp.layers.Dense(3), cp.layers.Activation("tanh")])
    model.compile("sgd", "mse")
    brute = itertools.product(range(2), range(3))
    for i, j in brute:  # an activation of its own is no dense layer, and is passed through
        e = cp.why(model, f"dense/kernel[{i},{j}]", x=[1.0, 2.0], y=[0.0, 0.5, 1.0], paths=True)
        assert evaluate(paths_of(e)) == pytest.approx(e.value, rel=1e-9)
