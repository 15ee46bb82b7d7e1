"""The namespaces that operations are written with: what they have, and what they refuse."""

import array_api_strict
import numpy as np
import pytest

import clearprop as cp
from clearprop.core.namespaces import CONSTANT, NUMPY, STANDARD, ArrayNamespace, constant_maker
from clearprop.core.op import REGISTRY
from clearprop.core.symbols import SYMBOLS
from clearprop.core.tensor import RECORDED

X = np.arange(6.0).reshape(2, 3)


def test_what_counts_as_standard_is_in_the_standard():
    assert [name for name in STANDARD if not hasattr(array_api_strict, name)] == []
    assert CONSTANT <= STANDARD


@pytest.mark.parametrize("name", sorted(STANDARD))
def test_numpy_has_it(name):
    assert hasattr(NUMPY, name)


def test_our_operations_are_in_every_namespace():
    for name in REGISTRY:
        for xp in (NUMPY, RECORDED, SYMBOLS):
            assert callable(getattr(xp, name))


def test_a_function_is_found_once():
    xp = ArrayNamespace(np, "numpy")
    assert "tanh" not in vars(xp)
    assert xp.tanh is np.tanh
    assert vars(xp)["tanh"] is np.tanh


def test_operations_compute_with_the_arrays_of_the_namespace():
    strict = ArrayNamespace(array_api_strict, "strict")
    made = strict.softplus(array_api_strict.asarray([0.0]))
    assert isinstance(made, type(array_api_strict.asarray(0.0)))
    assert isinstance(NUMPY.softplus(X), np.ndarray)
    assert isinstance(NUMPY.concat([X, X]), np.ndarray)
    assert repr(strict) == "<namespace strict>"


@pytest.mark.parametrize("xp", [NUMPY, RECORDED, SYMBOLS], ids=["numpy", "recorded", "symbols"])
@pytest.mark.parametrize("name", ["array", "nansum", "load", "no_such", "_private"])
def test_what_is_neither_standard_nor_ours_is_refused(xp, name):
    with pytest.raises(AttributeError, match=name):
        getattr(xp, name)


@pytest.mark.parametrize("name", ["sort", "meshgrid", "diff"])
def test_a_record_takes_no_function_that_computes_with_values(name):
    if name in REGISTRY:
        return
    assert name in STANDARD
    with pytest.raises(AttributeError, match=f"no operation {name!r}; a rule or a composition"):
        getattr(RECORDED, name)
    with pytest.raises(AttributeError, match=name):
        constant_maker(name)


def test_constants_on_a_record():
    x = cp.tensor(X.astype("f4"))
    for made, expected in [
        (RECORDED.zeros_like(x), np.zeros((2, 3), "f4")),
        (RECORDED.full_like(x, 2.5), np.full((2, 3), 2.5, "f4")),
        (RECORDED.arange(3), np.arange(3)),
        (RECORDED.eye(2, dtype=x.dtype), np.eye(2, dtype="f4")),
        (RECORDED.asarray([1.0, 2.0]), np.array([1.0, 2.0])),
    ]:
        assert isinstance(made, cp.Tensor)
        assert not made.requires_grad
        np.testing.assert_array_equal(made.numpy(), expected)
        assert made.dtype == expected.dtype
    assert RECORDED.result_type(x, x) == np.float32
    assert RECORDED.finfo(x.dtype).bits == 32
    assert RECORDED.pi == np.pi
    assert RECORDED.float32 is np.float32
