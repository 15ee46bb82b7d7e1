"""Mistakes in the gradient of a loss: its sign, its factor, softmax and target."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from clearprop.doctor.catalogue.mistake import Mistake, Said, again, at
from clearprop.doctor.derivations.activations import ACTIVATIONS
from clearprop.doctor.derivations.chain import Env, Link

__all__ = ["MISTAKES"]

_sigmoid = ACTIVATIONS["sigmoid"].f


def _loss(*names: str) -> Callable[[Link, int, int], bool]:
    return lambda link, index, count: link.about.get("loss") in names


def _meant_over(word: str) -> Callable[[Link, int, int], bool]:
    """Tell losses that are divided by the samples, or by the outputs."""

    def where(link: Link, index: int, count: int) -> bool:
        scale = link.about.get("scale", "")
        return scale.endswith(" mean") or scale == "mean" or f"over {word}" in scale

    return where


def _has_loss(link: Link, gradients: int, count: int) -> bool:
    return link.kind == "loss"


def _unaveraged(e: Env, right: Any) -> Any:
    """Take the sum of the samples' shares in one gradient, before a loss that is their mean."""
    scale = str(e.envs[-1].about.get("scale", ""))
    return right * e.N if scale.endswith("mean") or "over samples" in scale else right


def _alone(link: Link, index: int, count: int) -> bool:
    """Tell a loss with no layers before it: what it is of may be samples as well as outputs."""
    return count == 1


def _meant_alone(link: Link, index: int, count: int) -> bool:
    return _alone(link, index, count) and _meant_over("outputs")(link, index, count)


def _of_a_row(e: Env) -> float:
    """Count the numbers of a row, where each may be a sample."""
    flat = all(np.ndim(v) < 2 for v in e.values.values())
    return float(e.x.size) if flat else 1.0


def _outputs(e: Env) -> float:
    return float(e.x.shape[-1]) if e.x.ndim else 1.0


MISTAKES = (
    again(
        "paths-not-summed",
        at("loss", "error", lambda e, right: np.maximum(right, 0), where=_loss("margins")),
        at("loss", "error", lambda e, right: np.maximum(right, -1), where=_loss("margins")),
        at("loss", "error", lambda e, right: np.minimum(right, 0), where=_loss("margins")),
    ),
    Mistake(
        "sign-delta",
        "∂L/∂y = y − t, for L = ½(y − t)²",
        Said(
            "The gradient has the wrong sign: t − y where y − t belongs.",
            "L grows with y where y > t, so the gradient is y − t.",
            "Use y − t, or add the step in place of subtracting it.",
        ),
        Said(
            "기울기의 부호가 반대입니다. y − t 자리에 t − y를 썼습니다.",
            "y > t이면 y가 커질수록 손실이 커지므로 기울기는 y − t입니다.",
            "y − t를 쓰거나, 빼던 것을 더하십시오.",
        ),
        (
            at("loss", "x", lambda e, right: -right),
            at("all", "all", lambda e, right: -right,
               where=lambda link, gradients, n: gradients > 1 or link.kind == "loss"),
        ),
        only="gradient",
    ),
    Mistake(
        "sign-update",
        "w ← w − η · ∂L/∂w",
        Said(
            "The step has the wrong sign: it climbs, so the loss grows.",
            "The step goes against the gradient; with t − y in the delta it is added.",
            "Change the sign of the step, or of the error; |t − y| has lost its sign.",
        ),
        Said(
            "갱신의 부호가 반대입니다. 손실이 커지는 쪽으로 갑니다.",
            "기울기의 반대쪽으로 가야 합니다. delta를 t − y로 구했다면 더해야 합니다.",
            "갱신의 부호나 오차의 부호를 바꾸십시오. |t − y|처럼 절댓값을 쓰면 부호를 잃습니다.",
        ),
        (
            at("all", "all", lambda e, right: -right),
            at("loss", "x", lambda e, right: -right),
        ),
        only="change",
    ),
    Mistake(
        "sign-one",
        "∂(a − b)/∂b = −1, ∂(1/x)/∂x = −1/x²",
        Said(
            "One gradient has the wrong sign; the others are right.",
            "A minus of the derivation was lost, or is one too many.",
            "Look at the minus signs of this one derivative.",
        ),
        Said(
            "기울기 하나만 부호가 반대이고 나머지는 맞습니다.",
            "유도식의 음수 부호가 빠졌거나 하나 더 들어갔습니다.",
            "이 미분의 부호를 확인하십시오.",
        ),
        (
            *(at("affine", place, lambda e, right: -right) for place in ("W", "b")),
            at("affine", "x", lambda e, right: -right, where=lambda link, i, n: i == 0),
            at("activation", "x", lambda e, right: -right, where=lambda link, i, n: n == 1),
            at("softmax", "x", lambda e, right: -right, where=lambda link, i, n: n == 1),
            at("activation", "slope", lambda e, right: np.abs(right),
               where=lambda link, i, n: n == 1),
        ),
        gives_way_to=("activation-derivative-missing", "sign-delta", "sign-update"),
    ),
    Mistake(
        "twice-too-large",
        "L = ½ Σ (y − t)²  ⇒  ∂L/∂y = y − t",
        Said(
            "All gradients are twice too large.",
            "The ½ of the loss and the 2 of the square cancel.",
            "Leave out the factor 2, or the ½ of the loss.",
        ),
        Said(
            "모든 기울기가 두 배입니다.",
            "제곱을 미분해 나온 2가 손실의 ½과 상쇄됩니다.",
            "2를 빼거나 손실의 ½을 빼십시오.",
        ),
        (
            at("loss", "factor", lambda e, right: right * 2),
            at("all", "all", lambda e, right: right * 2, where=_has_loss),
        ),
    ),
    Mistake(
        "half-too-small",
        "L = Σ (y − t)²  ⇒  ∂L/∂y = 2(y − t)",
        Said(
            "All gradients are half of what they should be.",
            "The square brings a factor 2, which only a ½ in the loss cancels.",
            "Multiply by 2, or write the loss with ½.",
        ),
        Said(
            "모든 기울기가 절반입니다.",
            "제곱을 미분하면 2가 나오고, 이는 손실에 ½이 있을 때만 상쇄됩니다.",
            "2를 곱하거나 손실에 ½을 두십시오.",
        ),
        (
            at("loss", "factor", lambda e, right: right / 2),
            at("all", "all", lambda e, right: right / 2, where=_has_loss),
        ),
    ),
    Mistake(
        "batch-mean-missing",
        "L = (1/N) Σₙ Lₙ  ⇒  ∂L/∂yₙ = (1/N) ∂Lₙ/∂yₙ",
        Said(
            "The loss is a mean over the batch, but the gradient is not divided by N.",
            "The 1/N of the loss is in every gradient.",
            "Divide by the number of samples: dx = (y - t) / N.",
        ),
        Said(
            "손실은 배치 평균인데 기울기를 N으로 나누지 않았습니다.",
            "손실의 1/N은 모든 기울기에도 들어갑니다.",
            "샘플 수로 나누십시오: dx = (y - t) / N.",
        ),
        (
            at("loss", "factor", lambda e, right: right * e.about.get("samples", e.N),
               where=_meant_over("samples")),
            at("loss", "factor", lambda e, right: right * _of_a_row(e), where=_meant_alone),
            at("affine", "b", _unaveraged),
        ),
    ),
    Mistake(
        "output-mean-missing",
        "L = (1/K) Σₖ (yₖ − tₖ)²  ⇒  ∂L/∂yₖ = (2/K)(yₖ − tₖ)",
        Said(
            "The loss is a mean over the outputs, but the gradient is not divided by their number.",
            "The 1/K of the loss is in every gradient.",
            "Divide by the number of outputs.",
        ),
        Said(
            "손실은 출력에 대한 평균인데 기울기를 출력 수로 나누지 않았습니다.",
            "손실의 1/K는 모든 기울기에도 들어갑니다.",
            "출력 수로 나누십시오.",
        ),
        (at("loss", "factor", lambda e, right: right * _outputs(e), where=_meant_over("outputs")),),
    ),
    Mistake(
        "output-mean-extra",
        "L = Σₖ (yₖ − tₖ)²  ⇒  ∂L/∂yₖ = 2(yₖ − tₖ)",
        Said(
            "The gradient is divided by the number of outputs, though the loss is not.",
            "It is divided as often as the loss is.",
            "Leave the division out, or take the mean in the loss.",
        ),
        Said(
            "손실은 그렇지 않은데 기울기를 출력 수로 나누었습니다.",
            "손실을 나눈 만큼만 기울기도 나누어야 합니다.",
            "나눗셈을 빼거나 손실에서 평균을 내십시오.",
        ),
        (at("loss", "factor", lambda e, right: right / _outputs(e)),),
    ),
    Mistake(
        "regularisation-in-loss-only",
        "L + (λ/2) Σ w²  ⇒  ∂L/∂w + λw",
        Said(
            "The loss has a penalty on the weights, and the gradient has not.",
            "λ/2·Σw² adds λw to the gradient of each weight.",
            "Add λ·W to dW, or leave the penalty out of the loss.",
        ),
        Said(
            "손실에는 가중치 규제항이 있는데 기울기에는 없습니다.",
            "λ/2·Σw²은 가중치마다 기울기에 λw를 더합니다.",
            "dW에 λ·W를 더하거나 손실에서 규제항을 빼십시오.",
        ),
        (at("penalty", "penalty", lambda e, right: right * 0),),
    ),
    Mistake(
        "regularisation-factor",
        "L + (λ/2) Σ w²  ⇒  ∂L/∂w + λw",
        Said(
            "The penalty's λ differs by a factor 2 between the loss and the gradient.",
            "With λ/2·Σw² in the loss it is λw, with λ·Σw² it is 2λw.",
            "Make the two agree.",
        ),
        Said(
            "규제항의 λ가 손실과 기울기에서 두 배 차이가 납니다.",
            "손실이 λ/2·Σw²이면 λw이고, λ·Σw²이면 2λw입니다.",
            "둘을 맞추십시오.",
        ),
        (
            at("penalty", "penalty", lambda e, right: right * 2),
            at("penalty", "penalty", lambda e, right: right / 2),
        ),
    ),
    Mistake(
        "regularisation-in-gradient-only",
        "∂L/∂w has λw only if L has (λ/2) Σ w²",
        Said(
            "The gradient has a part λ·W that no penalty in the loss accounts for.",
            "What is in the gradient is in the loss, and the other way about.",
            "Add the penalty to the loss, or leave λ·W out.",
        ),
        Said(
            "기울기에는 λ·W가 있는데 손실에는 규제항이 없습니다.",
            "기울기에 있는 것은 손실에도 있어야 합니다.",
            "손실에 규제항을 더하거나 λ·W를 빼십시오.",
        ),
        (
            at("weights", "weights", lambda w, right, c: right + max(c, 0) * w, fitted=True),
            at("parameters", "parameters", lambda w, right, c: right + max(c, 0) * w, fitted=True),
        ),
        gives_way_to=("regularisation-factor", "regularisation-in-loss-only"),
    ),
    Mistake(
        "output-instead-of-loss",
        "∂L/∂w = ∂L/∂y · ∂y/∂w",
        Said(
            "The output is differentiated, not the loss: the way back starts with 1 at y.",
            "It starts with ∂L/∂y, which has the target in it.",
            "Start from the loss's gradient: y − t for half the squared error.",
        ),
        Said(
            "손실이 아니라 출력을 미분했습니다. 역전파를 y에서 1로 시작했습니다.",
            "정답이 들어 있는 ∂L/∂y로 시작해야 합니다.",
            "손실의 기울기(½ 제곱 오차라면 y − t)로 시작하십시오.",
        ),
        (
            at("loss", "x", lambda e, right: np.ones_like(right)),
            at("loss", "error", lambda e, right: np.ones_like(right)),
            at("loss", "error", lambda e, right: e.d["shares"]),
            at("loss", "error", lambda e, right: e.d["shares"] * (1 - e.d["shares"])),
        ),
    ),
    again(
        "batch-mean-extra",
        at("loss", "factor", lambda e, right: right / _of_a_row(e), where=_alone),
    ),
)  # fmt: skip
