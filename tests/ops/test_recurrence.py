"""Recurrent layers as operations: one rule for all inputs, and shapes that do not fit."""

import numpy as np
import pytest

import clearprop as cp
from clearprop import ops
from clearprop.core.namespaces import NUMPY
from clearprop.core.op import REGISTRY
from clearprop.core.tensor import leaf
from clearprop.errors import ShapeError
from clearprop.ops import recurrence

GENERIC = {
    "lstm": recurrence._lstm_rule,
    "gru": recurrence._gru_rule,
    "simple_rnn": recurrence._simple_rnn_rule,
}


@pytest.mark.parametrize("name", GENERIC)
def test_the_quick_rule_is_the_plain_rule(name):
    op = REGISTRY[name]
    for case in op.cases:
        rng = np.random.default_rng(3)
        arrays = case.arrays(rng)
        y = op.compute(NUMPY, *arrays, **case.params)
        g = rng.standard_normal(y.shape)
        wanted = [True] * len(arrays)
        quick = op.together(NUMPY, wanted, g, y, *arrays, **case.params)
        plain = GENERIC[name](NUMPY, wanted, g, y, *arrays, **case.params)
        for a, b in zip(quick, plain, strict=True):
            np.testing.assert_allclose(a, b, rtol=1e-12, atol=1e-14)


def test_one_rule_is_asked_once_for_what_is_wanted(monkeypatch):
    op = REGISTRY["gru"]
    arrays = op.cases[0].arrays(np.random.default_rng(0))
    asked = []
    plain = op.together

    def counting(xp, wanted, *rest, **params):
        asked.append(list(wanted))
        return plain(xp, wanted, *rest, **params)

    monkeypatch.setattr(op, "together", counting)
    kernel, recurrent = (leaf(arrays[k], requires_grad=True) for k in (1, 2))
    ops.gru(arrays[0], kernel, recurrent, *arrays[3:]).sum().backward()
    assert asked == [[False, True, True, False, False]]
    assert kernel.grad.shape == kernel.shape


def test_a_rule_that_gives_nonsense_is_noticed(monkeypatch):
    op = REGISTRY["simple_rnn"]
    arrays = op.cases[0].arrays(np.random.default_rng(0))

    def nonsense(xp, wanted, g, y, *inputs, **how):
        return [2 * x for x in inputs]

    with monkeypatch.context() as patched:
        patched.setattr(op, "together", nonsense)
        report = cp.gradcheck(lambda x: op(x, *arrays[1:]).sum(), arrays[0], raise_exception=False)
    assert not report.ok
    assert cp.gradcheck(lambda x: op(x, *arrays[1:]).sum(), arrays[0]).ok


X, W, R, B, H = (np.zeros(shape) for shape in ((2, 3, 4), (4, 8), (2, 8), (8,), (2, 2)))


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ([X[:, :, 0], W, R, B, H, H], r"x\[..., None\]"),
        ([X[:, :0], W, R, B, H, H], "at least one time step"),
        ([X, W[:3], R, B, H, H], r"kernel is \(3, 8\).*\(4, 8\)"),
        ([X, W, R[:, :6], B, H, H], r"\(U, 4 U\)"),
        ([X, W, R, B[:4], H, H], "bias"),
        ([X, W, R, B, H, H[:1]], "a state"),
    ],
)
def test_shapes_that_do_not_fit(given, words):
    with pytest.raises(ShapeError, match=words):
        ops.lstm(*given)
