"""Which engine runs a model."""

from __future__ import annotations

from clearprop.engines.eager import Eager
from clearprop.engines.engine import Engine
from clearprop.errors import OptionError, unknown

__all__ = ["ENGINES", "choose"]

ENGINES: dict[str, type[Engine]] = {Eager.name: Eager}
TO_COME = ("compiled", "jax")


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
    'eager'
    """
    if name == "auto":
        return Eager()
    if name in TO_COME:
        raise OptionError(
            f"engine {name!r} is not available in this version of clearprop; use 'auto' or 'eager'."
        )
    kind = ENGINES.get(name) if isinstance(name, str) else None
    if kind is None:
        raise unknown("engine", name, ["auto", *ENGINES])
    return kind()
