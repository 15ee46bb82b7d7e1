"""
Nets in which windows slide: convolutions, poolings and affine layers in any order, and a loss.

The sizes of the arrays leave few nets possible; those are planned first, without a number being
computed. Then activations are tried, from the front to the back, and the loss at the end.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import numpy as np

from clearprop.doctor.derivations.activations import ACTIVATIONS, SOFTMAX, activation_link
from clearprop.doctor.derivations.chain import SAME, Chain, Layout, Link, Part, Ref
from clearprop.doctor.derivations.dense import AFFINE, Observed, close, fitting
from clearprop.doctor.derivations.layouts import weight_layout
from clearprop.doctor.derivations.losses import LOSSES, LOSSES_OF_SHARES, SCALES, SUMMED
from clearprop.doctor.derivations.pictures import flat_link, kernels_of, pictures_of
from clearprop.doctor.derivations.sliding import Slide, conv_link, pool_link

__all__ = ["ORDER", "chains"]

ORDER = 40  # behind all that is known by a few numbers
_BETWEEN = ("relu", "tanh", "sigmoid", "leaky relu 0.01", "leaky relu 0.1", "elu", "softplus")
_MOST = 8  # arrays
_LONGEST = 2.5  # seconds
_ENDS_TRIED = 1200  # nets of one reading of the input that are held against the output
Shape = tuple[int, ...]


@dataclass(frozen=True)
class _Step:
    """A step of a plan: a part, and how what comes out of it is shaped."""

    part: Part
    shape: Shape
    weighs: bool = False
    pools: bool = False


@dataclass
class _Plans:
    """All nets that the sizes of a program's arrays leave possible."""

    values: Mapping[str, np.ndarray]
    ends: frozenset[int]
    turned: bool = False
    plain: bool = False
    picture: Layout = SAME
    known: dict[tuple[Shape, frozenset[str], bool], bool] = field(default_factory=dict)

    def steps(self, shape: Shape, names: frozenset[str], pooled: bool) -> Iterator[_Step]:
        """Give what may come next."""
        if len(shape) == 4:
            yield from self._convolutions(shape, names)
            if not pooled:
                yield from _poolings(shape, self.plain)
            size = int(np.prod(shape[1:]))
            orders = ("CHW", "HWC") if shape[1] > 1 and shape[2] * shape[3] > 1 else ("CHW",)
            for order in orders:
                yield _Step(Part(flat_link(order)), (shape[0], size))
        else:
            yield from self._affine(shape, names)

    def finishes(self, shape: Shape, names: frozenset[str], pooled: bool) -> bool:
        """Tell whether all arrays can be used up, with as many outputs as are wanted."""
        key = (shape, names, pooled)
        if key not in self.known:
            self.known[key] = False  # no way leads through itself
            self.known[key] = (not names and int(np.prod(shape)) in self.ends) or any(
                self.finishes(s.shape, names - _used(s), s.pools or (pooled and not s.weighs))
                for s in self.steps(shape, names, pooled)
            )
        return self.known[key]

    def _biases(self, names: frozenset[str], weight: str, units: int) -> Iterator[str | None]:
        yield None
        for n in sorted(names):
            if n != weight and self.values[n].size == units:
                yield n

    def _convolutions(self, shape: Shape, names: frozenset[str]) -> Iterator[_Step]:
        for name in sorted(names):
            for layout, (f, c, kh, kw) in kernels_of(self.values[name].shape, shape[2] == 1):
                if c != shape[1]:
                    continue
                for slide in _slides((kh, kw), self.plain):
                    out = slide.count(0, shape[2]), slide.count(1, shape[3])
                    if min(out) < 1:
                        continue
                    for bias in self._biases(names, name, f):
                        roles = {"W": Ref(name, layout)}
                        if bias is not None:
                            roles["b"] = Ref(
                                bias, _flat_bias(self.values[bias].shape, self.picture)
                            )
                        part = Part(conv_link(slide, turned=self.turned), roles)
                        yield _Step(part, (shape[0], f, *out), weighs=True)

    def _affine(self, shape: Shape, names: frozenset[str]) -> Iterator[_Step]:
        for name in sorted(names):
            w = self.values[name]
            for turned in (False, True):
                layout = weight_layout(w, turned)
                if layout is None:
                    continue
                rows, outs = layout.there(w).shape
                if rows != shape[1]:
                    continue
                for bias in self._biases(names, name, outs):
                    roles = {"W": Ref(name, layout)}
                    if bias is not None:
                        roles["b"] = Ref(bias, _flat_bias(self.values[bias].shape))
                    yield _Step(Part(AFFINE, roles), (shape[0], outs), weighs=True)


def _flat_bias(shape: Shape, picture: Layout = SAME) -> Layout:
    """Lay biases out as a row; what is left unsummed of pictures lies as these do."""

    def back(a: np.ndarray) -> np.ndarray:
        if a.ndim == 1 and a.size == np.prod(shape):
            return a.reshape(shape)
        return picture.back(a) if a.ndim == 4 else a

    return Layout(lambda a: a.reshape(-1), back)


def _used(step: _Step) -> frozenset[str]:
    return frozenset(n for ref in step.part.roles.values() for n in ref.names)


def _slides(size: tuple[int, int], plain: bool) -> Iterator[Slide]:
    """Give the ways in which kernels mostly slide."""
    kh, kw = size
    pads = [((0, 0), (0, 0)), (((kh - 1) // 2, (kw - 1) // 2), (kh // 2, kw // 2))]
    if not plain:
        pads.append(((kh - 1, kw - 1), (kh - 1, kw - 1)))
    for stride in (1, 2):
        for before, after in dict.fromkeys(pads):
            yield Slide(size, (stride, stride), (1, 1), before, after)


def _poolings(shape: Shape, plain: bool) -> Iterator[_Step]:
    h, w = shape[2:]
    for kind in ("max", "mean"):
        for k, s in ((2, 2), (3, 3), (3, 2), (2, 1), (4, 4))[: 1 if plain else 5]:
            size = (min(k, h), min(k, w)) if h == 1 else (k, k)
            stride = (1, s) if h == 1 else (s, s)
            slide = Slide(size, stride)
            out = slide.count(0, h), slide.count(1, w)
            if min(out) >= 1 and h >= size[0] and w >= size[1]:
                yield _Step(Part(pool_link(kind, slide)), (*shape[:2], *out), pools=True)
        if h * w > 1:
            link = pool_link(kind, Slide((h, w), (h, w)), whole=(True, True))
            yield _Step(Part(link), (*shape[:2], 1, 1), pools=True)


def chains(subject: Any, observed: Sequence[Observed]) -> Iterator[Chain]:
    """Find the net that a program computes, where windows slide in it."""
    values, _ = observed[0]
    names = [*subject.inputs[1:], *subject.parameters]
    if not 1 <= len(names) <= _MOST:
        return
    end = time.process_time() + _LONGEST
    for mixed, turned, plain in (
        (False, False, True), (False, False, False), (False, True, True), (True, False, True),
    ):  # fmt: skip
        for x, target in _data(subject, values):
            for layout, shape in pictures_of(values[x].shape):
                search = _Search(Ref(x, layout), target, observed, subject.is_loss, mixed, end)
                plans = _Plans(values, search.sizes(), turned, plain, layout)
                yield from search.found(plans, shape, frozenset(names))


def _data(subject: Any, values: Mapping[str, np.ndarray]) -> Iterator[tuple[str, str | None]]:
    """Tell the input and the target among what a program was given, or has from outside."""
    if subject.inputs:
        yield subject.inputs[0], subject.target
        return
    thick = [n for n in getattr(subject, "data", ()) if values[n].ndim]
    thick.sort(key=lambda n: -values[n].size)  # the larger one goes in
    if subject.target is not None:
        yield from ((x, subject.target) for x in thick)
        return
    yield from ((x, t) for x in thick for t in thick if t != x)
    yield from ((x, None) for x in thick)


class _Search:
    """Plans, held against what a program computes."""

    def __init__(
        self, x: Ref, target: str | None, observed: Sequence[Observed], is_loss: bool, mixed: bool,
        end: float,
    ) -> None:  # fmt: skip
        self.end = end
        self.x, self.target, self.observed = x, target, observed
        self.is_loss, self.mixed = is_loss, mixed
        self.values, self.output = dict(observed[0][0]), observed[0][1]
        self.left = 0
        self.goal = self.values[target] if target else None

    def sizes(self) -> frozenset[int]:
        """List how many outputs there may be."""
        if not self.is_loss:
            return frozenset({self.output.size})
        if self.target is None:
            return frozenset(range(1, 64))
        t = self.values[self.target]
        if not np.array_equal(t, np.round(t)) or t.min(initial=0) < 0:
            return frozenset({t.size})
        fewest = max(2, int(t.max(initial=0)) + 1)
        return frozenset({t.size, *(t.size * k for k in range(fewest, 33))})

    def found(self, plans: _Plans, shape: Shape, names: frozenset[str]) -> Iterator[Chain]:
        """Go through the plans."""
        try:
            x = self.x.read(self.values)
        except ValueError:
            return
        if x.shape == shape:
            self.left = _ENDS_TRIED * (15 if plans.plain else 1)
            kernels = any(self.values[n].ndim > 2 for n in names)
            first = plans.plain and kernels  # what comes in is not pooled before a kernel has it
            yield from self._on(plans, x, (), names, pooled=first, acted=True, common=None)

    def _on(
        self, plans: _Plans, y: np.ndarray, parts: tuple[Part, ...], names: frozenset[str], *,
        pooled: bool, acted: bool, common: str | None,
    ) -> Iterator[Chain]:  # fmt: skip
        """Go on from what was computed so far."""
        if self.left < 0 or time.process_time() > self.end:
            return
        if not names and parts and any("slide" in p.link.about for p in parts):
            self.left -= 1
            yield from self._ended(parts, y)
        if not acted and (names or y.ndim == 4 or not plans.plain):
            for name in self._between(plans, common):
                part = Part(activation_link(ACTIVATIONS[name]))
                yield from self._on(
                    plans, ACTIVATIONS[name].f(y), (*parts, part), names,
                    pooled=pooled, acted=True, common=name,
                )  # fmt: skip
        for step in plans.steps(y.shape, names, pooled):
            rest = names - _used(step)
            left = step.pools or (pooled and not step.weighs)
            if not plans.finishes(step.shape, rest, left):
                continue
            out = _through(step.part, y, self.values)
            if out is None:
                continue
            yield from self._on(
                plans, out, (*parts, step.part), rest, pooled=left,
                acted=acted and not step.weighs, common=common,
            )  # fmt: skip

    def _between(self, plans: _Plans, common: str | None) -> tuple[str, ...]:
        """Give the activations that are tried next."""
        if common is not None and not self.mixed:
            return (common,)
        return _BETWEEN[:3] if plans.plain else _BETWEEN

    def _ended(self, parts: tuple[Part, ...], y: np.ndarray) -> Iterator[Chain]:
        """Hold a whole net against the output, or the loss."""
        if not self.is_loss:
            yield from self._as_output(parts, y)
            return
        if y.ndim == 4:
            return  # its flat forms are tried
        ends: list[tuple[tuple[Part, ...], np.ndarray]] = [(parts, y)]
        ends += [((*parts, Part(link)), _link_of(link, y)) for link in (_SIGMOID, SOFTMAX)]
        for ahead, out in ends:
            shares = bool(np.all((out >= 0) & (out <= 1)))
            losses = [*LOSSES, *(LOSSES_OF_SHARES if shares else [])] if self.target else SUMMED
            roles = {"t": Ref(self.target)} if self.target else {}
            e = SimpleNamespace(x=out, N=len(out))
            if self.target:
                e.t = self.goal
            for link in _possible(losses, e, float(self.output)):
                if close(_link_of(link, e), self.output):
                    yield from fitting(Chain((*ahead, Part(link, roles)), self.x), self.observed)

    def _as_output(self, parts: tuple[Part, ...], y: np.ndarray) -> Iterator[Chain]:
        shape = self.output.shape
        if y.size != self.output.size:
            return
        if y.ndim == 2:
            outs: list[Layout] = [SAME, Layout(np.transpose, lambda a: a.T if a.ndim == 2 else a)]
            if len(shape) == 1:
                outs = [Layout(lambda a: a.reshape(y.shape), lambda a: a.reshape(-1))]
        else:
            outs = [layout for layout, s in pictures_of(shape) if s == y.shape]
        for out in outs:
            yield from fitting(Chain(parts, self.x, out), self.observed)


_SIGMOID = activation_link(ACTIVATIONS["sigmoid"])


def _link_of(link: Link, x: Any) -> np.ndarray:
    """Give what a link makes of numbers, or of a state; NaN where it cannot."""
    e = x if isinstance(x, SimpleNamespace) else SimpleNamespace(x=x, N=len(x))
    try:
        return np.asarray(link.forward(e))
    except (ValueError, IndexError):
        return np.full((), np.nan)


def _possible(losses: Sequence[Link], e: SimpleNamespace, output: float) -> list[Link]:
    """Leave out the kinds of loss whose sum is no simple multiple of what was observed."""
    factors = np.array([scale(e) for scale in SCALES.values()])
    kinds = set()
    for link in losses:
        if link.about["scale"] == "sum" and " over " not in link.about["loss"]:
            whole = float(_link_of(link, e))
            if np.any(np.abs(whole * factors - output) <= 1e-4 * abs(output) + 1e-9):
                kinds.add(link.about["loss"])
    return [link for link in losses if link.about["loss"] in kinds]


def _through(part: Part, x: np.ndarray, values: Mapping[str, np.ndarray]) -> np.ndarray | None:
    e = SimpleNamespace(x=x, N=len(x), about=part.link.about, d={})
    try:
        for role, ref in part.roles.items():
            setattr(e, role, ref.read(values))
        return np.asarray(part.link.forward(e))
    except (ValueError, IndexError):
        return None
