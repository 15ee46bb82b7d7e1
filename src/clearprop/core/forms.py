"""The function form of a class: one definition and one docstring serve both."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterable
from typing import Any

__all__ = ["function_form"]

_GIVEN = """y_true, y_pred : array, shape (N, ...)
    Targets and predictions, as the class takes them."""
_RETURNS = """Returns
-------
Tensor, shape (N, ...)
    One value a sample."""


def function_form(
    cls: type,
    name: str,
    call: Callable[..., Any],
    *,
    without: Iterable[str],
) -> Callable[..., Any]:
    """
    Make a function ``(y_true, y_pred, **settings)`` of a class that has settings.

    Parameters
    ----------
    cls : type
        Its signature has the settings, its docstring what they mean.
    name : str
        What the function is called.
    call : callable ``(settings, y_true, y_pred) -> Tensor``
        Gives the values, from a dictionary of the settings.
    without : iterable of str
        Settings of the class that the function does not have.

    Returns
    -------
    function
    """
    left_out = set(without)
    kind = inspect.Parameter.POSITIONAL_OR_KEYWORD
    settings = [
        p.replace(kind=kind)
        for p in inspect.signature(cls).parameters.values()
        if p.name not in left_out
    ]
    given = [inspect.Parameter(x, kind) for x in ("y_true", "y_pred")]
    signature = inspect.Signature([*given, *settings])

    def function(*args: Any, **kwargs: Any) -> Any:
        asked = signature.bind(*args, **kwargs).arguments
        return call(asked, asked.pop("y_true"), asked.pop("y_pred"))

    function.__name__ = function.__qualname__ = name
    function.__module__ = cls.__module__
    function.__doc__ = _documented(cls, left_out)
    vars(function)["__signature__"] = signature
    return function


def _documented(cls: type, left_out: set[str]) -> str:
    """Write a class's docstring anew for its function: other parameters, and what is returned."""
    about, *sections = re.split(r"\n\n(?=[A-Z][\w ]*\n-{3,}\n)", inspect.getdoc(cls) or "")
    titled = {section.split("\n", 1)[0]: section for section in sections}
    entries = re.split(r"\n(?=\S)", titled.pop("Parameters", ""))[2:]
    kept = [entry for entry in entries if not set(_names(entry)) <= left_out]
    parameters = "\n".join(["Parameters\n----------", _GIVEN, *kept])
    titled.pop("Methods", None)
    return "\n\n".join([about, parameters, _RETURNS, *titled.values()])


def _names(entry: str) -> list[str]:
    return re.split(r",\s*", entry.split("\n", 1)[0].split(" : ")[0].strip())
