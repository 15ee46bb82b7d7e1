"""Where models learn to save themselves: whoever knows files makes itself known here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from clearprop.errors import StateError

if TYPE_CHECKING:
    from clearprop.train.kept import Kept

__all__ = ["Files", "files", "install", "save"]


class Files(Protocol):
    """Whoever knows files: `clearprop.io` says what each function means."""

    def save(self, model: Kept, path: Any, **options: Any) -> Any: ...

    def save_weights(self, model: Kept, path: Any, *, overwrite: bool = True) -> Any: ...

    def load_weights(self, model: Kept, path: Any, *, skip_mismatch: bool = False) -> None: ...

    def back_up(
        self, model: Kept, path: Any, notes: Mapping[str, Any], arrays: Mapping[str, np.ndarray]
    ) -> Any: ...

    def restore(self, model: Kept, path: Any) -> tuple[dict[str, Any], dict[str, np.ndarray]]: ...


_find: Callable[[], Any] | None = None


def install(find: Callable[[], Any]) -> None:
    """
    Say who knows files.

    Parameters
    ----------
    find : callable ``() -> Files``
        Called when a model is first saved, so that nobody else waits for an import.
    """
    global _find
    _find = find


def files() -> Files:
    """
    Give whoever knows files.

    Raises
    ------
    StateError
        If nobody was made known.
    """
    if _find is None:
        raise StateError("models are saved by clearprop.io; import clearprop.io first.")
    found: Files = _find()
    return found


def save(model: Kept, path: Any, **options: Any) -> Any:
    """
    Save a model by whoever knows files.

    Raises
    ------
    StateError
        If nobody was made known.
    """
    return files().save(model, path, **options)
