"""Where models learn to save themselves: whoever knows files puts a function here."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from clearprop.errors import StateError

if TYPE_CHECKING:
    from clearprop.train.model import Model

__all__ = ["install", "save"]

_saver: Callable[..., Any] | None = None


def install(saver: Callable[..., Any]) -> None:
    """
    Say how models are saved.

    Parameters
    ----------
    saver : callable ``(model, path, **options)``
    """
    global _saver
    _saver = saver


def save(model: Model, path: Any, **options: Any) -> Any:
    """
    Save a model by whatever was installed.

    Raises
    ------
    StateError
        If nothing was.
    """
    if _saver is None:
        raise StateError("models are saved by clearprop.io; import clearprop.io first.")
    return _saver(model, path, **options)
