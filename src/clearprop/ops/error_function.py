"""The error function, which the normal distribution and gelu are made of."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from clearprop.core.cases import between, real
from clearprop.core.op import op
from clearprop.core.shapes import same
from clearprop.ops.common import floating

__all__ = ["erf", "erfc"]

Array = Any

# Below 1/2, erf(x)/x is a polynomial in x². Above it, (1 + 2x) exp(x²) erfc(x), which is nearly
# constant, is one in t = (x − 4)/(x + 4); the form is that of Shepherd and Laframboise, Mathematics
# of Computation 36 (1981) 249-253. The coefficients are those of the Chebyshev series on
# [0, 1/2] and [1/2, 28], computed with 60 digits and cut off below 1e-17, and for single precision
# below 4e-9; the largest error is 4 units in the last place. Lowest power first.
_NEAR = (
    1.1283791670955126,
    -0.3761263890318375,
    0.11283791670954865,
    -0.026866170644998254,
    0.005223977621983688,
    -0.0008548326506527099,
    0.0001205528589298125,
    -1.492299019203773e-05,
    1.637093309077897e-06,
    -1.4618055301284417e-07,
)
_FAR = (
    1.2329951186255526,
    -0.1396211168405625,
    0.015379652102619877,
    0.0680970542546886,
    -0.10103906603631264,
    0.09373283499852883,
    -0.06633036581201283,
    0.037167515533893226,
    -0.016197734060433094,
    0.005031970017597631,
    -0.0007577732685966412,
    -0.00019925695984278615,
    0.0001506215818179585,
    -2.4398078356056357e-05,
    -1.122175359799773e-05,
    5.706543663181621e-06,
    2.9330963227941453e-07,
    -8.195783132100413e-07,
    7.51727133410987e-08,
    1.0331234627099962e-07,
    -1.823550698923104e-08,
    -9.671232031662759e-09,
    1.917187768441773e-09,
)

_NEAR_SINGLE = (1.128379166, -0.3761260894, 0.1128282915, -0.02675752733, 0.004718553162)
_FAR_SINGLE = (
    1.232995116,
    -0.1396211064,
    0.01537995867,
    0.06809662231,
    -0.1010452327,
    0.09373784593,
    -0.06628480566,
    0.03714333046,
    -0.01635097677,
    0.005086542509,
    -0.000516470036,
    -0.0002559761801,
)


def _polynomial(x: Array, coefficients: tuple[float, ...]) -> Array:
    y = coefficients[-1] * x + coefficients[-2]
    for c in coefficients[-3::-1]:
        y = y * x + c
    return y


def _near(xp: Any, x: Array) -> Array:
    """Give erf of what is below 1/2."""
    x = xp.clip(x, -0.5, 0.5)  # high powers of the rest would overflow, for nothing
    single = x.dtype == xp.float32
    return x * _polynomial(x * x, _NEAR_SINGLE if single else _NEAR)


def _far(xp: Any, x: Array) -> Array:
    """Give erfc of what is above 1/2."""
    x = xp.minimum(x, 28.0)  # where it is 0 to the last digit; infinity would be inf/inf below
    # exp(x²) to full precision: r has so few digits that its square is exact, and the rest is small
    r = xp.floor(x * 16) / 16
    decay = xp.exp(-r * r) * xp.exp((r - x) * (r + x))
    level = _polynomial((x - 4) / (x + 4), _FAR_SINGLE if x.dtype == xp.float32 else _FAR)
    return decay * level / (1 + 2 * x)


_BLOCK = 8192


def _in_blocks(forward: Callable[..., Array]) -> Callable[..., Array]:
    """Let a long NumPy array through in pieces, so that what comes in between fits the cache."""

    def computed(xp: Any, x: Array) -> Array:
        if np.size(x) <= _BLOCK:
            return forward(xp, x)
        rows = np.ravel(x)
        pieces = [forward(xp, rows[i : i + _BLOCK]) for i in range(0, rows.size, _BLOCK)]
        return np.concat(pieces).reshape(np.shape(x))

    return computed


def _erf(xp: Any, x: Array) -> Array:
    size = xp.abs(x)
    return xp.where(size < 0.5, _near(xp, x), xp.sign(x) * (1 - _far(xp, size)))


def _erfc(xp: Any, x: Array) -> Array:
    size = xp.abs(x)
    far = _far(xp, size)
    return xp.where(size < 0.5, 1 - _near(xp, x), xp.where(x < 0, 2 - far, far))


@op(
    "erf({x})",
    r"\operatorname{erf}({x})",
    shape=same,
    dtype=floating,
    cases=[real(3, 4), between(-3, 3, 3, 4)],
    impl={"numpy": _in_blocks(_erf)},
)
def erf(xp: Any, x: Array) -> Array:
    """Error function: twice the area under the bell curve ``exp(-t²)/√π`` from 0 to x."""
    return _erf(xp, x)


erf.vjp(x=lambda xp, g, y, x: g * (2 / math.sqrt(math.pi)) * xp.exp(-xp.square(x)))


@op(
    "erfc({x})",
    r"\operatorname{erfc}({x})",
    shape=same,
    dtype=floating,
    cases=[real(3, 4), between(-3, 3, 3, 4)],
    impl={"numpy": _in_blocks(_erfc)},
)
def erfc(xp: Any, x: Array) -> Array:
    """One less the error function, precise where that difference is tiny."""
    return _erfc(xp, x)


erfc.vjp(x=lambda xp, g, y, x: -g * (2 / math.sqrt(math.pi)) * xp.exp(-xp.square(x)))
