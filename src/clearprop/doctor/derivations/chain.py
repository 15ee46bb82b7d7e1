"""
A derivation as steps with names, so that a mistake can be put into any one of them.

A link is one stage of a forward pass. Its rules are the lines of its derivation, in order; each
gives one array from those before it. A mistake replaces what a rule gives.

In the rules, `e` is the state at the link: ``e.x`` what comes in, ``e.y`` what goes out, ``e.g``
what comes back (∂L/∂y), ``e.N`` the number of samples (rows), the link's own numbers by their roles
(``e.W``, ``e.b``, ``e.t``), and ``e.d``, the results of the rules so far.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any, TypeAlias

import numpy as np

__all__ = ["Chain", "Changes", "Env", "Grid", "Layout", "Link", "Part", "Ref", "Rule"]

Env: TypeAlias = Any  # a SimpleNamespace; see the module's first lines
Rule: TypeAlias = Callable[[Env], Any]
Change: TypeAlias = Callable[[Env, Any], Any]
Changes: TypeAlias = Mapping[tuple[int, str], Change]  # by link and place


@dataclass(frozen=True)
class Link:
    """
    One stage of a forward pass, with the lines of its derivation.

    Attributes
    ----------
    kind : str
        To which kind of stage mistakes refer: "affine", "activation", "loss" ...
    name : str
        Which of the kind: "sigmoid", "half_sse".
    forward : callable ``(e) -> y``
    rules : dict of str to callable ``(e) -> array``
        In the order of the derivation. A rule under the name of a role is that role's gradient;
        ``"x"`` is the gradient that goes on.
    about : mapping
        Whatever else mistakes ask for.
    """

    kind: str
    name: str
    forward: Rule
    rules: Mapping[str, Rule]
    about: Mapping[str, Any] = field(default_factory=dict)


class Layout:
    """
    How a program lays its numbers out, against rows of samples and (in, out) weights.

    Parameters
    ----------
    there : callable
        From the program's array to ours.
    back : callable
        From ours to the program's, for arrays of any shape.
    """

    def __init__(
        self, there: Callable[[np.ndarray], np.ndarray], back: Callable[[np.ndarray], np.ndarray]
    ) -> None:
        self.there, self.back = there, back


def _same(a: np.ndarray) -> np.ndarray:
    return a


def _turned(a: np.ndarray) -> np.ndarray:
    return a.T if a.ndim == 2 else a


SAME = Layout(_same, _same)
TURNED = Layout(_turned, _turned)
ROW = Layout(lambda a: a.reshape(1, -1), lambda a: a[0] if a.ndim == 2 and len(a) == 1 else a)
COLUMN = Layout(
    lambda a: a.reshape(-1, 1), lambda a: a[:, 0] if a.ndim == 2 and a.shape[1] == 1 else a
)
FLAT = Layout(lambda a: a.reshape(-1), _same)
FLAT_TURNED = Layout(lambda a: a.reshape(-1), _turned)


@dataclass(frozen=True)
class Ref:
    """A variable of the program, and how it is laid out."""

    name: str
    layout: Layout = SAME

    def read(self, values: Mapping[str, np.ndarray]) -> np.ndarray:
        """Give its numbers, laid out as ours."""
        return np.asarray(self.layout.there(values[self.name]))

    def write(self, found: dict[str, Any], g: Any) -> None:
        """Put its gradient down, laid out as the program's."""
        found[self.name] = self.layout.back(np.asarray(g))

    @property
    def names(self) -> tuple[str, ...]:
        """The variables that it is made of."""
        return (self.name,)


@dataclass(frozen=True)
class Grid:
    """
    Single numbers of a program, put together to an array.

    Parameters
    ----------
    cells : array of str
        The names; one that stands in several cells collects what belongs to it in each.
    """

    cells: np.ndarray

    def read(self, values: Mapping[str, np.ndarray]) -> np.ndarray:
        """Give its numbers as one array."""
        flat = [float(values[name]) for name in self.cells.ravel()]
        return np.array(flat).reshape(self.cells.shape)

    def write(self, found: dict[str, Any], g: Any) -> None:
        """Put a gradient down cell by cell."""
        g = np.asarray(g)
        if g.shape != self.cells.shape:
            if g.size != self.cells.size:
                return
            g = g.reshape(self.cells.shape)
        own: dict[str, Any] = {}
        for name, part in zip(self.cells.ravel(), g.ravel(), strict=True):
            own[name] = own.get(name, 0.0) + part
        found.update({name: np.asarray(part) for name, part in own.items()})

    @property
    def names(self) -> tuple[str, ...]:
        """The variables that it is made of."""
        return tuple(self.cells.ravel())


@dataclass(frozen=True)
class Part:
    """A link in its place in a chain: which variables have its roles."""

    link: Link
    roles: Mapping[str, Any] = field(default_factory=dict)  # what reads and writes as Ref does


@dataclass
class Chain:
    """
    A forward pass as links one after another.

    Attributes
    ----------
    parts : tuple of Part
    x : Ref
        What comes in.
    output : Layout
        How the program lays its output out.
    penalty : mapping of str to float, array or callable
        By variable: c, where the loss has Σ c·w² added; a callable gives it for the values.
    """

    parts: tuple[Part, ...]
    x: Ref | Grid
    output: Layout = SAME
    penalty: Mapping[str, Any] = field(default_factory=dict)

    def run(self, values: Mapping[str, np.ndarray]) -> list[Env]:
        """Go forward; give the state at each link."""
        x = self.x.read(values)
        envs: list[Env] = []
        for part in self.parts:
            e = SimpleNamespace(x=x, N=len(x) if x.ndim > 1 else 1, d={}, envs=envs, values=values)
            e.about, e.index = part.link.about, len(envs)
            for role, ref in part.roles.items():
                setattr(e, role, ref.read(values))
            e.y = x = part.link.forward(e)
            envs.append(e)
        return envs

    def forward(self, values: Mapping[str, np.ndarray]) -> np.ndarray:
        """Give the output, as the program lays it out."""
        y = self.run(values)[-1].y
        for name, c in self._punished(values):
            y = y + np.sum(c * values[name] ** 2)
        return np.asarray(self.output.back(np.asarray(y)))

    def gradients(
        self,
        values: Mapping[str, np.ndarray],
        upstream: np.ndarray | None,
        changes: Changes | None = None,
        after: Mapping[str, np.ndarray] | None = None,
        given: Mapping[str, Any] | None = None,
    ) -> dict[str, Any]:
        """
        Follow the derivation, with mistakes put in.

        Parameters
        ----------
        values : mapping of str to array
        upstream : array or None
            The gradient that comes in; None for 1.
        changes : mapping, optional
            What to make of the results of rules, by link and place.
        after : mapping, optional
            The parameters after a program changed them, where it did.
        given : mapping, optional
            The gradients that the program gave.

        Returns
        -------
        dict
            By variable, laid out as the program's.
        """
        changes = changes or {}
        envs = self.run(values)
        g: Any = np.ones(()) if upstream is None else self._coming_in(upstream, envs[-1].y)
        found: dict[str, Any] = {}
        for k in range(len(self.parts) - 1, -1, -1):
            part, e = self.parts[k], envs[k]
            self._through(changes, k, e, g, after, given)
            for role, ref in part.roles.items():
                if role in e.d:
                    ref.write(found, e.d[role])
            g = e.d.get("x", None)
            if g is None:
                break
        around = [e.d["skip"] for e in envs if "skip" in e.d]
        if g is not None:
            self.x.write(found, g + around[0] if around else g)
        self._add_penalties(changes, values, envs, found)
        return found

    def _through(
        self, changes: Changes, k: int, e: Env, g: Any,
        after: Mapping[str, np.ndarray] | None, given: Mapping[str, Any] | None,
    ) -> None:  # fmt: skip
        """Follow the rules of one link, with what comes back to it."""
        part = self.parts[k]
        e.after = {
            role: ref.read(after)
            for role, ref in part.roles.items()
            if role != "t" and after and all(name in after for name in ref.names)
        }  # of what a step changes; a target may only be known where it was seen
        e.upstream, e.given, e.x_name = g, given or {}, self.x.names[0]
        e.g = self._changed(changes, k, "upstream", e, g)
        for place, rule in part.link.rules.items():
            e.d[place] = self._changed(changes, k, place, e, rule(e))

    def _add_penalties(
        self, changes: Changes, values: Mapping[str, np.ndarray], envs: list[Env],
        found: dict[str, Any],
    ) -> None:  # fmt: skip
        for name, c in self._punished(values):
            own = self._penalty(changes, name, 2 * c * values[name], envs, c)
            if found.get(name) is not None and np.size(found[name]) == np.size(own):
                found[name] = found[name] + np.reshape(own, np.shape(found[name]))

    def _punished(self, values: Mapping[str, np.ndarray]) -> list[tuple[str, Any]]:
        return [(n, c(values) if callable(c) else c) for n, c in self.penalty.items()]

    def _penalty(
        self, changes: Changes, name: str, right: np.ndarray, envs: list[Env], c: float
    ) -> Any:
        change = changes.get((-1, "penalty"))
        return right if change is None else change(SimpleNamespace(c=c, name=name), right)

    def _coming_in(self, upstream: np.ndarray, y: np.ndarray) -> np.ndarray:
        g = self.output.there(np.asarray(upstream, dtype=np.float64))
        return g.reshape(y.shape) if g.size == np.size(y) else g

    @staticmethod
    def _changed(changes: Changes, k: int, place: str, e: Env, right: Any) -> Any:
        change = changes.get((k, place))
        return right if change is None else change(e, right)

    def where(self, kind: str) -> list[int]:
        """List the links of a kind."""
        return [k for k, part in enumerate(self.parts) if part.link.kind == kind]

    @property
    def weights(self) -> frozenset[str]:
        """The variables that something is multiplied by: all parameters but biases."""
        return frozenset(
            name for part in self.parts for role, ref in part.roles.items()
            if role not in ("t", "b", "beta") for name in ref.names
        )  # fmt: skip

    @property
    def title(self) -> str:
        """Name the links, in order, but for moves that put numbers into another order."""
        named = [part.link.name for part in self.parts if part.link.kind != "pick"]
        return " → ".join(named or [part.link.name for part in self.parts])


def joined(chains: Iterable[Iterable[Chain]]) -> Iterable[Chain]:
    """Give chains one after another."""
    for some in chains:
        yield from some
