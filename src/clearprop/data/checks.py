"""Checks of arguments that several parts of `data` share."""

from __future__ import annotations

import operator
from typing import Any, cast

from clearprop.errors import OptionError
from clearprop.lang import told

__all__ = ["whole"]


def whole(value: object, name: str, *, least: int) -> int:
    """
    Take a whole number of at least `least`, NumPy's included, for the argument `name`.

    Raises
    ------
    OptionError
        If `value` is something else.

    Examples
    --------
    >>> whole(32, "batch_size", least=1)
    32
    """
    try:
        number = operator.index(cast(Any, value))
    except TypeError:
        number = least - 1
    if number < least or isinstance(value, bool):
        raise OptionError(told("arrays.whole", name=name, least=least, got=repr(value)))
    return number
