"""Functions in native code against NumPy in more precision: values, ends, a spoilt formula."""

import numpy as np
import pytest

from clearprop.engines.compiled.machine.ir import Target
from clearprop.engines.compiled.machine.native import host_target
from clearprop.engines.compiled.math import exponentials as math_exponentials
from clearprop.engines.compiled.math.mathlib import FUNCTIONS
from tests.engines.compiled.mapped import applied

LONG = np.longdouble

# The most units in the last place that a value is off, in float32 and in float64.
MOST = {
    "exp": (1.1, 0.9), "expm1": (1.7, 1.7), "tanh": (2.5, 1.5), "sigmoid": (2.4, 2.0),
    "sinh": (0.51, 2.4), "cosh": (0.51, 1.5), "log": (0.9, 0.9), "log1p": (0.51, 0.9),
    "log2": (0.51, 0.8), "log10": (0.51, 0.8), "asinh": (0.51, 1.8), "acosh": (0.51, 2.3),
    "atanh": (0.51, 2.0), "pow": (0.51, 1.0), "erf": (1.5, 1.7), "erfc": (0.51, 6.0),
    "sin": (0.51, 0.9), "cos": (0.51, 0.9), "tan": (0.51, 2.2), "asin": (0.51, 1.8),
    "acos": (0.51, 1.2), "atan": (0.51, 2.0), "atan2": (0.51, 2.2), "hypot": (0.51, 0.8),
    "remainder": (0.0, 0.0), "floor_divide": (0.0, 0.0),
}  # fmt: skip
PAIRS = ("pow", "atan2", "hypot", "remainder", "floor_divide")


# Where NumPy has no more than float64, its own rounding adds to ours.
ROOM = 0.0 if np.finfo(LONG).nmant > 52 else 1.0


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def erfc(x):
    """By a continued fraction from 2 on, and by the series of erf below."""
    far = np.maximum(np.abs(x), 2)
    fraction = far
    for k in range(120, 0, -1):
        fraction = far + k / fraction / 2
    tail = np.exp(-far * far) / fraction / np.sqrt(LONG(np.pi) + LONG(1.2246467991473532e-16))
    tail = np.where(x < 0, 2 - tail, tail)
    return np.where(np.abs(x) < 2, 1 - erf(np.clip(x, -2, 2)), np.where(np.isnan(x), x, tail))


def erf(x):
    """By a series whose terms have all the same sign."""
    near = np.clip(x, -7, 7)
    term = total = near
    for k in range(1, 180):
        term = term * 2 * near * near / (2 * k + 1)
        total = total + term
    made = total * np.exp(-near * near) * 2 / np.sqrt(LONG(np.pi) + LONG(1.2246467991473532e-16))
    return np.where(np.isnan(x), x, made)


REFERENCES = {
    "asin": np.arcsin, "acos": np.arccos, "atan": np.arctan, "asinh": np.arcsinh,
    "acosh": np.arccosh, "atanh": np.arctanh, "atan2": np.arctan2, "sigmoid": sigmoid, "erf": erf,
    "erfc": erfc,
}  # fmt: skip


def reference(name, *xs):
    """Give the value in more precision than `xs` have; of what is exact, in the same."""
    function = REFERENCES.get(name) or getattr(np, name)
    if name in ("remainder", "floor_divide"):
        return function(*xs).astype(LONG)
    return function(*(x.astype(LONG if x.dtype == np.float64 else np.float64) for x in xs))


def points(dtype, count, seed=0):
    """Give numbers of every size and sign, many of them usual, and those at which things end."""
    rng = np.random.default_rng(seed)
    whole = np.int32 if dtype == np.float32 else np.int64
    any_bits = rng.integers(np.iinfo(whole).min, np.iinfo(whole).max, count, whole).view(dtype)
    wide = 120 if dtype == np.float32 else 780
    info = np.finfo(dtype)
    ends = np.array([
        0, -0.0, np.inf, -np.inf, np.nan, 1, -1, 2, -2, 3, 0.5, -0.5, 0.25, info.max, -info.max,
        info.tiny, -info.tiny, info.smallest_subnormal, -info.smallest_subnormal, info.eps, 1e-9,
        88.7, 88.73, -87.4, -103.9, 709.7, 709.8, 710.4, -745.1, -745.2, 9.01, 22, 1e6, 1.5e6, 1e22,
    ])  # fmt: skip
    return np.concatenate([
        any_bits, rng.normal(size=count), rng.uniform(-wide, wide, count),
        np.exp(rng.uniform(-30, 30, count)) * rng.choice([-1, 1], count),
        1 + 1e-3 * rng.normal(size=count // 4), np.repeat(ends, 8),
    ]).astype(dtype)  # fmt: skip


def arguments(name, dtype, count):
    one = points(dtype, count)
    if name in ("sin", "cos", "tan"):  # where little is left of a number
        one = np.concatenate([one, (np.arange(1, 6e5, 97) * np.pi / 2).astype(dtype)])
    if name not in PAIRS:
        return [one]
    return [one, np.random.default_rng(1).permutation(points(dtype, count, 2))]


def errors(got, exact):
    """Give how many units in the last place each is off; infinite where it is another thing."""
    rounded = exact.astype(got.dtype)
    unit = np.spacing(np.abs(rounded))
    with np.errstate(invalid="ignore"):
        off = np.abs(got.astype(exact.dtype) - exact) / unit
    both = np.isfinite(got) & np.isfinite(rounded)
    same = (got == rounded) | (np.isnan(got) & np.isnan(rounded))
    sign = (got == 0) & (rounded == 0) & (np.signbit(got) != np.signbit(rounded))
    return np.where(sign, np.inf, np.where(both, off, np.where(same, 0.0, np.inf)))


def worst(name, dtype, count=3000, **how):
    with np.errstate(all="ignore"):
        xs = arguments(name, np.dtype(dtype), count)
        found = float(errors(applied(name, *xs, **how), reference(name, *xs)).max())
    return found - (ROOM if dtype == "float64" else 0)


def generic():
    return host_target()._replace(cpu="generic", features="", bytes=16)


def middling():
    features = "+sse3,+ssse3,+sse4.1,+sse4.2,+avx,+avx2,+fma,+f16c"
    return Target(host_target().triple, "haswell", features, 32)


def runs_middling():
    return {"+avx2", "+fma"} <= set(host_target().features.split(","))


def test_all_functions_are_held_to_something():
    assert set(MOST) == set(FUNCTIONS)


@pytest.mark.parametrize("name", MOST)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_values(name, dtype):
    assert worst(name, dtype) <= MOST[name][dtype == "float64"]


@pytest.mark.parametrize("name", MOST)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_values_on_any_processor(name, dtype):
    assert worst(name, dtype, 300, target=generic()) <= MOST[name][dtype == "float64"] + 0.2


@pytest.mark.parametrize("name", ["exp", "tanh", "log", "pow", "erf", "sin"])
def test_values_in_vectors_of_32_bytes(name):
    if runs_middling():
        for k, dtype in enumerate(["float32", "float64"]):
            assert worst(name, dtype, 300, target=middling()) <= MOST[name][k]


@pytest.mark.parametrize("width", [1, 2, 3, 32])
@pytest.mark.parametrize("name", ["exp", "sin"])
def test_widths(name, width):
    for k, dtype in enumerate(["float32", "float64"]):
        assert worst(name, dtype, 100, width=width) <= MOST[name][k]


def test_a_spoilt_formula_is_seen(monkeypatch):
    first, *rest = math_exponentials._Q32
    monkeypatch.setattr(math_exponentials, "_Q32", (first + 1e-5, *rest))
    assert worst("exp", "float32") > MOST["exp"][0]
    assert worst("tanh", "float32") > MOST["tanh"][0]


def test_spoilt_ends_are_seen():
    exact = np.array([0.0, np.inf, np.nan, 1.0], LONG)
    for got in ([-0.0, np.inf, np.nan, 1], [0, 1e308, np.nan, 1], [0, np.inf, 3, 1]):
        assert errors(np.array(got, np.float64), exact).max() == np.inf
    assert errors(np.array([0, np.inf, np.nan, 1 + 2**-52]), exact).max() == 1
