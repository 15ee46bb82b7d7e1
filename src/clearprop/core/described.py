"""Things written down as the name of their class and the arguments that they were made with."""

from __future__ import annotations

import inspect
import re
from collections.abc import Mapping
from typing import Any, Self

from clearprop.errors import OptionError, named, unknown

__all__ = ["Described", "read", "snake_case", "written"]

WORD_STARTS = r"(?<=[a-z])(?=[A-Z])|(?<=[^_])(?=[A-Z][a-z])"


def snake_case(name: str) -> str:
    """
    Write a class's name as names of things are written.

    Examples
    --------
    >>> snake_case("LeakyReLU"), snake_case("Conv2D")
    ('leaky_re_lu', 'conv2d')
    """
    return re.sub(WORD_STARTS, "_", name).lower()


class Described:
    """A thing that keeps its arguments, `dtype` among them, as attributes of the same names."""

    def get_config(self) -> dict[str, Any]:
        """
        Give the arguments that make one like this, as plain JSON-able data.

        Raises
        ------
        OptionError
            If one of your own has arguments that it does not keep.
        """
        names = named(type(self))
        for name in names:
            told = isinstance(getattr(type(self), name, None), property)
            if name not in vars(self) and not told:
                raise OptionError(
                    f"{type(self).__name__} has the argument {name!r} but no attribute of that"
                    f" name: write self.{name} = {name}, or define get_config."
                )
        config = {name: getattr(self, name) for name in names}
        return {k: v for k, v in config.items() if (k, v) != ("dtype", None)}

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> Self:
        """
        Make one from `get_config`'s data.

        Raises
        ------
        OptionError
            If a name is no argument, or a value is outside its domain.
        """
        known = inspect.signature(cls).parameters
        if all(p.kind is not p.VAR_KEYWORD for p in known.values()):
            for name in config:
                if name not in known:
                    raise unknown(f"argument of {cls.__name__}", name, known)
        return cls(**config)

    def __repr__(self) -> str:
        config = ", ".join(f"{k}={v!r}" for k, v in self.get_config().items())
        return f"{type(self).__name__}({config})"


def written(thing: Any) -> dict[str, Any]:
    """Write a thing down as the name of its class and its arguments."""
    return {"class_name": type(thing).__name__, "config": thing.get_config()}


def read(what: str, description: Any, kinds: Mapping[str, Any]) -> Any:
    """
    Make the thing that `written` gave, if its class is one of `kinds`.

    Raises
    ------
    OptionError
        If it is no such description, or the class is unknown.
    """
    if not isinstance(description, Mapping):
        raise OptionError(f"a {what} is described by class_name and config; got {description!r}.")
    name, config = description.get("class_name"), description.get("config", {})
    if not isinstance(name, str) or name not in kinds:
        raise unknown(what, name, kinds)
    if not isinstance(config, Mapping) or not all(isinstance(key, str) for key in config):
        raise OptionError(f"the settings of {what} {name!r} must be a mapping; got {config!r}.")
    return kinds[name].from_config(config)
