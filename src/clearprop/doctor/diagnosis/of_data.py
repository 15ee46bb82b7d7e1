"""Conditions of the examples: columns, scales, labels."""

from __future__ import annotations

from itertools import combinations

import numpy as np

from clearprop.doctor.diagnosis.case import Case
from clearprop.doctor.diagnosis.condition import Evidence, both, condition
from clearprop.doctor.diagnosis.of_outputs import LEARNING

NUMERIC = "rate-too-high not-finite dead-relus saturated exploding-gradients vanishing-gradients "


@condition(
    "inputs-not-scaled",
    at_once=False,
    title=both(en="inputs that are not scaled", ko="크기를 맞추지 않은 입력"),
    grave=2,
    explains=NUMERIC + LEARNING,
    seen=both(
        en="What reaches the first weights is up to {largest} in size (column {column}), the"
        " smallest column {smallest}.",
        ko="첫 가중치에 들어가는 값의 크기가 최대 {largest}이고({column}번 열), 가장 작은 열은"
        " {smallest}입니다.",
    ),
    says=both(
        en="The gradient of a weight is proportional to its input: one rate is too high for the"
        " large columns and too low for the small ones, and units saturate or die.",
        ko="가중치의 기울기는 입력에 비례합니다. 같은 학습률이 큰 열에는 너무 높고 작은 열에는"
        " 너무 낮아, 유닛이 포화되거나 죽습니다.",
    ),
    mend=both(
        en="Bring every column to mean 0 and deviation 1: a layers.Normalization() with adapt(x)"
        " as the first layer; pixels divided by 255.",
        ko="모든 열을 평균 0, 표준편차 1로 맞추십시오. 첫 층에 layers.Normalization()을 두고"
        " adapt(x)를 부르면 됩니다. 픽셀은 255로 나누십시오.",
    ),
    alike=both(
        en="A learning rate that is too high: with scaled inputs the same rate may do.",
        ko="학습률이 너무 높은 경우와 비슷합니다. 입력을 맞추면 같은 학습률로도 될 수 있습니다.",
    ),
)
def _inputs_not_scaled(case: Case) -> Evidence | None:
    x = case.now.entering
    if x is None or case.well or not np.isfinite(x).all():
        return None
    alone = x.ndim == 2 and x.shape[1] < 200
    flat = (x if alone else x.reshape(-1, 1)).astype(np.float64)
    sizes = np.sqrt(np.mean(flat * flat, axis=0))
    largest, some = float(sizes.max()), sizes[flat.std(axis=0) > 0]
    smallest = float(some.min()) if some.size else largest
    if largest < 15 and not (largest > 5 and smallest < largest / 300):
        return None
    sure = 0.9 if largest >= 50 else 0.7
    return Evidence(sure, {
        "largest": largest, "smallest": smallest, "column": int(sizes.argmax()),
    })  # fmt: skip


@condition(
    "constant-column",
    title=both(en="a column that never changes", ko="변하지 않는 열"),
    grave=1,
    seen=both(
        en="{count:column of the inputs has|columns of the inputs have} one and the same value in"
        " all {rows} rows: {columns}.",
        ko="입력의 열 {count}개가 {rows}개 행 모두에서 같은 값입니다. 해당 열: {columns}",
    ),
    says=both(
        en="Such a column tells nothing; a large one acts as a second bias with a rate of its own.",
        ko="그런 열은 아무것도 알려 주지 않습니다. 값이 크면 학습률이 다른 두 번째 편향처럼"
        " 작용합니다.",
    ),
    mend=both(
        en="Leave it out; or find out why it does not change: a sensor that was off, a filter"
        " that left one value.",
        ko="그 열을 빼십시오. 또는 왜 변하지 않는지 찾아보십시오. 센서가 꺼져 있었거나, 거르고"
        " 나서 한 값만 남았을 수 있습니다.",
    ),
    alike=both(
        en="A column that changes too rarely for these rows.",
        ko="이 행들에서만 우연히 변하지 않은 열일 수도 있습니다.",
    ),
)
def _constant_column(case: Case) -> Evidence | None:
    x = case.table.columns
    if x is None or x.shape[1] < 2 or len(x) < 8:
        return None
    found = np.flatnonzero(np.ptp(x, axis=0) == 0)
    if not found.size:
        return None
    return Evidence(1.0, {
        "count": int(found.size), "rows": len(x), "columns": ", ".join(map(str, found[:8])),
    })  # fmt: skip


@condition(
    "duplicated-column",
    title=both(en="a column that is there twice", ko="중복된 열"),
    grave=1,
    seen=both(
        en="Columns {first} and {second} of the inputs are one column in two units: their"
        " correlation is {correlation}.",
        ko="입력의 {first}번 열과 {second}번 열은 단위만 다른 같은 열입니다. 상관계수가"
        " {correlation}입니다.",
    ),
    says=both(
        en="The net can share a weight between them in any way: it learns no more, and no single"
        " weight of theirs means anything.",
        ko="신경망은 두 열에 가중치를 아무렇게나 나누어 가질 수 있습니다. 더 배우는 것은 없고,"
        " 각각의 가중치는 뜻이 없어집니다.",
    ),
    mend=both(en="Leave one of the two out.", ko="둘 가운데 하나를 빼십시오."),
    alike=both(
        en="Two quantities that happen to move together in these rows.",
        ko="이 행들에서 우연히 함께 움직이는 두 양일 수도 있습니다.",
    ),
)
def _duplicated_column(case: Case) -> Evidence | None:
    x = case.table.columns
    if x is None or x.shape[1] < 2 or len(x) < 8:
        return None
    z = x - x.mean(axis=0)
    size = np.sqrt((z * z).sum(axis=0))
    some = [k for k in range(x.shape[1]) if size[k] > 0 and len(np.unique(x[:, k])) > 2]
    for i, j in combinations(some, 2):
        r = float(z[:, i] @ z[:, j] / (size[i] * size[j]))
        if abs(r) > 1 - 1e-6:
            return Evidence(0.97, {"first": i, "second": j, "correlation": round(r, 6)})
    return None


@condition(
    "leaking-column",
    title=both(en="a column that gives the answer away", ko="답을 흘리는 열"),
    grave=2,
    explains="overfitting",
    seen=both(
        en="Column {column} alone tells {share} of the targets' variance; the next best tells"
        " {next_share}.",
        ko="{column}번 열 하나가 목표값 분산의 {share:을} 설명합니다. 그다음으로 좋은 열은"
        " {next_share:을} 설명합니다.",
    ),
    says=both(
        en="It looks like the answer itself, or something known only after it: the net will lean"
        " on it alone, and fail where it is not to be had.",
        ko="답 자체이거나 답이 나온 뒤에야 알 수 있는 값으로 보입니다. 신경망은 그 열에만 기대고,"
        " 그 값이 없는 곳에서는 실패합니다.",
    ),
    mend=both(
        en="Ask whether this column is known when a prediction is wanted; if not, leave it out.",
        ko="예측하려는 시점에 이 열을 알 수 있는지 확인하십시오. 알 수 없다면 빼십시오.",
    ),
    alike=both(
        en="A problem that one input really settles.",
        ko="정말로 입력 하나로 결정되는 문제도 똑같이 보입니다.",
    ),
)
def _leaking_column(case: Case) -> Evidence | None:
    x, y = case.table.columns, case.table.wanted
    if x is None or y is None or x.shape[1] < 3 or len(x) < 20:
        return None
    z, t = x - x.mean(axis=0), y - y.mean(axis=0)
    total, sizes = (t * t).sum(), (z * z).sum(axis=0)
    if case.table.classes is not None:
        told = _between_classes(x, case.table.classes)
    else:
        if y.shape[1] > 1 or not total:
            return None
        told = (z.T @ t[:, 0]) ** 2 / np.where(sizes > 0, sizes, 1) / total
    order = np.argsort(-told)
    best, second = float(told[order[0]]), float(told[order[1]])
    if best < 0.995 or second > 0.85:
        return None
    numbers = {"column": int(order[0]), "share": best, "next_share": second}
    return Evidence(0.9 if best > 0.9999 else 0.8, numbers)


def _between_classes(x: np.ndarray, classes: np.ndarray) -> np.ndarray:
    """Give the share of each column's variance that lies between the classes."""
    mean, total = x.mean(axis=0), x.var(axis=0) * len(x)
    groups = [x[classes == k] for k in np.unique(classes)]
    between = sum(len(g) * (g.mean(axis=0) - mean) ** 2 for g in groups)
    return np.asarray(between / np.where(total > 0, total, 1))


BY_HEART = "dead-relus saturated overfitting loss-against-accuracy batch-norm-behind "


@condition(
    "labels-shifted",
    title=both(en="targets moved against inputs", ko="행이 밀린 목표값"),
    grave=3,
    explains="labels-unrelated " + BY_HEART + LEARNING,
    seen=both(
        en="By their nearest rows, targets can be told with a correlation of {here}; moved by"
        " {shift} rows, of {there}.",
        ko="가장 가까운 행들로 목표값을 맞히면 상관계수가 {here}인데, 목표값을 {shift}행 옮기면"
        " {there:이} 됩니다.",
    ),
    says=both(
        en="Inputs and targets stand in different rows: each example is taught another one's"
        " answer.",
        ko="입력과 목표값의 행이 어긋나 있습니다. 샘플마다 다른 샘플의 답을 배우고 있습니다.",
    ),
    mend=both(
        en="Look where the two are put together: a header read as a row, a window counted from"
        " the wrong end, np.roll; here np.roll(y, {shift}, axis=0) puts them right.",
        ko="둘을 합치는 곳을 살펴보십시오. 제목 줄을 한 행으로 읽었거나, 창의 끝을 잘못 세었을 수"
        " 있습니다. 여기서는 np.roll(y, {shift}, axis=0)으로 바로잡힙니다.",
    ),
    alike=both(
        en="A time series, in which neighbouring rows are alike by nature.",
        ko="이웃한 행들이 본래 비슷한 시계열에서도 비슷하게 보일 수 있습니다.",
    ),
)
def _labels_shifted(case: Case) -> Evidence | None:
    found = case.table.dependence
    if found is None:
        return None
    here, there = found.beyond_chance(found.best), found.beyond_chance(found.shifted)
    if there < 6 or here > 3 or found.shifted < 0.3:
        return None
    numbers = {"here": found.neighbours, "there": found.shifted, "shift": found.shift}
    return Evidence(0.93, numbers)


@condition(
    "labels-unrelated",
    title=both(en="targets unrelated to inputs", ko="입력과 무관한 목표값"),
    grave=3,
    explains=BY_HEART + LEARNING,
    seen=both(
        en="Neither the nearest rows nor a straight line tell the targets better ({found}) than"
        " they tell shuffled ones ({chance} ± {spread}).",
        ko="가장 가까운 행으로도 직선으로도, 섞은 목표값({chance} ± {spread})보다 목표값을 더 잘"
        " 맞히지 못합니다({found}).",
    ),
    says=both(
        en="Inputs and targets seem to have nothing to do with each other, as when one of the two"
        " was shuffled or sorted without the other. What the net learns, it learns by heart.",
        ko="입력과 목표값이 서로 무관해 보입니다. 한쪽만 섞거나 정렬했을 때 이렇게 됩니다."
        " 신경망은 그저 외울 뿐입니다.",
    ),
    mend=both(
        en="Check a few rows by hand against where they come from; shuffle x and y with one and"
        " the same order.",
        ko="몇 행을 원본과 손으로 맞추어 보십시오. x와 y는 반드시 같은 순서로 섞으십시오.",
    ),
    alike=both(
        en="Inputs that say nothing about the targets; and what depends on all inputs at once,"
        " such as parity, which neither measure can see.",
        ko="입력에 목표값에 대한 정보가 없는 경우, 그리고 홀짝처럼 모든 입력을 함께 보아야 알 수"
        " 있는 문제도 똑같이 보입니다.",
    ),
)
def _labels_unrelated(case: Case) -> Evidence | None:
    found = case.table.dependence
    if found is None or case.table.rows < 80:
        return None
    counts = case.table.counts
    if found.beyond_chance(found.best) > 2.5 or (counts.size and counts.min() < 20):
        return None
    val = case.course.val_loss
    base = case.baseline
    unlike = bool(val and base and min(val) > 0.93 * base)
    if not unlike and (not case.trained or case.grip > 0.75):
        return None  # it learnt something that these simple means cannot see, or by heart
    ordered = _sorted_alone(case)
    sure = 0.95 if ordered else 0.85 if unlike else 0.7
    numbers = {"found": found.best, "chance": found.chance, "spread": found.spread}
    return Evidence(sure, numbers | {"in_order": int(ordered)})


def _sorted_alone(case: Case) -> bool:
    y = case.table.wanted
    return y is not None and y.shape[1] == 1 and bool((np.diff(y[:, 0]) >= 0).all())


@condition(
    "classes-unbalanced",
    title=both(en="classes out of balance", ko="치우친 클래스"),
    grave=2,
    explains="underfitting too-few-epochs",
    seen=both(
        en="{most_share} of the rows are of one class; the net names it for {named_share}, and"
        " finds {found_share} of class {rare}, which has {count:row|rows}.",
        ko="행의 {most_share:이} 한 클래스입니다. 신경망은 {named_share:을} 그 클래스로 답하고,"
        " {count}개 행뿐인 클래스 {rare}에서는 {found_share:을} 찾아냅니다.",
    ),
    says=both(
        en="Always naming the frequent class is cheap: accuracy looks fine, and the rare class is"
        " not learnt.",
        ko="늘 많은 쪽으로 답하면 손해가 적습니다. 정확도는 좋아 보이지만 드문 클래스는 배우지"
        " 못합니다.",
    ),
    mend=both(
        en="Give class_weight to fit, draw the rare class more often, judge by recall or AUC;"
        " train longer.",
        ko="fit에 class_weight를 주거나, 드문 클래스를 더 자주 뽑으십시오. 재현율이나 AUC로"
        " 평가하고 더 오래 학습하십시오.",
    ),
    alike=both(
        en="A rare class that cannot be told from the inputs at all.",
        ko="입력으로는 드문 클래스를 전혀 가려낼 수 없는 경우도 똑같이 보입니다.",
    ),
    at_once=False,
)
def _classes_unbalanced(case: Case) -> Evidence | None:
    classes, told, counts = case.table.classes, case.told_classes, case.table.counts
    if classes is None or told is None or counts.size < 2 or not case.trained:
        return None
    most = float(counts.max() / counts.sum())
    if most < 0.75 or case.table.rows < 50:
        return None
    names = np.unique(classes)
    frequent = names[counts.argmax()]
    recalls = {int(k): float((told[classes == k] == k).mean()) for k in names if k != frequent}
    rare = min(recalls, key=lambda k: recalls[k])
    named = float((told == frequent).mean())
    if recalls[rare] > 0.35 and named < 0.97:
        return None
    return Evidence(0.9 if most >= 0.8 else 0.7, {
        "most_share": most, "named_share": named, "rare": rare, "found_share": recalls[rare],
        "count": int((classes == rare).sum()),
    })  # fmt: skip
