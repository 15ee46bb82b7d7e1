"""Mistakes of numbers: cut, rounded, too large, or measured badly."""

from __future__ import annotations

from clearprop.doctor.catalogue.mistake import Mistake, Said

__all__ = ["MISTAKES"]

MISTAKES = (
    Mistake(
        "integer-arrays",
        "gradients are real numbers",
        Said(
            "Gradients are cut to whole numbers: they are stored in an array of integers.",
            "An array of integers drops what stands behind the point, without a word.",
            "Make it with dtype=float, and give weights as 1.0, not 1.",
        ),
        Said(
            "기울기가 정수로 잘렸습니다. 정수 배열에 저장한 것입니다.",
            "정수 배열은 소수점 아래를 말없이 버립니다.",
            "dtype=float로 만들고 가중치도 1이 아니라 1.0으로 두십시오.",
        ),
    ),
    Mistake(
        "integer-division",
        "a / b, not ⌊a / b⌋",
        Said(
            "A division is rounded down to whole numbers, as // does.",
            "Gradients are real numbers.",
            "Use / in place of //.",
        ),
        Said(
            "나눗셈의 결과가 //처럼 정수로 내림되었습니다.",
            "기울기는 실수입니다.",
            "// 대신 /를 쓰십시오.",
        ),
    ),
    Mistake(
        "intermediates-rounded",
        "round what is shown, not what is computed with",
        Said(
            "Numbers are rounded on the way.",
            "A rounding error is multiplied by all that comes behind it.",
            "Compute with full precision and round only for the eye.",
        ),
        Said(
            "계산 도중에 반올림했습니다.",
            "반올림 오차는 뒤의 계산을 거치며 커집니다.",
            "전체 자릿수로 계산하고 보여 줄 때만 반올림하십시오.",
        ),
    ),
    Mistake(
        "exp-overflow",
        "softmax(z) = softmax(z − max z)",
        Said(
            "exp overflows for large inputs, and Inf or NaN comes out.",
            "Softmax is unchanged by a shift, and log(1 + eᶻ) = max(z, 0) + log(1 + e^−|z|).",
            "Subtract the maximum before exp.",
        ),
        Said(
            "입력이 크면 exp가 넘쳐 Inf나 NaN이 나옵니다.",
            "소프트맥스는 같은 수를 빼도 그대로이고,"
            " log(1 + eᶻ) = max(z, 0) + log(1 + e^−|z|)입니다.",
            "exp를 취하기 전에 최댓값을 빼십시오.",
        ),
    ),
    Mistake(
        "numeric-step-too-large",
        "∂L/∂w ≈ (L(w + h) − L(w − h)) / 2h, for a small h",
        Said(
            "The numeric gradient takes too large a step: the curve is not straight that far.",
            "The error grows with h².",
            "Use h about 1e-5 (float64), and both sides.",
        ),
        Said(
            "수치 미분의 간격이 너무 큽니다. 그 구간에서는 곡선을 직선으로 볼 수 없습니다.",
            "오차는 h²에 비례해 커집니다.",
            "h를 1e-5쯤(float64)으로 하고 양쪽에서 재십시오.",
        ),
    ),
    Mistake(
        "numeric-step-too-small",
        "∂L/∂w ≈ (L(w + h) − L(w − h)) / 2h, for an h far above rounding",
        Said(
            "The numeric gradient takes too small a step: only rounding is left of the difference.",
            "The rounding error grows as 1/h.",
            "Use h about 1e-5 (float64).",
        ),
        Said(
            "수치 미분의 간격이 너무 작아 차이에 반올림 오차만 남습니다.",
            "반올림 오차는 1/h에 비례해 커집니다.",
            "h를 1e-5쯤(float64)으로 하십시오.",
        ),
    ),
    Mistake(
        "numeric-not-restored",
        "each number is moved by itself, all others as they are",
        Said(
            "The numeric gradient leaves each number moved when it goes on to the next.",
            "Only one number differs from the point at which the slope is asked for.",
            "Write the old value back before the next number.",
        ),
        Said(
            "수치 미분에서 바꾼 값을 되돌리지 않고 다음 값으로 넘어갑니다.",
            "한 번에 한 값만 원래 점과 달라야 합니다.",
            "다음으로 가기 전에 원래 값을 다시 넣으십시오.",
        ),
    ),
    Mistake(
        "wrong-shape",
        "∂L/∂w has the shape of w",
        Said(
            "The numbers are right, but their shape is not that of what they belong to.",
            "A gradient is subtracted from its value, so their shapes agree; broadcasting would"
            " spread it silently.",
            "Use keepdims, or reshape to the value's shape.",
        ),
        Said(
            "값은 맞지만 매개변수(또는 입력)와 모양이 다릅니다.",
            "기울기는 그 값에서 빼는 것이라 모양이 같아야 합니다."
            " 다르면 말없이 브로드캐스트됩니다.",
            "keepdims를 쓰거나 그 값의 모양으로 reshape하십시오.",
        ),
    ),
)
