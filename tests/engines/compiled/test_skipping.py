"""Which products pass over zeros."""

import pytest

from clearprop.engines.compiled.operations.skipping import density, skip_zeros
from clearprop.engines.compiled.program import Value


def data(share, shape=(8, 784), dtype="float32"):
    return Value("", (), {"density": share}, shape, dtype, kind="data")


def scaled(x, op="multiply", *, by_left=False):
    number = Value("", (), {}, (), x.dtype, kind="constant")
    spread = Value("broadcast", (number,), {"axes": (), "shape": x.shape}, x.shape, x.dtype)
    inputs = (spread, x) if by_left else (x, spread)
    return Value(op, inputs, {}, x.shape, x.dtype)


def product(x, N=50, **params):
    w = Value("", (), {}, (x.shape[-1], N), x.dtype, kind="state")
    value = Value("dot", (x, w), {"ta": False, "tb": False} | params, (x.shape[0], N), x.dtype)
    skip_zeros([value])
    return bool(value.params.get("skip"))


def test_what_is_mostly_zeros_is_skipped():
    assert product(data(0.2))


@pytest.mark.parametrize(
    "made",
    [
        product(data(0.9)),
        product(data(0.2), N=4),
        product(data(0.2, (8, 10))),
        product(data(0.2), tb=True),
        product(Value("exp", (data(0.2),), {}, (8, 784), "float32")),
    ],
)
def test_nothing_else_is(made):
    assert not made


def test_zeros_stay_zeros_when_scaled():
    assert density(scaled(data(0.2))) == 0.2
    assert density(scaled(data(0.2), by_left=True)) == 0.2
    assert density(scaled(data(0.2), "divide")) == 0.2
    assert density(scaled(data(0.2), "divide", by_left=True)) == 1.0
    assert density(scaled(data(0.2), "add")) == 1.0
