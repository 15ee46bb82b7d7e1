"""Mistakes in batch and layer normalisation."""

from __future__ import annotations

from typing import Any

import numpy as np

from clearprop.doctor.catalogue.mistake import Edit, Mistake, Said, again, at, several
from clearprop.doctor.derivations.chain import Env

__all__ = ["MISTAKES"]


def _less(e: Env, right: Any) -> Any:
    """Divide by N − 1 for N, or by N for N − 1."""
    n = e.count
    return right * ((n - 1) / n if e.about["less"] else n / max(n - 1, 1))


def _more(e: Env, right: Any) -> Any:
    """Divide both parts by N − 1 where the variance alone is."""
    return right * e.count / max(e.count - 1, 1) if e.about["less"] else right


def _other(e: Env, right: Any) -> Any:
    """Divide by how many there are along the other axes."""
    return right * e.count / max(e.x.size // e.count, 1)


def _rows_only(e: Env, right: Any) -> Any:
    """Divide by the number of samples alone, where places count too."""
    return right * e.count / len(e.x)


def _none(e: Env, right: Any) -> Any:
    return np.zeros_like(right)


def _mean(e: Env, right: Any) -> Any:
    return right * np.size(right) / e.x.size


def _mean_of_rows(e: Env, right: Any) -> Any:
    return right / len(e.g)


def _as_is(e: Env, right: Any) -> Any:
    return right


def _batch(e: Env) -> bool:
    """Tell whether γ and β have a number for each mean: then their sums serve for x too."""
    return not set(e.about["over"]) & set(e.about["units"]) and e.about["less"] == 0


def _short(beta: Any, gamma: Any) -> Edit:
    """Put mistaken sums into the short formula, which uses them for the input's gradient too."""

    def mean(e: Env, right: Any) -> Any:
        return e.wide(e.gamma * e.d["beta"]) / e.count if _batch(e) else right

    def variance(e: Env, right: Any) -> Any:
        return e.n * e.wide(e.gamma * e.d["gamma"]) / e.count if _batch(e) else right

    return Edit("norm", {"beta": beta, "gamma": gamma, "mean": mean, "variance": variance})


def _part(how: str, of: Any) -> Any:
    """Sum a part up only: as it is, one row, or along one axis."""

    def change(e: Env, right: Any) -> Any:
        a = of(e)
        if how == "first":
            return a[0]
        if how == "last":
            return a[-1]
        if how in ("first picture", "last picture"):
            rest = tuple(k for k in range(a.ndim) if k not in e.about["units"])
            own = a[:1] if how == "first picture" else a[-1:]
            return own.sum(axis=rest) if a.ndim > 2 and 0 in rest else right
        if how == "samples":
            return a.sum(axis=0)
        if how == "places":
            return a.sum(axis=tuple(range(2, a.ndim))) if a.ndim > 2 else right
        if how == "middle":
            return a.sum(axis=tuple(range(1, a.ndim - 1))) if a.ndim > 2 else right
        return a

    return change


def _unsummed() -> list[Edit]:
    def of_beta(e: Env) -> Any:
        return e.g

    def of_gamma(e: Env) -> Any:
        return e.g * e.n

    edits = []
    pictures = ("first picture", "last picture")
    for how in ("as it is", "first", "last", "samples", "places", "middle", *pictures):
        beta, gamma = _part(how, of_beta), _part(how, of_gamma)
        edits += [at("norm", "beta", beta), at("norm", "gamma", gamma),
                  several("norm", beta=beta, gamma=gamma)]  # fmt: skip
    return edits


def _other_axis(e: Env, right: Any) -> Any:
    return e.g.sum(axis=1) if e.g.ndim == 2 else right


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
            several("norm", mean=_rows_only, variance=_rows_only),
            at("norm", "mean", _more),
            at("norm", "x", lambda e, right: _less(e, right)),
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
            at("norm", "gamma", lambda e, right: e.summed(e.g * e.x)),
            at("norm", "gamma", lambda e, right: e.summed(e.g * e.c)),
            _short(_as_is, lambda e, right: e.summed(e.g * e.x)),
            _short(_as_is, lambda e, right: e.summed(e.g * e.c)),
        ),
    ),
    again(
        "bias-averaged",
        at("norm", "beta", _mean),
        at("norm", "gamma", _mean),
        several("norm", beta=_mean, gamma=_mean),
        _short(_mean, _mean),
        _short(_mean, _as_is),
        at("norm", "beta", _mean_of_rows),
        at("norm", "gamma", _mean_of_rows),
        several("norm", beta=_mean_of_rows, gamma=_mean_of_rows),
    ),
    again("bias-not-summed", *_unsummed()),
    again(
        "bias-sum-over-all",
        at("norm", "beta", lambda e, right: np.full_like(right, e.g.sum())),
        at("norm", "beta", lambda e, right: e.g.sum()),
        _short(lambda e, right: np.full_like(right, e.g.sum()), _as_is),
    ),
    again("bias-gradient-missing", at("norm", "beta", _none)),
    again("bias-wrong-axis", at("norm", "beta", _other_axis)),
    again("sign-one", *(at("norm", p, lambda e, right: -right) for p in ("beta", "gamma", "x"))),
)  # fmt: skip
