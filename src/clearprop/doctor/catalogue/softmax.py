"""Mistakes in softmax, in the cross-entropy behind it, and in the form of targets."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from clearprop.doctor.catalogue.mistake import Mistake, Said, again, at
from clearprop.doctor.derivations.activations import ACTIVATIONS, softmax
from clearprop.doctor.derivations.chain import Env, Link
from clearprop.doctor.derivations.losses import one_hot, shares_over

__all__ = ["MISTAKES"]

_sigmoid = ACTIVATIONS["sigmoid"].f


def _loss(*names: str) -> Callable[[Link, int, int], bool]:
    return lambda link, index, count: link.about.get("loss") in names


def _jacobian(e: Env, right: Any) -> Any:
    s = e.d["shares"]
    return s * (right - np.sum(right * s, axis=-1, keepdims=True))


def _softmax_over(axis: int | None, by_rows: bool = False) -> Callable[[Env, Any], Any]:
    """Take shares over another axis; each row may have been shifted by its own maximum before."""
    return lambda e, right: shares_over(e.x, axis, by_rows)


def _softmax_back_over(axis: int | None) -> Callable[[Env, Any], Any]:
    return lambda e, right: e.y * (e.g - np.sum(e.g * e.y, axis=axis, keepdims=True))


def _softmax_remade(axis: int | None, by_rows: bool = False) -> Callable[[Env, Any], Any]:
    """Go back through a softmax of other shares, over another axis."""

    def change(e: Env, right: Any) -> Any:
        s = shares_over(e.x, axis, by_rows)
        return s * (e.g - np.sum(e.g * s, axis=axis, keepdims=True))

    return change


_EITHER = (False, True)


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


def _in_two_steps(axis: int | None) -> Callable[[Env, Any], Any]:
    """Go back to the shares by −t/y, and from them through a softmax over another axis."""
    return lambda e, right: (
        e.d["shares"] * np.sum(one_hot(e), axis=axis, keepdims=True) - one_hot(e)
    )


def _unsloped(e: Env, right: Any) -> Any:
    """Go back to the output of a sigmoid, and no further."""
    y = e.d["shares"]
    return right / (y * (1 - y))


MISTAKES = (
    again(  # a loss joined with its softmax or sigmoid, followed back in two steps
        "activation-derivative-missing",
        at("loss", "error", lambda e, right: -one_hot(e) / e.d["shares"],
           where=_loss("softmax-ce")),
        at("loss", "error", _unsloped, where=_loss("sigmoid-ce")),
    ),
    again(
        "softmax-diagonal-only",
        at("loss", "error", lambda e, right: -one_hot(e) * (1 - e.d["shares"]),
           where=_loss("softmax-ce")),
    ),
    *(
        again(name, at("loss", "error", _in_two_steps(axis), where=_loss("softmax-ce")))
        for name, axis in (("softmax-wrong-axis", 0), ("softmax-whole-batch", None))
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
            "교차 엔트로피를 미분하면 분모에 y(1 − y)가 있어 서로 약분됩니다.",
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
            *(at("loss", "shares", _softmax_over(0, by_rows)) for by_rows in _EITHER),
            at("loss", "error", lambda e, right: e.d["shares"] - one_hot(e),
               where=_loss("softmax-ce over the batch")),
            at("softmax", "x", _softmax_back_over(0)),
            *(at("softmax", "x", _softmax_remade(0, by_rows)) for by_rows in _EITHER),
        ),
        gives_way_to=("softmax-diagonal-only",),  # the same where there is one sample
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
            *(at("loss", "shares", _softmax_over(None, by_rows)) for by_rows in _EITHER),
            at("loss", "error", lambda e, right: e.d["shares"] - one_hot(e),
               where=_loss("softmax-ce over everything")),
            at("softmax", "x", _softmax_back_over(None)),
            *(at("softmax", "x", _softmax_remade(None, by_rows)) for by_rows in _EITHER),
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
            "정답이 번호인데 원-핫으로 보았거나, 원-핫인데 번호로 보고 기울기를 구했습니다.",
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
)  # fmt: skip
