"""Conditions of the course of training, as history and validation tell it."""

from __future__ import annotations

import math

import numpy as np

from clearprop.doctor.diagnosis.case import Case
from clearprop.doctor.diagnosis.condition import Evidence, both, condition
from clearprop.doctor.diagnosis.course import trend
from clearprop.lang import told


@condition(
    "loss-against-accuracy",
    title=both(en="loss rises while accuracy rises", ko="정확도와 함께 오르는 손실"),
    grave=2,
    explains="overfitting",
    seen=both(
        en="{which} loss goes from {low} up to {high} while accuracy goes from {before} up to"
        " {after}.",
        ko="{which} 손실은 {low}에서 {high:으로} 오르는데, 정확도도 {before}에서 {after:으로}"
        " 오릅니다.",
    ),
    says=both(
        en="The two do not measure the same. Of training, the loss that is shown is not the one"
        " that is made small, as when it is taken from raw scores before softmax. Of"
        " validation, the net is surer and surer of what it gets wrong.",
        ko="둘이 재는 것이 다릅니다. 훈련에서라면, 보이는 손실이 실제로 줄이는 손실이 아닙니다."
        " 소프트맥스 전의 점수로 오차를 잴 때 그렇습니다. 검증에서라면, 틀리는 샘플에 대해"
        " 점점 더 확신하는 것입니다.",
    ),
    mend=both(
        en="Take the shown loss from the same outputs as the gradient. For validation: stop at"
        " the lowest val_loss, label_smoothing, dropout; accuracy itself does not suffer.",
        ko="보이는 손실을 기울기와 같은 출력에서 계산하십시오. 검증이라면 val_loss가 가장 낮을 때"
        " 멈추고, label_smoothing이나 드롭아웃을 쓰십시오. 정확도 자체는 나빠지지 않습니다.",
    ),
    alike=both(
        en="Overfitting, in which accuracy falls as well.",
        ko="과적합과 비슷하지만, 과적합에서는 정확도도 떨어집니다.",
    ),
)
def _loss_against_accuracy(case: Case) -> Evidence | None:
    loss, accuracy = case.course.loss, case.course.accuracy()
    if len(loss) >= 4 and len(accuracy) == len(loss) and np.isfinite(loss).all():
        rises = loss[-1] > 1.1 * loss[0] and trend(loss) > 0.7
        if rises and accuracy[-1] > accuracy[0] + 0.03 and trend(accuracy) > 0.7:
            return Evidence(0.95, _against("train.train", loss, accuracy))
    loss, accuracy = case.course.val_loss, case.course.accuracy("val_")
    if len(loss) < 5 or len(accuracy) != len(loss) or not np.isfinite(loss).all():
        return None
    low = int(np.argmin(loss))
    after, right = loss[low:], accuracy[low:]
    if len(after) < 4 or after[-1] < 1.3 * after[0] or right[-1] < right[0] + 0.015:
        return None
    if trend(after) < 0.8 or trend(right) < 0.8:
        return None
    return Evidence(0.9, _against("train.validation", after, right))


def _against(which: str, loss: list[float], accuracy: list[float]) -> dict[str, object]:
    return {
        "which": told(which), "low": loss[0], "high": loss[-1], "before": accuracy[0],
        "after": accuracy[-1],
    }  # fmt: skip


@condition(
    "overfitting",
    title=both(en="overfitting", ko="과적합"),
    grave=2,
    seen=both(
        en="val_loss was {lowest} after epoch {epoch} and is {val} now, while loss is {loss}.",
        ko="val_loss는 에포크 {epoch}에 {lowest}이었고 지금은 {val}인데, loss는 {loss}입니다.",
    ),
    says=both(
        en="The net learns its examples by heart: what it learns of them does not hold for others.",
        ko="신경망이 샘플을 외우고 있습니다. 배운 것이 다른 샘플에는 맞지 않습니다.",
    ),
    mend=both(
        en="EarlyStopping(monitor='val_loss', restore_best_weights=True); more or varied"
        " examples; a smaller net, dropout, an L2 penalty.",
        ko="EarlyStopping(monitor='val_loss', restore_best_weights=True)를 쓰고, 샘플을 늘리거나"
        " 다양하게 하십시오. 신경망을 줄이거나 드롭아웃, L2 벌점을 쓰십시오.",
    ),
    alike=both(
        en="Validation examples of another kind than those trained on; targets that nothing tells.",
        ko="검증 샘플이 훈련 샘플과 성격이 다르거나, 입력으로 알 수 없는 목표값인 경우입니다.",
    ),
)
def _overfitting(case: Case) -> Evidence | None:
    val, loss = case.course.val_loss, case.course.loss
    if len(val) < 3 or len(val) != len(loss) or not np.isfinite([*val, *loss]).all():
        return None
    base = case.baseline if case.baseline and case.baseline > 0 else max(loss[0], 1e-12)
    low = int(np.argmin(val))
    rise, gap = (val[-1] - val[low]) / base, (val[-1] - loss[-1]) / base
    risen = rise > 0.1 and gap > 0.2 and loss[-1] < loss[low]
    apart = gap > 0.5 and loss[-1] < 0.3 * base
    if not (risen or apart):
        return None
    numbers = {"lowest": val[low], "epoch": low + 1, "val": val[-1], "loss": loss[-1]}
    return Evidence(0.95 if rise > 0.2 else 0.8, numbers)


@condition(
    "no-hidden-layer",
    title=both(en="no hidden layer", ko="은닉층 없음"),
    grave=2,
    explains="underfitting too-few-epochs rate-too-low",
    seen=both(
        en="The net has one layer of weights, {path}; even the best straight line explains only"
        " {line_share} of the spread of the targets.",
        ko="가중치 층이 {path} 하나뿐이고, 가장 잘 맞는 직선으로도 목표값의 흩어짐 가운데"
        " {line_share}만 설명됩니다.",
    ),
    says=both(
        en="Whatever its weights are, one layer divides the inputs by a straight line (a plane)."
        " These targets are not divided so, XOR's for one, and no start and no rate mends that.",
        ko="층이 하나면 가중치가 무엇이든 입력을 직선(평면) 하나로 나눕니다. XOR처럼 그렇게 나뉘지"
        " 않는 목표값은 시작점이나 학습률을 바꾸어도 배울 수 없습니다.",
    ),
    mend=both(
        en="Put a hidden layer with an activation that bends before it (4 units with tanh or ReLU"
        " are enough for XOR), or hand in a column in which it shows, such as x₁·x₂.",
        ko="그 앞에 비선형 활성화 함수를 쓰는 은닉층을 넣으십시오(XOR이라면 tanh나 ReLU 유닛"
        " 4개면 됩니다). 또는 x₁·x₂처럼 차이가 드러나는 열을 입력에 더하십시오.",
    ),
    alike=both(
        en="Targets that do not depend on the inputs: then no hidden layer helps either.",
        ko="목표값이 입력과 무관한 경우입니다. 그때는 은닉층을 넣어도 나아지지 않습니다.",
    ),
    at_once=False,
)
def _no_hidden_layer(case: Case) -> Evidence | None:
    kernels = case.now.kernels
    if len(kernels) != 1 or case.table.features is None or case.well or not case.trained:
        return None
    if case.course.not_finite or case.now.broken or case.straight_line > 0.5:
        return None
    found = case.table.dependence
    if found is None:  # a table too short to measure by: all its rows have to differ
        rows = np.asarray(case.table.features)
        bent = 4 <= len(np.unique(rows, axis=0)) == len(rows)
    else:
        bent = found.best > 0.4 and found.best - max(case.grip, 0.0) > 0.15
    if not bent:
        return None
    return Evidence(0.9, {"path": kernels[0].path, "line_share": max(case.straight_line, 0.0)})


@condition(
    "underfitting",
    title=both(en="underfitting", ko="과소적합"),
    grave=2,
    seen=both(
        en="On the very examples it was trained on, the net's answers correlate with the targets"
        " by {net}; the nearest other examples alone give {neighbours}.",
        ko="학습한 샘플 자체에서도 신경망의 답과 목표값의 상관계수가 {net}인데, 가장 가까운 다른"
        " 샘플만 보아도 {neighbours}입니다.",
    ),
    says=both(
        en="There is more to be learnt than this net learns: it is too small, too stiff, or not"
        " trained to the end.",
        ko="배울 것이 더 있는데 이 신경망은 배우지 못합니다. 너무 작거나, 너무 뻣뻣하거나, 끝까지"
        " 학습하지 않았습니다.",
    ),
    mend=both(
        en="More units or a further hidden layer with ReLU; inputs in which what matters shows;"
        " less dropout and weaker penalties.",
        ko="유닛을 늘리거나 ReLU 은닉층을 더하십시오. 중요한 것이 드러나는 입력을 쓰고,"
        " 드롭아웃과 벌점을 줄이십시오.",
    ),
    alike=both(
        en="Whatever keeps a net from learning; nothing of that kind was found here.",
        ko="학습을 막는 다른 원인들과 똑같이 보입니다. 여기서는 그런 원인이 발견되지 않았습니다.",
    ),
    at_once=False,
)
def _underfitting(case: Case) -> Evidence | None:
    found = case.table.dependence
    if found is None or case.well or not case.trained or not math.isfinite(case.reached):
        return None
    if found.best - max(case.grip, 0.0) < 0.15 or found.best < 0.4:
        return None
    return Evidence(0.8 if found.best - case.grip > 0.3 else 0.65, {
        "net": case.grip, "neighbours": found.best,
    })  # fmt: skip
