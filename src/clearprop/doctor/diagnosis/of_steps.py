"""Conditions of the steps of training: too long, too short, too few, or into nowhere."""

from __future__ import annotations

import math

from clearprop.doctor.diagnosis.case import Case
from clearprop.doctor.diagnosis.condition import Evidence, both, condition
from clearprop.doctor.diagnosis.of_outputs import LEARNING

STUCK = "dead-relus saturated vanishing-gradients "


@condition(
    "penalty-too-strong",
    at_once=False,
    title=both(en="a penalty that is too strong", ko="너무 강한 벌점"),
    grave=2,
    explains="equal-units dead-relus vanishing-gradients " + LEARNING,
    seen=both(
        en="{steps} steps from a fresh start bring the loss of the data to {with_it}; without the"
        " penalty on weights, to {without}. A constant answer costs {baseline}.",
        ko="새로 시작해 {steps}단계를 학습하면 데이터의 손실이 {with_it:이} 되고, 가중치 벌점이"
        " 없으면 {without:이} 됩니다. 늘 같은 답을 하면 {baseline}입니다.",
    ),
    says=both(
        en="The penalty outweighs the data: making weights small pays more than being right.",
        ko="벌점이 데이터보다 무겁습니다. 맞히는 것보다 가중치를 줄이는 쪽이 더 이득입니다.",
    ),
    mend=both(
        en="A penalty ten or a hundred times weaker; 1e-4 is usual for L2.",
        ko="벌점을 10분의 1이나 100분의 1로 줄이십시오. L2는 1e-4가 보통입니다.",
    ),
    alike=both(
        en="Underfitting for want of units.",
        ko="유닛이 모자라 과소적합하는 경우와 비슷합니다.",
    ),
)
def _penalty_too_strong(case: Case) -> Evidence | None:
    if case.well or not any(w.regularizer is not None for w in case.model.trainable_weights):
        return None
    found, base = case.without_penalty, case.baseline
    if found is None or base is None:
        return None
    with_it, without, steps = found
    if not math.isfinite(without) or with_it - without < 0.15 * base:
        return None
    numbers = {"with_it": with_it, "without": without, "steps": steps, "baseline": base}
    return Evidence(0.9, numbers)


@condition(
    "rate-too-high",
    title=both(en="learning rate too high", ko="너무 높은 학습률"),
    grave=3,
    explains="not-finite exploding-gradients overfitting batch-norm-behind " + STUCK + LEARNING,
    seen=both(
        en="As the gradient has it, the first step from a fresh start changes the loss by"
        " {foretold_step}; in truth, by {actual_step}. {steps} steps change it by {change};"
        " with {factor} times the rate ({rate}), by {less_change}.",
        ko="새로 시작한 첫 단계에서 손실은 기울기대로라면 {foretold_step} 바뀌어야 하는데"
        " 실제로는 {actual_step} 바뀝니다. {steps}단계 뒤의 변화는 {change}이고,"
        " 학습률({rate})을 {factor}배로 하면 {less_change}입니다.",
    ),
    says=both(
        en="The learning rate is too high: steps go beyond what the gradient knows of, and land"
        " higher up.",
        ko="학습률이 너무 높습니다. 기울기가 알려 주는 범위를 넘어 더 높은 곳에 내려앉습니다.",
    ),
    mend=both(
        en="A tenth of the rate, and again until the loss falls steadily; a schedule that lowers"
        " it later; clipnorm if it is single steps that are too large.",
        ko="학습률을 10분의 1로 줄이고, 손실이 꾸준히 줄 때까지 되풀이하십시오. 갈수록 낮추는"
        " 스케줄도 좋고, 몇몇 단계만 너무 크다면 clipnorm을 쓰십시오.",
    ),
    alike=both(
        en="Inputs that are not scaled, and batches that are too small: both make steps too large.",
        ko="입력의 크기를 맞추지 않았거나 배치가 너무 작은 경우에도 걸음이 너무 커집니다.",
    ),
)
def _rate_too_high(case: Case) -> Evidence | None:
    if case.well and not (case.skill < 0.8 and case.course.erratic):
        return None
    by = case.by_rate_at_start
    if not by or case.start is None or case.start.broken:
        return None
    if case.broken_by_domain:
        return None
    now, factor = by[1.0], max((f for f in by if f < 1), key=lambda f: by[f].fell)
    less = by[factor]
    if less.fell < 0.02:
        return None
    risen = now.fell < 0
    if not risen and less.fell - now.fell < 0.3:
        return None
    step = case.first_step
    rate = float(case.setup.optimizer.rate(case.setup.memory.step))
    sure = 0.97 if now.fell < -0.5 else 0.9 if risen else 0.75
    return Evidence(sure, {
        "foretold_step": -step["foretold"], "actual_step": -step["actual"], "steps": case.steps,
        "change": -now.fell, "less_change": -less.fell, "factor": factor, "rate": rate,
    })  # fmt: skip


@condition(
    "not-finite",
    title=both(en="NaN or infinity", ko="NaN 또는 무한대"),
    grave=3,
    explains=STUCK + "exploding-gradients overfitting " + LEARNING,
    seen=both(
        en="The first number that is not finite comes of {op} in {place}, at step {step}, from"
        " numbers between {low} and {high}; the history has it from epoch {epoch} on.",
        ko="유한하지 않은 수는 {step}번째 단계에 {place}의 {op}에서 처음 나옵니다. 들어간 값은"
        " {low}에서 {high} 사이입니다. 기록에는 에포크 {epoch}부터 있습니다.",
    ),
    says=both(
        en="Once there, NaN and infinity are handed on to every weight, and no later step gets"
        " rid of them.",
        ko="한번 생긴 NaN과 무한대는 모든 가중치로 번지고, 그 뒤 어떤 단계로도 없어지지 않습니다.",
    ),
    mend=both(
        en="Keep what goes into {op} where it is defined (cp.clip, a small number added, a loss"
        " that takes logits); make the model anew, since its weights are lost.",
        ko="{op}에 들어가는 값을 정의된 범위 안에 두십시오(cp.clip, 작은 수 더하기, 로짓을 받는"
        " 손실 함수). 가중치가 이미 못 쓰게 되었으니 모델을 새로 만드십시오.",
    ),
    alike=both(
        en="A learning rate that is too high, if the numbers that went in are huge.",
        ko="들어간 값이 아주 크다면 학습률이 너무 높은 것일 수 있습니다.",
    ),
)
def _not_finite(case: Case) -> Evidence | None:
    epoch = case.course.not_finite
    if epoch is None and case.now.broken is None:
        return None
    step, broken = case.first_broken
    unknown = {"op": "?", "place": "?", "low": math.nan, "high": math.nan}
    numbers = unknown if broken is None else {
        "op": broken.op or "?", "place": broken.place or "?", "low": broken.low,
        "high": broken.high,
    }  # fmt: skip
    return Evidence(1.0, {**numbers, "step": step or "?", "epoch": epoch or "?"})


@condition(
    "stuck-at-start",
    title=both(en="stuck where it started", ko="시작점 근처에 갇힘"),
    grave=2,
    explains=STUCK + LEARNING,
    seen=both(
        en="The {rows} examples are answered no better than by one constant, and the slope there"
        " is {slope}. Of {starts} other starts, {solved} solve them within {steps} steps.",
        ko="샘플 {rows}개에 늘 같은 답을 내는 것보다 나을 것이 없고, 그곳의 기울기는"
        " {slope}입니다. 다른 시작점 {starts}개 가운데 {solved}개가 {steps}단계 안에 풉니다.",
    ),
    says=both(
        en="This is no bug: gradients of opposite examples cancel on a plateau (for XOR at a"
        " half), and whether a small net gets away depends on where it starts.",
        ko="버그가 아닙니다. 서로 반대되는 샘플의 기울기가 평탄한 곳에서(XOR이라면 0.5에서)"
        " 상쇄됩니다. 작은 신경망이 벗어나는지는 시작점에 달려 있습니다.",
    ),
    mend=both(
        en="Another seed, more hidden units (4 or more for XOR), Adam or a higher rate, more"
        " epochs.",
        ko="다른 시드, 더 많은 은닉 유닛(XOR이라면 4개 이상), Adam이나 더 높은 학습률, 더 많은"
        " 에포크를 써 보십시오.",
    ),
    alike=both(
        en="A backward pass of one's own with an error: then no start gets away (see"
        " doctor.check).",
        ko="직접 쓴 역전파가 틀린 경우입니다. 그때는 어떤 시작점에서도 벗어나지"
        " 못합니다(doctor.check 참고).",
    ),
    at_once=False,
)
def _stuck_at_start(case: Case) -> Evidence | None:
    few = 4 <= case.table.rows <= 16 and case.trained and not case.well
    if not few or case.course.not_finite or case.skill > 0.5 or case.now.broken:
        return None
    if case.straight_line > 0.5 or len(case.now.kernels) < 2:
        return None  # even a line does better, or the net is one: no plateau of this kind
    solved, starts, steps = case.other_starts
    if not solved and any(unit.dead == 1 for unit in case.now.units):
        return None  # which no start would get away from
    slope = math.sqrt(sum((k.gradient or 0.0) ** 2 for k in case.now.kernels))
    return Evidence(0.9 if solved else 0.65, {
        "rows": case.table.rows, "slope": slope, "starts": starts, "solved": solved,
        "steps": steps,
    })  # fmt: skip


@condition(
    "rate-too-low",
    title=both(en="learning rate too low", ko="너무 낮은 학습률"),
    grave=2,
    explains="too-few-epochs underfitting classes-unbalanced",
    seen=both(
        en="A step moves the weights by {move} of their size, and lowers the loss by {actual}, as"
        " the gradient foretells ({foretold}). {steps} more steps at {factor} times the rate"
        " would change the loss by {more_change}, at this rate by {change}.",
        ko="한 단계가 가중치를 크기의 {move}만큼 움직이고, 손실은 기울기가 예측한"
        " 대로({foretold}) {actual}만큼 줄어듭니다. {steps}단계를 더 하면 손실은 {factor}배의"
        " 학습률로 {more_change}, 지금 학습률로는 {change} 바뀝니다.",
    ),
    says=both(
        en="The learning rate is too low: the direction is right, the steps are far too short.",
        ko="학습률이 너무 낮습니다. 방향은 맞지만 걸음이 너무 짧습니다.",
    ),
    mend=both(
        en="Raise the rate tenfold as long as the loss falls steadily (1e-3 is usual for Adam,"
        " 1e-2 to 1e-1 for SGD).",
        ko="손실이 꾸준히 줄어드는 한 학습률을 10배씩 올리십시오(Adam은 1e-3, SGD는 1e-2에서"
        " 1e-1이 보통입니다).",
    ),
    alike=both(
        en="Too few epochs; gradients clipped too tightly; a schedule that has run out.",
        ko="에포크가 너무 적거나, 기울기를 너무 작게 자르거나, 스케줄이 이미 끝난 경우입니다.",
    ),
    at_once=False,
)
def _rate_too_low(case: Case) -> Evidence | None:
    if case.well or not case.trained or case.course.not_finite or case.now.broken:
        return None
    step = case.step_here
    if not 0 < step["move"] < 3e-4 or step["foretold"] <= 0:
        return None
    by = case.by_rate_here
    factor = max((f for f in by if f > 1), key=lambda f: by[f].fell)
    if by[factor].fell < max(0.02, 5 * by[1.0].fell):
        return None
    good = 0.3 < step["actual"] / step["foretold"] < 1.7
    return Evidence(0.92 if good else 0.7, {
        **step, "steps": case.steps, "factor": factor, "more_change": -by[factor].fell,
        "change": -by[1.0].fell,
    })  # fmt: skip


@condition(
    "too-few-epochs",
    title=both(en="too few epochs", ko="모자란 에포크"),
    grave=2,
    explains="underfitting classes-unbalanced",
    seen=both(
        en="After {done} steps the loss still fell by {falling_share} in the last fifth; {steps}"
        " steps more change it by {change}.",
        ko="{done}단계 뒤에도 마지막 5분의 1 동안 손실이 {falling_share} 줄었고, {steps}단계를 더"
        " 하면 {change} 바뀝니다.",
    ),
    says=both(
        en="Training ended while the net was still learning.",
        ko="아직 배우고 있는데 학습이 끝났습니다.",
    ),
    mend=both(
        en="Go on: fit again with more epochs (weights and optimizer are kept), and EarlyStopping"
        " on val_loss to find the end.",
        ko="계속하십시오. 에포크를 늘려 fit을 다시 부르면 됩니다(가중치와 옵티마이저는"
        " 이어집니다). 끝은 val_loss에 대한 EarlyStopping으로 찾으십시오.",
    ),
    alike=both(
        en="A learning rate that is too low: more steps or longer steps come to the same.",
        ko="학습률이 너무 낮은 경우와 같습니다. 더 많이 걷든 더 크게 걷든 결과가 같습니다.",
    ),
    at_once=False,
)
def _too_few_epochs(case: Case) -> Evidence | None:
    if case.well or not case.trained or case.course.not_finite or case.now.broken:
        return None
    falling, done = case.course.still_falling, case.steps_done
    if done > 500 or (case.course.epochs > 1 and falling < 0.01):
        return None
    on = case.from_here()
    if on.fell < 0.05:
        return None
    return Evidence(0.85 if done < 150 else 0.7, {
        "done": done, "falling_share": falling, "steps": case.steps, "change": -on.fell,
    })  # fmt: skip
