"""The words of comparing a number worked out by hand: conventions, slips, and that none fits."""

WORDS = {
    # What was asked, and how it came out.
    "yours": {
        "en": "Your {name} is {yours}; the network's is {value}.",
        "ko": "계산하신 {name:은} {yours}, 신경망의 값은 {value}입니다.",
    },
    "same": {
        "en": "They are the same, to the {digits:digit|digits} you gave.",
        "ko": "적어 주신 유효숫자 {digits}자리까지 같습니다.",
    },
    "cut_off": {
        "en": "They are the same: yours is cut off after its last digit, not rounded.",
        "ko": "같은 값입니다. 마지막 자리에서 반올림하지 않고 버리셨습니다.",
    },
    "one_fits": {
        "en": "Of {tried:way|ways} of calculating that were tried, one gives {yours}:",
        "ko": "시험해 본 계산 방법 {tried}가지 가운데 한 가지에서 {yours:이} 나옵니다.",
    },
    "several_fit": {
        "en": "Of {tried:way|ways} of calculating that were tried, {count} give {yours};"
        " the number alone does not tell which it was:",
        "ko": "시험해 본 계산 방법 {tried}가지 가운데 {count}가지에서 {yours:이} 나옵니다."
        " 이 수만으로는 그중 어느 것인지 알 수 없습니다.",
    },
    "none_fits": {
        "en": "None of the {tried:way|ways} of calculating that were tried gives {yours}: neither"
        " another convention nor a known slip.",
        "ko": "시험해 본 {tried}가지 계산 방법 가운데 {yours:이} 나오는 것은 없습니다."
        " 다른 기준의 값도, 알려진 실수도 아닙니다.",
    },
    "nothing_to_try": {
        "en": "No other convention gives this number another value.",
        "ko": "이 값은 기준이 달라도 바뀌지 않습니다.",
    },
    "few_digits": {
        "en": "With so few digits a coincidence is possible; more digits would tell.",
        "ko": "자릿수가 적어 우연히 맞았을 수도 있습니다. 더 많은 자리까지 구해 보십시오.",
    },
    "only_conventions": {
        "en": "(Slips of hand calculation are looked for in small dense networks with a squared"
        " error; here only conventions and signs were tried.)",
        "ko": "(손 계산의 실수는 제곱 오차를 쓰는 작은 완전연결 신경망에서만 찾습니다."
        " 여기서는 기준과 부호의 차이만 살펴보았습니다.)",
    },
    # Conventions.
    "convention": {
        "en": "Your {yours} is {own}'s {action}{because}: the convention of {names}.",
        "ko": "{yours:은} {own}의 {action}입니다{because}. {names} 기준의 값입니다.",
    },
    "because": {"en": ", because {counts}", "ko": "({counts})"},
    "convention_step": {
        "en": "Your {yours} is one step at the same learning rate by the loss of {names}.",
        "ko": "{yours:은} 같은 학습률로 {names} 기준의 손실을 따라 한 번 갱신한 값입니다.",
    },
    "layout": {
        "en": "Your {yours} is the number at {other}: {names} keeps weights as (units, inputs).",
        "ko": "{yours:은} {other}에 있는 값입니다. {names:은} 가중치를 (유닛, 입력) 순서로 둡니다.",
    },
    "factor": {
        "en": "Your {yours} is the network's {action}{because}.",
        "ko": "{yours:은} 신경망의 {action}입니다{because}.",
    },
    "divided": {"en": "{value} divided by {by}", "ko": "{value:을} {by:으로} 나눈 값"},
    "times": {"en": "{value} times {by}", "ko": "{value:을} {by}배 한 값"},
    "turned": {"en": "{value} with its sign turned", "ko": "{value}에서 부호를 뒤집은 값"},
    "divided_turned": {
        "en": "{value} divided by {by}, with its sign turned",
        "ko": "{value:을} {by:으로} 나누고 부호를 뒤집은 값",
    },
    "times_turned": {
        "en": "{value} times {by}, with its sign turned",
        "ko": "{value:을} {by}배 하고 부호를 뒤집은 값",
    },
    # Slips, each to be said in `comes_out`.
    "comes_out": {"en": "{yours} comes out if {slip}.", "ko": "{slip} {yours:이} 나옵니다."},
    "comes_out_by": {
        "en": "{yours} comes out by the convention of {names} if {slip}.",
        "ko": "{names} 기준으로 계산하면서 {slip} {yours:이} 나옵니다.",
    },
    "no_bias": {
        "en": "the bias is left out of {name}",
        "ko": "{name:을} 구할 때 편향을 더하지 않으면",
    },
    "left_out_input": {
        "en": "the term of {other} is left out of {name}",
        "ko": "{name:을} 구할 때 {other} 항을 빠뜨리면",
    },
    "transposed_forward": {
        "en": "the weights in {name} are taken by row instead of by column (transposed)",
        "ko": "{name:을} 구할 때 가중치의 행과 열을 바꾸어 쓰면",
    },
    "no_activation": {
        "en": "the activation function is left out of {name}",
        "ko": "{name:을} 구할 때 활성화 함수를 적용하지 않으면",
    },
    "other_activation": {
        "en": "{name} is taken through {other}, another activation function",
        "ko": "{name:을} 구할 때 다른 활성화 함수인 {other:을} 쓰면",
    },
    "sign_in_exponent": {
        "en": "the minus in the exponent of the sigmoid is lost in {name}",
        "ko": "{name:을} 구할 때 시그모이드 지수의 음의 부호를 빠뜨리면",
    },
    "half_forgotten": {
        "en": "the ½ is left out of {name}",
        "ko": "{name:을} 구할 때 ½을 곱하지 않으면",
    },
    "not_squared": {
        "en": "the error in {name} is not squared",
        "ko": "{name:을} 구할 때 오차를 제곱하지 않으면",
    },
    "one_output_only": {
        "en": "{other} alone is taken for {name}",
        "ko": "{name:을} {other} 하나로만 계산하면",
    },
    "averaged_outputs": {
        "en": "{name} is averaged over the outputs instead of added up",
        "ko": "{name:을} 구할 때 출력별 오차를 더하지 않고 평균하면",
    },
    "error_sign": {
        "en": "target − output is taken instead of output − target in {name}",
        "ko": "{name:을} 구할 때 (출력 − 목표값) 대신 (목표값 − 출력)을 쓰면",
    },
    "two_of_square_kept": {
        "en": "the 2 from the square is kept in {name}, although the ½ cancels it",
        "ko": "{name:을} 구할 때 ½과 약분되어야 할 2를 남겨 두면",
    },
    "one_path": {
        "en": "{name} is taken through {other} alone, without the other paths",
        "ko": "{name:을} 구할 때 {other:을} 지나는 경로만 더하면",
    },
    "transposed_backward": {
        "en": "the weights on the way back to {name} are taken transposed",
        "ko": "{name:으로} 역전파할 때 가중치의 행과 열을 바꾸어 쓰면",
    },
    "weights_updated_first": {
        "en": "{name} is calculated with weights that were updated already",
        "ko": "{name:을} 구할 때 이미 갱신한 가중치를 쓰면",
    },
    "weight_forgotten": {
        "en": "the deltas in {name} are added up without their weights",
        "ko": "{name:을} 구할 때 델타에 가중치를 곱하지 않고 더하면",
    },
    "slope_at_sum": {
        "en": "the slope {name} is taken from the weighted sum instead of the output",
        "ko": "미분값 {name:을} 출력이 아니라 가중합으로 계산하면",
    },
    "slope_of_output": {
        "en": "the activation function is applied once more to the output in the slope {name}",
        "ko": "미분값 {name:을} 구할 때 출력에 활성화 함수를 한 번 더 적용하면",
    },
    "other_slope": {
        "en": "the slope {name} is that of {other}, another activation function",
        "ko": "미분값 {name:을} 다른 활성화 함수인 {other}의 식으로 계산하면",
    },
    "shares_without_exp": {
        "en": "the sums themselves are shared out in {name}, without their exponentials",
        "ko": "{name:을} 구할 때 지수를 취하지 않고 가중합의 비율을 쓰면",
    },
    "not_shared": {
        "en": "the exponential in {name} is not divided by the sum of all",
        "ko": "{name:을} 구할 때 지수를 모두의 합으로 나누지 않으면",
    },
    "log_to_base_10": {
        "en": "the logarithm in {name} is taken to base 10",
        "ko": "{name:을} 구할 때 자연로그가 아니라 상용로그를 쓰면",
    },
    "other_class_forgotten": {
        "en": "only one of the two classes is counted in {name}",
        "ko": "{name:을} 구할 때 두 클래스 중 하나만 셈하면",
    },
    "slope_kept": {
        "en": "{name} is multiplied by y · (1 − y) too, which has cancelled out already",
        "ko": "{name}에 이미 약분된 미분값 y · (1 − y)를 또 곱하면",
    },
    "other_outputs_forgotten": {
        "en": "{name} takes y · (1 − y) for its slope, as if the other outputs of the layer did not"
        " change with it",
        "ko": "{name:을} 구할 때 같은 층의 다른 출력도 함께 변한다는 것을 잊고 y · (1 − y)만"
        " 곱하면",
    },
    "softmax_skipped": {
        "en": "{name} is what arrived at the output, not taken back through the activation",
        "ko": "{name:을} 구할 때 활성화 함수를 거슬러 가지 않고 전해진 기울기를 그대로 쓰면",
    },
    "no_slope": {
        "en": "the slope of the activation function is left out of {name}",
        "ko": "{name:을} 구할 때 활성화 함수의 미분값을 곱하지 않으면",
    },
    "input_of_another_unit": {
        "en": "{other}, the output of another unit, is taken for the input in {name}",
        "ko": "{name:을} 구할 때 다른 유닛의 값인 {other:을} 입력으로 쓰면",
    },
    "delta_of_another_unit": {
        "en": "{other}, the delta of another unit, is taken in {name}",
        "ko": "{name:을} 구할 때 다른 유닛의 델타인 {other:을} 쓰면",
    },
    "input_before_activation": {
        "en": "the weighted sum of the unit before is taken for its output in {name}",
        "ko": "{name:을} 구할 때 앞 유닛의 출력 대신 가중합을 곱하면",
    },
    "input_forgotten": {
        "en": "the delta is not multiplied by the input in {name}",
        "ko": "{name:을} 구할 때 델타에 입력을 곱하지 않으면",
    },
    "weight_for_input": {
        "en": "the weight is taken for the input in {name}",
        "ko": "{name:을} 구할 때 입력 대신 가중치를 곱하면",
    },
    "step_added": {
        "en": "the step is added instead of subtracted in {name}",
        "ko": "{name:을} 구할 때 변화량을 빼지 않고 더하면",
    },
    "rate_forgotten": {
        "en": "the learning rate is left out of {name}",
        "ko": "{name:을} 구할 때 학습률을 곱하지 않으면",
    },
    "only_the_step": {
        "en": "only the step is given for {name}, not the new weight",
        "ko": "{name:을} 새 가중치가 아니라 변화량으로 적으면",
    },
    "rate_used_twice": {
        "en": "the learning rate is used twice in {name}",
        "ko": "{name:을} 구할 때 학습률을 두 번 곱하면",
    },
    "rate_used_too_early": {
        "en": "the gradient {name} is multiplied by the learning rate already",
        "ko": "기울기 {name:을} 구하면서 학습률까지 곱하면",
    },
    "step_by_delta": {
        "en": "the delta is taken for the gradient in {name}",
        "ko": "{name:을} 구할 때 기울기 대신 델타를 쓰면",
    },
    "momentum_forgotten": {
        "en": "the momentum is left out of {name}",
        "ko": "{name:을} 구할 때 모멘텀을 빠뜨리면",
    },
    "nesterov": {
        "en": "Nesterov's momentum is taken for the plain one, or the other way round, in {name}",
        "ko": "{name:을} 구할 때 일반 모멘텀과 네스테로프 모멘텀을 서로 바꾸어 쓰면",
    },
    "previous_gradient": {
        "en": "the momentum in {name} is a part of the previous gradient itself, as in bpnn, and"
        " not of a velocity",
        "ko": "{name:을} 구할 때 bpnn처럼 속도가 아니라 바로 앞 기울기의 일부를 모멘텀으로 쓰면",
    },
    "adam_uncorrected": {
        "en": "Adam's averages are not corrected for their start at 0 in {name}",
        "ko": "{name:을} 구할 때 0에서 시작한 Adam의 평균들을 보정하지 않으면",
    },
    "adam_epsilon": {
        "en": "Adam adds ε after the correction in {name}, as torch does, and not before it",
        "ko": "{name:을} 구할 때 torch처럼 보정한 뒤에 ε을 더하면",
    },
    "sign": {"en": "{name} is given with the other sign", "ko": "{name}의 부호를 반대로 적으면"},
    "rounded_on_the_way": {
        "en": "every number on the way to {name} is rounded to {decimals:decimal|decimals}",
        "ko": "{name:을} 구하는 동안 모든 값을 소수점 아래 {decimals}자리로 반올림하면",
    },
    "another_number": {
        "en": "{other} is taken for {name}",
        "ko": "{name} 자리에 {other:을} 적으면",
    },
    "the_book": {"en": "the book", "ko": "book(책)"},
}
