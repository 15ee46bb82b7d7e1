"""Notebooks: models and runs show themselves as pictures, drawn when they are first shown."""

from __future__ import annotations

from typing import Any

from clearprop.errors import OptionError, StateError

__all__ = ["load_ipython_extension"]


def load_ipython_extension(shell: Any) -> None:
    """
    Teach a notebook's formatter to show models and runs: ``%load_ext clearprop.draw.notebook``.

    ``import clearprop`` in a notebook does so by itself.

    Parameters
    ----------
    shell : IPython.core.interactiveshell.InteractiveShell
        The notebook's.
    """
    pictures = shell.display_formatter.formatters["image/svg+xml"]
    pictures.for_type_by_name("clearprop.train.history", "History", _run)
    pictures.for_type_by_name("clearprop.train.sequential", "Sequential", _model)


def _run(run: Any) -> str | None:
    from clearprop.draw.model_pictures import history

    return str(history(run)) if "loss" in run.history else None


def _model(model: Any) -> str | None:
    from clearprop.draw.model_pictures import network

    try:
        return str(network(model))
    except (OptionError, StateError):
        return None  # of other layers, or without weights yet: words say what it is
