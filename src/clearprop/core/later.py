"""
What a package loads when it is first asked for: a program pays at its start for what it uses.

A package names its modules in the order in which their contents are commonly wanted. A name, in
the package or in a register of it, is looked for in one module after another, and what comes
after the module that has it stays unloaded.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Collection, Iterator, MutableMapping, Sequence
from importlib import import_module
from typing import Any, TypeVar, final

from clearprop.errors import attribute_finder

__all__ = ["Register", "names_of"]

Kind = TypeVar("Kind")


def names_of(
    place: str,
    modules: Sequence[str],
    listed: Collection[str],
    missing: Callable[[str], Any] | None = None,
) -> tuple[Callable[[str], Any], Callable[[], list[str]]]:
    """
    Make the ``__getattr__`` and the ``__dir__`` of a module whose names stand in others.

    Parameters
    ----------
    place : str
        The module's own name.
    modules : sequence of str
        Where its names stand, the commonest first; each says in ``__all__`` which it has, and is
        itself to be had by its name.
    listed : collection of str
        What it lists.
    missing : callable, optional
        What is asked for a name that it does not have; it refuses by default.

    Examples
    --------
    >>> find, listing = names_of("clearprop.losses", ["clearprop.losses.regression"], ["Huber"])
    >>> find("Huber").__name__
    'Huber'
    >>> find("Hubert")
    Traceback (most recent call last):
    AttributeError: losses has no 'Hubert'; did you mean 'Huber'?
    """
    missing = missing or attribute_finder(place.rpartition(".")[2], listed)

    def find(name: str) -> Any:
        if f"{place}.{name}" in modules:
            return import_module(f"{place}.{name}")
        if name in listed:
            for module in modules:
                part = import_module(module)
                if name in part.__all__:
                    found = getattr(part, name)
                    setattr(sys.modules[place], name, found)
                    return found
        return missing(name)

    return find, lambda: sorted({*vars(sys.modules[place]), *listed})


@final
class Register(MutableMapping[str, Kind]):
    """
    Things by name, entered by the modules that define them.

    Whoever lists it sees all: every module is loaded then. What is there without loading more is
    in `held`, where the modules enter theirs.

    Parameters
    ----------
    *modules : str
        Who enters something, the commonest first.

    Examples
    --------
    >>> from clearprop.losses import LOSSES
    >>> LOSSES["MeanSquaredError"].__name__
    'MeanSquaredError'
    >>> "Dice" in LOSSES and "Dice" in LOSSES.held
    True
    """

    def __init__(self, *modules: str) -> None:
        self.modules = modules
        self.held: dict[str, Kind] = {}

    def __getitem__(self, name: str) -> Kind:
        if name not in self.held:
            for module in self.modules:
                import_module(module)
                if name in self.held:
                    break
        return self.held[name]

    def __setitem__(self, name: str, kind: Kind) -> None:
        self.held[name] = kind

    def __delitem__(self, name: str) -> None:
        del self.held[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._all())

    def __len__(self) -> int:
        return len(self._all())

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self._all()!r})"

    def _all(self) -> dict[str, Kind]:
        for module in self.modules:
            import_module(module)
        return self.held
