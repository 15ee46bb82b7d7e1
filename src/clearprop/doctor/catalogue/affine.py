"""Mistakes in affine layers: transposes, sums over the batch, what comes in from behind."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from clearprop.doctor.catalogue.mistake import Mistake, Said, again, at, several
from clearprop.doctor.derivations.chain import Env

__all__ = ["MISTAKES"]


def _outer(row: int) -> Any:
    def change(e: Env, right: Any) -> Any:
        if e.N < 2 or e.x.ndim != 2 or e.g.ndim != 2 or e.about.get("ones"):
            return right
        if e.about.get("steps"):  # its rows are steps, too
            return right
        return np.outer(e.x[row], e.g[row])

    return change


def _row(row: int) -> Any:
    return lambda e, right: e.g[row] if e.N > 1 and not e.about.get("steps") else right


def _of_other_layer(step: int) -> Any:
    """Use what another stage had: z in place of a, the network's input in place of the hidden."""

    def change(e: Env, right: Any) -> Any:
        others = [e.envs[0].x if step == 99 else None]
        if step != 99:
            k = e.index - step
            others = [e.envs[k].x if 0 <= k < len(e.envs) and k != e.index else None]
        other = others[0]
        if other is None or other.shape != e.x.shape or np.array_equal(other, e.x):
            return right
        return other.T @ e.g if not e.about.get("ones") else right

    return change


def _of_ones(place: str, one: float = 1.0) -> Any:
    """Take what comes in for ones, in one of the lines."""

    def change(e: Env, right: Any) -> Any:
        if e.about.get("ones"):
            return right
        ones = np.full_like(e.g, one)
        return e.x.T @ ones if place == "W" else ones @ e.W.T

    return change


def _whole(e: Env, right: Any) -> Any:
    return np.sum(e.g)


def _if_square(e: Env, right: Any) -> Any:
    return e.g @ e.W if e.W.shape[0] == e.W.shape[1] else right


def _handed_on(e: Env, right: Any) -> Any:
    return e.g if np.shape(e.g) == np.shape(right) else right


def _wide(e: Env, right: Any) -> Any:
    return np.full_like(np.asarray(right), np.sum(e.g))


_ONES = lambda e, right: np.ones_like(right)  # noqa: E731 - a rule in one word
_KINDS = (
    "affine",
    "activation",
    "softmax",
    "log softmax",
    "gate",
    "norm",
    "pool",
    "dropout",
    "conv",
    "recurrent",
    "unrolled",
)


def _half(role: str, part: Callable[[int], slice]) -> Any:
    """Take one of two inputs that pass the same weights: half of the rows, before one loss."""

    def change(e: Env, right: Any) -> Any:
        rows = len(e.x)
        twins = e.envs[-1].about.get("loss") == "own" and rows % 2 == 0 and rows > 2
        if not twins:
            return right
        own = part(rows)
        return e.x[own].T @ e.g[own] if role == "W" else e.g[own].sum(axis=0)

    return change


def _of_members(count: int) -> Callable[[Env, Any], Any]:
    """Average over the samples, of which each has several rows: pairs, triplets."""

    def change(e: Env, right: Any) -> Any:
        several_rows = e.envs[-1].about.get("loss") == "own" and len(e.x) % count == 0
        return right * count / e.N if several_rows else right

    return change


_HALVES: tuple[Callable[[int], slice], ...] = (
    lambda n: slice(None, n // 2),
    lambda n: slice(n // 2, None),
    lambda n: slice(None, None, 2),
    lambda n: slice(1, None, 2),
)


MISTAKES = (
    again(
        "paths-not-summed",
        *(several("affine", W=_half("W", h), b=_half("b", h)) for h in _HALVES),
        *(at("affine", "W", _half("W", h)) for h in _HALVES),
    ),
    again(  # where t − y is carried back and the step is added, ones have the other sign
        "upstream-ignored",
        at("affine", "x", _of_ones("x", -1.0)),
        *(
            at(kind, "upstream", lambda e, right: -np.ones_like(right))
            for kind in ("affine", "activation")
        ),
        only="change",
        gives_way_to=("output-instead-of-loss", "sign-update"),
    ),
    Mistake(
        "weight-gradient-transposed",
        "∂L/∂W = xᵀ · ∂L/∂y",
        Said(
            "The two axes of the weights' gradient are exchanged.",
            "Row i, column j holds input i times the gradient of output j, as the weights do.",
            "Use x.T @ dout, in this order, so that the shape is the weights'.",
        ),
        Said(
            "가중치 기울기의 두 축이 뒤바뀌었습니다.",
            "i행 j열은 입력 i와 출력 j의 기울기를 곱한 값으로, 가중치와 같은 배치여야 합니다.",
            "x.T @ dout 순서로 곱해 가중치와 같은 모양이 되게 하십시오.",
        ),
        (at("affine", "W", lambda e, right: right.T),),
    ),
    Mistake(
        "weight-not-transposed",
        "∂L/∂x = ∂L/∂y · Wᵀ",
        Said(
            "The gradient goes back through W as it is, not transposed.",
            "Input i collects, over all outputs j, the gradient of output j times the weight"
            " from i to j.",
            "Use dout @ W.T; in loops, sum over the outputs of the layer.",
        ),
        Said(
            "기울기가 전치하지 않은 W를 거쳐 거꾸로 갔습니다.",
            "입력 i는 모든 출력 j에 대해 j의 기울기와 i에서 j로 가는 가중치의 곱을 모읍니다.",
            "dout @ W.T를 쓰십시오. 반복문이라면 그 층의 출력에 대해 더하십시오.",
        ),
        (at("affine", "x", _if_square),),
    ),
    Mistake(
        "upstream-ignored",
        "∂L/∂x = ∂L/∂y · ∂y/∂x",
        Said(
            "The gradient that comes in from behind is not used; it is taken as 1.",
            "Each local derivative is multiplied by what comes in from behind.",
            "Multiply by dout.",
        ),
        Said(
            "뒤에서 들어온 기울기를 쓰지 않고 1로 보았습니다.",
            "국소 미분마다 뒤에서 온 기울기를 곱해야 합니다.",
            "dout을 곱하십시오.",
        ),
        (
            *(at(kind, "upstream", _ONES) for kind in _KINDS),
            *(at("affine", place, rule) for place, rule in (
                ("W", _of_ones("W")),
                ("b", lambda e, right: np.ones_like(e.g).sum(axis=0)),
                ("x", _of_ones("x")),
            )),
        ),
        gives_way_to=("output-instead-of-loss", "twice-too-large", "half-too-small", "sign-delta"),
    ),
    Mistake(
        "upstream-twice",
        "∂L/∂x = ∂L/∂y · ∂y/∂x",
        Said(
            "The gradient that comes in from behind is multiplied in twice.",
            "It enters the chain rule once.",
            "Remove one factor dout.",
        ),
        Said(
            "뒤에서 들어온 기울기를 두 번 곱했습니다.",
            "연쇄법칙에서 그 기울기는 한 번만 곱합니다.",
            "dout을 한 번만 곱하십시오.",
        ),
        (
            *(at(kind, "upstream", lambda e, right: right * right) for kind in _KINDS),
            *(at("affine", place, rule) for place, rule in (
                ("W", lambda e, right: e.x.T @ (e.g * e.g) if not e.about.get("ones") else right),
                ("b", lambda e, right: (e.g * e.g).sum(axis=0)),
                ("x", lambda e, right: (e.g * e.g) @ e.W.T if not e.about.get("ones") else right),
            )),
            *(at(kind, "x", lambda e, right: right * e.g)
              for kind in ("activation", "softmax", "log softmax", "norm")),
        ),
    ),
    Mistake(
        "bias-not-summed",
        "∂L/∂b = Σₙ ∂L/∂yₙ",
        Said(
            "The bias gradient is not summed over the samples of the batch.",
            "One bias serves all samples, so their gradients add up.",
            "Use dout.sum(axis=0).",
        ),
        Said(
            "편향의 기울기를 배치의 샘플에 대해 더하지 않았습니다.",
            "편향 하나를 모든 샘플이 함께 쓰므로 샘플마다의 기울기를 더해야 합니다.",
            "dout.sum(axis=0)을 쓰십시오.",
        ),
        (
            at("affine", "b", lambda e, right: e.g),
            at("affine", "b", _row(0)),
            at("affine", "b", _row(-1)),
        ),
    ),
    Mistake(
        "bias-averaged",
        "∂L/∂b = Σₙ ∂L/∂yₙ",
        Said(
            "The bias gradient is the mean over the batch, while the weights' is the sum.",
            "Both are sums over the samples; a mean belongs into the loss, for all alike.",
            "Use dout.sum(axis=0) in place of dout.mean(axis=0).",
        ),
        Said(
            "가중치 기울기는 합인데 편향의 기울기만 배치 평균입니다.",
            "둘 다 샘플에 대한 합입니다. 평균은 손실에서 모두에 똑같이 내는 것입니다.",
            "dout.mean(axis=0) 대신 dout.sum(axis=0)을 쓰십시오.",
        ),
        (
            at("affine", "b", lambda e, right: right / e.N),
            *(at("affine", "b", _of_members(m)) for m in (2, 3)),
        ),
    ),
    Mistake(
        "bias-sum-over-all",
        "∂L/∂bⱼ = Σₙ ∂L/∂yₙⱼ",
        Said(
            "The bias gradient is one number, summed over batch and outputs.",
            "Each output has its own bias, with its own sum over the samples.",
            "Name the axis: dout.sum(axis=0).",
        ),
        Said(
            "편향의 기울기가 배치와 출력을 모두 더한 숫자 하나입니다.",
            "출력마다 편향이 따로 있으므로 샘플에 대해서만 더해야 합니다.",
            "축을 정해 주십시오: dout.sum(axis=0).",
        ),
        (at("affine", "b", _whole), at("affine", "b", _wide)),
    ),
    Mistake(
        "bias-wrong-axis",
        "∂L/∂bⱼ = Σₙ ∂L/∂yₙⱼ",
        Said(
            "The bias gradient is summed over the outputs, not over the samples.",
            "The sum runs over the samples; one number an output remains.",
            "Sum over the other axis: with a sample a row, dout.sum(axis=0).",
        ),
        Said(
            "편향의 기울기를 샘플이 아니라 출력에 대해 더했습니다.",
            "샘플에 대해 더해 출력마다 숫자 하나가 남아야 합니다.",
            "다른 축으로 더하십시오. 샘플이 행이면 dout.sum(axis=0)입니다.",
        ),
        (at("affine", "b", lambda e, right: e.g.sum(axis=1)),),
    ),
    Mistake(
        "bias-gradient-missing",
        "∂L/∂b = Σₙ ∂L/∂yₙ",
        Said(
            "The bias has no gradient, or zeros.",
            "∂y/∂b = 1: the bias collects all that comes in.",
            "Set db = dout.sum(axis=0).",
        ),
        Said(
            "편향의 기울기가 없거나 0입니다.",
            "∂y/∂b = 1이므로 들어온 기울기를 모두 모읍니다.",
            "db = dout.sum(axis=0)으로 두십시오.",
        ),
        (at("affine", "b", lambda e, right: np.zeros_like(right)),),
    ),
    Mistake(
        "input-gradient-missing",
        "∂L/∂x = ∂L/∂y · ∂y/∂x",
        Said(
            "The layer gives back no gradient of its input, zeros, or what came in unchanged.",
            "The layers before need it to learn.",
            "Return the gradient of x: dout @ W.T for y = x·W, dout * f′(x) for an activation.",
        ),
        Said(
            "층이 입력의 기울기를 돌려주지 않거나, 0이나 들어온 기울기를 그대로 돌려줍니다.",
            "앞의 층들이 배우려면 이 기울기가 필요합니다.",
            "x의 기울기를 돌려주십시오: y = x·W이면 dout @ W.T, 활성화 함수이면 dout * f′(x).",
        ),
        (
            at("affine", "x", lambda e, right: np.zeros_like(right)),
            at("affine", "x", _handed_on),
        ),
        gives_way_to=("paths-not-summed",),
    ),
    Mistake(
        "one-sample-only",
        "∂L/∂W = Σₙ xₙᵀ · ∂L/∂yₙ",
        Said(
            "The weights' gradient has one sample of the batch only.",
            "The gradients of all samples add up.",
            "Use += in the loop over the samples, or x.T @ dout.",
        ),
        Said(
            "가중치의 기울기에 배치의 샘플 하나만 들어 있습니다.",
            "모든 샘플의 기울기를 더해야 합니다.",
            "샘플을 도는 반복문에서 +=를 쓰거나 x.T @ dout을 쓰십시오.",
        ),
        (
            at("affine", "W", _outer(0)),
            at("affine", "W", _outer(-1)),
            several("affine", W=_outer(0), b=_row(0)),
            several("affine", W=_outer(-1), b=_row(-1)),
        ),
    ),
    Mistake(
        "input-of-wrong-layer",
        "∂L/∂W = xᵀ · ∂L/∂y, with the x that the layer was given",
        Said(
            "The weights' gradient uses another layer's values.",
            "It is made of what this very layer was given in the forward pass.",
            "Use the activations that went into this layer: a of the layer before, not z.",
        ),
        Said(
            "가중치의 기울기에 다른 층의 값을 썼습니다.",
            "순전파에서 바로 그 층에 들어간 값을 써야 합니다.",
            "이 층에 들어간 값, 곧 앞 층의 활성화된 출력 a를 쓰십시오(z가 아닙니다).",
        ),
        (
            at("affine", "W", _of_other_layer(1)),
            at("affine", "W", _of_other_layer(2)),
            at("affine", "W", _of_other_layer(-1)),
            at("affine", "W", _of_other_layer(-2)),
            at("affine", "W", _of_other_layer(99)),
        ),
    ),
    Mistake(
        "batch-mean-extra",
        "∂L/∂W = xᵀ · ∂L/∂y, ∂L/∂b = Σₙ ∂L/∂yₙ",
        Said(
            "The gradient is divided by the number of samples, though the loss is a sum.",
            "It is divided as often as the loss is.",
            "Leave the division out, or take the mean in the loss.",
        ),
        Said(
            "손실은 합인데 기울기를 샘플 수로 나누었습니다.",
            "손실을 나눈 만큼만 기울기도 나누어야 합니다.",
            "나눗셈을 빼거나 손실에서 평균을 내십시오.",
        ),
        (
            several("affine", W=lambda e, right: right / e.N, b=lambda e, right: right / e.N),
            at("loss", "factor", lambda e, right: right / e.N),
        ),
    ),
    Mistake(
        "update-before-propagate",
        "∂L/∂x = ∂L/∂y · Wᵀ, with the W of the forward pass",
        Said(
            "A layer's weights are changed before they carry the gradient back.",
            "All gradients belong to the weights with which the output was computed.",
            "Compute all deltas first, then change the weights.",
        ),
        Said(
            "기울기를 앞 층으로 보내기 전에 그 층의 가중치를 먼저 고쳤습니다.",
            "기울기는 모두 출력을 계산할 때의 가중치로 구해야 합니다.",
            "모든 층의 delta를 먼저 구한 다음 가중치를 고치십시오.",
        ),
        (
            at("affine", "x", lambda e, right: e.g @ e.after["W"].T
               if "W" in e.after and not e.about.get("ones") else right),
        ),
    ),
)  # fmt: skip
