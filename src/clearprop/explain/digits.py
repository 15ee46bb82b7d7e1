"""
Numbers as short text whose every digit means something.

Three things can be read off a number that `show` has written:

- No decimal point and no exponent: it is a whole number, exactly.
- Fewer significant digits than asked for: it is exact as written (to rounding in floating point).
- All the digits asked for, zeros at the end included: it is rounded to these digits.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from numbers import Integral
from struct import pack, unpack
from typing import Literal, SupportsFloat, TypeAlias

from clearprop.errors import OptionError, unknown
from clearprop.lang import told

__all__ = ["Notation", "show"]

Notation: TypeAlias = Literal["display", "plain", "latex"]

# Numbers from 0.0001 up to ten million are written without a power of ten.
_SMALLEST_EXPONENT, _LARGEST_EXPONENT = -4, 6
_WHOLE = 10.0 ** (_LARGEST_EXPONENT + 1)
# How far from a short decimal a number may be to count as that decimal, in units in its last
# place: what a few operations in floating point leave behind, as in 0.1 + 0.2.
_ROUNDING = 4
# So many digits any float can show that has them; for up to two more it must be tried.
_CERTAIN_DIGITS = 15

_MINUS: Mapping[str, str] = {"display": "−", "plain": "-", "latex": "-"}
_INFINITY: Mapping[str, str] = {"display": "∞", "plain": "inf", "latex": r"\infty"}
_NAN: Mapping[str, str] = {"display": "NaN", "plain": "nan", "latex": r"\mathrm{NaN}"}


def show(
    value: SupportsFloat,
    digits: int = 6,
    *,
    notation: Notation = "display",
    zeros: bool = False,
) -> str:
    r"""
    Write a number with `digits` significant digits, or fewer if fewer say it exactly.

    Parameters
    ----------
    value : float, int, or NumPy number
        A whole number below ten million is written in full, and an `int` of any size.
    digits : int
        Significant digits, 1 to 17. Numbers with a fraction show at least one decimal.
    notation : {"display", "plain", "latex"}
        ``display`` has the true minus sign and ∞, as in ``−1.5e-10``; ``plain`` can be read back
        by ``float``; ``latex`` has ``-1.5\times10^{-10}``.
    zeros : bool
        Write all `digits` even if fewer are exact.

    Returns
    -------
    str

    Raises
    ------
    OptionError
        If `digits` or `notation` is out of its domain.

    Examples
    --------
    >>> [show(x) for x in (7.0, 0.1 + 0.2, 1 / 3, -0.5, 2.00000001, 1.23e-10)]
    ['7', '0.3', '0.333333', '−0.5', '2.00000', '1.23e-10']
    >>> show(-1.5e-10, notation="latex")
    '-1.5\\times10^{-10}'
    """
    if notation not in _MINUS:
        raise unknown("notation", notation, _MINUS)
    if not 1 <= digits <= 17:
        raise OptionError(told("asking.digits", got=digits))
    size = float(value)
    if math.isnan(size):
        return _NAN[notation]
    sign = _MINUS[notation] if size < 0 else ""
    if math.isinf(size):
        return sign + _INFINITY[notation]
    if isinstance(value, Integral) and not zeros:
        return sign + str(abs(int(value)))
    return sign + _magnitude(abs(size), digits, zeros, notation)


def _magnitude(size: float, digits: int, zeros: bool, notation: str) -> str:
    if size == 0 or (size < _WHOLE and size.is_integer() and not zeros):
        return str(int(size))  # zero of either sign: its sign says nothing to a reader
    if digits > _CERTAIN_DIGITS and not zeros:
        fewer = range(_CERTAIN_DIGITS, digits)
        digits = next((n for n in fewer if float(f"{size:.{n - 1}e}") == size), digits)
    text, _, power = f"{size:.{digits - 1}e}".partition("e")
    exponent = int(power)
    if fixed := _SMALLEST_EXPONENT <= exponent <= _LARGEST_EXPONENT:
        text = f"{size:.{max(digits - 1 - exponent, 1)}f}"
    if not zeros and "." in text:
        short = text.rstrip("0").removesuffix(".")
        if short != text and _is_exactly(short if fixed else f"{short}e{exponent}", size):
            text = short
    if fixed:
        return text
    return rf"{text}\times10^{{{exponent}}}" if notation == "latex" else f"{text}e{exponent}"


def _is_exactly(text: str, size: float) -> bool:
    """Tell whether a number is a decimal, but for rounding in its own precision."""
    error = abs(float(text) - size)
    allowed = _ROUNDING * math.ulp(size)
    return error <= allowed or (error <= allowed * 2**29 and _is_single(size))


def _is_single(size: float) -> bool:
    """Tell whether a number is one of the 32-bit floats, as the weights of a model mostly are."""
    try:
        single: float = unpack("f", pack("f", size))[0]
    except OverflowError:
        return False
    return single == size
