"""Loops over elements in native code, held to NumPy."""

import numpy as np
import pytest

from clearprop.engines.compiled.codegen import emit, maps, nest
from clearprop.engines.compiled.codegen.body import Body
from clearprop.engines.compiled.codegen.maps import MAPS
from clearprop.engines.compiled.primitives import PRIMITIVES
from clearprop.engines.compiled.program import NotCompilable, Program, Value
from clearprop.errors import StateError
from tests.engines.compiled.natively import (
    HOST,
    TARGETS,
    beside_numpy,
    constant,
    leaf,
    made,
    repeated,
)

# By how many inputs they take; what is not here takes one.
TWO = [
    "add", "subtract", "multiply", "maximum", "minimum", "copysign", "atan2", "hypot",
    "less", "less_equal", "greater", "greater_equal", "equal", "not_equal", "logical_and",
    "logical_or", "logical_xor",
]  # fmt: skip
WITHIN = {  # where a function is defined
    "asin": "tanh", "acos": "tanh", "atanh": "tanh", "acosh": "cosh", "log": "exp", "log2": "exp",
    "log10": "exp", "log1p": "abs", "sqrt": "abs",
}  # fmt: skip
WHOLE = [
    "add", "subtract", "multiply", "negative", "abs", "sign", "maximum", "minimum",
    "square", "less", "less_equal", "greater", "greater_equal", "equal", "not_equal",
    "logical_and", "logical_or", "logical_xor", "logical_not", "isfinite", "isnan", "isinf",
]  # fmt: skip
TRUTH = [
    "add", "multiply", "maximum", "minimum", "equal", "not_equal", "logical_and",
    "logical_or", "logical_not",
]  # fmt: skip


@pytest.fixture(autouse=True)
def _loops(monkeypatch):
    """What is tiny goes through loops here too; little work is shared out between threads."""
    monkeypatch.setattr(emit, "is_tiny", lambda program: False)
    monkeypatch.setattr(nest, "ALONE", 0)


def _function(name, x, y):
    if name == "pow":
        return made("pow", made("abs", x), y)
    if name == "where":
        return made("where", made("greater", x, y), x, y)
    if name == "cast":
        return made("cast", x, dtype=np.dtype("int64"))
    if name in ("divide", "remainder", "floor_divide"):
        return made(name, x, made("exp", y) if y.dtype.kind == "f" else y)
    if name == "reciprocal":
        return made(name, made("exp", x))
    if name in TWO:
        return made(name, x, y)
    return made(name, made(WITHIN[name], x) if name in WITHIN else x)


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_functions_of_single_numbers(dtype, target):
    x, y = leaf("data", (3, 7), dtype), leaf("draw", (3, 7), dtype)
    results = [_function(name, x, y) for name in MAPS]
    beside_numpy(Program([x], draws=[y], results=results), TARGETS[target], rtol=1e-12)


@pytest.mark.parametrize(("dtype", "names"), [("int64", WHOLE), ("int32", WHOLE), ("bool", TRUTH)])
def test_functions_of_whole_numbers(dtype, names):
    x, y = leaf("data", (5, 9), dtype), leaf("draw", (5, 9), dtype)
    results = [_function(name, x, y) for name in names]
    kinds = ["bool", "int32", "int64", "float32", "float64"]
    results += [made("cast", x, dtype=np.dtype(kind)) for kind in kinds]
    beside_numpy(Program([x], draws=[y], results=results))


def test_division_of_whole_numbers():
    x, y = leaf("data", (4, 6), "int64"), leaf("draw", (4, 6), "int64")
    by = made("add", made("square", y), repeated(constant(1, "int64"), y.shape))
    by = made("where", made("less", x, y), by, made("negative", by))
    two = repeated(constant(3, "int64"), x.shape)
    results = [made(op, x, by) for op in ("remainder", "floor_divide")] + [made("pow", x, two)]
    beside_numpy(Program([x], draws=[y], results=results), seed=3)


@pytest.mark.parametrize("dtype", ["int64", "int32", "uint8"])
def test_division_by_zero_of_whole_numbers(dtype):
    limits = np.iinfo(dtype)
    a = constant([limits.min, limits.max, 5, 0, 7, limits.min, -7 % 256], dtype)
    b = constant([0, 0, 0, 0, 3, limits.max, 2], dtype)
    signed = limits.min < 0
    ones = constant([-1, -1, -1, -1, 2, -1, -1] if signed else [1] * 7, dtype)
    nothing = leaf("draw", (7,), dtype)
    a, b, ones = (made("add", x, made("subtract", nothing, nothing)) for x in (a, b, ones))
    results = [made(op, a, by) for op in ("remainder", "floor_divide") for by in (b, ones)]
    beside_numpy(Program(draws=[nothing], results=results))


def test_what_is_not_finite():
    special = np.array([np.nan, np.inf, -np.inf, 0.0, -0.0, 1.0, -1.0] * 5)
    x = constant(special)
    y = constant(np.roll(special, 1))
    nothing = leaf("draw", (35,))
    x, y = (made("add", each, made("multiply", nothing, constant(np.zeros(35)))) for each in (x, y))
    ops = ["maximum", "minimum", "isnan", "isinf", "isfinite", "less", "equal", "not_equal"]
    results = [_function(op, x, y) for op in ops]
    results += [made(op, x, axes=(0,)) for op in ("max", "min", "sum")]
    results += [made(op, x, axis=0) for op in ("argmax", "argmin")]
    zero = repeated(constant(0.0), (35,))
    results += [made("maximum", x, zero), made("maximum", zero, x)]
    beside_numpy(Program(draws=[nothing], results=results))


@pytest.mark.parametrize("target", TARGETS)
def test_sums_of_all_sizes(target):
    states, results = [], []
    for n in (1, 2, 7, 16, 33, 130):
        for shape in ((n,), (n, 3), (3, n), (2, n, 5)):
            x = leaf("state", shape, "float32" if n % 2 else "float64")
            states.append(x)
            for axes in ((0,), (x.ndim - 1,), tuple(range(x.ndim))):
                results += [made(op, x, axes=axes) for op in ("sum", "max")]
    beside_numpy(Program(states=states, results=results), TARGETS[target], rtol=1e-11)


def test_every_reduction_over_every_axis():
    x = leaf("state", (4, 3, 5))
    truth, whole = leaf("state", (4, 3, 5), "bool"), leaf("state", (4, 3, 5), "int64")
    results = []
    for axes in ((0,), (1,), (2,), (0, 1), (0, 2), (1, 2), (0, 1, 2)):
        results += [made(op, x, axes=axes) for op in ("sum", "prod", "max", "min")]
        results += [made(op, whole, axes=axes) for op in ("sum", "prod", "max", "min")]
        results += [made(op, truth, axes=axes) for op in ("any", "all", "max", "min")]
    for axis in range(3):
        for each in (x, truth, whole):
            results += [made(op, each, axis=axis) for op in ("argmax", "argmin")]
    beside_numpy(Program(states=[x, truth, whole], results=results))


def test_nothing_at_all():
    x, y = leaf("state", (0, 4)), leaf("state", (3, 0), "float32")
    results = [made("exp", x), made("sum", x, axes=(0,)), made("sum", y, axes=(1,))]
    results += [made("sum", y, axes=(0, 1)), made("any", made("isnan", y), axes=(1,))]
    results.append(made("concat", y, y, axis=0))
    beside_numpy(Program(states=[x, y], results=results))


@pytest.mark.parametrize("target", TARGETS)
def test_views(target):
    x = leaf("state", (6, 35), "float32")
    double = made("add", x, x)
    sliced = [
        made("slice", double, starts=(5, 34), steps=(-1, -1), shape=(6, 35)),
        made("slice", double, starts=(1, 2), steps=(2, 3), shape=(3, 11)),
        made("slice", double, starts=(0, 17), steps=(1, 1), shape=(6, 18)),
    ]
    turned = made("permute", double, axes=(1, 0))
    results = [
        *sliced, turned, made("exp", made("reshape", double, shape=(7, 30))),
        made("reshape", turned, shape=(6, 35)), made("reshape", double, shape=(210,)),
        made("broadcast", double, axes=(1, 3), shape=(2, 6, 3, 35)),
        made("sum", made("reshape", double, shape=(2, 3, 5, 7)), axes=(1, 3)),
        made("pad", x, low=(1, 2), high=(0, 3), interior=(1, 0), value=0.5),
        made("concat", double, sliced[2], axis=1), made("concat", x, double, axis=0),
        made("iota", axis=1, shape=(3, 37), dtype=np.dtype("float32")),
        made("iota", axis=0, shape=(3, 37), dtype=np.dtype("int64")),
    ]  # fmt: skip
    beside_numpy(Program(states=[x], results=results), TARGETS[target])


@pytest.mark.parametrize("batch", [1, 3])
@pytest.mark.parametrize("listed", [False, True])
def test_rows_of_data(batch, listed):
    x, y = leaf("data", (batch, 5), "float32"), leaf("data", (batch,), "int64")
    rate = leaf("scalar", ())
    table = constant(np.arange(10.0).reshape(2, 5), "float32")
    scaled = made("multiply", x, repeated(made("cast", rate, dtype=np.dtype("float32")), x.shape))
    results = [scaled, made("sum", y, axes=(0,)), made("exp", table), y]
    beside_numpy(Program([x, y], scalars=[rate], results=results), steps=3, listed=listed)


def test_softmax_of_rows():
    x = leaf("data", (5, 10), "float32")
    top = made("broadcast", made("max", x, axes=(1,)), axes=(0,), shape=(5, 10))
    grown = made("exp", made("subtract", x, top))
    total = made("broadcast", made("sum", grown, axes=(1,)), axes=(0,), shape=(5, 10))
    share = made("divide", grown, total)
    built = beside_numpy(Program([x], results=[share, made("argmax", share, axis=1)]))
    assert [kernel.rows for kernel in built.kernels] == [(5,)]


def test_a_wrong_lowering_is_caught(monkeypatch):
    x = leaf("data", (2, 3))
    program = Program([x], results=[made("tanh", x)])
    beside_numpy(program)
    monkeypatch.setitem(MAPS, "tanh", MAPS["sigmoid"])
    with pytest.raises(AssertionError, match="result 0 of step 0"):
        beside_numpy(program)


def test_writing_beyond_an_array_is_caught(monkeypatch):
    x = leaf("data", (2, 3))
    program = Program([x], results=[made("sum", made("exp", made("exp", x)), axes=(0,))])
    beside_numpy(program)
    store = Body.store

    def beyond(self, value, number, place):
        store(self, value, number, (place[0] + value.size, *place[1:]))

    monkeypatch.setattr(Body, "store", beyond)
    with pytest.raises(StateError, match="written"):
        beside_numpy(program)


def test_kernels_alike_are_one_function():
    states = [leaf("state", (40, 3), "float32") for _ in range(5)]
    after = [made("tanh", made("exp", x)) for x in states]
    built = beside_numpy(Program(states=states, after=after))
    assert len(built.kernels) == 5
    assert built.text.count("define internal void @kernel") == 1


def test_what_has_no_form_in_native_code():
    x = leaf("data", (2,))
    with pytest.raises(NotCompilable, match="the operation riddle"):
        emit.build(Program([x], results=[Value("riddle", (x,), {}, (2,), "float64")]), HOST)


@pytest.mark.parametrize("dtype", ["float16", "complex64", "longdouble"])
def test_kinds_of_numbers_that_native_code_has_not(dtype):
    x = leaf("data", (2,), dtype)
    with pytest.raises(NotCompilable, match=f"numbers of the kind {np.dtype(dtype)}"):
        emit.build(Program([x], results=[made("add", x, x)]), HOST)


def test_every_function_has_a_lowering():
    assert {name for name, each in PRIMITIVES.items() if each.kind == "map"} == set(MAPS)
    assert set(maps.COSTS) <= set(MAPS)
