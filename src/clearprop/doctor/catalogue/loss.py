"""Mistakes in the gradient of a loss: its sign, its factor, softmax and target."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from clearprop.doctor.catalogue.mistake import Mistake, Said, at
from clearprop.doctor.derivations.activations import ACTIVATIONS, softmax
from clearprop.doctor.derivations.chain import Env, Link
from clearprop.doctor.derivations.losses import one_hot

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


def _outputs(e: Env) -> float:
    return float(e.x.shape[-1]) if e.x.ndim else 1.0


def _jacobian(e: Env, right: Any) -> Any:
    s = e.d["shares"]
    return s * (right - np.sum(right * s, axis=-1, keepdims=True))


def _softmax_over(axis: int | None) -> Callable[[Env, Any], Any]:
    def change(e: Env, right: Any) -> Any:
        if axis is None:
            z = np.exp(e.x - np.max(e.x))
            return z / np.sum(z)
        return softmax(e.x.T).T

    return change


def _softmax_back_over(axis: int | None) -> Callable[[Env, Any], Any]:
    return lambda e, right: e.y * (e.g - np.sum(e.g * e.y, axis=axis, keepdims=True))


def _softmax_remade(axis: int | None) -> Callable[[Env, Any], Any]:
    """Go back through a softmax of other shares, over another axis."""

    def change(e: Env, right: Any) -> Any:
        s = _softmax_over(axis)(e, None)
        return s * (e.g - np.sum(e.g * s, axis=axis, keepdims=True))

    return change


def _indices_subtracted(turned: bool) -> Callable[[Env, Any], Any]:
    def change(e: Env, right: Any) -> Any:
        t = np.asarray(e.t)
        shares = e.d.get("shares", e.x)
        if t.size == e.x.size:
            t = np.argmax(t.reshape(e.x.shape), axis=-1)
        t = t.reshape(-1)
        try:
            return shares - (t[:, None] if turned else t)
        except ValueError:
            return right

    return change


def _rows_as_indices(e: Env, right: Any) -> Any:
    t = np.asarray(e.t)
    if t.shape != e.x.shape:
        return right
    out = np.array(e.d.get("shares", e.x))
    try:
        out[np.arange(len(out)), t.astype(int)] -= 1
    except IndexError:
        for n, row in enumerate(t.astype(int)):
            for k in row:
                out[n, k] -= 1
    return out


MISTAKES = (
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
            "Change the sign of the step, or of the error.",
        ),
        Said(
            "갱신의 부호가 반대입니다. 손실이 커지는 쪽으로 갑니다.",
            "기울기의 반대쪽으로 가야 합니다. delta를 t − y로 구했다면 더해야 합니다.",
            "갱신의 부호나 오차의 부호를 바꾸십시오.",
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
            "식의 음의 부호가 빠졌거나 하나 더 들어갔습니다.",
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
            "손실의 ½과 제곱을 미분한 2가 서로 지워집니다.",
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
            "제곱을 미분하면 2가 나오고, 이는 손실에 ½이 있을 때만 지워집니다.",
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
        (at("loss", "factor", lambda e, right: right * e.N, where=_meant_over("samples")),),
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
            at("weights", "weights", lambda w, right, c: right + c * w, fitted=True),
            at("parameters", "parameters", lambda w, right, c: right + c * w, fitted=True),
        ),
        gives_way_to=("regularisation-factor", "regularisation-in-loss-only"),
    ),
    Mistake(
        "softmax-ce-extra-jacobian",
        "softmax with cross-entropy: ∂L/∂z = y − t",
        Said(
            "y − t is multiplied by the softmax's derivative once more.",
            "y − t is the gradient before the softmax already; its Jacobian is inside.",
            "Use y − t as it is.",
        ),
        Said(
            "y − t에 소프트맥스의 미분을 한 번 더 곱했습니다.",
            "y − t는 이미 소프트맥스 앞의 기울기라 그 야코비안이 들어 있습니다.",
            "y − t를 그대로 쓰십시오.",
        ),
        (
            at("loss", "error", _jacobian, where=_loss("softmax-ce")),
            at("loss", "error", lambda e, right: right * e.d["shares"] * (1 - e.d["shares"]),
               where=_loss("softmax-ce")),
        ),
    ),
    Mistake(
        "sigmoid-ce-extra-derivative",
        "sigmoid with binary cross-entropy: ∂L/∂z = y − t",
        Said(
            "y − t is multiplied by y(1 − y) once more.",
            "With cross-entropy, y(1 − y) cancels against the loss's own denominator.",
            "Use y − t as it is.",
        ),
        Said(
            "y − t에 y(1 − y)를 한 번 더 곱했습니다.",
            "교차 엔트로피에서는 y(1 − y)가 손실을 미분한 분모와 지워집니다.",
            "y − t를 그대로 쓰십시오.",
        ),
        (
            at("loss", "error", lambda e, right: right * e.d["shares"] * (1 - e.d["shares"]),
               where=_loss("sigmoid-ce")),
        ),
    ),
    Mistake(
        "softmax-diagonal-only",
        "∂L/∂zᵢ = yᵢ(gᵢ − Σⱼ gⱼyⱼ)",
        Said(
            "Only yᵢ(1 − yᵢ) is used; the other outputs' −yᵢyⱼ are left out.",
            "Each input of a softmax changes all of its outputs.",
            "Use y * (dout - (dout * y).sum(axis=1, keepdims=True)).",
        ),
        Said(
            "yᵢ(1 − yᵢ)만 쓰고 다른 출력의 −yᵢyⱼ를 뺐습니다.",
            "소프트맥스의 입력 하나는 모든 출력을 바꿉니다.",
            "y * (dout - (dout * y).sum(axis=1, keepdims=True))를 쓰십시오.",
        ),
        (at("softmax", "x", lambda e, right: e.g * e.y * (1 - e.y)),),
    ),
    Mistake(
        "softmax-wrong-axis",
        "yₙₖ = exp(zₙₖ) / Σⱼ exp(zₙⱼ)",
        Said(
            "The softmax runs over the classes on one way and over the batch on the other.",
            "Forward and backward sum over the same axis: the classes of one sample.",
            "Use axis=-1 and keepdims=True in both.",
        ),
        Said(
            "소프트맥스가 한쪽에서는 클래스에 대해, 다른 쪽에서는 배치에 대해 계산됩니다.",
            "순전파와 역전파 모두 샘플 하나의 클래스에 대해 더해야 합니다.",
            "양쪽 모두 axis=-1, keepdims=True를 쓰십시오.",
        ),
        (
            at("loss", "shares", _softmax_over(0)),
            at("loss", "error", lambda e, right: e.d["shares"] - one_hot(e),
               where=_loss("softmax-ce over the batch")),
            at("softmax", "x", _softmax_back_over(0)),
            at("softmax", "x", _softmax_remade(0)),
        ),
    ),
    Mistake(
        "softmax-whole-batch",
        "yₙₖ = exp(zₙₖ) / Σⱼ exp(zₙⱼ)",
        Said(
            "On one of the two ways the softmax has one sum over the whole batch.",
            "Each sample has its own sum, over its classes.",
            "Use axis=-1 and keepdims=True in forward and backward.",
        ),
        Said(
            "한쪽에서 소프트맥스의 합을 배치 전체에 대해 구했습니다.",
            "샘플마다 그 클래스에 대해 따로 합을 구해야 합니다.",
            "순전파와 역전파 모두 axis=-1, keepdims=True를 쓰십시오.",
        ),
        (
            at("loss", "shares", _softmax_over(None)),
            at("loss", "error", lambda e, right: e.d["shares"] - one_hot(e),
               where=_loss("softmax-ce over everything")),
            at("softmax", "x", _softmax_back_over(None)),
            at("softmax", "x", _softmax_remade(None)),
        ),
    ),
    Mistake(
        "target-index-as-one-hot",
        "∂L/∂z = y − t, with t a row of ones and zeros",
        Said(
            "The target is in another form than the gradient takes it for: indices against"
            " one-hot rows.",
            "For the index k, 1 is subtracted from the output k of that sample.",
            "Turn indices into one-hot rows, or use dx[np.arange(N), t] -= 1.",
        ),
        Said(
            "정답의 형식(번호와 원-핫)이 기울기 식에서 여기는 것과 다릅니다.",
            "번호 k이면 그 샘플의 출력 k에서만 1을 빼야 합니다.",
            "번호를 원-핫 행으로 바꾸거나 dx[np.arange(N), t] -= 1을 쓰십시오.",
        ),
        (
            at("loss", "error", _indices_subtracted(True)),
            at("loss", "error", _indices_subtracted(False)),
            at("loss", "error", _rows_as_indices),
        ),
    ),
    Mistake(
        "scores-instead-of-probabilities",
        "∂L/∂z = y − t, with y = softmax(z)",
        Said(
            "The error is taken from the raw scores z, not from the softmax's or sigmoid's output.",
            "y is the share after the softmax (sigmoid).",
            "Keep the output of forward and use it: y − t.",
        ),
        Said(
            "오차를 소프트맥스(시그모이드)의 출력이 아니라 원점수 z에서 구했습니다.",
            "y는 소프트맥스(시그모이드)를 거친 값입니다.",
            "순전파의 출력을 저장해 두고 y − t를 쓰십시오.",
        ),
        (
            at("loss", "shares", lambda e, right: e.x),
            at("loss", "error", lambda e, right: softmax(e.x) - one_hot(e), where=_loss("squared")),
            at("loss", "x", lambda e, right: e.g * (softmax(e.x) - one_hot(e)),
               where=_loss("squared")),
            at("loss", "x", lambda e, right: e.g * (_sigmoid(e.x) - one_hot(e)),
               where=_loss("squared")),
        ),
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
)  # fmt: skip
