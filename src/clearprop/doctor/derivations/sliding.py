"""
Convolution and pooling as links: windows that slide over space, with the lines of the way back.

Ours is (N, C, H, W) with kernels (F, C per group, h, w); a signal has H = 1. Pooling slides over
the last two axes, whatever stands before them.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from clearprop.doctor.derivations.chain import Env, Link

__all__ = [
    "Slide",
    "conv_link",
    "conv_w",
    "conv_x",
    "padded",
    "pool_back",
    "pool_link",
    "pool_slide",
]

Pair = tuple[int, int]


@dataclass(frozen=True)
class Slide:
    """
    How windows slide, by the axis: rows, columns.

    Attributes
    ----------
    size, stride, gap : pair of int
        Of the window; from one window to the next; from one number of the window to the next.
    before, after : pair of int
        How much padding there is.
    """

    size: Pair
    stride: Pair = (1, 1)
    gap: Pair = (1, 1)
    before: Pair = (0, 0)
    after: Pair = (0, 0)

    def count(self, axis: int, length: int) -> int:
        """Tell how many windows there are along an axis of so many numbers."""
        whole = length + self.before[axis] + self.after[axis]
        return (whole - (self.size[axis] - 1) * self.gap[axis] - 1) // self.stride[axis] + 1

    def run(self, axis: int, i: int, stride: int | None = None) -> slice:
        """Give where the i-th window of an axis lies in the padded numbers."""
        start = i * (stride or self.stride[axis])
        return slice(start, start + (self.size[axis] - 1) * self.gap[axis] + 1, self.gap[axis])

    def taps(self, axis: int, a: int, count: int, stride: int | None = None) -> slice:
        """Give what the a-th number of a window meets, over all windows of an axis."""
        step = stride or self.stride[axis]
        start = a * self.gap[axis]
        return slice(start, start + (count - 1) * step + 1, step)


# ---- convolution --------------------------------------------------------------------------------
def padded(e: Env) -> Any:
    """Give what comes in, with its padding."""
    s: Slide = e.about["slide"]
    return np.pad(e.x, ((0, 0), (0, 0), *zip(s.before, s.after, strict=True)))


def kernel(e: Env, w: Any = None) -> Any:
    """Give the kernel as it slides: turned round for a true convolution, groups spread out."""
    w = e.W if w is None else w
    w = w[:, :, ::-1, ::-1] if e.about["turned"] else w
    groups = e.about["groups"]
    if groups == 1:
        return w
    filters, own = w.shape[0] // groups, w.shape[1]
    out = np.zeros((w.shape[0], own * groups, *w.shape[2:]))
    for k in range(groups):
        some = slice(k * filters, (k + 1) * filters)
        out[some, k * own : (k + 1) * own] = w[some]
    return out


def _conv(e: Env) -> Any:
    xp, w, s = padded(e), kernel(e), e.about["slide"]
    oh, ow = (s.count(k, e.x.shape[2 + k]) for k in (0, 1))
    if oh < 1 or ow < 1 or w.shape[1] != e.x.shape[1]:
        raise ValueError("the kernel does not fit into the picture")
    y = np.zeros((len(e.x), len(w), oh, ow))
    for a in range(w.shape[2]):
        for b in range(w.shape[3]):
            part = xp[:, :, s.taps(0, a, oh), s.taps(1, b, ow)]
            y += np.einsum("nchw,fc->nfhw", part, w[:, :, a, b])
    return y + (e.b.reshape(1, -1, 1, 1) if hasattr(e, "b") else 0.0)


def conv_w(e: Env, g: Any, xp: Any = None, stride: int | None = None) -> Any:
    """Give the weights' gradient, of an upstream gradient."""
    xp, s = padded(e) if xp is None else xp, e.about["slide"]
    groups, own = e.about["groups"], e.W.shape[1]
    out = np.zeros((e.W.shape[0], own * groups, *e.W.shape[2:]))
    for a in range(out.shape[2]):
        for b in range(out.shape[3]):
            part = xp[:, :, s.taps(0, a, g.shape[2], stride), s.taps(1, b, g.shape[3], stride)]
            out[:, :, a, b] = np.einsum("nchw,nfhw->fc", part, g)
    if groups > 1:
        filters = e.W.shape[0] // groups
        out = np.concatenate([
            out[k * filters : (k + 1) * filters, k * own : (k + 1) * own] for k in range(groups)
        ])  # fmt: skip
    return out[:, :, ::-1, ::-1] if e.about["turned"] else out


def conv_x(
    e: Env, g: Any, w: Any = None, stride: int | None = None, how: str = "add"
) -> Any:  # fmt: skip
    """
    Give the gradient of the padded input.

    Parameters
    ----------
    e : state at the link
    g : array
        What comes back.
    w : array, optional
        The kernel as it slides, where it is not the link's own.
    stride : int, optional
        In place of the link's own.
    how : str
        Whether windows "add" up, or the last one stays: "assign", "columns first", "last filter";
        "taps": the last number of the kernel stays.
    """
    w, s = kernel(e) if w is None else w, e.about["slide"]
    out = np.zeros_like(padded(e))
    if how == "last filter":
        g, w = g[:, -1:], w[-1:]
    if how in ("add", "taps", "last filter"):
        for a in range(w.shape[2]):
            for b in range(w.shape[3]):
                rows, cols = (
                    s.taps(k, i, g.shape[2 + k], stride) for k, i in ((0, a), (1, b))
                )  # fmt: skip
                part = np.einsum("nfhw,fc->nchw", g, w[:, :, a, b])
                out[:, :, rows, cols] = part + (0 if how == "taps" else out[:, :, rows, cols])
        return out
    places = [(i, j) for i in range(g.shape[2]) for j in range(g.shape[3])]
    if how == "columns first":
        places.sort(key=lambda at: at[::-1])
    for i, j in places:
        rows, cols = s.run(0, i, stride), s.run(1, j, stride)
        out[:, :, rows, cols] = np.einsum("nf,fchw->nchw", g[:, :, i, j], w)
    return out


def _cut(e: Env) -> Any:
    top, left = e.about["slide"].before
    h, w = e.x.shape[2:]
    return e.d["padded"][:, :, top : top + h, left : left + w]


def _bias(e: Env) -> Any:
    alone = np.size(getattr(e, "b", (0, 0))) == 1
    return e.g.sum().reshape(1) if alone else e.g.sum(axis=(0, 2, 3))


def conv_link(slide: Slide, *, turned: bool = False, groups: int = 1) -> Link:
    """
    Give a convolution as a link.

    Parameters
    ----------
    slide : Slide
    turned : bool
        Whether the kernel is turned round: a convolution in the strict sense.
    groups : int
        Into how many groups the channels are parted, each with filters of its own.
    """
    return Link(
        "conv",
        "convolution",
        _conv,
        {
            "W": lambda e: conv_w(e, e.g),
            "b": _bias,
            "padded": lambda e: conv_x(e, e.g),
            "x": _cut,
        },
        {"slide": slide, "turned": turned, "groups": groups},
    )


# ---- pooling ------------------------------------------------------------------------------------
def _edges(s: Slide, axis: int, i: int, length: int) -> slice:
    """Give the part of a window that lies within what comes in."""
    start = i * s.stride[axis] - s.before[axis]
    return slice(max(start, 0), max(min(start + s.size[axis], length), 0))


def pool_slide(e: Env) -> Slide:
    """Give how the windows of a pooling slide over what is at hand."""
    s: Slide = e.about["slide"]
    size = [
        n if whole else own
        for n, whole, own in zip(e.x.shape[-2:], e.about["whole"], s.size, strict=True)
    ]
    return replace(s, size=(size[0], size[1])) if any(e.about["whole"]) else s


def _windows(e: Env, count: Pair) -> list[tuple[int, int, slice, slice]]:
    s, (h, w) = pool_slide(e), e.x.shape[-2:]
    return [
        (i, j, _edges(s, 0, i, h), _edges(s, 1, j, w))
        for i in range(count[0]) for j in range(count[1])
    ]  # fmt: skip


def _pool(e: Env) -> Any:
    s = pool_slide(e)
    h, w = e.x.shape[-2:]
    count = s.count(0, h), s.count(1, w)
    if min(count) < 1:
        raise ValueError("the window does not fit into the picture")
    y = np.zeros((*e.x.shape[:-2], *count))
    kind, whole = e.about["kind"], s.size[0] * s.size[1]
    for i, j, rows, cols in _windows(e, count):
        window = e.x[..., rows, cols]
        if kind in ("max", "min"):
            y[..., i, j] = getattr(window, kind)(axis=(-2, -1))
            continue
        total = window.sum(axis=(-2, -1))
        y[..., i, j] = total / _divisor(e, window.shape[-1] * window.shape[-2], whole)
    return y


def _divisor(e: Env, here: int, whole: int) -> float:
    """Give what a sum is divided by: all of the window, or what lies within; 1 for sums."""
    return {"sum": 1.0, "mean": float(here), "mean of all": float(whole)}[e.about["kind"]]


def pool_back(e: Env, how: str) -> Any:
    """
    Give the gradient back to the windows.

    Parameters
    ----------
    e : Env
    how : str
        To whom: "first" maximum, "last", "shared", "all", "none" of ties, or "even" to all,
        "within" to those that are no padding; with
        "/assign", "/over", "/1", "/swapped" where windows overwrite, or stand elsewhere ("/1 read":
        where they are read there, too), "/turned" where rows and columns within the window are
        exchanged, "/start" where all are written to the first window.
    """
    how, _, where = how.partition("/")
    s, kind = pool_slide(e), e.about["kind"]
    edge = [(0, 0)] * (e.x.ndim - 2) + list(zip(s.before, s.after, strict=True))
    fill = {"max": -np.inf, "min": np.inf}.get(kind, 0.0)
    xp = np.pad(e.x, edge, constant_values=fill)
    inside = np.pad(np.ones(e.x.shape[-2:]), edge[-2:])
    out = np.zeros_like(xp)
    for i, j in np.ndindex(e.g.shape[-2:]):
        rows, cols = s.run(0, i), s.run(1, j)
        if where.endswith(" read"):
            rows, cols = _elsewhere(s, where, i, j)
        window = xp[..., rows, cols]
        flat = window.reshape(*window.shape[:-2], -1)
        share = _shares(-flat if kind == "min" else flat, how)
        if how in ("even", "within"):
            here = float(inside[rows, cols].sum())
            count = {"sum": 1.0, "mean": here}.get(kind, float(flat.shape[-1]))
            count = here if how == "within" else count
            share = np.full(flat.shape, 1 / count)
        part = (share * e.g[..., i, j][..., None]).reshape(window.shape)
        if where == "turned" and part.shape[-1] == part.shape[-2]:
            part = part.swapaxes(-1, -2)
        if where in ("1", "swapped", "start"):
            rows, cols = _elsewhere(s, where, i, j)
        old = out[..., rows, cols]
        part = part[..., : old.shape[-2], : old.shape[-1]]
        out[..., rows, cols] = _put(old, part, where, part != 0)
    h, w = e.x.shape[-2:]
    return out[..., s.before[0] : s.before[0] + h, s.before[1] : s.before[1] + w]


def _elsewhere(s: Slide, where: str, i: int, j: int) -> tuple[slice, slice]:
    """Give a wrong window: as if the stride were 1, with rows and columns exchanged, the first."""
    where = where.removesuffix(" read")
    if where == "swapped":
        return s.run(0, j), s.run(1, i)
    if where == "start":
        return s.run(0, 0), s.run(1, 0)
    return s.run(0, i, 1), s.run(1, j, 1)


def _put(old: Any, part: Any, where: str, hit: Any) -> Any:
    if where == "assign":
        return np.where(hit, part, old)
    return part if where == "over" else old + part


def _shares(flat: Any, how: str) -> Any:
    n = flat.shape[-1]
    if how in ("even", "within"):
        return np.full(flat.shape, 1 / n)
    if how == "undivided":
        return np.ones(flat.shape)
    top = (flat == flat.max(axis=-1, keepdims=True)) * 1.0
    count = top.sum(axis=-1, keepdims=True)
    if how == "all":
        return top
    if how == "none":
        return top * (count == 1)
    if how == "shared":
        return top / count
    index = flat.argmax(-1) if how == "first" else n - 1 - flat[..., ::-1].argmax(-1)
    return np.eye(n)[index]


_NAMES = {"max": "maximum", "min": "minimum", "mean": "average", "mean of all": "average",
          "sum": "sum"}  # fmt: skip


def pool_link(
    kind: str, slide: Slide, ties: str = "first", whole: tuple[bool, bool] = (False, False)
) -> Link:
    """
    Give a pooling as a link.

    Parameters
    ----------
    kind : {"max", "min", "mean", "mean of all", "sum"}
        "mean of all" divides by the whole window also where padding is in it.
    slide : Slide
    ties : {"first", "last", "shared"}
        Which of several maxima gets the gradient.
    whole : pair of bool
        Whether the one window is all that there is, along rows and columns.
    """
    peak = kind in ("max", "min")
    how = ties if peak else "even"
    return Link(
        "pool",
        f"{_NAMES[kind]} pooling",
        _pool,
        {"x": lambda e: pool_back(e, how)},
        {
            "kind": kind, "slide": slide, "whole": whole, "peak": peak,
            "also": tuple(h for h in ("first", "last", "shared") if h != how) if peak else (),
        },
    )  # fmt: skip
