"""What a layer's call does beside its result: states it replaces, penalties it adds to the loss."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from typing import TypeAlias

from clearprop.core.tensor import Tensor
from clearprop.nn.variable import Variable

__all__ = ["adding_losses_to", "forget", "losses_wanted", "remembered", "replace", "replacing_by"]

Replace: TypeAlias = Callable[[Variable, Tensor], None]


def _at_once(variable: Variable, value: Tensor) -> None:
    variable.hold(value.node.data)


def forget(variable: Variable, value: Tensor) -> None:
    """Replace nothing: a way of replacing for calls that only try what would come out."""


_REPLACE: ContextVar[Replace] = ContextVar("clearprop_replace", default=_at_once)
_LOSSES: ContextVar[list[Tensor] | None] = ContextVar("clearprop_losses", default=None)


def replace(variable: Variable, value: Tensor) -> None:
    """
    Give a state that is not trained, such as a moving average, its next value.

    To be called in a layer's `call`. The value holds from then on; an engine that runs many steps
    in one program hands in another way of keeping it.

    Parameters
    ----------
    variable : Variable
        The state.
    value : Tensor, of the shape and dtype of `variable`
        What it becomes; no gradient flows through it.
    """
    _REPLACE.get()(variable, value)


def remembered() -> bool:
    """Whether what a call replaces is kept, in some way."""
    return _REPLACE.get() is not forget


@contextlib.contextmanager
def replacing_by(way: Replace) -> Iterator[None]:
    """Have states replaced in another way: not at all, or at the end of a compiled step."""
    token = _REPLACE.set(way)
    try:
        yield
    finally:
        _REPLACE.reset(token)


@contextlib.contextmanager
def adding_losses_to(penalties: list[Tensor]) -> Iterator[None]:
    """Have the penalties that layers add in their calls collected in a list."""
    token = _LOSSES.set(penalties)
    try:
        yield
    finally:
        _LOSSES.reset(token)


def losses_wanted() -> list[Tensor] | None:
    """Give the list that penalties are collected in; None if nobody wants them."""
    return _LOSSES.get()
