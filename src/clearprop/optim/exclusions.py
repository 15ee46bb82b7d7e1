"""Which weights are left out of the weight decay."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Self, final

from clearprop.errors import OptionError

__all__ = ["Exclusions"]


@final
@dataclass(frozen=True)
class Exclusions:
    """
    Weights that do not decay.

    Parameters
    ----------
    paths : list of str
        Of single weights.
    names : list of str
        What occurs in the own names of weights, such as ``"bias"``.
    """

    paths: list[str]
    names: list[str]

    def __contains__(self, path: str) -> bool:
        own = path.rpartition("/")[2]
        return path in self.paths or any(name in own for name in self.names)

    @classmethod
    def of(cls, var_list: Iterable[Any], var_names: Any) -> Self:
        """
        Take weights, and names.

        Raises
        ------
        OptionError
            If the names are no texts.
        """
        names = list(var_names or ())
        if isinstance(var_names, str) or not all(isinstance(n, str) and n for n in names):
            raise OptionError(
                "exclude_from_weight_decay: var_names must be a list of texts, such as ['bias'];"
                f" got {var_names!r}."
            )
        return cls([v.path for v in var_list or ()], names)

    @classmethod
    def read(cls, given: Any) -> Self:
        """
        Take what a file says.

        Raises
        ------
        OptionError
            If it is no such thing.
        """
        if (
            isinstance(given, Mapping)
            and given.keys() == {"paths", "names"}
            and all(isinstance(v, list) for v in given.values())
            and all(isinstance(each, str) for v in given.values() for each in v)
        ):
            return cls(**given)
        raise OptionError(
            "excluded_from_weight_decay must have lists of texts, paths and names;"
            f" got {str(given)[:80]}."
        )
