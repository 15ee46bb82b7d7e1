"""The error function and what it leaves of one, branch-free, in vectors of any width."""

from __future__ import annotations

from clearprop.engines.compiled.math.exponentials import exponential
from clearprop.engines.compiled.math.lanes import Lanes, fma, polynomial, two_product, where

__all__ = ["erf", "erfc"]

# erf(x) / x - 1 in x**2, up to x = 1: least largest error 2**-56 of the error function; in
# float32 up to 3/4: 2**-29.
_NEAR64 = (
    0.12837916709551256, -0.3761263890318337, 0.11283791670938846, -0.026866170642322506,
    0.005223977600024184, -0.0008548325652922474, 0.00012055285742582344, -1.4924569492213873e-05,
    1.644545741341359e-06, -1.6194113803125097e-07, 1.3660683418673881e-08, -7.689822132788071e-10,
)  # fmt: skip
_NEAR32 = (
    0.128379166, -0.37612623, 0.112834282, -0.0268369634, 0.00511879614, -0.000677967153,
)  # fmt: skip
# erfc(x) e**(x**2) (1 + 2 x) in (x - 3) / (x + 3), from 1/2 to 28: 2**-52.
_FAR64 = (
    1.2530080582697296, -0.13562110612458192, -0.047562294353424926, 0.1296451587028554,
    -0.11927366341699837, 0.06830802734070604, -0.023770514877194945, 0.0025293918645904693,
    0.0018886898444342268, -0.0007798326344351882, -0.00010515610676897514, 0.0001251007396558273,
    4.93318016561236e-06, -2.0102663995511513e-05, -6.862095345978262e-07, 3.4696050472826375e-06,
    2.785726709485817e-07, -6.005277881767071e-07, -6.200546547206143e-08, 7.790415890954449e-08,
)  # fmt: skip
# The same for what is taken from one, from 1 to 6, relative to erf: 2**-53.
_ONE_LESS64 = (
    1.2530080582693965, -0.1356211061197635, -0.04756229426420762, 0.12964515855062114,
    -0.11927366863656341, 0.06830801907522659, -0.023770413243961414, 0.002529738499349605,
    0.001888162391600374, -0.0007837378719130437, -0.00010852986460923984, 0.00013675607924567074,
    3.3124857447260035e-05,
)  # fmt: skip
# -log(erfc(x)) in x, from 3/4 to 4, relative to erf: 2**-29.
_LOG32 = (
    -0.000106942985, 1.12917721, 0.63404417, 0.107509755, -0.0246291328, 0.00399180362,
    -0.000399680983, 1.83346292e-05,
)  # fmt: skip


def _far(x: Lanes, coefficients: tuple[float, ...]) -> Lanes:
    """Give ``erfc(x)`` of what is not near nothing."""
    square, rest = two_product(x, x)
    # One division serves both: 1 / ((x + 3) (1 + 2 x)).
    shifted, factor = x + 3.0, fma(x, 2.0, 1.0)
    inverse = 1.0 / (shifted * factor)
    t = (x - 3.0) * factor * inverse
    return exponential(-square, -rest) * (polynomial(t, coefficients) * (shifted * inverse))


def erf(x: Lanes) -> Lanes:
    """Take the error function."""
    size = abs(x)
    square = x * x
    if x.double:
        near = fma(size, polynomial(square, _NEAR64), size)
        far = 1.0 - _far(size.at_most(6.0).at_least(1.0), _ONE_LESS64)
        return where(size < 1.0, near, far).signed_as(x)
    near = fma(size, polynomial(square, _NEAR32), size)
    far = 1.0 - exponential(-polynomial(size.at_most(4.0), _LOG32))
    return where(size < 0.75, near, far).signed_as(x)


def erfc(x: Lanes) -> Lanes:
    """Give what the error function leaves of one."""
    size = abs(x)
    near = 1.0 - fma(x, polynomial(x * x, _NEAR64), x)
    far = _far(size.at_most(28.0).at_least(0.5), _FAR64)
    far = where(x < 0.0, 2.0 - far, far)
    return where(size < 0.5, near, far)
