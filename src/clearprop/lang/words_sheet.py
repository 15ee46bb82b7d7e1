"""The words of worksheets to be calculated by hand, and of their marking."""

WORDS = {
    # The sheet.
    "title": {
        "en": "Backpropagation by hand: a {sizes} network",
        "ko": "손으로 계산하는 역전파: {sizes} 신경망",
    },
    "key_title": {
        "en": "Answer key: a {sizes} network",
        "ko": "정답과 풀이: {sizes} 신경망",
    },
    "lead": {
        "en": "One training step, number by number. Activation: {activation}; learning rate"
        " {lr}; sheet {seed}.",
        "ko": "학습 한 번을 값 하나하나 계산합니다. 활성화 함수 {activation}, 학습률 {lr},"
        " 문제지 번호 {seed}.",
    },
    "name": {"en": "Name", "ko": "이름"},
    "date": {"en": "Date", "ko": "날짜"},
    "given": {"en": "Given", "ko": "주어진 값"},
    "inputs_targets": {"en": "Inputs and targets", "ko": "입력과 목표값"},
    "weights_of": {"en": "Into {unit}", "ko": "{unit:으로} 들어가는 값"},
    "rules": {
        "en": "h and o are the outputs of units; sum_h1 is the weighted sum before the"
        " activation function. {activation} {error} Write every number"
        " with at least 4 significant digits, and carry on with the number you wrote.",
        "ko": "h와 o는 유닛의 출력이고, sum_h1은 활성화 함수에 넣기 전의 가중합입니다."
        " {activation} {error} 모든 값을 유효숫자 4자리 이상으로 적고,"
        " 적은 값으로 다음 계산을 이어 가십시오.",
    },
    "rule_linear": {
        "en": "There is no activation function: a unit's output is its sum.",
        "ko": "활성화 함수가 없으므로 유닛의 출력은 가중합 그대로입니다.",
    },
    "rule_sigmoid": {
        "en": "The activation function is σ(z) = 1/(1 + e⁻ᶻ); its slope is y · (1 − y).",
        "ko": "활성화 함수는 σ(z) = 1/(1 + e⁻ᶻ)이고, 미분값은 y · (1 − y)입니다.",
    },
    "rule_tanh": {
        "en": "The activation function is tanh(z); its slope is 1 − y².",
        "ko": "활성화 함수는 tanh(z)이고, 미분값은 1 − y²입니다.",
    },
    "rule_relu": {
        "en": "The activation function is relu(z), the larger of z and 0; its slope is 1 where"
        " z > 0, else 0.",
        "ko": "활성화 함수는 z와 0 중 큰 값인 relu(z)이고, 미분값은 z > 0이면 1, 아니면 0입니다.",
    },
    "rule_other": {
        "en": "The activation function is {name}(z) = {formula}; its slope at an output y is"
        " {slope}.",
        "ko": "활성화 함수는 {name}(z) = {formula}이고, 출력이 y일 때 미분값은 {slope}입니다.",
    },
    "output_softmax": {
        "en": "The outputs go through softmax: each is the exponential of its sum, divided by those"
        " of all sums.",
        "ko": "출력층의 활성화 함수는 소프트맥스로, 자기 가중합의 지수를 모든 가중합의 지수의"
        " 합으로 나눈 값이 출력입니다.",
    },
    "output_sigmoid": {
        "en": "The outputs go through σ(z) = 1/(1 + e⁻ᶻ).",
        "ko": "출력층의 활성화 함수는 σ(z) = 1/(1 + e⁻ᶻ)입니다.",
    },
    "error_squared": {
        "en": "The error is E = ½Σ(o − t)².",
        "ko": "오차는 E = ½Σ(o − t)²입니다.",
    },
    "error_entropy": {
        "en": "The error is cross-entropy, E = −Σ t · log o, with natural logarithms. With it, δ"
        " of an output is o − t.",
        "ko": "오차는 교차 엔트로피 E = −Σ t · log o(자연로그)입니다. 이 오차를 쓰면 출력의 δ는"
        " o − t입니다.",
    },
    "error_binary": {
        "en": "The error is cross-entropy, E = −Σ (t · log o + (1 − t) · log(1 − o)), with"
        " natural logarithms. With it, δ of an output is o − t.",
        "ko": "오차는 교차 엔트로피 E = −Σ (t · log o + (1 − t) · log(1 − o))(자연로그)입니다."
        " 이 오차를 쓰면 출력의 δ는 o − t입니다.",
    },
    "part_forward": {"en": "1. Forward", "ko": "1. 순전파"},
    "part_error": {"en": "2. Error", "ko": "2. 오차"},
    "part_factors": {
        "en": "3. The gradient of {weight}, factor by factor",
        "ko": "3. {weight}의 기울기를 인수별로",
    },
    "part_back": {"en": "4. Back through the network", "ko": "4. 역전파"},
    "part_gradients": {"en": "5. The other gradients", "ko": "5. 나머지 기울기"},
    "part_update": {"en": "6. New weights and biases", "ko": "6. 새 가중치와 편향"},
    "number": {"en": "Number", "ko": "값"},
    "formula": {"en": "Formula", "ko": "식"},
    "working": {"en": "Your calculation", "ko": "계산"},
    "answer": {"en": "Answer", "ko": "답"},
    "with_numbers": {"en": "Formula, with numbers", "ko": "식과 값"},
    "network_title": {"en": "The network and its weights", "ko": "신경망과 가중치"},
    "foot": {
        "en": "To have answers marked: clearprop grade sheet.json answers.csv",
        "ko": "채점하기: clearprop grade sheet.json answers.csv",
    },
    # Marking.
    "all_right": {
        "en": "All {total} numbers are right.",
        "ko": "{total}개의 값이 모두 맞습니다.",
    },
    "some_right": {"en": "{right} of {total} right.", "ko": "{total}개 중 {right}개가 맞습니다."},
    "carried_count": {
        "en": "{count:number is|numbers are} right given an earlier number of yours that is wrong.",
        "ko": "앞에서 틀린 값 때문에 달라졌을 뿐 계산은 맞은 값: {count}개",
    },
    "wrong_count": {"en": "{count} wrong.", "ko": "틀린 값: {count}개"},
    "coarse_count": {
        "en": "{count:number has|numbers have} too few digits to tell.",
        "ko": "자릿수가 모자라 판단할 수 없는 값: {count}개",
    },
    "blank_count": {"en": "{count} left empty.", "ko": "비어 있는 값: {count}개"},
    "first_wrong": {
        "en": "The first wrong step is {name}: you wrote {typed}.",
        "ko": "처음 틀린 곳은 {name}입니다. {typed:이라}고 적으셨습니다.",
    },
    "unreadable_there": {
        "en": "That is no number that can be read; write such as 0.3775.",
        "ko": "수로 읽을 수 없습니다. 0.3775처럼 적어 주십시오.",
    },
    "from_your_numbers": {
        "en": "From your own numbers it is:",
        "ko": "앞에서 적은 값으로 계산하면 다음과 같습니다.",
    },
    "cause_one": {"en": "What you may have done:", "ko": "이렇게 계산하셨을 수 있습니다."},
    "cause_several": {
        "en": "What you may have done; the number does not tell which:",
        "ko": "다음 중 하나로 계산하셨을 수 있습니다. 이 값만으로는 가릴 수 없습니다.",
    },
    "cause_none": {
        "en": "No known slip gives that number; go through the arithmetic once more.",
        "ko": "알려진 실수로는 이 값이 나오지 않습니다. 계산을 다시 확인해 보십시오.",
    },
    "verdict": {"en": "mark", "ko": "채점"},
    "yours": {"en": "yours", "ko": "적은 값"},
    "right_value": {"en": "right value", "ko": "맞는 값"},
    "verdict_right": {"en": "right", "ko": "맞음"},
    "verdict_rounded": {
        "en": "right (rounded on the way)",
        "ko": "맞음(중간 반올림)",
    },
    "verdict_cut_off": {
        "en": "right (cut off, not rounded)",
        "ko": "맞음(반올림 대신 버림)",
    },
    "verdict_carried": {
        "en": "right from your numbers",
        "ko": "앞의 값에 따르면 맞음",
    },
    "verdict_wrong": {"en": "wrong", "ko": "틀림"},
    "verdict_coarse": {"en": "too few digits", "ko": "자릿수 부족"},
    "verdict_unreadable": {"en": "no number", "ko": "수가 아님"},
    "verdict_blank": {"en": "empty", "ko": "비어 있음"},
    # The commands.
    "too_large": {
        "en": "{source} is larger than {limit}: it is no file of answers, nor a worksheet.",
        "ko": "{source:이} {limit}보다 큽니다. 답이나 문제지 파일이 아닙니다.",
    },
    "two_from_stdin": {
        "en": "only one of SHEET and ANSWERS can be -, standard input.",
        "ko": "SHEET와 ANSWERS 중 하나만 표준 입력(-)으로 받을 수 있습니다.",
    },
    "comes_first": {
        "en": "{why} The worksheet comes first, as `clearprop sheet 2-2-2 --json` prints it.",
        "ko": "{why} `clearprop sheet 2-2-2 --json`이 출력한 문제지를 먼저 적으십시오.",
    },
    "sheet_written": {
        "en": "Worksheet written to {path}.",
        "ko": "문제지를 {path}에 저장했습니다.",
    },
    "key_written": {
        "en": "Answer key written to {path}.",
        "ko": "정답과 풀이를 {path}에 저장했습니다.",
    },
    "answers_written": {
        "en": "A file for answers written to {path}.",
        "ko": "답을 적을 파일을 {path}에 저장했습니다.",
    },
}
