"""Mistakes in convolution and pooling."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from types import SimpleNamespace
from typing import Any

import numpy as np

from clearprop.doctor.catalogue.mistake import Mistake, Said, again, at, several
from clearprop.doctor.derivations.chain import Env, Link
from clearprop.doctor.derivations.cuts import CUTS, has_padding, symmetric
from clearprop.doctor.derivations.sliding import (
    Slide,
    conv_w,
    conv_x,
    kernel,
    padded,
    pool_back,
    pool_slide,
)

__all__ = ["MISTAKES"]


def _pool(kind: str) -> Callable[[Link, int, int], bool]:
    kinds = {"max": ("max", "min"), "mean": ("mean", "mean of all")}[kind]
    return lambda link, index, count: link.about.get("kind") in kinds


def _turned(a: Any) -> Any:
    return a[:, :, ::-1, ::-1]


def _swapped(a: Any) -> Any:
    return a.transpose(1, 0, 2, 3) if a.shape[0] == a.shape[1] else a


def _first_channel(a: Any) -> Any:
    return np.broadcast_to(a[:, :1], a.shape)


def _flipped(e: Env) -> Any:
    return kernel(e)[:, :, ::-1, ::-1]


def _only(n: int) -> Callable[[Env, Any], Any]:
    def change(e: Env, right: Any) -> Any:
        g = np.zeros_like(e.g)
        g[n] = e.g[n]
        return conv_w(e, g)

    return change


def _square(e: Env, right: Any) -> Any:
    return right.transpose(0, 1, 3, 2) if right.shape[2] == right.shape[3] else right


def _widened(g: Any, slide: Slide, axes: str) -> Any:
    """Repeat the whole along some of the two axes, and each number along the other."""
    for axis, name in ((-2, "rows"), (-1, "columns")):
        count = slide.size[axis]
        if name in axes:
            g = np.concatenate([g] * count, axis=axis)
        else:
            g = np.repeat(g, count, axis=axis)
    return g


def _tiled(e: Env, right: Any, axes: str = "rows, columns") -> Any:
    """Repeat the whole in place of each number, as `tile` does in place of `repeat`."""
    slide = pool_slide(e)
    if e.g.ndim < 2 or slide.size != slide.stride:
        return right
    up = _widened(e.g, slide, axes)
    scale = 1.0 if e.about["kind"] == "sum" else 1 / (slide.size[0] * slide.size[1])
    return up * scale if up.shape == e.x.shape else right


def _tiled_mask(e: Env, right: Any, axes: str = "rows, columns") -> Any:
    """Let a tiled gradient through where a maximum was."""
    slide = pool_slide(e)
    if e.g.ndim < 2 or slide.size != slide.stride:
        return right
    up = _widened(e.g, slide, axes)
    if up.shape != e.x.shape:
        return right
    plain = SimpleNamespace(**{**vars(e), "g": np.ones_like(e.g)})
    return up * pool_back(plain, "first")


def _not_moved_back(e: Env, right: Any) -> Any:
    """Take windows for rows: reshape without moving the axes back."""
    slide = pool_slide(e)
    (a, b), (*lead, h, w) = slide.size, e.x.shape
    if slide.stride != slide.size or any(slide.before) or h % a or w % b:
        return right
    axes = [*range(len(lead)), *(len(lead) + k for k in (0, 2, 1, 3))]
    return right.reshape(*lead, h // a, a, w // b, b).transpose(axes).reshape(e.x.shape)


def _across(e: Env, right: Any) -> Any:
    """Exchange rows and columns of the whole; of a signal, samples and places."""
    if right.shape[-1] == right.shape[-2]:
        return right.swapaxes(-1, -2)
    if right.ndim != 3 or right.shape[-2] != 1:
        return right
    out = np.zeros_like(right)
    for b, _, w in np.argwhere(right):
        if w < out.shape[0] and b < out.shape[2]:
            out[w, 0, b] = right[b, 0, w]
    return out


def _partly(g: Any, axes: tuple[int, ...], last: bool) -> Any:
    """Sum over some axes alone; with the channels last, where pictures have them there."""
    total = g.sum(axis=axes)
    return np.moveaxis(total, 0 if 0 in axes else 1, -1) if last else total


MISTAKES = (
    Mistake(
        "conv-kernel-flipped",
        "y[i] = Σₐ x[i + a]·w[a]  ⇒  ∂L/∂x[i] = Σₐ ∂L/∂y[i − a]·w[a]",
        Said(
            "The kernel is flipped where it should not be, or not where it should.",
            "What forward slides as it is, backward slides turned round, and the other way about.",
            "Add w * g to each window that forward read: no flip is needed then.",
        ),
        Said(
            "커널을 뒤집지 말아야 할 곳에서 뒤집었거나, 뒤집어야 할 곳에서 뒤집지 않았습니다.",
            "순전파에서 커널을 그대로 움직였다면 역전파에서는 뒤집어 움직입니다(반대도 같습니다).",
            "순전파가 읽은 창마다 w * g를 더하십시오. 그러면 뒤집을 필요가 없습니다.",
        ),
        (
            at("conv", "W", lambda e, right: _turned(right)),
            at("conv", "W", lambda e, right: conv_w(e, _turned(e.g))),
            at("conv", "W", lambda e, right: _turned(conv_w(e, _turned(e.g)))),
            at("conv", "padded", lambda e, right: conv_x(e, e.g, _flipped(e))),
        ),
    ),
    Mistake(
        "conv-wrong-channel",
        "∂L/∂w[f, c] = Σ x[c]·∂L/∂y[f]",
        Said(
            "Channels are exchanged, or one channel's values are used for another.",
            "The weight from channel c to filter f joins x's channel c and the output's channel f.",
            "Keep the order of the axes: w[f, c] with x[:, c] and dout[:, f].",
        ),
        Said(
            "채널이 뒤바뀌었거나 한 채널의 값을 다른 채널에 썼습니다.",
            "채널 c에서 필터 f로 가는 가중치는 x의 채널 c와 출력의 채널 f를 잇습니다.",
            "축의 순서를 지키십시오: w[f, c]에는 x[:, c]와 dout[:, f].",
        ),
        (
            at("conv", "W", lambda e, right: right[:, ::-1]),
            at("conv", "W", lambda e, right: _swapped(right)),
            at("conv", "W", lambda e, right: _first_channel(right)),
            at("conv", "W", lambda e, right: right[::-1]),
            at("conv", "W", lambda e, right: conv_w(e, e.g, padded(e)[:, ::-1])),
            at("conv", "W", lambda e, right: conv_w(e, e.g[:, ::-1])),
            at("conv", "padded", lambda e, right: conv_x(e, e.g, kernel(e)[:, ::-1])),
            at("conv", "padded", lambda e, right: conv_x(e, e.g, _swapped(kernel(e)))),
            at("conv", "padded", lambda e, right: conv_x(e, e.g, _first_channel(kernel(e)))),
            at("conv", "padded", lambda e, right: conv_x(e, e.g, kernel(e)[::-1])),
            at("conv", "padded", lambda e, right: right[:, ::-1]),
        ),
    ),
    Mistake(
        "conv-padding-not-cut",
        "∂L/∂x = ∂L/∂x_padded[P : P + H, P : P + W]",
        Said(
            "The padding is not cut off the input's gradient, or in the wrong place.",
            "x stands in the middle of the padded array, P from each edge.",
            "Return dxp[:, :, P:P + H, P:P + W].",
        ),
        Said(
            "입력의 기울기에서 패딩을 잘라 내지 않았거나 잘못 잘랐습니다.",
            "x는 패딩한 배열의 가장자리에서 P만큼 안쪽에 있습니다.",
            "dxp[:, :, P:P + H, P:P + W]를 돌려주십시오.",
        ),
        (
            at("conv", "x", lambda e, right: e.d["padded"], where=has_padding),
            at("conv", "x", symmetric, where=has_padding),
            *(at("conv", "x", cut, where=has_padding) for cut in CUTS),
        ),
    ),
    Mistake(
        "conv-stride-ignored",
        "output (i, j) read x from (i·S, j·S)",
        Said(
            "Backward takes the windows as if the stride were 1.",
            "The window of output (i, j) starts at (i·S, j·S), as in the forward pass.",
            "Use i * stride and j * stride in backward too.",
        ),
        Said(
            "역전파가 스트라이드를 1로 보고 창을 옮깁니다.",
            "출력 (i, j)의 창은 순전파와 같이 (i·S, j·S)에서 시작합니다.",
            "역전파에서도 i * stride, j * stride를 쓰십시오.",
        ),
        (
            several("conv", W=lambda e, right: conv_w(e, e.g, stride=1),
                    padded=lambda e, right: conv_x(e, e.g, stride=1)),
            at("conv", "W", lambda e, right: conv_w(e, e.g, stride=1)),
            at("conv", "padded", lambda e, right: conv_x(e, e.g, stride=1)),
        ),
    ),
    again("weight-gradient-transposed", at("conv", "W", _square)),
    again("one-sample-only", at("conv", "W", _only(0)), at("conv", "W", _only(-1))),
    again(
        "paths-not-summed",
        *(at("conv", "padded", lambda e, right, how=how: conv_x(e, e.g, how=how))
          for how in ("assign", "columns first", "last filter", "taps")),
        at("pool", "x", lambda e, right: pool_back(e, "first/assign"), where=_pool("max")),
        at("pool", "x", lambda e, right: pool_back(e, "first/over"), where=_pool("max")),
        at("pool", "x", lambda e, right: pool_back(e, "even/over"), where=_pool("mean")),
    ),
    again(
        "upstream-ignored",
        several("conv", W=lambda e, right: conv_w(e, np.ones_like(e.g)),
                padded=lambda e, right: conv_x(e, np.ones_like(e.g))),
        at("conv", "W", lambda e, right: conv_w(e, np.ones_like(e.g))),
        at("conv", "padded", lambda e, right: conv_x(e, np.ones_like(e.g))),
    ),
    again(
        "upstream-twice",
        several("conv", W=lambda e, right: conv_w(e, e.g**2),
                padded=lambda e, right: conv_x(e, e.g**2)),
        at("conv", "W", lambda e, right: conv_w(e, e.g**2)),
        at("conv", "padded", lambda e, right: conv_x(e, e.g**2)),
    ),
    again(
        "bias-averaged",
        at("conv", "b", lambda e, right: e.g.mean(axis=(0, 2, 3))),
        at("conv", "b", lambda e, right: right / len(e.g)),
        at("conv", "b", lambda e, right: right / e.g[0, 0].size),
    ),
    again(
        "bias-not-summed",
        at("conv", "b", lambda e, right: e.g[:, :, 0, 0].sum(axis=0)),
        at("conv", "b", lambda e, right: e.g[:, :, -1, -1].sum(axis=0)),
        at("conv", "b", lambda e, right: e.g.sum(axis=0, keepdims=True)),
        at("conv", "b", lambda e, right: e.g.sum(axis=(2, 3), keepdims=True)),
        at("conv", "b", lambda e, right: e.g[0].sum(axis=(1, 2))),
        at("conv", "b", lambda e, right: e.g[-1].sum(axis=(1, 2))),
        *(at("conv", "b", lambda e, right, some=some, last=last: _partly(e.g, some, last))
          for some in ((), (0,), (0, 2), (0, 3), (2,), (3,)) for last in (False, True)),
    ),
    again(
        "bias-sum-over-all",
        at("conv", "b", lambda e, right: e.g.sum()),
        at("conv", "b", lambda e, right: np.full_like(right, e.g.sum())),
    ),
    again("bias-gradient-missing", at("conv", "b", lambda e, right: np.zeros_like(right))),
    again("input-gradient-missing", at("conv", "x", lambda e, right: np.zeros_like(right))),
    again(
        "sign-one",
        *(at("conv", p, lambda e, right: -right) for p in ("W", "b", "x")),
        at("pool", "x", lambda e, right: -right),
    ),
    Mistake(
        "pool-ties-doubled",
        "max(a, b): the gradient goes to one maximum, or is shared",
        Said(
            "Where several numbers of a window are the maximum, each gets the whole gradient.",
            "Together they get what came in: one takes it all, or they share it.",
            "Use argmax, or divide by the number of ties.",
        ),
        Said(
            "창 안에 최댓값이 여럿이면 저마다 기울기를 통째로 받습니다.",
            "합쳐서 들어온 만큼만 받아야 합니다. 하나가 다 받거나 나누어 받습니다.",
            "argmax를 쓰거나 최댓값의 개수로 나누십시오.",
        ),
        (at("pool", "x", lambda e, right: pool_back(e, "all"), where=_pool("max")),),
    ),
    Mistake(
        "pool-ties-lost",
        "max(a, b): the gradient goes to one maximum, or is shared",
        Said(
            "Where several numbers of a window are the maximum, none gets the gradient.",
            "Together they get what came in.",
            "Use argmax.",
        ),
        Said(
            "창 안에 최댓값이 여럿이면 아무도 기울기를 받지 못합니다.",
            "합쳐서 들어온 만큼 받아야 합니다.",
            "argmax를 쓰십시오.",
        ),
        (at("pool", "x", lambda e, right: pool_back(e, "none"), where=_pool("max")),),
    ),
    Mistake(
        "pool-wrong-window",
        "output (i, j) read x from (i·S, j·S)",
        Said(
            "The gradient is written to another window than the output came from.",
            "What the window of output (i, j) gave goes back to that window.",
            "Use rows i * stride and columns j * stride, as in forward.",
        ),
        Said(
            "기울기를 출력이 나온 창이 아닌 다른 창에 썼습니다.",
            "출력 (i, j)의 기울기는 그 창으로 돌아가야 합니다.",
            "순전파처럼 행은 i * stride, 열은 j * stride를 쓰십시오.",
        ),
        (
            *(at("pool", "x", lambda e, right, how=how: pool_back(e, f"first/{how}"),
                 where=_pool("max"))
              for how in ("1", "swapped", "1 read", "swapped read", "turned", "start")),
            *(at("pool", "x", lambda e, right, how=how: pool_back(e, f"even/{how}"),
                 where=_pool("mean")) for how in ("1", "swapped", "start")),
            at("pool", "x", _across),
            *(at("pool", "x", partial(tiled, axes=axes), where=_pool(kind))
              for tiled, kind in ((_tiled, "mean"), (_tiled_mask, "max"))
              for axes in ("rows, columns", "rows", "columns")),
            at("pool", "x", _not_moved_back),
        ),
    ),
    Mistake(
        "pool-average-not-divided",
        "y = (1/k²) Σ x  ⇒  ∂L/∂x = (1/k²) ∂L/∂y",
        Said(
            "Average pooling gives the whole gradient to each number of the window.",
            "The 1/k² of the mean is in the gradient too.",
            "Divide by the size of the window.",
        ),
        Said(
            "평균 풀링에서 창의 숫자마다 기울기를 통째로 주었습니다.",
            "평균의 1/k²은 기울기에도 들어갑니다.",
            "창의 크기로 나누십시오.",
        ),
        (at("pool", "x", lambda e, right: pool_back(e, "undivided"), where=_pool("mean")),),
    ),
    Mistake(
        "pool-max-as-average",
        "max: the gradient goes to the maximum alone",
        Said(
            "Maximum pooling spreads the gradient over the whole window, as an average would.",
            "Only the maximum changes the output.",
            "Give all of it to the place of the maximum.",
        ),
        Said(
            "최댓값 풀링인데 평균처럼 창 전체에 기울기를 나누었습니다.",
            "출력을 바꾸는 것은 최댓값뿐입니다.",
            "최댓값의 자리에 모두 주십시오.",
        ),
        tuple(
            at("pool", "x", lambda e, right, how=how: pool_back(e, how), where=_pool("max"))
            for how in ("even", "within")
        ),
    ),
)  # fmt: skip
