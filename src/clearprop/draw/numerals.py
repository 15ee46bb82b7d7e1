"""How numbers are written in pictures, so that what is printed is true."""

from __future__ import annotations

import math
from collections.abc import Sequence
from decimal import Decimal

__all__ = ["percent", "shown", "sum_shown"]


def shown(value: float, digits: int = 4) -> str:
    """
    Write a number for a picture: at most `digits` significant digits and a true minus sign.

    Examples
    --------
    >>> shown(-0.138498562), shown(1234567.0), shown(0.00001234), shown(3.0)
    ('−0.1385', '1.235e6', '1.234e−5', '3')
    """
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "∞" if value > 0 else "−∞"
    written = f"{value:.{digits}g}"
    if "e" in written:
        mantissa, exponent = written.split("e")
        written = f"{mantissa}e{int(exponent)}"
    elif abs(value) >= 1 and value == int(value):
        written = f"{value:.0f}"
    return ("0" if written in ("-0", "0") else written).replace("-", "−")


def percent(share: float) -> str:
    """
    Write a share with one decimal; what is not none is never shown as 0, nor nearly all as 100.

    Examples
    --------
    >>> percent(0.927), percent(1.0), percent(1e-6), percent(0.99999)
    ('92.7 %', '100 %', '< 0.1 %', '> 99.9 %')
    """
    if share in (0.0, 1.0):
        return f"{100 * share:.0f} %"
    written = f"{100 * share:.1f}"
    if written == "0.0":
        return "< 0.1 %"
    return "> 99.9 %" if written == "100.0" else f"{written} %"


def sum_shown(parts: Sequence[float], digits: int = 4) -> tuple[list[str], str, str]:
    """
    Write the parts of a sum and their total so that what is printed is true.

    Parameters
    ----------
    parts : sequence of float
        Finite numbers.
    digits : int, optional
        Significant digits of the largest; one more where rounding would make the sum untrue.

    Returns
    -------
    parts : list of str
        Each with its sign, all with equally many decimals.
    relation : {"=", "≈"}
        Whether the printed parts add up to the printed total exactly.
    total : str
        The total.

    Examples
    --------
    >>> sum_shown([5.0, -1.75])
    (['+5.000', '−1.750'], '=', '3.250')
    """
    total = math.fsum(parts)
    largest = max((abs(value) for value in (*parts, total)), default=0.0) or 1.0
    least = max(0, digits - 1 - math.floor(math.log10(largest)))
    for decimals in (least, least + 1):
        rounded = [Decimal(f"{value:.{decimals}f}") for value in parts]
        if sum(rounded) == Decimal(f"{total:.{decimals}f}"):
            break
    relation = "=" if sum(rounded) == Decimal(f"{total:.{decimals}f}") else "≈"
    written = [f"{value:+.{decimals}f}".replace("-", "−") for value in parts]
    return written, relation, f"{total:.{decimals}f}".replace("-", "−")
