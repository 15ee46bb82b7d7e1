"""Conditions inside the net: weights, units and the gradients that reach them."""

from __future__ import annotations

import math

import numpy as np

from clearprop.doctor.diagnosis.case import Case
from clearprop.doctor.diagnosis.condition import Evidence, both, condition
from clearprop.doctor.diagnosis.of_outputs import LEARNING
from clearprop.doctor.diagnosis.state import State, Units
from clearprop.nn import BatchNormalization
from clearprop.train.aside import each_layer

PLATEAU = "rate-too-low " + LEARNING


@condition(
    "frozen",
    title=both(en="nothing to learn with", ko="학습되지 않는 가중치"),
    grave=3,
    explains="equal-units vanishing-gradients saturated dead-relus inputs-not-scaled " + PLATEAU,
    seen=both(
        en="{share} of the model's numbers are trained, at a learning rate of {rate};"
        " {unreached:weight is|weights are} not reached by the loss.",
        ko="모델의 매개변수 가운데 {share:이} 학습되고, 학습률은 {rate}입니다. 손실이 닿지 않는"
        " 가중치는 {unreached}개입니다.",
    ),
    says=both(
        en="Most of the model cannot learn: its weights stay as they are, whatever the gradients"
        " say.",
        ko="모델의 대부분이 학습될 수 없습니다. 기울기가 어떻든 가중치는 그대로입니다.",
    ),
    mend=both(
        en="Set trainable = True where it should learn, then compile again; give the optimizer a"
        " learning rate above 0; take .detach() and stop_gradient out of the way.",
        ko="학습되어야 할 곳에 trainable = True를 주고 다시 compile 하십시오. 학습률은 0보다 커야"
        " 합니다. 도중에 있는 .detach()나 stop_gradient는 빼십시오.",
    ),
    alike=both(
        en="A part that was frozen on purpose, under features that do not fit the task.",
        ko="일부러 고정한 부분이 과제에 맞지 않는 특징을 내는 경우도 비슷합니다.",
    ),
)
def _frozen(case: Case) -> Evidence | None:
    leaves = case.task.leaves
    every = sum(w.size for w in case.model.weights if not _kept_by_itself(w))
    share = sum(leaf.node.data.size for leaf in leaves) / every if every else 1.0
    rate = float(case.setup.optimizer.rate(case.setup.memory.step))
    unreached = len(case.now.unreached)
    numbers = {"share": share, "rate": rate, "unreached": unreached}
    if (not leaves and every) or not rate:
        return Evidence(1.0, numbers)
    if case.well or not case.trained:
        return None
    if not any(leaf.node.data.ndim > 1 for leaf in leaves) and share < 0.5:
        return Evidence(0.95, numbers)
    return Evidence(0.85, numbers) if unreached and unreached >= len(leaves) / 2 else None


def _kept_by_itself(weight: object) -> bool:
    own = weight.path.rpartition("/")[2]  # type: ignore[attr-defined]
    return own.startswith(("moving_", "renorm_")) or own in ("mean", "variance", "count")


@condition(
    "equal-units",
    title=both(en="units that are all equal", ko="모두 똑같은 유닛"),
    grave=3,
    explains="vanishing-gradients dead-relus saturated stuck-at-start " + PLATEAU,
    seen=both(
        en="All {units} units of {place} have the same weights, to a thousandth.",
        ko="{place}의 유닛 {units}개가 모두 (1000분의 1까지) 같은 가중치를 가집니다.",
    ),
    says=both(
        en="Equal units get equal gradients and stay equal: the layer can do no more than a"
        " single unit.",
        ko="같은 유닛은 같은 기울기를 받아 계속 같습니다. 이 층은 유닛 하나만큼의 일밖에 못"
        " 합니다.",
    ),
    mend=both(
        en="Start from random weights: leave kernel_initializer as it is ('glorot_uniform').",
        ko="무작위 가중치에서 시작하십시오. kernel_initializer를 기본값('glorot_uniform')으로"
        " 두십시오.",
    ),
    alike=both(
        en="A penalty that has driven all weights to 0.",
        ko="벌점이 모든 가중치를 0으로 만든 경우입니다.",
    ),
)
def _equal_units(case: Case) -> Evidence | None:
    found = [k for k in case.now.kernels if k.alike and not k.last]
    if not found:
        return None
    weight = next(w for w in case.model.weights if w.path == found[0].path)
    return Evidence(0.97, {"units": weight.shape[-1], "place": weight.path.rpartition("/")[0]})


def _states(case: Case) -> list[State]:
    """The start before the present: what was so from the start is a cause of its own."""
    return [s for s in (case.start, case.now) if s is not None and s.broken is None]


def _worst(state: State, which: str) -> Units | None:
    return max(state.units, key=lambda u: getattr(u, which), default=None)


@condition(
    "dead-relus",
    at_once=False,
    title=both(en="dead ReLUs", ko="죽은 ReLU"),
    grave=3,
    explains="vanishing-gradients stuck-at-start " + PLATEAU,
    seen=both(
        en="{dead_share} of the {units} ReLUs of {place} give 0 for every example ({start_share}"
        " did so at the start).",
        ko="{place}의 ReLU {units}개 가운데 {dead_share:이} 모든 샘플에서 0을 냅니다(시작할 때는"
        " {start_share}).",
    ),
    says=both(
        en="Where a ReLU is 0 its slope is 0 too: no gradient comes through, and a unit that is"
        " off for all examples never comes back.",
        ko="ReLU가 0인 곳에서는 기울기도 0입니다. 모든 샘플에서 꺼진 유닛은 다시 살아나지"
        " 못합니다.",
    ),
    mend=both(
        en="A lower learning rate and biases that start at 0; scaled inputs; LeakyReLU or ELU,"
        " which are never quite off.",
        ko="학습률을 낮추고, 편향은 0에서 시작하고, 입력을 맞추십시오. 완전히 꺼지지 않는"
        " LeakyReLU나 ELU도 좋습니다.",
    ),
    alike=both(
        en="A net far wider than the task needs, most units of which may well be off.",
        ko="과제에 비해 훨씬 넓은 신경망에서는 많은 유닛이 꺼져 있어도 괜찮습니다.",
    ),
)
def _dead_relus(case: Case) -> Evidence | None:
    now = _worst(case.now, "dead")
    if now is None or case.now.broken or not now.dead:
        return None
    at_start = 0.0 if case.start is None else max((u.dead for u in case.start.units), default=0.0)
    if now.dead < 0.55 or (case.well and now.dead < 1):
        return None
    return Evidence(0.97 if now.dead == 1 else 0.8, {
        "dead_share": now.dead, "units": now.units, "place": now.place, "start_share": at_start,
    })  # fmt: skip


@condition(
    "saturated",
    at_once=False,
    title=both(en="saturated units", ko="포화된 유닛"),
    grave=2,
    explains="vanishing-gradients stuck-at-start " + PLATEAU,
    seen=both(
        en="{flat_share} of the outputs of {place} ({kind}) lie where the slope is under a"
        " twentieth of the steepest ({start_share} did so at the start).",
        ko="{place}({kind}) 출력의 {flat_share:이} 기울기가 최대의 20분의 1도 안 되는 곳에"
        " 있습니다(시작할 때는 {start_share}).",
    ),
    says=both(
        en="Units at the ends of their curve hardly react, and let hardly any gradient through to"
        " the layers before them.",
        ko="곡선 끝에 몰린 유닛은 거의 반응하지 않고, 앞 층으로 기울기를 거의 보내지 못합니다.",
    ),
    mend=both(
        en="Smaller first weights (the default initializer), scaled inputs, a lower learning"
        " rate; batch normalization before the activation; ReLU.",
        ko="초기 가중치를 줄이고(기본 초기화), 입력을 맞추고, 학습률을 낮추십시오. 활성화 함수"
        " 앞의 배치 정규화나 ReLU도 좋습니다.",
    ),
    alike=both(
        en="Units that have become switches because the task asks for switches; then the loss is"
        " low.",
        ko="과제가 스위치 같은 유닛을 요구해서 그렇게 된 경우도 있습니다. 그때는 손실이 낮습니다.",
    ),
)
def _saturated(case: Case) -> Evidence | None:
    now = _worst(case.now, "flat")
    if now is None or case.now.broken or not now.flat:
        return None
    at_start = 0.0 if case.start is None else max((u.flat for u in case.start.units), default=0.0)
    if now.flat < (0.55 if at_start > 0.4 else 0.75) or (case.well and case.skill > 0.8):
        return None
    return Evidence(0.9 if now.flat > 0.75 else 0.7, {
        "flat_share": now.flat, "place": now.place, "kind": now.kind, "start_share": at_start,
    })  # fmt: skip


@condition(
    "exploding-gradients",
    at_once=False,
    title=both(en="exploding gradients", ko="폭발하는 기울기"),
    grave=3,
    explains="rate-too-high not-finite saturated dead-relus " + PLATEAU,
    seen=both(
        en="At the start the gradient of {place} is {times} times its weights in size{through}.",
        ko="시작할 때 {place}의 기울기 크기가 가중치의 {times}배입니다{through}.",
    ),
    says=both(
        en="On its way back the gradient is multiplied by more than 1 again and again: the first"
        " layers, or the first time steps, are thrown far by any usual learning rate.",
        ko="기울기가 뒤로 가면서 1보다 큰 수와 거듭 곱해집니다. 보통의 학습률로는 앞쪽 층이나"
        " 앞쪽 시점의 가중치가 멀리 튕겨 나갑니다.",
    ),
    mend=both(
        en="Clip gradients (clipnorm=1.0 for the optimizer); smaller first weights, an orthogonal"
        " recurrent kernel with tanh; LSTM or GRU; normalization between layers.",
        ko="기울기를 자르십시오(옵티마이저에 clipnorm=1.0). 초기 가중치를 줄이고, 순환 커널은"
        " 직교 행렬로 하고 tanh를 쓰십시오. LSTM, GRU, 층 사이의 정규화도 좋습니다.",
    ),
    alike=both(
        en="Inputs or targets that are not scaled, which make every gradient large.",
        ko="입력이나 목표값의 크기를 맞추지 않으면 모든 기울기가 커져서 똑같이 보입니다.",
    ),
)
def _exploding(case: Case) -> Evidence | None:
    state = case.start or case.now
    if case.well:
        return None
    times, place = max(
        ((k.gradient / k.size, k.path) for k in state.kernels if k.gradient and k.size),
        default=(0.0, ""),
    )
    late = state.through_time
    in_time = late is not None and late > 100
    if not math.isfinite(times) or (times < 300 and not (in_time and times > 3)):
        return None
    through = "" if late is None else f" (t=1 / t=T: {late:.3g})"
    numbers = {"place": place, "times": times, "through": through, "through_time": late or 0.0}
    return Evidence(0.9 if times > 1000 or in_time else 0.75, numbers)


@condition(
    "vanishing-gradients",
    at_once=False,
    title=both(en="vanishing gradients", ko="소실되는 기울기"),
    grave=3,
    explains=PLATEAU,
    seen=both(
        en="The gradient that reaches {place} is {size} in size, the largest behind it {largest};"
        " the weights there are {weights}.",
        ko="{place}에 닿는 기울기의 크기는 {size}, 그 뒤에서 가장 큰 기울기는 {largest}, 그곳의"
        " 가중치는 {weights}입니다.",
    ),
    says=both(
        en="On its way back the gradient is multiplied by less than 1 again and again: the first"
        " layers, or the first time steps, are not told anything.",
        ko="기울기가 뒤로 가면서 1보다 작은 수와 거듭 곱해집니다. 앞쪽 층이나 앞쪽 시점은"
        " 아무것도 배우지 못합니다.",
    ),
    mend=both(
        en="ReLU in place of sigmoid, fewer layers, skips or batch normalization between them;"
        " LSTM or GRU for long sequences.",
        ko="시그모이드 대신 ReLU를 쓰고, 층을 줄이거나 그 사이에 건너뛰는 연결이나 배치 정규화를"
        " 두십시오. 긴 시퀀스에는 LSTM이나 GRU를 쓰십시오.",
    ),
    alike=both(
        en="Layers at the front that need not change any more; then the loss is low.",
        ko="앞쪽 층이 더 바뀔 필요가 없는 경우도 있습니다. 그때는 손실이 낮습니다.",
    ),
)
def _vanishing(case: Case) -> Evidence | None:
    if case.well:
        return None
    for state in _states(case):
        own = [k for k in state.kernels if k.gradient and k.size]
        if not own:
            continue
        first, ratios = own[0], [(k.gradient or 0.0) / k.size for k in own]
        size, largest = first.gradient or 0.0, max(k.gradient or 0.0 for k in own[len(own) // 2 :])
        numbers: dict[str, float | str] = {"place": first.path, "weights": first.size}
        numbers |= {"size": size, "largest": largest}
        late = state.through_time
        if late is not None and late < 1e-4:
            numbers |= {"place": "x (t=1 / t=T)", "size": late, "largest": 1.0}
            return Evidence(0.85, numbers)
        if len(own) < 4:
            continue
        if size < 2e-3 * largest:
            return Evidence(0.9, numbers)
        if state is case.start and max(ratios) < 1e-3:
            return Evidence(0.85, numbers)
    return None


@condition(
    "batch-norm-batch",
    title=both(en="batches too small for batch normalization", ko="배치 정규화에 너무 작은 배치"),
    grave=2,
    explains="batch-norm-behind rate-too-high overfitting labels-unrelated " + PLATEAU,
    seen=both(
        en="{place} takes mean and variance of {values:value|values} a channel: batches of"
        " {batch}.",
        ko="{place:이} 채널마다 값 {values}개로 평균과 분산을 냅니다(배치 크기 {batch}).",
    ),
    says=both(
        en="Of so few values mean and variance are noise (of a single one the variance is 0, and"
        " the input is lost): each step trains another net than the one that predicts.",
        ko="값이 그렇게 적으면 평균과 분산은 잡음일 뿐입니다(하나면 분산이 0이라 입력이"
        " 사라집니다). 단계마다 예측할 때와는 다른 신경망을 학습하는 셈입니다.",
    ),
    mend=both(
        en="Batches of 16 or more; or LayerNormalization or GroupNormalization, which do not need"
        " a batch.",
        ko="배치 크기를 16 이상으로 하거나, 배치가 필요 없는 LayerNormalization이나"
        " GroupNormalization을 쓰십시오.",
    ),
    alike=both(
        en="A learning rate that is too high: both make the loss jump about.",
        ko="학습률이 너무 높은 경우에도 손실이 널뜁니다.",
    ),
)
def _batch_norm_batch(case: Case) -> Evidence | None:
    if not case.course.steps and case._batch is None:
        return None  # nobody said how large batches were
    layers = [
        e for e in each_layer(case.model) if isinstance(e, BatchNormalization) and e.trainable
    ]
    shapes = {e.path: e.built_for for e in layers if isinstance(e.built_for, tuple)}
    if not shapes:
        return None
    values = {
        path: case.batch * math.prod(n or 1 for n in shape[1:-1]) for path, shape in shapes.items()
    }
    place = min(values, key=lambda path: values[path])
    if values[place] > 4 or (case.well and values[place] > 1):
        return None
    numbers = {"place": place, "values": values[place], "batch": case.batch}
    return Evidence(0.97 if values[place] == 1 else 0.85, numbers)


@condition(
    "batch-norm-behind",
    at_once=False,
    title=both(en="running averages left behind", ko="뒤처진 이동 평균"),
    grave=2,
    explains="overfitting " + PLATEAU,
    seen=both(
        en="The loss is {training} with the mean and variance of the batch, and {predicting} with"
        " the running averages that predictions use.",
        ko="배치의 평균과 분산으로는 손실이 {training}인데, 예측에 쓰는 이동 평균으로는"
        " {predicting}입니다.",
    ),
    says=both(
        en="The running averages of batch normalization have not caught up with the net: it"
        " learns, but predicts as if it had not.",
        ko="배치 정규화의 이동 평균이 신경망을 따라잡지 못했습니다. 배우기는 하지만, 예측할 때는"
        " 배우지 않은 것처럼 답합니다.",
    ),
    mend=both(
        en="A lower momentum (0.9 in place of 0.99), more steps, or a lower learning rate at the"
        " end.",
        ko="momentum을 0.99 대신 0.9로 낮추거나, 더 많은 단계를 학습하거나, 끝에서 학습률을"
        " 낮추십시오.",
    ),
    alike=both(
        en="Batches that differ from each other in kind, so that no average fits any of them.",
        ko="배치마다 성격이 달라 어떤 평균도 맞지 않는 경우입니다.",
    ),
)
def _batch_norm_behind(case: Case) -> Evidence | None:
    layers = [
        e for e in each_layer(case.model) if isinstance(e, BatchNormalization) and e.trainable
    ]
    if not layers or not case.trained:
        return None
    training, predicting = case.data_loss(training=True), case.reached
    base = case.baseline or abs(training)
    if not np.isfinite([training, predicting]).all():
        return None
    if predicting < 1.5 * training or predicting - training < 0.25 * base:
        return None
    return Evidence(0.85, {"training": training, "predicting": predicting})
