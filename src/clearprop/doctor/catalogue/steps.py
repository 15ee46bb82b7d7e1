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
    Mistake(
        "momentum-raw-gradient",
        "v ← βv − η · ∂L/∂w,  w ← w + v",
        Said(
            "What is remembered for the next step is the raw gradient, not the velocity.",
            "The velocity holds the whole last step, learning rate and momentum included.",
            "Store the change that was made: v = beta * v - lr * grad; w += v.",
        ),
        Said(
            "다음 갱신을 위해 속도가 아니라 기울기를 그대로 저장했습니다.",
            "속도에는 학습률과 모멘텀까지 들어간 지난 갱신 전체가 담깁니다.",
            "실제로 바꾼 양을 저장하십시오: v = beta * v - lr * grad; w += v.",
        ),
    ),
    Mistake(
        "momentum-sign",
        "v ← βv − η · ∂L/∂w,  w ← w + v",
        Said(
            "The remembered part works against the step.",
            "Momentum goes on in the direction of the last step.",
            "Change the sign of the remembered part.",
        ),
        Said(
            "기억해 둔 앞선 갱신이 지금의 갱신과 반대로 작용합니다.",
            "모멘텀은 지난 갱신과 같은 쪽으로 이어집니다.",
            "기억해 둔 갱신의 부호를 바꾸십시오.",
        ),
    ),
    Mistake(
        "adam-without-bias-correction",
        "m̂ = m / (1 − β₁ᵗ),  v̂ = v / (1 − β₂ᵗ)",
        Said(
            "The moments are not corrected for their start at 0.",
            "In the first steps m and v are too small by 1 − βᵗ.",
            "Divide m by 1 − β₁ᵗ and v by 1 − β₂ᵗ.",
        ),
        Said(
            "0에서 시작한 모멘트를 보정하지 않았습니다.",
            "처음 몇 단계에서 m과 v는 1 − βᵗ만큼 작습니다.",
            "m은 1 − β₁ᵗ로, v는 1 − β₂ᵗ로 나누십시오.",
        ),
    ),
    Mistake(
        "adam-epsilon-inside-root",
        "w ← w − η · m̂ / (√v̂ + ε)",
        Said(
            "ε stands inside the root.",
            "It is added to the root, so that a small v̂ is not drowned.",
            "Use np.sqrt(v_hat) + eps.",
        ),
        Said(
            "ε이 제곱근 안에 있습니다.",
            "ε은 제곱근을 구한 뒤에 더합니다.",
            "np.sqrt(v_hat) + eps를 쓰십시오.",
        ),
    ),
    Mistake(
        "adam-step-stuck",
        "t ← t + 1 at each step",
        Said(
            "The count of steps t does not go up.",
            "The correction 1 − βᵗ fades as t grows.",
            "Add 1 to t at each update.",
        ),
        Said(
            "단계 수 t가 늘지 않습니다.",
            "보정 1 − βᵗ는 t가 커지면서 사라져야 합니다.",
            "갱신마다 t에 1을 더하십시오.",
        ),
    ),
    Mistake(
        "second-moment-not-squared",
        "v ← β₂v + (1 − β₂)·g²",
        Said(
            "The second moment collects |g| or g, not its square.",
            "Its root is compared with the gradient, so g is squared.",
            "Use g * g.",
        ),
        Said(
            "이차 모멘트에 제곱이 아닌 |g|나 g를 모았습니다.",
            "제곱근을 구해 기울기와 견주므로 g를 제곱해야 합니다.",
            "g * g를 쓰십시오.",
        ),
    ),
)
