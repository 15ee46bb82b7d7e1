"""Which engine runs a model."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from clearprop.engines.auto import Auto
from clearprop.engines.engine import Engine
from clearprop.engines.replay.engine import Replaying
from clearprop.errors import OptionError, unknown

__all__ = ["ENGINES", "choose"]


def _compiled() -> Engine:
    from clearprop.engines.compiled.engine import Compiled  # which is much to load

    return Compiled()


ENGINES: Mapping[str, Callable[[], Engine]] = {
    "auto": Auto,
    "eager": Replaying,
    "compiled": _compiled,
}
TO_COME = ("jax",)


def choose(name: object = "auto") -> Engine:
    """
    Make the engine of a name; "auto" takes whichever is best here.

    Raises
    ------
    OptionError
        If there is none of that name, or not in this version.

    Examples
    --------
    >>> choose("auto").name
    'auto'
    """
    if name in TO_COME:
        raise OptionError(
            f"engine {name!r} is not available in this version of clearprop; use 'auto', 'eager'"
            " or 'compiled'."
        )
    make = ENGINES.get(name) if isinstance(name, str) else None
    if make is None:
        raise unknown("engine", name, list(ENGINES))
    return make()
