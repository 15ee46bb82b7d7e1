"""Mistakes in batch and layer normalisation."""

from __future__ import annotations

from typing import Any

import numpy as np

from clearprop.doctor.catalogue.mistake import Edit, Mistake, Said, again, at, several
from clearprop.doctor.derivations.chain import Env

__all__ = ["MISTAKES"]


def _count(e: Env) -> int:
    return int(e.x.shape[e.about["axis"]])


def _less(e: Env, right: Any) -> Any:
    n = _count(e)
    return right * n / (n - 1) if n > 1 else right


def _other(e: Env, right: Any) -> Any:
    return right * _count(e) / e.x.shape[1 - e.about["axis"]]


def _none(e: Env, right: Any) -> Any:
    return np.zeros_like(right)


def _mean(e: Env, right: Any) -> Any:
    return right / len(e.g)


def _as_is(e: Env, right: Any) -> Any:
    return right


def _short(beta: Any, gamma: Any) -> Edit:
    """Put mistaken sums into the short formula, which uses them for the input's gradient too."""

    def mean(e: Env, right: Any) -> Any:
        return right if e.about["axis"] else e.gamma * e.d["beta"] / len(e.g)

    def variance(e: Env, right: Any) -> Any:
        return right if e.about["axis"] else e.n * e.gamma * e.d["gamma"] / len(e.g)

    return Edit("norm", {"beta": beta, "gamma": gamma, "mean": mean, "variance": variance})


_LINE = "∂L/∂x = (δ − mean(δ) − x̂·mean(δ·x̂)) / σ, δ = γ·∂L/∂y"

MISTAKES = (
    Mistake(
        "bn-without-mean-path",
        _LINE,
        Said(
            "The way through the mean is left out of the input's gradient.",
            "Each x is in the mean of all, so part of the gradient goes back through the mean.",
            "Subtract the mean of δ over the batch.",
        ),
        Said(
            "입력의 기울기에서 평균을 거치는 경로가 빠졌습니다.",
            "x 하나하나가 평균에 들어가므로 기울기의 일부는 평균을 거쳐 돌아갑니다.",
            "δ의 배치 평균을 빼십시오.",
        ),
        (at("norm", "mean", _none),),
    ),
    Mistake(
        "bn-without-variance-path",
        _LINE,
        Said(
            "The way through the variance is left out of the input's gradient.",
            "Each x is in the variance, so part of the gradient goes back through it.",
            "Subtract x̂ · mean(δ · x̂).",
        ),
        Said(
            "입력의 기울기에서 분산을 거치는 경로가 빠졌습니다.",
            "x 하나하나가 분산에 들어가므로 기울기의 일부는 분산을 거쳐 돌아갑니다.",
            "x̂ · mean(δ · x̂)를 빼십시오.",
        ),
        (at("norm", "variance", _none),),
    ),
    Mistake(
        "bn-statistics-constant",
        _LINE,
        Said(
            "Mean and variance are taken for constants: only γ·dout/σ goes back.",
            "Both depend on every x of the batch.",
            "Subtract mean(δ) and x̂·mean(δ·x̂) before you divide by σ.",
        ),
        Said(
            "평균과 분산을 상수로 보았습니다. γ·dout/σ만 돌아갑니다.",
            "둘 다 배치의 모든 x에 따라 달라집니다.",
            "σ로 나누기 전에 mean(δ)와 x̂·mean(δ·x̂)를 빼십시오.",
        ),
        (several("norm", mean=_none, variance=_none),),
    ),
    Mistake(
        "bn-wrong-n",
        _LINE,
        Said(
            "Backward divides by another count than forward: N − 1, or the wrong axis's.",
            "The means of backward have the same N as those of forward.",
            "Divide by the N that forward divides by.",
        ),
        Said(
            "역전파에서 순전파와 다른 수(N − 1이나 다른 축의 크기)로 나누었습니다.",
            "역전파의 평균도 순전파와 같은 N으로 나눕니다.",
            "순전파에서 나눈 N으로 나누십시오.",
        ),
        (
            several("norm", mean=_less, variance=_less),
            at("norm", "mean", _less),
            at("norm", "variance", _less),
            several("norm", mean=_other, variance=_other),
        ),
    ),
    Mistake(
        "bn-gamma-missing",
        _LINE,
        Said(
            "γ is left out of the input's gradient.",
            "The output is γ·x̂ + β, so what goes back is multiplied by γ.",
            "Start with δ = dout * gamma.",
        ),
        Said(
            "입력의 기울기에 γ를 곱하지 않았습니다.",
            "출력이 γ·x̂ + β이므로 돌아가는 기울기에 γ를 곱해야 합니다.",
            "δ = dout * gamma로 시작하십시오.",
        ),
        (at("norm", "dn", lambda e, right: e.g),),
    ),
    Mistake(
        "bn-gamma-uses-input",
        "∂L/∂γ = Σₙ ∂L/∂y · x̂",
        Said(
            "The gradient of γ uses x in place of the normalised x̂.",
            "γ multiplies x̂ in the forward pass.",
            "Use (dout * x_hat).sum(axis=0).",
        ),
        Said(
            "γ의 기울기에 정규화한 x̂ 대신 x를 썼습니다.",
            "순전파에서 γ에 곱해지는 것은 x̂입니다.",
            "(dout * x_hat).sum(axis=0)을 쓰십시오.",
        ),
        (
            at("norm", "gamma", lambda e, right: (e.g * e.x).sum(axis=0)),
            at("norm", "gamma", lambda e, right: (e.g * e.c).sum(axis=0)),
            _short(_as_is, lambda e, right: (e.g * e.x).sum(axis=0)),
            _short(_as_is, lambda e, right: (e.g * e.c).sum(axis=0)),
        ),
    ),
    again(
        "bias-averaged",
        at("norm", "beta", _mean),
        at("norm", "gamma", _mean),
        several("norm", beta=_mean, gamma=_mean),
        _short(lambda e, right: right / len(e.g), lambda e, right: right / len(e.g)),
        _short(lambda e, right: right / len(e.g), _as_is),
    ),
    again(
        "bias-not-summed",
        *(at("norm", "beta", lambda e, right, k=k: e.g[k]) for k in (slice(None), 0, -1)),
        *(at("norm", "gamma", lambda e, right, k=k: (e.g * e.n)[k]) for k in (slice(None), 0, -1)),
        several("norm", beta=lambda e, right: e.g, gamma=lambda e, right: e.g * e.n),
    ),
    again(
        "bias-sum-over-all",
        at("norm", "beta", lambda e, right: np.full_like(right, e.g.sum())),
        at("norm", "beta", lambda e, right: e.g.sum()),
        _short(lambda e, right: np.full_like(right, e.g.sum()), _as_is),
    ),
    again("bias-gradient-missing", at("norm", "beta", _none)),
    again("bias-wrong-axis", at("norm", "beta", lambda e, right: e.g.sum(axis=1))),
    again("sign-one", *(at("norm", p, lambda e, right: -right) for p in ("beta", "gamma", "x"))),
)  # fmt: skip
