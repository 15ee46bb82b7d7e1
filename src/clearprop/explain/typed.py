"""A number as somebody wrote it: its value, and how far off rounding to its digits may be."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from clearprop.errors import OptionError
from clearprop.lang import told

__all__ = ["Typed", "typed"]

_EXACT = 1e-9  # what rounding in floating point may do to a number written in full
_FORM = re.compile(r"[-+]?(\d+(\.\d*)?|\.\d+)([eE][-+]?\d{1,3})?")
_LONGEST = 60


@dataclass(frozen=True)
class Typed:
    """
    A written number.

    Attributes
    ----------
    text : str
    value : float
    half : float
        Half a unit of its last place; 0 for a whole number, which claims to be exact.
    digits : int
        Its significant digits.
    """

    text: str
    value: float
    half: float
    digits: int

    def fits(self, number: float, *, slack: float = 0.0) -> bool:
        """
        Tell whether a number, rounded to its digits, is this one.

        Parameters
        ----------
        number : float
        slack : float
            How far off `number` itself may be.
        """
        exact = _EXACT * max(abs(number), abs(self.value), 1e-300)
        return abs(number - self.value) <= self.half + slack + exact

    def is_cut_off(self, number: float) -> bool:
        """Tell whether a number, cut off after its digits instead of rounded, is this one."""
        over = abs(number) - abs(self.value)
        return number * self.value > 0 and self.half < over < 2 * self.half * (1 - _EXACT)


def typed(number: str | float) -> Typed:
    """
    Read a number with the digits it is written with.

    Parameters
    ----------
    number : str or float
        ``"0.7414"``, ``"−1.50e-3"``, ``"0,5"``; a float is taken as Python writes it.

    Raises
    ------
    OptionError
        If it is no finite number.

    Examples
    --------
    >>> found = typed("0.7414")
    >>> found.digits, found.fits(0.74136), found.fits(0.74134)
    (4, True, False)
    """
    text = str(number).strip() if isinstance(number, str) else repr(float(number))
    plain = text.replace("−", "-").replace(" ", "")
    if re.fullmatch(r"[-+]?\d+,\d+", plain):  # a decimal comma
        plain = plain.replace(",", ".")
    if not isinstance(number, str):
        plain = plain.removesuffix(".0")  # 7.0 is how Python writes a whole number
    if _FORM.fullmatch(plain) is None or len(plain) > _LONGEST:
        shown = text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
        raise OptionError(told("asking.number", got=repr(shown)))
    try:
        exact = Decimal(plain)
        value = float(exact)
    except (InvalidOperation, OverflowError):
        value = math.inf
    if not math.isfinite(value):
        raise OptionError(told("asking.finite_number", got=repr(text)))
    mantissa, _, exponent = plain.lower().partition("e")
    decimals = len(mantissa.partition(".")[2]) - int(exponent or 0)
    digits = len(mantissa.replace(".", "").lstrip("+-0")) or 1
    is_whole = "." not in mantissa and not exponent
    return Typed(text, value, 0.0 if is_whole else 0.5 * 10.0**-decimals, digits)
