"""Matrix products, convolutions, pools, gathering and sorting in native code, one by one."""

import numpy as np
import pytest

from clearprop.core.namespaces import NUMPY
from clearprop.core.op import REGISTRY
from clearprop.engines.compiled.operations import products, structured
from clearprop.engines.compiled.primitives import PRIMITIVES
from clearprop.engines.compiled.program import Value
from tests.engines.compiled.alone import leaf, run, targets

TARGETS = targets()
each_target = pytest.mark.parametrize("target", TARGETS.values(), ids=TARGETS)
KINDS = [np.float32, np.float64]


def agree(got, expected):
    assert got.shape == expected.shape
    scale = max(1.0, np.abs(expected).max()) if expected.size else 1.0
    tolerance = 2e-5 if expected.dtype == np.float32 else 1e-12
    np.testing.assert_allclose(got, expected, rtol=tolerance, atol=tolerance * scale)


def product(M, N, K, *, ta=False, tb=False, dtype=np.float32, skip=False, stack=(), target=None):
    rng = np.random.default_rng(M * N + K)
    a = rng.standard_normal((*stack, K, M) if ta else (*stack, M, K))
    b = rng.standard_normal((*stack, N, K) if tb else (*stack, K, N))
    if skip:
        a *= rng.random(a.shape) < 0.2
    if np.dtype(dtype).kind == "i":
        a, b = a * 5, b * 5
    a, b = a.astype(dtype), b.astype(dtype)
    params = {"ta": ta, "tb": tb} | ({"skip": True} if skip else {})
    value = Value("dot", (leaf(a), leaf(b)), params, (*stack, M, N), dtype)
    return run(value, [a, b], target), np.matmul(a.mT if ta else a, b.mT if tb else b)


SIZES = [
    (1, 1, 1), (3, 5, 7), (1, 37, 13), (13, 1, 17), (17, 50, 33), (0, 3, 2), (3, 4, 0), (1, 7, 140),
]  # fmt: skip


@each_target
@pytest.mark.parametrize("size", SIZES, ids=str)
@pytest.mark.parametrize("turned", [(0, 0), (1, 0), (0, 1), (1, 1)], ids=str)
def test_products_of_every_form(size, turned, target):
    ta, tb = map(bool, turned)
    agree(*product(*size, ta=ta, tb=tb, target=target))


@each_target
def test_products_laid_out_in_panels(target):
    agree(*product(50, 300, 230, target=target))
    agree(*product(50, 290, 230, tb=True, dtype=np.float64, target=target))


@each_target
@pytest.mark.parametrize("turned", [(0, 0), (1, 0), (0, 1)], ids=str)
def test_products_with_long_sums_are_added_up_in_parts(turned, target):
    ta, tb = map(bool, turned)
    agree(*product(17, 37, 2000, ta=ta, tb=tb, dtype=np.float64, target=target))
    agree(*product(50, 260, 1100, ta=ta, tb=tb, target=target))


@each_target
def test_large_products_by_the_library(monkeypatch, target):
    monkeypatch.setattr(structured, "MOST", 100)
    agree(*product(13, 5, 110, dtype=np.float64, target=target))
    agree(*product(5, 13, 110, ta=True, tb=True, target=target))


@each_target
def test_products_of_whole_numbers(target):
    got, expected = product(5, 3, 4, dtype=np.int64, target=target)
    assert (got == expected).all()


@each_target
@pytest.mark.parametrize("dtype", KINDS)
def test_stacks_of_products(dtype, target):
    agree(*product(5, 6, 7, tb=True, dtype=dtype, stack=(2, 3), target=target))
    agree(*product(5, 6, 7, ta=True, dtype=dtype, stack=(3,), target=target))


@each_target
@pytest.mark.parametrize("dtype", KINDS)
@pytest.mark.parametrize("size", [(9, 50, 131), (70, 37, 9), (1, 100, 64), (33, 3, 5)], ids=str)
@pytest.mark.parametrize("ta", [False, True])
def test_products_that_pass_over_zeros(size, ta, dtype, target):
    agree(*product(*size, ta=ta, dtype=dtype, skip=True, target=target))


def test_a_wrong_sum_is_noticed(monkeypatch):
    monkeypatch.setattr(products.Function, "fma", lambda f, a, b, c: f.binary("fmul", a, b))
    with pytest.raises(AssertionError, match="Not equal"):
        agree(*product(17, 50, 33, target=TARGETS["host"]))


def test_a_write_out_of_bounds_is_noticed(monkeypatch):
    monkeypatch.setitem(
        structured.STRUCTURED, "dot",
        lambda f, value, inputs, out: f.store(f.index(0), f.at(out, value.nbytes, "i8")),
    )  # fmt: skip
    with pytest.raises(AssertionError):
        product(3, 5, 7, target=TARGETS["host"])


CONVOLUTIONS = [
    ((2, 5, 2), (3, 2, 3), {}),
    ((1, 4, 5, 2), (2, 3, 2, 1), {"padding": "same"}),
    ((3, 5, 6, 4), (3, 2, 2, 6), {"strides": (2, 1), "padding": "same", "groups": 2}),
    ((1, 6, 5, 2), (2, 2, 2, 2), {"dilation": (2, 3), "padding": ((1, 0), (0, 2))}),
    ((2, 5, 5, 3), (3, 3, 1, 6), {"groups": 3, "strides": 2, "padding": 1, "dilation": 2}),
    ((2, 7, 6, 19), (3, 3, 1, 19), {"groups": 19, "padding": "same"}),
    ((1, 3, 4, 3, 1), (2, 3, 1, 1, 2), {"strides": (1, 2, 2)}),
    ((2, 9, 8, 20), (3, 3, 20, 37), {"padding": "same"}),
    ((2, 7, 7, 3), (2, 2, 3, 5), {"strides": 3}),
    ((0, 3, 3, 1), (2, 2, 1, 2), {}),
]


def operation(name, arrays, how, target):
    expected = REGISTRY[name].compute(NUMPY, *arrays, **how)
    value = Value(name, list(map(leaf, arrays)), how, expected.shape, expected.dtype)
    return run(value, arrays, target), expected


@each_target
@pytest.mark.parametrize("case", CONVOLUTIONS, ids=str)
def test_convolutions_and_their_gradients(case, target):
    size, kernel, how = case
    dtype = KINDS[len(kernel) % 2]
    rng = np.random.default_rng(1)
    x, w = rng.standard_normal(size).astype(dtype), rng.standard_normal(kernel).astype(dtype)
    got, expected = operation("conv", [x, w], how, target)
    agree(got, expected)
    delta = rng.standard_normal(expected.shape).astype(dtype)
    agree(*operation("conv_transpose", [delta, w], how | {"size": size[1:-1]}, target))
    agree(*operation("conv_kernel", [x, delta], how | {"window": kernel[:-2]}, target))


POOLS = [
    ((2, 5, 2), {"window": 2}),
    ((1, 4, 5, 3), {"window": 3, "strides": 2, "padding": "same"}),
    ((3, 4, 5, 2), {"window": (2, 3), "strides": (1, 2), "padding": ((1, 0), (2, 1))}),
    ((2, 6, 6, 37), {"window": 2}),
    ((2, 7, 7, 5), {"window": 7}),
    ((1, 3, 4, 5, 3), {"window": 2}),
]


@each_target
@pytest.mark.parametrize("case", POOLS, ids=str)
def test_the_ways_back_of_pools(case, target):
    size, how = case
    dtype = KINDS[len(size) % 2]
    rng = np.random.default_rng(2)
    x = rng.permutation(int(np.prod(size))).reshape(size).astype(dtype)
    seen = REGISTRY["max_pool"].compute(NUMPY, x, **how)
    values = rng.standard_normal(seen.shape).astype(dtype)
    agree(*operation("max_unpool", [values, x], how, target))
    agree(*operation("sum_unpool", [values], how | {"size": size[1:-1]}, target))


def test_of_equals_the_first_wins():
    x = np.ones((1, 4, 3), np.float32)
    values = np.arange(6, dtype=np.float32).reshape(1, 2, 3) + 1
    got, _ = operation("max_unpool", [values, x], {"window": 2}, TARGETS["host"])
    assert got[0, :, 0].tolist() == [1, 0, 4, 0]


def primitive(op, *arrays, target, **params):
    inputs = list(map(leaf, arrays))
    shape, dtype = PRIMITIVES[op].rule(inputs, **params)
    got = run(Value(op, inputs, params, shape, dtype), list(arrays), target)
    np.testing.assert_array_equal(got, PRIMITIVES[op].reference(*arrays, **params))


@each_target
@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.int64, np.bool], ids=str)
@pytest.mark.parametrize("axis", range(3))
def test_gathering_joining_and_sorting(dtype, axis, target):
    rng = np.random.default_rng(axis)
    x = (rng.integers(-9, 9, (3, 5, 7)) / 4).astype(dtype)
    if x.dtype.kind == "f":
        x[0, 0, :3], x[1, 2, 3] = np.nan, np.inf
    size = x.shape[axis]
    row = rng.integers(-size, size, 11)
    along = rng.integers(-size, size, [4 if a == axis else n for a, n in enumerate(x.shape)])
    primitive("take", x, row, axis=axis, target=target)
    primitive("take_along", x, along, axis=axis, target=target)
    primitive("concat", x, x, np.take(x, [0], axis), axis=axis, target=target)
    primitive("sort", x, axis=axis, target=target)
    primitive("argsort", x, axis=axis, target=target)
    if x.dtype != np.bool:
        x = np.nan_to_num(x, posinf=2)
        several = np.take(x, np.where(row < 0, row + size, row), axis)
        primitive("scatter_add", several, row, axis=axis, size=size, target=target)
        lines = np.take_along_axis(x, np.where(along < 0, along + size, along), axis)
        primitive("scatter_along", lines, along, axis=axis, size=size, target=target)
        primitive("cumsum", x, axis=axis, target=target)
        primitive("cumprod", x, axis=axis, target=target)


def test_places_out_of_range_read_nothing_else():
    x = np.arange(5.0)
    primitive("take", x, np.array([-99, 99, 4]), axis=0, target=TARGETS["host"])
