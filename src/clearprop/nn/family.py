"""Layers inside layers: which there are, and what each of them is called."""

from __future__ import annotations

import weakref
from collections.abc import Iterator, Sequence
from types import FunctionType
from typing import Any, ClassVar

from clearprop.errors import AddressError, OptionError, nearest
from clearprop.nn.holder import Holder
from clearprop.nn.naming import free_name
from clearprop.nn.variable import Variable

__all__ = ["Family"]


# Kinds of values in which there are no layers: these, and those that were found to be of such a
# kind. The home of a layer is a weak reference.
PLAIN: set[type] = {bool, int, float, str, type(None), Variable, FunctionType, weakref.ref}
MOST = 512  # kinds, which are held on to


class Family(Holder):
    """A holder of weights that may hold others, in its attributes."""

    # Whether, where it is inside no other, names of layers in it stand alone: "dense/kernel".
    _stands_back: ClassVar[bool] = False

    home: weakref.ref[Any] | None
    place: int | None

    def sublayers(self) -> Sequence[Any]:
        """List the layers inside this one: those in its attributes, in the order they were set."""
        found: dict[int, Family] = {}
        others = [each for each in vars(self).values() if each.__class__ not in PLAIN]
        for value in others:
            if value is not self._weights and _may_hold(value.__class__):
                for layer in _held(value):
                    found.setdefault(id(layer), layer)
        return list(found.values())

    @property
    def layers(self) -> list[Any]:
        """The layers inside this one, in order."""
        return list(self.sublayers())

    def layer(self, key: str | int) -> Any:
        """
        Find a layer inside this one by name, or by place counted from 0.

        Parameters
        ----------
        key : str or int
            A name; a path such as ``"block/dense"`` for one that is deeper inside.

        Raises
        ------
        AddressError
            If there is none.
        """
        layers = self.sublayers()
        if isinstance(key, int):
            if -len(layers) <= key < len(layers):
                return layers[key]
            raise AddressError(f"{self.name!r} has {len(layers)} layers; there is no {key}.")
        for layer in layers:
            if layer.name == key:
                return layer
        first, slash, rest = key.partition("/")
        inner = next((layer for layer in layers if slash and layer.name == first), None)
        if inner is not None:
            return inner.layer(rest)
        names = [layer.name for layer in layers]
        close = nearest(key, names, most=1)
        hint = f" Did you mean {close[0]!r}?" if close else ""
        raise AddressError(f"{self.name!r} has no layer {key!r}; it has {names}.{hint}")

    def settle(self) -> None:
        """
        See that the layers inside this one have paths of their own.

        Raises
        ------
        OptionError
            If two were given the same name.
        """
        taken: dict[str, Family] = {}
        for place, layer in enumerate(self.sublayers()):
            self._settle_one(layer, taken, place)

    def _settle_one(self, layer: Family, taken: dict[str, Family], place: int) -> None:
        """Give a layer its place among those whose paths are taken."""
        homeless = layer.home is None or layer.home() is None
        if homeless:
            layer.home, layer.place = weakref.ref(self), place
            name, prefix = layer.name, self._inner_prefix
            if layer._auto_named:
                names = {other.name for other in taken.values()}
                name = free_name(layer._usual_name(), names)
            layer._rename(name, prefix)  # also if it stays: that of what is inside it may change
        other = taken.get(layer.path)
        if other is not None and other is not layer:
            giving_way = next((each for each in (layer, other) if self._named(each)), None)
            if giving_way is None:
                if homeless:
                    layer.home = layer.place = None
                raise OptionError(
                    f"{self.name!r} has a layer {layer.name!r} already; give one of the two another"
                    f" name: {type(layer).__name__}(..., name='...')."
                )
            names = {each.name for each in (*taken.values(), layer)}
            giving_way._rename(free_name(giving_way._usual_name(), names), giving_way._prefix)
            taken[other.path] = other
        taken[layer.path] = layer

    def _named(self, layer: Family) -> bool:
        """Tell whether a layer has its name from here, so that it can have another."""
        return layer._auto_named and layer.home is not None and layer.home() is self

    @property
    def _inner_prefix(self) -> str:
        """What stands before the names of the layers inside."""
        return "" if self._stands_back and self.home is None else f"{self.path}/"

    def _rename(self, name: str, prefix: str = "") -> None:
        super()._rename(name, prefix)
        if not hasattr(self, "home"):  # it is being made
            return
        for layer in self.sublayers():
            if layer.home is not None and layer.home() is self:
                layer._rename(layer.name, self._inner_prefix)

    def use_dtype(self, dtype: Any) -> None:
        """Compute in another kind of number, unless told one before; for what is not built yet."""
        super().use_dtype(dtype)
        for layer in self.sublayers():
            layer.use_dtype(dtype)


def _may_hold(kind: type) -> bool:
    """Tell whether a value of this kind may have layers in it; asked of every attribute."""
    mro = kind.__mro__  # `isinstance` would ask the abstract class, which takes five times as long
    if Family in mro or list in mro or tuple in mro or dict in mro:
        return True
    if len(PLAIN) < MOST:
        PLAIN.add(kind)
    return False


def _held(value: Any) -> Iterator[Family]:
    """Give the layers in a value: itself, or those in a list, tuple or dict."""
    if Family in type(value).__mro__:
        yield value
    elif isinstance(value, list | tuple | dict):
        for each in value.values() if isinstance(value, dict) else value:
            if each.__class__ not in PLAIN and _may_hold(each.__class__):
                yield from _held(each)
