"""A measured hypothesis: what a mistake makes of gradients, told from slopes alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from clearprop.doctor.measuring.scene import Scene
from clearprop.doctor.measuring.stage import Stage

__all__ = ["Form", "Local", "Variant"]

Made: TypeAlias = Mapping[str, Any]
Variant: TypeAlias = Callable[[Scene], Made]  # the gradients that are not as they should be


@dataclass(frozen=True)
class Local:
    """
    A variant that changes some gradients, each by a rule of its own.

    Attributes
    ----------
    names : tuple of str
        Which; the others are to be right, and are looked at first.
    rule : callable ``(scene, name) -> array``
    """

    names: tuple[str, ...]
    rule: Callable[[Scene, str], Any]

    def __call__(self, scene: Scene) -> Made:
        return {n: self.rule(scene, n) for n in self.names}


@dataclass(frozen=True)
class Form:
    """
    How a mistake of the catalogue shows in measured numbers.

    Attributes
    ----------
    id : str
        The mistake's name in the catalogue.
    variants : callable ``(stage) -> iterator of (scene -> gradients)``
        The ways in which it can show; each gives what it makes of some gradients at a point, and
        the others are right.
    whole : bool
        Whether it changes all gradients by one factor: such a one may come with another mistake.
    gives_way_to : tuple of str
        Names that are said in its place where both fit.
    """

    id: str
    variants: Callable[[Stage], Iterator[Variant]]
    whole: bool = False
    gives_way_to: tuple[str, ...] = ()
