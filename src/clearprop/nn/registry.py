"""The layers and initializers by name, and how they are written to and read from a file."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from typing import Any, TypeVar

from clearprop.errors import OptionError, unknown

__all__ = [
    "INITIALIZERS",
    "LAYERS",
    "accepted",
    "check_config",
    "deserialize",
    "register",
    "serialize",
]

LAYERS: dict[str, type] = {}
INITIALIZERS: dict[str, type] = {}

Class = TypeVar("Class", bound=type)


def register(cls: Class) -> Class:
    """
    Make a layer class of your own known by its name, so that models that hold it can be loaded.

    Raises
    ------
    OptionError
        If another module has a layer of that name.
    """
    known = LAYERS.get(cls.__name__)
    if known is not None and known.__module__ != cls.__module__:
        raise OptionError(
            f"there is a layer {cls.__name__!r} in {known.__module__} already;"
            " give this one another name."
        )
    LAYERS[cls.__name__] = cls
    return cls


def serialize(thing: Any) -> dict[str, Any]:
    """Write a layer or an initializer down as its class's name and its configuration."""
    return {"class_name": type(thing).__name__, "config": thing.get_config()}


def deserialize(spec: Any, registry: Mapping[str, type], kind: str) -> Any:
    """
    Make what `serialize` wrote down; only classes of `registry` are ever made.

    Raises
    ------
    OptionError
        If the form, the class or an argument is unknown.
    """
    if not (isinstance(spec, Mapping) and {"class_name", "config"} <= spec.keys()):
        raise OptionError(
            f"a {kind} is written as {{'class_name': ..., 'config': {{...}}}}; got {spec!r}."
        )
    cls = registry.get(spec["class_name"]) if isinstance(spec["class_name"], str) else None
    if cls is None:
        raise unknown(kind, spec["class_name"], registry)
    return cls.from_config(spec["config"])  # type: ignore[attr-defined]


def check_config(cls: type, config: Any) -> dict[str, Any]:
    """
    Give `config` as keyword arguments of `cls`.

    Raises
    ------
    OptionError
        If it is no mapping, a name in it is no argument of the class, or one is missing.
    """
    if not isinstance(config, Mapping):
        raise OptionError(f"{cls.__name__}: a configuration is a mapping; got {config!r}.")
    names = accepted(cls)
    for name in config:
        if name not in names:
            raise unknown(f"argument of {cls.__name__}", name, names)
    for p in inspect.signature(cls).parameters.values():
        if p.default is p.empty and p.kind is p.POSITIONAL_OR_KEYWORD and p.name not in config:
            raise OptionError(f"{cls.__name__}: the configuration {config!r} lacks {p.name!r}.")
    return dict(config)


def accepted(cls: type) -> list[str]:
    """List the arguments that a class can be made with, its own before those of its bases."""
    names: dict[str, None] = {}
    for base in cls.__mro__:  # an __init__ with **options passes them on to its base's
        parameters = inspect.signature(base.__init__).parameters.values()  # type: ignore[misc]
        for p in parameters:
            if p.kind in (p.POSITIONAL_OR_KEYWORD, p.KEYWORD_ONLY) and p.name != "self":
                names[p.name] = None
        if not any(p.kind is p.VAR_KEYWORD for p in parameters):
            break
    return list(names)
