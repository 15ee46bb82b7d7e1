"""Which engine runs a model."""

from __future__ import annotations

from clearprop.engines.compiled.engine import Auto, Compiled
from clearprop.engines.eager import Eager
from clearprop.engines.engine import Engine
from clearprop.errors import OptionError, unknown

__all__ = ["ENGINES", "choose"]

ENGINES: dict[str, type[Engine]] = {
    Auto.name: Auto,
    Eager.name: Eager,
    Compiled.name: Compiled,
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
    >>> choose("eager").name
    'eager'
    """
    if name in TO_COME:
        raise OptionError(
            f"engine {name!r} is not available in this version of clearprop; use 'auto', 'eager'"
            " or 'compiled'."
        )
    kind = ENGINES.get(name) if isinstance(name, str) else None
    if kind is None:
        raise unknown("engine", name, list(ENGINES))
    return kind()
