"""What a layer class of the user's own was made with, for those that tell no configuration."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from typing import Any

from clearprop.errors import OptionError

__all__ = ["remembering", "unsaid"]

KEPT = "_made_with"  # the attribute with the arguments by name


class _Unwritable(str):
    """What kind of thing an argument was that no file can hold; the thing itself is not kept."""


def remembering(init: Callable[..., None]) -> Callable[..., None]:
    """
    Make an ``__init__`` keep its arguments, as `get_config` needs them.

    Parameters
    ----------
    init : callable
        Of a class that has no `get_config` of its own.
    """
    signature = inspect.signature(init)

    @functools.wraps(init)
    def made(self: Any, *args: Any, **options: Any) -> None:
        try:
            given = signature.bind(self, *args, **options)
        except TypeError:  # which Python says better when it calls
            given = None
        if given is not None:
            given.apply_defaults()
            kept = vars(self).setdefault(KEPT, {})
            for name, p in list(signature.parameters.items())[1:]:
                if p.kind in (p.POSITIONAL_OR_KEYWORD, p.KEYWORD_ONLY):
                    kept.setdefault(name, _writable(given.arguments[name]))
                elif p.kind is p.VAR_POSITIONAL and given.arguments[name]:
                    kept.setdefault(name, _Unwritable("tuple of any length"))
        init(self, *args, **options)

    return made


def unsaid(layer: Any, said: Any) -> dict[str, Any]:
    """
    Give the arguments that a layer was made with and that no `get_config` of its class tells.

    Parameters
    ----------
    layer : Layer
    said : container of str
        What is told anyway.

    Raises
    ------
    OptionError
        If one can be held by no file.
    """
    found: dict[str, Any] = {}
    for cls in type(layer).__mro__:
        if "get_config" in cls.__dict__:
            break
        if "__init__" not in cls.__dict__:
            continue
        for name in list(inspect.signature(cls.__init__).parameters)[1:]:  # type: ignore[misc]
            if name in vars(layer).get(KEPT, {}) and name not in said:
                found[name] = vars(layer)[KEPT][name]
                if isinstance(found[name], _Unwritable):
                    raise OptionError(
                        f"{type(layer).__name__}: its argument {name!r} is of type {found[name]},"
                        " which cannot be written down by itself; give the class a get_config that"
                        " tells its arguments as plain data."
                    )
    return found


def _writable(value: Any) -> Any:
    """Give plain data as they are; of anything else, its type."""
    if value is None or type(value) in (bool, int, float, str):
        return value
    if type(value) in (list, tuple):
        parts = [_writable(each) for each in value]
        bad = [each for each in parts if isinstance(each, _Unwritable)]
        return bad[0] if bad else parts
    return _Unwritable(type(value).__name__)
