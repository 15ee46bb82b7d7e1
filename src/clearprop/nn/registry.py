"""What is known by name, layers and all they are told, and how it is written down and read."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, ClassVar, Self, TypeVar

from clearprop.core.described import snake_case
from clearprop.core.later import Register
from clearprop.errors import OptionError, unknown
from clearprop.lang import told

__all__ = [
    "CONSTRAINTS",
    "INITIALIZERS",
    "LAYERS",
    "MODULES",
    "REGULARIZERS",
    "Configured",
    "OfFunction",
    "accepted",
    "check_config",
    "deserialize",
    "found",
    "register",
    "serialize",
]

# Where the layers are, the commonest first.
MODULES = tuple(
    f"clearprop.nn.{name}"
    for name in (
        "core_layers",
        "applied",
        "placeholders",
        "activation_layers",
        "regularization",
        "convolution",
        "pooling",
        "batch_normalization",
        "normalization",
        "shaping",
        "embedding",
        "lstm",
        "gru",
        "global_pooling",
        "recurrent_units",
        "recurrent_cells",
        "recurrent",
        "wrappers",
        "merging",
        "concatenation",
        "multi_head_attention",
        "attention",
        "grouped_attention",
        "rescaling",
        "resizing",
        "depthwise_convolution",
        "transposed_convolution",
        "spatial_dropout",
        "noise",
        "margins",
        "passing",
        "stacked_cells",
        "layer",
        "second_names",
    )
)
LAYERS: Register[type] = Register(*MODULES)
INITIALIZERS: dict[str, type] = {}
REGULARIZERS: dict[str, type] = {}
CONSTRAINTS: dict[str, type] = {}

Class = TypeVar("Class", bound=type)


def register(cls: Class) -> Class:
    """
    Make a layer class of your own known by its name, so that models that hold it can be loaded.

    Raises
    ------
    OptionError
        If another module has a layer of that name.
    """
    ours = cls.__module__.partition(".")[0] == __name__.partition(".")[0]
    known = (LAYERS.held if ours else LAYERS).get(cls.__name__)
    if known is not None and known.__module__ != cls.__module__:
        raise OptionError(
            f"there is a layer {cls.__name__!r} in {known.__module__} already;"
            " give this one another name."
        )
    LAYERS[cls.__name__] = cls
    return cls


class Configured:
    """
    A thing that has the arguments it was made with as attributes, and is known by its class's name.

    A base of such things says in `known` where its own subclasses are listed, and in `kind` what
    messages call them; a subclass that no file should make is not `listed`.
    """

    known: ClassVar[dict[str, type]]
    kind: ClassVar[str]

    def __init_subclass__(cls, *, listed: bool = True, **options: Any) -> None:
        super().__init_subclass__(**options)
        if listed and "known" not in cls.__dict__ and not cls.__name__.startswith("_"):
            other = cls.known.get(cls.__name__)
            if other is None or other.__module__ == cls.__module__:  # a notebook's cell, run again
                cls.known[cls.__name__] = cls

    def get_config(self) -> dict[str, Any]:
        """Give the arguments that make one like this, as plain JSON-able data."""
        return {name: getattr(self, name) for name in inspect.signature(type(self)).parameters}

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> Self:
        """Make one from `get_config`'s data."""
        return cls(**check_config(cls, config))

    def __repr__(self) -> str:
        config = ", ".join(f"{k}={v!r}" for k, v in self.get_config().items() if v is not None)
        return f"{type(self).__name__}({config})"


class OfFunction:
    """What things made from a user's function have in common: no file can hold them."""

    kind: ClassVar[str]

    def __init__(self, function: Callable[..., Any]) -> None:
        self.function = function

    def get_config(self) -> dict[str, Any]:
        """
        Refuse.

        Raises
        ------
        OptionError
        """
        raise OptionError(
            f"the {self.kind} {self.function!r} is a function and cannot be saved by name; make it"
            f" a subclass of {self.kind.capitalize()}."
        )

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.function!r})"


def found(
    given: Any, base: type[Configured], aliases: Mapping[str, str] = MappingProxyType({})
) -> Any:
    """
    Find what a name, a class, `serialize`'s writing or a thing itself stands for.

    Parameters
    ----------
    given : str, type, mapping or object
    base : type
        What is wanted.
    aliases : mapping of str to str
        Further names.

    Returns
    -------
    object of `base`, or None if `given` is something else

    Raises
    ------
    OptionError
        If a name is unknown; the message has the nearest.
    """
    if isinstance(given, base):
        return given
    if isinstance(given, str):
        by_name = {snake_case(name): cls for name, cls in base.known.items()}
        name = aliases.get(given, given)
        cls = base.known.get(name) or by_name.get(name)
        if cls is None:
            raise unknown(base.kind, given, {*by_name, *aliases})
        return cls()
    if isinstance(given, Mapping):
        return deserialize(given, base.known, base.kind)
    if isinstance(given, type) and issubclass(given, base):
        return given()
    return None


def serialize(thing: Any) -> Any:
    """Write a thing down as its class's name and its configuration; None stays None."""
    if thing is None:
        return None
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
        error = unknown(kind, spec["class_name"], registry)
        if registry is LAYERS or kind == "model":
            raise OptionError(told("layers.own_class", error=error.message))
        raise error
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
