"""The numbers that an object holds: which are its parameters, and where their gradients show."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from clearprop.doctor.submitted.choosing import Choosing
from clearprop.doctor.submitted.guard import Failed
from clearprop.doctor.submitted.pairing import apart, copies, order_of, paired
from clearprop.doctor.submitted.signature import arguments, is_input, is_target
from clearprop.doctor.submitted.subject import as_output
from clearprop.doctor.submitted.variables import Place, is_numbers, nudged, places, plain

__all__ = ["RATES", "Holding"]

RATES = (
    "lr", "learning_rate", "eta", "alpha", "rate", "N", "learningRate", "step_size", "학습률",
)  # fmt: skip
_MEMORY = re.compile(  # what a recurrent cell starts from
    r"(?i)^(.*\.)?(h|c|s|state|hidden|memory|cell)(_?(0|prev|init|start|state))?$"
    r"|^(.*\.)?(prev|init|last)_?(h|c|state|hidden|cell)$"
)
_BIAS = re.compile(r"(?i)^_?(b\d*|b_?\w?\d*|bias\w*|편향\w*|intercept_?|offset|threshold|theta0?)$")
_CONSTANT = re.compile(
    r"(?i)^_?(cw|sw|class_?w\w*|sample_?w\w*|pos_?weight\w*|weighting|masks?|\w+_mask|adj(acency)?"
    r"|x?_?(mean|std|var|min|max)(_?x|_?data)?|prior\w*|freq\w*|pos(itional)?_?enc\w*|smooth\w*"
    r"|eye|identity|classes|\w*마스크|\w*평균|\w*표준편차)$"
)
_LISTED = re.compile(r"(?i)^(params?|parameters|p|theta|model|variables|매개변수)\[['\"]")
_WEIGHT = re.compile(
    r"(?i)^_?([wukvgch]\d*(_?\w{1,3})?|weights?\w*|kernels?|filters?|gamma|beta|theta\d*|coef\w*"
    r"|slope\w*|a|alpha|table|embed\w*|scale|gain|shift|params?|data|value|가중치\w*|커널|필터)$"
)
_SETTING = re.compile(
    r"(?i)^_?(alpha|beta|gamma|slope|leak\w*|negative_slope|k|gain|scale|temperature|lam\w*|l2|reg\w*"
    r"|\w*decay|eps\w*|n\w*|m|size|count|steps?|t|p|rate|dropout\w*|delta|steepness|clip\w*)$"
)


class Holding(Choosing):
    """Which numbers of an object count; `ObjectSubject` runs it."""

    lr: float | None
    momentum: float | None
    _places: dict[str, Place]
    _patterns: dict[str, Any]
    _book: dict[str, str]
    _changed: set[str]
    _returned: Any
    _order_back: tuple[str, ...] | None = None
    _written: set[str]
    _target_place: Place | None = None
    _silent: tuple[str, ...] = ()  # arrays that have no gradient, and need none
    _data_places: dict[str, Place]
    data: tuple[str, ...] = ()

    # ---- what there is ---------------------------------------------------------------------
    def _name_inputs(self) -> None:
        xs = self.asked.xs
        needed = [n for n in arguments(self._ahead)[0] if n != "*"]
        if self._loss_of_output and self._predict is not None:
            needed = arguments(self._predict)[0]
        names = needed[: len(xs)] if len(needed) >= len(xs) else []
        if len(set(names)) != len(xs):
            names = ["x"] if len(xs) == 1 else [f"x{i + 1}" for i in range(len(xs))]
        if len(xs) == 1:
            names = ["x"]
        self.inputs = tuple(names)
        self._patterns = dict(zip(names, xs, strict=True))
        for name, value in self._patterns.items():
            self.start[name] = plain(value)
        self.whole_numbers = frozenset(
            n for n, v in self._patterns.items() if np.asarray(v).dtype.kind in "iu"
        )
        self._find_held_target()
        if self.asked.t is not None and self.is_loss:
            self.target = "t"
            self.start["t"] = np.array(self.asked.t, dtype=np.float64)
        if not xs and self.target:
            self._target_place = next(
                (p for p in places(self.thing) if _equal(plain(p.read()), self.start["t"])), None
            )
            if self._target_place is None:
                raise Failed("no_target", "check")

    def _find_held_target(self) -> None:
        """Take what a loss was made with for its target: ``Loss(target).forward(y)``."""
        if self.asked.t is not None or not self.asked.xs or arguments(self._back)[0]:
            return
        held = [p for p in places(self.thing, numbers_too=False)
                if is_target(p.name.rpartition(".")[2].strip("_"))]  # fmt: skip
        if len(held) != 1 or arguments(self._ahead)[0][len(self.asked.xs) :]:
            return
        y = self.budget.call("forward", self._ahead, *self.asked.xs)
        self.snapshot.restore()
        if is_numbers(y) and np.ndim(y) == 0:
            self._target_place, self.is_loss = held[0], True
            self.asked = replace(self.asked, t=np.array(held[0].read()))

    def _choosers(self) -> None:
        """Find inputs that must be whole numbers, such as the rows of a table."""
        for name in self.whole_numbers & set(self.inputs):
            self.indices = frozenset()
            try:
                self.forward({**self.start, name: self.start[name] + 0.25}, put=False)
            except Failed:
                self.indices |= {name}

    def _parameters(self) -> dict[str, Place]:
        """Find the numbers that the output depends on and that are there before it is computed."""
        before = copies(places(self.thing))
        here = self.forward(dict(self.start), put=False)
        after = copies(places(self.thing))
        written = {n for n, v in before.items() if n in after and not _equal(v, after[n])}
        self._written = written
        self.snapshot.restore()
        listed = [p for p in self._named_places() if np.asarray(p.read()).dtype.kind in "iuf"]
        found: dict[str, Place] = {}
        for place in listed:
            self.snapshot.restore()
            old = plain(place.read())
            compound = isinstance(place.read(), np.ndarray | list | tuple)
            if place.name in ("t", "x", "y", "out", "dout"):
                continue
            if compound and is_target(place.name.rpartition(".")[2].strip("_")):
                continue
            if place.name in written and not _MEMORY.match(place.name):
                continue  # what it computes with, no matter what was there
            if not compound and place.name.rpartition(".")[2] in ("momentum", "mu", "M"):
                self.momentum = float(old)
                continue
            if not compound and place.name.rpartition(".")[2] in RATES:
                self.lr = self.lr if self.lr is not None else float(old)
                continue
            if compound and not self.inputs and is_input(place.name):
                self._data_places[place.name] = place  # it was made with these
                continue
            place.write(nudged(old))
            try:
                there = self._again()
            except Failed:
                continue
            finally:
                self.snapshot.restore()
            if there.shape != here.shape or not np.allclose(there, here, rtol=1e-9, atol=0):
                found[place.name] = place
        return apart(found)

    def _named_places(self) -> list[Place]:
        """List the numbers that there are, by the names under which a program lists them itself."""
        every = places(self.thing, aliases=True)
        by_id = {id(p.read()): p for p in every if _LISTED.match(p.name) and np.ndim(p.read())}
        return [by_id.get(id(p.read()), p) for p in places(self.thing)]

    def _again(self) -> np.ndarray:
        """Give the output without restoring first."""
        return as_output(self._forward(dict(self.start)))

    def _how_seen(self) -> None:
        """See whether gradients are exposed, or are told from how the parameters change."""
        candidates = self._places
        self.snapshot.restore()
        values = {name: plain(place.read()) for name, place in candidates.items()}
        self.start.update(values)
        for name, place in self._data_places.items():
            self.start[name] = plain(place.read())
        if self._data_places:
            self.data = (*self._data_places, *([self.target] if self.target else []))
        self.whole_numbers |= frozenset(
            n for n, p in candidates.items() if np.asarray(p.read()).dtype.kind in "iu"
        )
        self.parameters = tuple(candidates)
        y = self.forward(dict(self.start), put=False)
        upstream = None if self.is_loss else np.ones(y.shape)
        self.snapshot.restore()
        self._forward(dict(self.start))
        before = copies(places(self.thing))
        given = self._backward(upstream)
        found = {n for n in given if n in candidates}
        changed = {n for n in self._changed if n in candidates}
        if not found and not changed and candidates:
            after = [*places(self.thing), *places({"returned": self._returned})]
            self._book = self._by_slopes(before, after, upstream)
            found = set(self._book)
        self._order_back = self._order_of(candidates, upstream) if found else None
        self.snapshot.restore()
        if not found and changed:
            self.seen_by = "change"
            if self.lr is None:
                self.factor_known = False
        self.parameters = self._trained(candidates, found | changed)
        self.start = {n: v for n, v in self.start.items() if n in self.known}
        shown = found if self.seen_by == "gradient" else changed
        network = self.target or (self.is_loss and shown)  # nobody asks for its input's gradient
        layers_x = not network or bool(set(self.inputs) & set(given))
        if self.seen_by == "change" and self._returned is None and layers_x and self.inputs:
            layers_x = False  # the first layer of a net, which hands nothing on
            self.told = (*self.told, ("first_layer", {}))
        still = {n for n in self.parameters if not np.ndim(self.start[n])} - self._written
        asked = [n for n in self.parameters if n in shown | still or not _MEMORY.match(n)]
        expects = asked if shown else []  # without any, they are constants
        slots = [n for n in self.inputs if n not in self.indices]
        self.expected = (*(slots if layers_x else ()), *expects)
        unseen = self._silent if shown else self.parameters
        self.unseen = tuple(n for n in unseen if not _MEMORY.match(n))
        if not self.expected:
            raise Failed("no_gradients", "backward")

    def _trained(self, candidates: Mapping[str, Place], shown: set[str]) -> tuple[str, ...]:
        """Tell parameters from settings: arrays, and numbers that are trained or named so."""
        single = [n for n, p in candidates.items() if not np.ndim(p.read())]
        own = {n: n.rpartition(".")[2] for n in single}
        others = [n for n in single if n not in shown]
        if sum(n in shown for n in single) >= 3 and len(single) == len(candidates):
            kept = {n for n in others if not _SETTING.match(own[n])}  # all weights are numbers
        else:
            kept = {n for n in others if shown and _BIAS.match(own[n])}
        constant = _constants(candidates, shown)
        drop = (set(others) - kept) | constant
        self._silent = tuple(n for n in candidates if n in constant and n not in single)
        return tuple(n for n in candidates if n not in drop)

    def _slopes(self, upstream: np.ndarray | None) -> Callable[[str, np.ndarray], np.ndarray]:
        """Give what measures slopes along some entries of a parameter."""

        def slope(name: str, entries: np.ndarray) -> np.ndarray:
            g = 1.0 if upstream is None else upstream
            out = []
            for i in entries:
                ends = []
                for h in (1e-5, -1e-5):
                    moved = np.array(self.start[name])
                    moved.reshape(-1)[i] += h
                    ends.append(float(np.sum(g * self.forward({**self.start, name: moved}))))
                out.append((ends[0] - ends[1]) / 2e-5)
            return np.array(out)

        return slope

    def _order_of(
        self, candidates: Mapping[str, Place], upstream: np.ndarray | None
    ) -> tuple[str, ...] | None:
        """Find the order in which gradients come back in a list, where shapes do not tell it."""
        returned = self._returned
        if not isinstance(returned, list | tuple) or not 2 <= len(returned) == len(candidates):
            return None
        if not all(is_numbers(part) for part in returned):
            return None
        shapes = {n: np.shape(self.start[n]) for n in candidates}
        return order_of(list(returned), tuple(candidates), shapes, self._slopes(upstream))

    def _by_slopes(
        self, before: Mapping[str, np.ndarray], after: list[Place], upstream: np.ndarray | None
    ) -> dict[str, str]:
        """Find gradients among what the way back has left, by measured slopes."""
        slope = self._slopes(upstream)
        now = [Place({"": plain(p.read())}, "", "item", p.name) for p in after]
        return paired(self._places, before, now, self._returned, slope)

    @property
    def known(self) -> tuple[str, ...]:
        """The names that values are put to."""
        return (
            *self.inputs,
            *self.parameters,
            *([self.target] if self.target else []),
            *self._data_places,
        )


def _constants(candidates: Mapping[str, Place], shown: set[str]) -> set[str]:
    """Find what has no gradient and needs none: weights of classes, masks, what stands apart."""
    if not shown:
        return set()
    left = set(candidates) - shown
    own = {n: n.rpartition(".")[2] for n in candidates}
    found = {n for n in left if _CONSTANT.match(own[n])}
    if not any(own[n].startswith("_") for n in shown):
        found |= {n for n in left if own[n].startswith("_")}
    alike = {own[n].rstrip("0123456789_") for n in shown}
    for n in left:
        words = {own[n], *own[n].strip("_").split("_")[:: max(1, own[n].count("_"))]}
        listed = n.endswith("]") or any(_WEIGHT.match(w) or _BIAS.match(w) for w in words)
        if not listed and own[n].rstrip("0123456789_") not in alike:
            found.add(n)
    if all(_LISTED.match(n) for n in shown):  # it says itself what its parameters are
        found |= {n for n in left if not _LISTED.match(n)}
    return found


def _equal(a: np.ndarray, b: np.ndarray) -> bool:
    return a.shape == b.shape and bool(np.array_equal(a, b))
