"""Mistakes in the step that changes the weights."""

from __future__ import annotations

from clearprop.doctor.catalogue.mistake import Mistake, Said, at

__all__ = ["MISTAKES"]

MISTAKES = (
    Mistake(
        "learning-rate-missing",
        "w ← w − η · ∂L/∂w",
        Said(
            "The step has no learning rate in it.",
            "The gradient is multiplied by η once.",
            "Multiply by the learning rate: w -= lr * grad.",
        ),
        Said(
            "갱신에 학습률을 곱하지 않았습니다.",
            "기울기에 η를 한 번 곱해야 합니다.",
            "학습률을 곱하십시오: w -= lr * grad.",
        ),
        (at("all", "all", lambda e, right: right / e.rate),),
        only="change",
    ),
    Mistake(
        "learning-rate-twice",
        "w ← w − η · ∂L/∂w",
        Said(
            "The learning rate is multiplied in twice.",
            "The gradient is multiplied by η once.",
            "Leave one of the two factors out.",
        ),
        Said(
            "학습률을 두 번 곱했습니다.",
            "기울기에 η를 한 번만 곱해야 합니다.",
            "두 번 곱한 학습률 가운데 하나를 빼십시오.",
        ),
        (at("all", "all", lambda e, right: right * e.rate),),
        only="change",
    ),
)
