"""What slides over space: convolution and pooling, in whatever layout, with what stands behind."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import permutations
from typing import Any

import numpy as np

from clearprop.doctor.derivations.activations import ACTIVATIONS, activation_link
from clearprop.doctor.derivations.chain import SAME, Chain, Layout, Part, Ref
from clearprop.doctor.derivations.dense import Observed, fitting
from clearprop.doctor.derivations.reading import Reading
from clearprop.doctor.derivations.reading_convolutions import convolutions_of
from clearprop.doctor.derivations.reading_poolings import poolings_of
from clearprop.doctor.derivations.sliding import conv_w, conv_x, pool_back, pool_link

__all__ = ["ORDER", "Constant", "chains", "conv_w", "conv_x", "conventions", "natural", "pool_back"]

ORDER = 30
_MOST = 16  # kernels that are arrays of their own


@dataclass(frozen=True)
class Constant:
    """An array that is written into a program: it has a role, and no gradient."""

    array: np.ndarray = field(compare=False)
    names: tuple[str, ...] = ()

    def read(self, values: Mapping[str, np.ndarray]) -> np.ndarray:
        """Give its numbers."""
        return self.array

    def write(self, found: dict[str, Any], g: Any) -> None:
        """Put nothing down."""


@dataclass(frozen=True)
class Stacked:
    """Arrays of one shape that a program keeps apart, as one: kernels, or their biases."""

    names: tuple[str, ...]
    layout: Layout = SAME

    def read(self, values: Mapping[str, np.ndarray]) -> np.ndarray:
        """Give their numbers as one array."""
        return np.asarray(self.layout.there(np.stack([values[n] for n in self.names])))

    def write(self, found: dict[str, Any], g: Any) -> None:
        """Put their gradients down, each its own."""
        whole = self.layout.back(np.asarray(g))
        if np.ndim(whole) and len(whole) == len(self.names):
            found.update(zip(self.names, whole, strict=True))


def chains(subject: Any, observed: Sequence[Observed]) -> Iterator[Chain]:
    """Find the convolution or the pooling that a program computes."""
    if not subject.inputs or subject.is_loss or subject.target is not None:
        return
    values, output = observed[0]
    names = [*subject.inputs, *subject.parameters]
    if np.ndim(output) and len(names) > 2:
        yield from _of_lists(subject, names, observed)
    if not np.ndim(output) or len(names) > 3:
        return
    if len(names) == 1:
        yield from _alone(subject, names[0], observed)
    for x, w in permutations(names, 2):
        others = [n for n in names if n not in (x, w)]
        if x in subject.parameters or values[x].size < 2 or not values[w].ndim:
            continue

        def call(a: np.ndarray, k: np.ndarray, own: tuple[str, str] = (x, w)) -> np.ndarray:
            moved = {own[0]: a, own[1]: k}
            rest = {n: np.zeros_like(v) for n, v in values.items() if n not in moved}
            return subject.forward({**values, **rest, **moved})

        for reading in convolutions_of(call, values[x].shape, values[w].shape):
            roles = {"W": Ref(w, reading.w)} if reading.w is not None else {}
            if others:
                if values[others[0]].size not in (1, reading.filters):
                    continue
                roles["b"] = Ref(others[0], reading.b)
            yield from _ended(Part(reading.link, roles), reading, x, observed)


def _of_lists(subject: Any, names: Sequence[str], observed: Sequence[Observed]) -> Iterator[Chain]:
    """Find a convolution of which the kernels are arrays of their own, in a list say."""
    values, _ = observed[0]
    x, *own = names
    kernels = [n for n in own if values[n].ndim]
    rest = [n for n in own if not values[n].ndim]
    if not rest and len(kernels) > 2 and values[kernels[-1]].shape == (len(kernels) - 1,):
        rest = [kernels.pop()]  # all biases in one array
    shapes = {values[n].shape for n in kernels}
    if not 2 <= len(kernels) <= _MOST or len(shapes) != 1 or len(rest) not in (0, 1, len(kernels)):
        return
    (shape,) = shapes

    def call(a: np.ndarray, k: np.ndarray) -> np.ndarray:
        zero = {n: np.zeros_like(values[n]) for n in rest}
        moved: np.ndarray = subject.forward(
            {**values, **zero, x: a, **dict(zip(kernels, k, strict=True))}
        )
        return moved

    for reading in convolutions_of(call, values[x].shape, (len(kernels), *shape)):
        if reading.w is None or reading.filters != len(kernels):
            continue
        roles: dict[str, Any] = {"W": Stacked(tuple(kernels), reading.w)}
        if len(rest) == 1:
            roles["b"] = Ref(rest[0], reading.b)
        elif rest:
            roles["b"] = Stacked(tuple(rest))
        yield from _ended(Part(reading.link, roles), reading, x, observed)


def _alone(subject: Any, x: str, observed: Sequence[Observed]) -> Iterator[Chain]:
    """Find what is computed of an input alone."""
    values, output = observed[0]
    if values[x].ndim == 0 or (output.shape == values[x].shape and not _mixes(subject, x, values)):
        return
    for reading in poolings_of(lambda a: subject.forward({**values, x: a}), values[x].shape):
        roles: dict[str, Any] = {}
        if reading.fixed is not None:
            roles = {"W": Constant(reading.fixed)}
        yield from _ended(Part(reading.link, roles), reading, x, observed)


def _mixes(subject: Any, x: str, values: Mapping[str, np.ndarray]) -> bool:
    """Tell whether an output depends on another place of the input than its own."""
    moved = np.array(values[x], dtype=np.float64)
    moved.reshape(-1)[moved.size // 2] += 10.0
    off = subject.forward({**values, x: moved}) - subject.forward(values)
    return int(np.sum(np.abs(off) > 1e-6)) > 1


def _ended(part: Part, reading: Reading, x: str, observed: Sequence[Observed]) -> Iterator[Chain]:
    """Try the activations that may stand behind."""
    for name in reading.ends:
        end = (Part(activation_link(ACTIVATIONS[name])),) if name else ()
        yield from fitting(Chain((part, *end), Ref(x, reading.x), reading.y), observed)


def conventions(chain: Chain) -> Iterator[Chain]:
    """
    Give the chains that are as right as one, where a kink leaves a choice.

    Of several maxima in a window the first, the last, or all in equal shares get the gradient.

    Parameters
    ----------
    chain : Chain

    Yields
    ------
    Chain
        Others than the one handed in; none where nothing is left to choose.
    """
    peaks = [k for k, part in enumerate(chain.parts) if part.link.about.get("peak")]
    if not peaks:
        return
    for how in chain.parts[peaks[0]].link.about["also"]:
        parts = list(chain.parts)
        for k in peaks:
            about = parts[k].link.about
            link = pool_link(about["kind"], about["slide"], how, about["whole"])
            parts[k] = replace(parts[k], link=link)
        yield replace(chain, parts=tuple(parts))


def natural(
    chain: Chain, start: Mapping[str, np.ndarray], values: Mapping[str, np.ndarray]
) -> bool:
    """
    Tell whether windows meet the edge at other sizes as they do at those that were handed in.

    A program need not be one for a picture that its windows do not cover evenly.

    Parameters
    ----------
    chain : Chain
    start : mapping of str to array
        The values that were handed in.
    values : mapping of str to array
        Others.
    """
    return _rests(chain, start) == _rests(chain, values)


def _rests(chain: Chain, values: Mapping[str, np.ndarray]) -> list[tuple[int, ...]]:
    found = []
    for part, e in zip(chain.parts, chain.run(values), strict=True):
        s = part.link.about.get("slide")
        if s is not None:
            found.append(tuple(
                (n + s.before[k] + s.after[k] - s.size[k]) % s.stride[k]
                for k, n in enumerate(e.x.shape[-2:])
            ))  # fmt: skip
    return found
