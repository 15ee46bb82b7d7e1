"""Mistakes in dropout."""

from __future__ import annotations

from typing import Any

import numpy as np

from clearprop.doctor.catalogue.mistake import Mistake, Said, again, at
from clearprop.doctor.derivations.chain import Env

__all__ = ["MISTAKES"]


def _another(e: Env, right: Any) -> Any:
    """Take what was given, if it is what came in times a mask of the same kind, but another."""
    given = e.given.get(e.x_name)
    if given is None or np.shape(given) != np.shape(right):
        return right
    ratio = np.asarray(given) / e.g
    scale = e.about["scale"]
    off = np.abs(ratio) < 1e-9
    on = np.abs(ratio - scale) < 1e-6
    mixed = np.all(off | on) and off.any() and on.any()
    return given if mixed else right


def _undropped(e: Env, right: Any) -> Any:
    """Take what the layer would have been given, had nothing been dropped."""
    before = e.envs[e.index - 1] if e.index else None
    dropped = before is not None and isinstance(before.about.get("scale"), float)
    if before is None or not dropped or before.x.shape != e.x.shape:
        return right
    return before.x.T @ e.g if not e.about.get("ones") else right


MISTAKES = (
    Mistake(
        "dropout-mask-redrawn",
        "∂L/∂x = ∂L/∂y · mask, with the mask of the forward pass",
        Said(
            "Backward draws a mask of its own.",
            "What forward let through, and only that, gets a gradient.",
            "Keep the mask in forward and use it in backward.",
        ),
        Said(
            "역전파에서 마스크를 새로 뽑았습니다.",
            "순전파에서 지나간 것만 기울기를 받습니다.",
            "순전파의 마스크를 저장해 두고 역전파에서 쓰십시오.",
        ),
        (at("dropout", "x", _another),),
    ),
    Mistake(
        "dropout-scale-forgotten",
        "y = x · mask / (1 − p)  ⇒  ∂L/∂x = ∂L/∂y · mask / (1 − p)",
        Said(
            "The factor 1/(1 − p) of the forward pass is not in the gradient.",
            "Whatever multiplies x multiplies the gradient too.",
            "Multiply by the same scaled mask.",
        ),
        Said(
            "순전파의 배율 1/(1 − p)이 기울기에 없습니다.",
            "x에 곱한 것은 기울기에도 곱해야 합니다.",
            "배율까지 곱한 같은 마스크를 곱하십시오.",
        ),
        (at("dropout", "mask", lambda e, right: (right != 0) * 1.0),),
    ),
    Mistake(
        "dropout-mask-ignored",
        "∂L/∂x = ∂L/∂y · mask",
        Said(
            "The gradient goes back through inputs that were dropped.",
            "What was dropped had no part in the output, so its gradient is 0.",
            "Multiply by the mask of the forward pass.",
        ),
        Said(
            "버려진 입력으로도 기울기가 돌아갑니다.",
            "버려진 입력은 출력에 쓰이지 않았으므로 기울기가 0입니다.",
            "순전파의 마스크를 곱하십시오.",
        ),
        (
            at("dropout", "mask", lambda e, right: np.ones_like(right)),
            at("dropout", "mask", lambda e, right: np.full_like(right, e.about["scale"])),
        ),
    ),
    again("dropout-mask-ignored", at("affine", "W", _undropped)),
    again("sign-one", at("dropout", "x", lambda e, right: -right)),
)
