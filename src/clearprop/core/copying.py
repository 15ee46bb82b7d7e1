"""Things that are copied within a program, and never pickled."""

from __future__ import annotations

from copy import deepcopy
from typing import Any, ClassVar, NoReturn, Self

__all__ = ["Copied"]


class Copied:
    """
    Can be copied by `copy`, not by `pickle`: reading a pickle runs whatever is in it.

    Attributes
    ----------
    kept_by : str
        Of a class: what to write instead.
    """

    __slots__ = ()

    kept_by: ClassVar[str] = "its numbers: np.save(path, x.numpy())"

    def __reduce_ex__(self, protocol: Any) -> NoReturn:
        raise TypeError(
            f"a {type(self).__name__} cannot be pickled, since reading a pickle runs whatever is in"
            f" it; keep {self.kept_by}."
        )

    def __copy__(self) -> Self:
        return self._made_of(object.__getstate__(self))

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        made = memo[id(self)] = type(self).__new__(type(self))
        return made._made_of(deepcopy(object.__getstate__(self), memo), made)

    def _made_of(self, state: Any, made: Self | None = None) -> Self:
        """Put attributes, and what is in slots, into another one."""
        made = type(self).__new__(type(self)) if made is None else made
        for each in state if isinstance(state, tuple) else (state,):
            for name, value in (each or {}).items():
                object.__setattr__(made, name, value)
        return made
