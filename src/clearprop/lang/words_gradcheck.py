"""What a gradient check says: whether gradients agree, and what a disagreement looks like."""

WORDS = {
    "agree": {
        "en": "The gradients agree: {count:entry|entries} checked, the largest error is {error} at"
        " {place}.",
        "ko": "기울기가 맞습니다. 성분 {count}개를 확인했고, 가장 큰 오차는 {place}의"
        " {error}입니다.",
    },
    "nothing": {
        "en": "There was nothing to check: the inputs or the results are empty.",
        "ko": "입력이나 결과가 비어 있어 확인할 것이 없었습니다.",
    },
    "disagree": {
        "en": "The gradients do not agree: {bad} of {count:entry|entries} checked.",
        "ko": "기울기가 맞지 않습니다. 확인한 성분 {count}개 가운데 {bad}개가 어긋납니다.",
    },
    "entry": {
        "en": "{place}: backpropagation gives {analytic}, measuring gives {numeric}"
        " (absolute error {absolute}, relative {relative})",
        "ko": "{place}: 역전파로는 {analytic}, 수치로 재면 {numeric}"
        " (절대 오차 {absolute}, 상대 오차 {relative})",
    },
    "more": {"en": "and {count} more", "ko": "이 밖에 {count}개"},
    # Where an entry is.
    "for_output": {"en": "{place} for output {output}", "ko": "출력 {output}에 대한 {place}"},
    "along": {"en": "{input} along a random direction", "ko": "무작위 방향의 {input}"},
    # What a disagreement looks like.
    "kink": {
        "en": "It looks like a kink: to the left the slope is {left}, to the right {right}.",
        "ko": "꺾인 점으로 보입니다. 왼쪽에서 잰 기울기는 {left}, 오른쪽에서 잰 기울기는"
        " {right}입니다.",
    },
    "jump": {
        "en": "It looks like a jump: the result goes from {left} to {right} within a step.",
        "ko": "끊긴 점으로 보입니다. 한 간격 안에서 결과가 {left}에서 {right:으로} 바뀝니다.",
    },
    "rounding": {
        "en": "It looks like rounding: with a step of {step} instead of {eps}, measuring gives"
        " {value}.",
        "ko": "반올림 오차로 보입니다. 간격을 {eps} 대신 {step:으로} 하면 {value:이} 나옵니다.",
    },
    "imprecise": {
        "en": "{input} has dtype {dtype}; in float64, rounding would be far smaller.",
        "ko": "{input:은} {dtype} 형식입니다. float64로 하면 반올림 오차가 훨씬 작아집니다.",
    },
    "step": {
        "en": "The step of {eps} is too large here: with {step}, measuring gives {value}.",
        "ko": "여기서는 간격 {eps:이} 너무 큽니다. {step:으로} 하면 {value:이} 나옵니다.",
    },
    "rule": {
        "en": "It looks like a wrong rule: with steps from {small} to {large}, measuring gives the"
        " same.",
        "ko": "미분 규칙이 틀린 것으로 보입니다. 간격을 {small}에서 {large}까지 바꾸어도 잰 값이"
        " 같습니다.",
    },
    "record": {
        "en": "The result has no record of {input}: somewhere on the way it was made a plain"
        " number, as by .numpy(), float() or .detach().",
        "ko": "결과에 {input}의 기록이 없습니다. 도중에 .numpy(), float(), .detach() 등으로 값만"
        " 꺼낸 곳이 있습니다.",
    },
    "infinite": {
        "en": "A gradient that is not finite cannot be checked.",
        "ko": "유한하지 않은 기울기는 확인할 수 없습니다.",
    },
    "unclear": {
        "en": "With steps from {small} to {large}, measuring gives from {low} to {high}; the cause"
        " is not clear.",
        "ko": "간격을 {small}에서 {large}까지 바꾸면 잰 값이 {low}에서 {high}까지 달라져 원인이"
        " 분명하지 않습니다.",
    },
    # What stood in the way of a check, and what was not checked.
    "random": {
        "en": "The function is not deterministic: called twice at the same point, its results"
        " differ by up to {difference}. Fix its seed, or switch off what is random, such as"
        " dropout.",
        "ko": "함수가 결정적이지 않습니다. 같은 점에서 두 번 계산한 결과가 최대 {difference}만큼"
        " 다릅니다. 시드를 고정하거나 드롭아웃처럼 무작위인 부분을 끄십시오.",
    },
    "not_finite": {
        "en": "The function gives {value} at the point itself, so nothing can be measured there.",
        "ko": "주어진 점에서 함숫값이 {value:이라} 그 점에서는 아무것도 잴 수 없습니다.",
    },
    "sampled": {
        "en": "{input} has {size} entries: {count} of them were drawn with seed {seed}, and all"
        " were checked together along a random direction.",
        "ko": "{input:은} 성분이 {size}개입니다. 시드 {seed:으로} {count}개를 뽑아 확인하고,"
        " 무작위 방향으로 전체를 함께 확인했습니다.",
    },
    "weighted": {
        "en": "The function gives {size} numbers: two sums of them with random weights (seed"
        " {seed}) were checked.",
        "ko": "함수의 결과가 숫자 {size}개여서, 무작위 가중치(시드 {seed})로 더한 합 두 가지를"
        " 확인했습니다.",
    },
    "held": {
        "en": "{input} has dtype {dtype}, which has no gradients; it was held fixed.",
        "ko": "{input:은} {dtype} 형식이어서 기울기가 없으므로 고정했습니다.",
    },
}
