"""An entry of the catalogue: a mistake as a small change of a derivation, with its words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from clearprop.doctor.derivations.chain import Env, Link

__all__ = ["Edit", "Mistake", "Said", "again", "at", "several"]

Made = Callable[[Env, Any], Any]


@dataclass(frozen=True)
class Edit:
    """
    A change of one or several lines of a link's derivation.

    Attributes
    ----------
    kind : str
        Of the links that it can stand in.
    changes : mapping of str to callable ``(e, right) -> mistaken``
        By the place; by (kind, place) where `kind` is empty, for lines of several kinds of links.
    where : callable ``(link, index, count) -> bool``
        In which links of the kind; `count` is how many links the chain has.
    fitted : bool
        Whether the change has an unknown number c: the functions are ``(e, right, c)``, and the
        gradients are linear in it.
    each : bool
        Whether it may stand in one link only of several; else it stands in all.
    paired : bool
        Whether it is looked for together with another mistake, too.
    """

    kind: str
    changes: Mapping[Any, Callable[..., Any]]
    where: Callable[[Link, int, int], bool] = lambda link, index, count: True
    fitted: bool = False
    each: bool = True
    paired: bool = True


def at(kind: str, place: str, change: Callable[..., Any], **more: Any) -> Edit:
    """Make an edit of one line."""
    return Edit(kind, {place: change}, **more)


def several(kind: str, /, **changes: Callable[..., Any]) -> Edit:
    """Make an edit of several lines at once."""
    return Edit(kind, changes)


@dataclass(frozen=True)
class Said:
    """What is said of a mistake in a language: what was done, what belongs there, the mend."""

    did: str
    should: str
    mend: str


@dataclass(frozen=True)
class Mistake:
    """
    An entry of the catalogue.

    Attributes
    ----------
    id : str
        Its stable name.
    line : str
        The line of the derivation that it breaks, as it should be.
    en, ko : Said
    edits : tuple of Edit
        The forms that it takes; empty for what shows only in calls one after another.
    only : {"", "gradient", "change"}
        Whether it is only for gradients that are exposed, or only for weights that change.
    gives_way_to : tuple of str
        Names that are said in place of this one where both give the same numbers.
    """

    id: str
    line: str
    en: Said
    ko: Said
    edits: tuple[Edit, ...] = ()
    only: str = ""
    gives_way_to: tuple[str, ...] = ()


def again(name: str, *edits: Edit, **more: Any) -> Mistake:
    """Give further forms to a mistake that has its words in another family."""
    return Mistake(name, "", Said("", "", ""), Said("", "", ""), edits, **more)
