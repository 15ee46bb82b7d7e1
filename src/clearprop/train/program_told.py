"""What was compiled of a model, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from clearprop.engines.auto import Auto
from clearprop.engines.compiled.engine import Compiled
from clearprop.errors import StateError
from clearprop.lang import say
from clearprop.train import sources

if TYPE_CHECKING:
    from clearprop.train.asked import Asked

__all__ = ["program_told"]


def program_told(model: Asked, x: Any, y: Any, batch: int) -> str:
    """
    Say what a model's programs do.

    Parameters
    ----------
    model : Asked
    x, y : array or None
        Data to compile a step of training for; without them, what is compiled already.
    batch : int

    Raises
    ------
    StateError
        If there are none.
    """
    setup = model.setup_for("program")
    engine, made = setup.engine, True
    if isinstance(engine, Auto):
        engine = engine.full
    if x is not None:
        engine = Compiled()
        given = sources.arrays(model, setup, x, y, None)
        made = engine.prepare(given.task, given.data, batch)
    told = engine.told() if isinstance(engine, Compiled) and made else []
    if not told:
        why = " ".join(engine.notes()) or say("train.not_fitted")
        raise StateError(say("train.no_program", why=why))
    return "\n\n".join(told)
