"""Conditions of outputs, targets and the loss between them."""

from __future__ import annotations

import numpy as np

from clearprop.doctor.diagnosis.case import Case
from clearprop.doctor.diagnosis.condition import Evidence, both, condition
from clearprop.errors import DTypeError, NumericsError, RangeError, ShapeError
from clearprop.lang import detail

__all__ = ["EVERYTHING", "LEARNING"]

# What may follow from anything that keeps a net from learning.
LEARNING = "too-few-epochs underfitting rate-too-low stuck-at-start classes-unbalanced"
EVERYTHING = (
    "not-finite rate-too-high dead-relus saturated vanishing-gradients exploding-gradients"
    " equal-units batch-norm-behind labels-unrelated overfitting loss-against-accuracy "
) + LEARNING

RANGES = {  # what an activation can give
    "sigmoid": (0.0, 1.0), "hard_sigmoid": (0.0, 1.0), "softmax": (0.0, 1.0), "tanh": (-1.0, 1.0),
    "softsign": (-1.0, 1.0), "relu": (0.0, np.inf), "softplus": (0.0, np.inf),
    "exp": (0.0, np.inf), "relu6": (0.0, 6.0), "elu": (-1.0, np.inf),
}  # fmt: skip


@condition(
    "not-finite-data",
    title=both(en="numbers missing in the data", ko="데이터에 빠진 수"),
    grave=3,
    explains=EVERYTHING,
    seen=both(en="Training refuses the data: {why}", ko="데이터를 받지 않습니다. 이유: {why}"),
    says=both(
        en="The examples hold numbers that are not finite; one of them is enough to make every"
        " weight NaN in a single step.",
        ko="데이터에 유한하지 않은 수가 있습니다. 하나만 있어도 한 단계 만에 모든 가중치가 NaN이"
        " 됩니다.",
    ),
    mend=both(
        en="Leave such rows out, or fill the gaps, for instance with the column's median.",
        ko="그런 행을 빼거나, 열의 중앙값 등으로 빈 곳을 채워 보십시오.",
    ),
    alike=both(en="Nothing: this is a fact.", ko="없습니다. 데이터에서 바로 확인한 사실입니다."),
)
def _not_finite_data(case: Case) -> Evidence | None:
    if not isinstance(case.refused, NumericsError):
        return None
    return Evidence(1.0, {"why": detail(case.refused)})


@condition(
    "labels-wrong-form",
    title=both(
        en="targets in a form that the loss does not take",
        ko="손실 함수에 맞지 않는 목표값",
    ),
    grave=3,
    explains=EVERYTHING,
    seen=both(en="Training refuses the targets: {why}", ko="목표값을 받지 않습니다. 이유: {why}"),
    says=both(
        en="The targets do not have the form that this loss takes: class numbers go with"
        " sparse_categorical_crossentropy, one-hot rows with categorical_crossentropy, 0 and 1"
        " with binary_crossentropy.",
        ko="목표값이 이 손실 함수가 받는 꼴이 아닙니다. 클래스 번호는"
        " sparse_categorical_crossentropy, 원-핫 행은 categorical_crossentropy, 0과 1은"
        " binary_crossentropy와 함께 씁니다.",
    ),
    mend=both(
        en="Change the loss or the targets (utils.to_categorical makes one-hot rows); count"
        " classes from 0; give the last layer one unit a class.",
        ko="손실 함수나 목표값 가운데 하나를 바꾸십시오(utils.to_categorical은 원-핫 행을"
        " 만듭니다). 클래스는 0부터 세고, 마지막 층의 유닛 수는 클래스 수와 같게 하십시오.",
    ),
    alike=both(
        en="A last layer with the wrong number of units.",
        ko="마지막 층의 유닛 수가 틀린 경우에도 똑같이 보입니다.",
    ),
)
def _labels_wrong_form(case: Case) -> Evidence | None:
    if not isinstance(case.refused, ShapeError | RangeError | DTypeError):
        return None
    return Evidence(1.0, {"why": detail(case.refused)})


@condition(
    "softmax-of-one",
    title=both(en="softmax over one unit", ko="유닛 하나에 쓴 소프트맥스"),
    grave=3,
    explains=EVERYTHING,
    seen=both(
        en="A softmax goes over a single number, so it gives 1 for every example.",
        ko="소프트맥스가 숫자 하나에 대해 계산되어 어떤 샘플에서도 1을 냅니다.",
    ),
    says=both(
        en="Softmax shares 1 out among classes; with one unit there is nothing to share, the"
        " output is constant, and no gradient comes through.",
        ko="소프트맥스는 1을 클래스들에 나누어 줍니다. 유닛이 하나면 나눌 것이 없어 출력이"
        " 일정하고, 기울기가 지나가지 못합니다.",
    ),
    mend=both(
        en="For yes or no use one unit with sigmoid, or two units with softmax.",
        ko="예/아니요 문제라면 유닛 하나에 시그모이드를, 또는 유닛 둘에 소프트맥스를 쓰십시오.",
    ),
    alike=both(en="Nothing: this is a fact.", ko="없습니다. 모델에서 바로 확인한 사실입니다."),
)
def _softmax_of_one(case: Case) -> Evidence | None:
    ones = [size for size, _ in case.now.softmaxes if size == 1]
    return Evidence(1.0, {"softmaxes": len(ones)}) if ones else None


@condition(
    "activation-twice",
    title=both(en="the last activation applied twice", ko="두 번 적용된 마지막 활성화 함수"),
    grave=2,
    explains=EVERYTHING,
    seen=both(
        en="{name} is applied twice ({where}); so the loss of no example can be less than"
        " {lowest}.",
        ko="{name} 함수가 두 번 적용됩니다({where}). 그래서 어느 샘플의 손실도 {lowest}보다"
        " 작아질 수 없습니다.",
    ),
    says=both(
        en="The loss sees probabilities squeezed once more: it cannot come near 0, and gradients"
        " are far too small.",
        ko="손실 함수에는 한 번 더 눌린 확률이 들어갑니다. 손실은 0에 가까이 갈 수 없고, 기울기도"
        " 너무 작습니다.",
    ),
    mend=both(
        en="Keep one of the two: the activation in the last layer with from_logits=False, or no"
        " activation with from_logits=True.",
        ko="둘 가운데 하나만 남기십시오. 마지막 층에 활성화 함수를 두고 from_logits=False로"
        " 하거나, 활성화 함수 없이 from_logits=True로 하십시오.",
    ),
    alike=both(
        en="Nothing in the numbers; a loss of your own may mean it so.",
        ko="수치로는 없습니다. 직접 만든 손실 함수라면 일부러 그랬을 수 있습니다.",
    ),
)
def _activation_twice(case: Case) -> Evidence | None:
    last = case.last_activation
    if getattr(case.loss, "from_logits", False) and last in ("softmax", "sigmoid"):
        where = "from_logits=True"
    elif any(twice for _, twice in case.now.softmaxes):
        last, where = "softmax", "softmax(softmax(z))"
    elif case.now.last_op in ("softmax", "sigmoid") and case.model.final_activation in (
        "softmax", "sigmoid",
    ) and case.fused is not None:  # fmt: skip
        last, where = case.now.last_op, f"{case.model.final_activation}({case.now.last_op}(z))"
    else:
        return None
    others = (case.outputs.shape[-1] or 1) - 1 if last == "softmax" else 1
    lowest = np.log1p(others / np.e)  # of a row whose own class has all of the first softmax
    return Evidence(0.98, {"name": last, "where": where, "lowest": float(lowest)})


@condition(
    "logits-as-probabilities",
    title=both(en="raw scores judged as probabilities", ko="확률처럼 채점되는 점수"),
    grave=3,
    explains=EVERYTHING,
    seen=both(
        en="{loss} takes probabilities, but the outputs go from {low} to {high}; {outside_share}"
        " of them lie outside 0 to 1.",
        ko="{loss} 손실은 확률을 받는데 출력이 {low}에서 {high}까지이고, 그 가운데"
        " {outside_share:이} 0과 1 사이를 벗어납니다.",
    ),
    says=both(
        en="Raw scores are judged as if they were probabilities: what lies outside is cut off,"
        " and there the gradient is 0 or points the wrong way.",
        ko="점수를 확률인 것처럼 채점하고 있습니다. 벗어난 값은 잘려 나가고, 그곳의 기울기는"
        " 0이거나 방향이 틀립니다.",
    ),
    mend=both(
        en="Give the last layer activation='{wanted}', or the loss from_logits=True.",
        ko="마지막 층에 activation='{wanted}'를 주거나 손실 함수에 from_logits=True를 주십시오.",
    ),
    alike=both(
        en="Another last activation that leaves 0 to 1, such as tanh or ReLU.",
        ko="tanh나 ReLU처럼 0과 1 사이를 벗어나는 활성화 함수를 마지막에 쓴 경우입니다.",
    ),
)
def _logits_as_probabilities(case: Case) -> Evidence | None:
    loss, answers = case.loss, case.answers
    if answers is None or getattr(loss, "from_logits", True) or loss.activation is None:
        return None
    finite = answers[np.isfinite(answers)]
    outside = float(((finite < -1e-6) | (finite > 1 + 1e-6)).mean()) if finite.size else 0.0
    if case.fused is not None or (not outside and case.last_activation in RANGES):
        return None
    if not outside and (not finite.size or case.well):
        return None
    low, high = (float(finite.min()), float(finite.max())) if finite.size else (np.nan, np.nan)
    return Evidence(0.98 if outside else 0.6, {
        "loss": loss.name, "low": low, "high": high, "outside_share": outside,
        "wanted": loss.activation,
    })  # fmt: skip


@condition(
    "targets-out-of-reach",
    title=both(en="targets that the output cannot reach", ko="출력이 닿을 수 없는 목표값"),
    grave=3,
    explains=EVERYTHING,
    seen=both(
        en="The last activation, {name}, gives {low} to {high} only; {outside_share} of the"
        " targets lie outside (they go from {least} to {most}).",
        ko="마지막 활성화 함수 {name:은} {low}에서 {high}까지만 낼 수 있는데, 목표값의"
        " {outside_share:이} 그 밖에 있습니다({least}에서 {most}까지).",
    ),
    says=both(
        en="No weights whatever reach those targets; training pushes the last units against their"
        " bound, where their gradient vanishes.",
        ko="어떤 가중치로도 그 목표값에 닿을 수 없습니다. 학습은 마지막 유닛들을 한계로"
        " 밀어붙이고, 그곳에서 기울기가 사라집니다.",
    ),
    mend=both(
        en="Leave the last activation out for a regression, or scale the targets into its range.",
        ko="회귀라면 마지막 활성화 함수를 빼고, 아니면 목표값을 그 범위로 조정하십시오.",
    ),
    alike=both(
        en="Nothing: this is a fact.",
        ko="없습니다. 모델과 목표값에서 바로 확인한 사실입니다.",
    ),
)
def _targets_out_of_reach(case: Case) -> Evidence | None:
    y, last = case.data.y, case.last_activation
    loss = case.loss
    if last not in RANGES or not isinstance(y, np.ndarray) or loss is None:
        return None
    if loss.takes_class_numbers or hasattr(loss, "from_logits"):
        return None
    low, high = RANGES[last]
    outside = float(((y < low - 1e-6) | (y > high + 1e-6)).mean())
    if outside < 0.03:
        return None
    return Evidence(0.98, {
        "name": last, "low": low, "high": high, "outside_share": outside,
        "least": float(y.min()), "most": float(y.max()),
    })  # fmt: skip


@condition(
    "targets-not-scaled",
    at_once=False,
    title=both(en="targets of a large size", ko="너무 큰 목표값"),
    grave=2,
    explains="rate-too-high exploding-gradients not-finite dead-relus saturated " + LEARNING,
    seen=both(
        en="The targets are about {size} in size (mean {mean}, deviation {spread}); a fresh net"
        " answers with numbers around 1.",
        ko="목표값의 크기가 {size} 정도입니다(평균 {mean}, 표준편차 {spread}). 새 신경망의 출력은"
        " 1 안팎입니다.",
    ),
    says=both(
        en="The net has to grow its outputs that far before it can learn anything finer: errors,"
        " and with them gradients, are huge, or steps far too short.",
        ko="신경망은 출력을 그만큼 키운 다음에야 세부를 배울 수 있습니다. 오차와 기울기가 너무"
        " 크거나, 한 걸음이 너무 짧습니다.",
    ),
    mend=both(
        en="Subtract the mean from the targets and divide by their deviation; turn predictions"
        " back afterwards.",
        ko="목표값에서 평균을 빼고 표준편차로 나누어 학습한 뒤, 예측값을 되돌리십시오.",
    ),
    alike=both(
        en="A learning rate that is too low for the size of the targets.",
        ko="목표값의 크기에 비해 학습률이 너무 낮은 경우입니다.",
    ),
)
def _targets_not_scaled(case: Case) -> Evidence | None:
    y = case.data.y
    if not isinstance(y, np.ndarray) or y.dtype.kind != "f" or case.table.classes is not None:
        return None
    if case.last_activation in RANGES and case.last_activation != "relu":
        return None
    size = float(np.sqrt(np.mean(np.square(y, dtype=np.float64))))
    if case.well or size < (30 if case.trained else 100):
        return None
    return Evidence(0.85 if size >= 100 else 0.65, {
        "size": size, "mean": float(y.mean()), "spread": float(y.std()),
    })  # fmt: skip
