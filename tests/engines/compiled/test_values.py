"""The compiler's namespace does what NumPy does: kinds of numbers, broadcasting, axes, indices."""

import itertools

import numpy as np
import pytest

from clearprop.core.namespaces import NUMPY, STANDARD
from clearprop.engines.compiled.interpret import check, compute
from clearprop.engines.compiled.primitives import PRIMITIVES
from clearprop.engines.compiled.program import NotCompilable, Value, in_order
from clearprop.engines.compiled.trace import building
from clearprop.engines.compiled.trace.namespace import COMPILER

KINDS = ["float32", "float64", "int64", "int32", "uint8", "bool", "float16"]


def leaf(array, **options):
    array = np.asarray(array)
    return Value("", (), {}, array.shape, array.dtype, kind="data", **options)


def both(function, *arrays):
    """Compute on values, and with NumPy; give both."""
    values = [leaf(x) for x in arrays]
    made = function(COMPILER, *values)
    check([made])
    with np.errstate(all="ignore"):
        expected = np.asarray(function(NUMPY, *arrays))
    (got,) = compute([made], dict(zip(values, arrays, strict=True)))
    assert (made.shape, made.dtype) == (expected.shape, expected.dtype)
    assert (got.shape, got.dtype) == (expected.shape, expected.dtype)
    return got, expected


def same(function, *arrays, rtol=1e-12):
    np.testing.assert_allclose(*both(function, *arrays), rtol=rtol)


def numbers(*shape, kind="float64"):
    x = np.random.default_rng(len(shape)).uniform(-3, 3, shape)
    return (np.abs(x) if kind == "uint8" else x).astype(kind)


TWO = ["add", "multiply", "divide", "maximum", "less", "pow", "equal"]


@pytest.mark.parametrize("name", TWO)
def test_kinds_of_numbers_meet_as_in_numpy(name):
    for one, two in itertools.product(KINDS, KINDS):
        if name == "pow" and {one, two} & {"bool", "int64", "int32", "uint8"}:
            continue
        a, b = np.abs(numbers(3, 4, kind=one)), np.abs(numbers(4, kind=two))
        same(lambda xp, a, b: getattr(xp, name)(a, b), a, b, rtol=2e-3)


@pytest.mark.parametrize("kind", [k for k in KINDS if k != "bool"])
@pytest.mark.parametrize("number", [2, 0.5, -1.5, True])
def test_plain_numbers_adapt(kind, number):
    if kind == "uint8" and number == -1.5:
        number = 1.5
    x = np.abs(numbers(3, kind=kind)) + np.asarray(1, kind)
    for function in (
        lambda xp, x: x + number,
        lambda xp, x: number * x,
        lambda xp, x: x / number,
        lambda xp, x: xp.where(x > number, x, number),
        lambda xp, x: xp.maximum(x, number),
        lambda xp, x: x**2,
    ):
        same(function, x, rtol=2e-3)


def test_arrays_without_axes_are_not_plain_numbers():
    one = np.asarray(2.0)  # float64, which makes float32 wider
    same(lambda xp, x, s: x * s, numbers(3, kind="float32"), one)


def test_numbers_of_a_step_count_as_plain():
    x, lr = leaf(np.zeros(3, np.float32)), leaf(np.float64(0.5), weak=True)
    scale = lr * (1 - 0.9 ** (lr + 1)) ** 0.5
    assert scale.weak
    assert scale.dtype == np.float64
    assert (x * scale).dtype == np.float32
    assert not (x * scale).weak
    assert (np.zeros(3) + lr).dtype == np.float64


def test_numbers_that_functions_give_are_numpys():
    """As np.maximum(0.5, 1.0) is one: float32 arrays that meet it become float64."""
    x, lr = leaf(np.zeros(3, np.float32)), leaf(np.float64(0.5), weak=True)
    for made in (
        COMPILER.maximum(lr, 1.0),
        COMPILER.sqrt(lr),
        COMPILER.where(lr > 1, lr, 0.5),
        COMPILER.where(x > 0, 1.0, 2.0),
    ):
        assert not made.weak
        assert (x * made).dtype == np.float64
    assert lr.__array_namespace__() is COMPILER


POWERS = [2, 1, 0.5, -1, 3, 2.0, 0]


@pytest.mark.parametrize("power", POWERS)
def test_powers_are_numpys(power):
    x = np.random.default_rng(0).uniform(0.1, 3, 500).astype(np.float32)
    got, expected = both(lambda xp, x: x**power, x)
    np.testing.assert_array_equal(got, expected)


EVERY = {
    "sum of an axis": lambda xp, x: xp.sum(x, axis=1),
    "sum of all": lambda xp, x: xp.sum(x),
    "sum of none": lambda xp, x: xp.sum(x, axis=()),
    "sum kept": lambda xp, x: xp.sum(x, axis=(0, -1), keepdims=True),
    "mean": lambda xp, x: xp.mean(x, axis=-2),
    "max": lambda xp, x: xp.max(x, axis=(1, 2)),
    "min": lambda xp, x: xp.min(x, axis=-1, keepdims=True),
    "prod": lambda xp, x: xp.prod(x, axis=0),
    "var": lambda xp, x: xp.var(x, axis=(0, 2), correction=1),
    "std": lambda xp, x: xp.std(x, axis=1, keepdims=True),
    "any": lambda xp, x: xp.any(x > 0, axis=1),
    "all": lambda xp, x: xp.all(x > 0, axis=(0, 1), keepdims=True),
    "argmax": lambda xp, x: xp.argmax(x, axis=1),
    "argmin kept": lambda xp, x: xp.argmin(x, axis=-1, keepdims=True),
    "argmax of all": lambda xp, x: xp.argmax(x),
    "softmax": lambda xp, x: xp.softmax(x, axis=1),
    "centred": lambda xp, x: x - xp.mean(x, axis=(0, 1), keepdims=True),
    "flip": lambda xp, x: xp.flip(x, axis=(0, -1)),
    "flip all": lambda xp, x: xp.flip(x),
    "roll": lambda xp, x: xp.roll(x, (1, -2), axis=(0, 2)),
    "roll all": lambda xp, x: xp.roll(x, 5),
    "tile": lambda xp, x: xp.tile(x, (2, 1, 1, 3)),
    "repeat": lambda xp, x: xp.repeat(x, 2, axis=1),
    "repeat all": lambda xp, x: xp.repeat(x, 3),
    "tril": lambda xp, x: xp.tril(x, k=1),
    "triu": lambda xp, x: xp.triu(x, k=-1),
    "concat": lambda xp, x: xp.concat([x, x[:1], x[:0]], axis=0),
    "concat all": lambda xp, x: xp.concat([x, x], axis=None),
    "stack": lambda xp, x: xp.stack([x, -x], axis=-1),
    "moveaxis": lambda xp, x: xp.moveaxis(x, (0, 1), (-1, 0)),
    "permute": lambda xp, x: xp.permute_dims(xp.permute_dims(x, (1, 2, 0)), (2, 1, 0)),
    "reshape": lambda xp, x: xp.reshape(xp.reshape(x, (6, -1)), (-1,)),
    "squeeze": lambda xp, x: xp.squeeze(xp.expand_dims(x, axis=(0, -1)), axis=(0, -1)),
    "sort": lambda xp, x: xp.sort(x, axis=1),
    "argsort": lambda xp, x: xp.argsort(x, axis=-1),
    "cumulative sum": lambda xp, x: xp.cumulative_sum(x, axis=1),
    "cumulative product": lambda xp, x: xp.cumulative_prod(x, axis=2),
    "diff": lambda xp, x: xp.diff(x, axis=1),
    "clip": lambda xp, x: xp.clip(x, -1, 1.5),
    "round": lambda xp, x: xp.round(x * 2),
    "matmul": lambda xp, x: x @ xp.matrix_transpose(x),
    "matmul by one": lambda xp, x: xp.matmul(x, xp.ones((4, 2), dtype=x.dtype)),
    "matmul by a row": lambda xp, x: x @ x[0, 0],
    "matmul of a row": lambda xp, x: x[0, 0] @ xp.matrix_transpose(x),
    "tensordot": lambda xp, x: xp.tensordot(x, x, axes=((0, 2), (0, 2))),
    "vecdot": lambda xp, x: xp.vecdot(x, x[0], axis=-1),
    "weights' gradient": lambda xp, x: xp.sum(xp.matmul(xp.matrix_transpose(x), x), axis=(0,)),
    "some of it": lambda xp, x: xp.sum(xp.matmul(x, xp.matrix_transpose(x)), axis=(0,)),
    "arange": lambda xp, x: x + xp.arange(4, dtype=x.dtype),
    "arange from": lambda xp, x: x + xp.arange(1, 9, 2),
    "eye": lambda xp, x: x + xp.eye(3, 4, k=1),
    "full": lambda xp, x: x + xp.full_like(x, 2) - xp.full((3, 1), 0.5),
    "linspace": lambda xp, x: x * xp.linspace(0.0, 1.0, 4),
    "meshgrid": lambda xp, x: xp.meshgrid(x[0, 0], x[:, 0, 0])[0],
    "broadcast": lambda xp, x: xp.broadcast_to(x[:, :1], (5, *x.shape)),
    "unstack": lambda xp, x: xp.unstack(x, axis=1)[1],
    "take": lambda xp, x: xp.take(x, xp.asarray(np.array([0, 2, 2])), axis=1),
    "logaddexp": lambda xp, x: xp.logaddexp(x, -x),
    "zeros": lambda xp, x: xp.zeros_like(x) + xp.asarray(np.zeros((3, 4))),
}


@pytest.mark.parametrize("name", EVERY)
def test_functions_of_the_standard(name):
    same(EVERY[name], numbers(2, 3, 4))


KEYS = {
    "a number": np.s_[1],
    "from the end": np.s_[-1, :, -2],
    "steps": np.s_[::2, ::-1],
    "backwards": np.s_[:, 2:0:-1, ::-2],
    "new axes": np.s_[None, ..., None, 0],
    "beyond": np.s_[5:, -9:2],
    "nothing": np.s_[:, 2:1],
    "ellipsis": np.s_[..., 1:3],
    "places": np.array([1, 0, 1]),
    "places of an axis": np.s_[:, np.array([2, -1])],
    "two lists": np.s_[np.array([0, 1]), :, np.array([3, 3])],
    "a mask": np.array([[True, False, True], [False, False, True]]),
}


@pytest.mark.parametrize("key", KEYS)
def test_indices(key):
    same(lambda xp, x: x[KEYS[key]], numbers(2, 3, 4))


@pytest.mark.parametrize("shape", [(), (0,), (0, 3), (1,), (1, 1), (7, 1, 3)])
def test_odd_sizes(shape):
    x = numbers(*shape)
    for function in (
        lambda xp, x: x + 1,
        lambda xp, x: xp.sum(x),
        lambda xp, x: xp.exp(x) * x,
        lambda xp, x: xp.reshape(x, (-1,)) if x.size else x,
        lambda xp, x: xp.expand_dims(x, axis=0),
        lambda xp, x: xp.broadcast_to(x, (2, *x.shape)),
        lambda xp, x: xp.flip(x),
    ):
        same(function, x)


def test_views_of_views_are_one():
    x = leaf(numbers(2, 3, 4))
    assert COMPILER.permute_dims(COMPILER.permute_dims(x, (1, 2, 0)), (2, 0, 1)) is x
    assert COMPILER.reshape(COMPILER.reshape(x, (6, 4)), (2, 3, 4)) is x
    assert COMPILER.astype(x, dtype=np.float64) is x
    twice = COMPILER.broadcast_to(COMPILER.expand_dims(x, axis=0), (5, 2, 3, 4))
    assert [value.op for value in in_order([twice])] == ["", "broadcast"]
    joined = COMPILER.concat([x, -x], axis=1)
    assert joined[:, 3:].op == "negative"
    assert joined[:, 2:4].op == "slice"


def test_sums_of_stacked_products_are_one_product():
    x, g = leaf(numbers(5, 7, 3)), leaf(numbers(5, 7, 2))
    made = COMPILER.sum(COMPILER.matmul(COMPILER.matrix_transpose(x), g), axis=(0,))
    ops = [value.op for value in in_order([made])]
    assert "sum" not in ops
    assert made.op == "dot"


def test_zeros_are_no_arrays_and_signs_are_kept():
    assert building.as_value(np.zeros((3, 4))).op == "broadcast"
    assert building.as_value(np.full(3, -0.0)).kind == "constant"
    (got,) = compute([building.number(-0.0, np.float64)], {})
    assert np.signbit(got)
    assert building.number(1, np.int64) is building.number(1, np.int64)
    assert building.number(True, np.bool) is not building.number(1, np.int64)


@pytest.mark.parametrize(
    "look", [bool, float, int, np.asarray, np.cumsum, lambda x: [0, 1][x], lambda x: x.item()]
)
def test_numbers_cannot_be_looked_at(look):
    with pytest.raises((NotCompilable, TypeError)):
        look(leaf(np.float64(1.0)))


def test_numpys_functions_become_primitives():
    made = np.exp(np.arange(3.0) * leaf(numbers(3)))
    assert [value.op for value in in_order([made]) if value.op] == ["multiply", "exp"]


def test_what_has_no_fixed_size_is_refused():
    with pytest.raises(NotCompilable):
        COMPILER.nonzero(leaf(numbers(3)))
    with pytest.raises(NotCompilable):
        building.as_value(np.array(["a"]))


def test_every_function_of_the_standard_is_there():
    assert [name for name in sorted(STANDARD) if not hasattr(COMPILER, name)] == []


def test_primitives_are_described():
    assert {known.kind for known in PRIMITIVES.values()} == {
        "map", "view", "reduce", "structured",
    }  # fmt: skip
    assert all(name == known.name for name, known in PRIMITIVES.items())
