"""The words of what the compiled engine cannot do: each stands behind "cannot do", or after it."""

WORDS = {
    "decision": {
        "en": "a decision (if, while, and, or) by a computed number; write it as "
        "ops.where(condition, a, b)",
        "ko": "계산한 값에 따른 판단(if, while, and, or). ops.where(조건, a, b)로 쓰면 됩니다",
    },
    "python_number": {
        "en": "a computed number made a Python number",
        "ko": "계산한 값을 파이썬의 수로 바꾸기",
    },
    "to_numpy": {
        "en": "a computed array handed to NumPy; clearprop.ops has the same functions",
        "ko": "계산한 배열을 NumPy에 넘기기. 같은 함수가 clearprop.ops에 있습니다",
    },
    "assigned": {
        "en": "{path}.assign(...) of what a step computes; to keep it from step to step, write "
        "replace({name}, value), with replace from clearprop.nn.effects",
        "ko": "단계 안에서 계산한 값을 {path}.assign(...)으로 넣기. 다음 단계까지 남기려면 "
        "clearprop.nn.effects의 replace로 replace({name}, 값)이라고 쓰면 됩니다",
    },
    "answered": {"en": "what answers: {error}", "ko": "다음과 같이 답하는 것: {error}"},
    "counts": {
        "en": "a step that changes what is no state, such as a count of calls; a number that "
        "lasts is made by add_weight(trainable=False), and replaced by replace(weight, value) of "
        "clearprop.nn.effects",
        "ko": "호출 횟수처럼 상태가 아닌 것을 바꾸는 단계. 남겨 둘 수는 "
        "add_weight(trainable=False)로 만들고 clearprop.nn.effects의 replace(가중치, 값)으로 "
        "바꾸면 됩니다",
    },
    "another": {
        "en": "a step that is another each time, as where it draws by itself; layers such as "
        "Dropout and GaussianNoise draw so that it can be compiled",
        "ko": "스스로 난수를 뽑을 때처럼 매번 달라지는 단계. Dropout이나 GaussianNoise 같은 "
        "층으로 뽑으면 컴파일할 수 있습니다",
    },
    "shapes": {
        "en": "more than {most} shapes of batches, each of which needs a program of its own; the "
        "others run step by step. Pad the examples to a few lengths",
        "ko": "모양이 서로 다른 배치 {most}가지 이상. 모양마다 프로그램이 따로 필요하므로 나머지는 "
        "한 단계씩 실행합니다. 예제를 몇 가지 길이로 맞춰 채우십시오",
    },
    "changes": {
        "en": "a model that is another at every turn: after {times} programs for as many settings "
        "it runs step by step. What changes should be a weight (trainable=False) or the "
        "optimizer's learning rate",
        "ko": "거듭 바뀌는 모델. 설정이 바뀔 때마다 프로그램을 새로 만들어 {times}번이 되었으므로 "
        "이제 한 단계씩 실행합니다. 바뀌는 수는 가중치(trainable=False)나 옵티마이저의 학습률로 "
        "두십시오",
    },
    "other_kind": {
        "en": "a {name} that becomes another kind of array in a step",
        "ko": "한 단계 안에서 모양이나 자료형이 바뀌는 {name}",
    },
    "new_state": {
        "en": "a state ({path}) that was not there before the step",
        "ko": "단계를 시작할 때 없던 상태({path})",
    },
    "silent_task": {
        "en": "a task that does not say what it changes beside its result",
        "ko": "결과 말고 무엇을 바꾸는지 알 수 없는 작업",
    },
    "running_total": {
        "en": "a running total with its start",
        "ko": "시작값을 포함한 누적합",
    },
    "long_as_often": {
        "en": "an array as long as a condition is often true",
        "ko": "조건이 참인 횟수만큼 길어지는 배열",
    },
    "outside": {
        "en": "places in an array that lie outside of it",
        "ko": "배열을 벗어난 위치",
    },
    "computed_places": {
        "en": "computed places in an array, which may lie outside of it",
        "ko": "계산으로 정한 배열 안의 위치. 배열을 벗어날 수도 있습니다",
    },
    "no_optimizer": {"en": "training without an optimizer", "ko": "옵티마이저 없는 학습"},
    "repetitions": {
        "en": "a count of repetitions for each element",
        "ko": "원소마다 다른 반복 횟수",
    },
    "constant_kind": {
        "en": "a constant that is {kind}",
        "ko": "자료형이 {kind}인 상수",
    },
    "second_derivatives": {
        "en": "derivatives of derivatives through a loop over time",
        "ko": "시간을 따라 도는 반복의 도함수를 다시 미분하기",
    },
    "refused": {
        "en": "anything on a system that does not let it: {error}",
        "ko": "시스템이 허락하지 않는 실행: {error}",
    },
    "not_installed": {
        "en": "anything without llvmlite, 0.45 or later, which is not installed",
        "ko": "llvmlite(0.45 이상) 없이 컴파일하기. 설치되어 있지 않습니다",
    },
    "no_llvm": {
        "en": "anything without llvmlite: {error}",
        "ko": "llvmlite 없이 컴파일하기: {error}",
    },
    "numbers_of_kind": {"en": "numbers of the kind {kind}", "ko": "자료형이 {kind}인 수"},
    "operation": {"en": "the operation {name}", "ko": "연산 {name}"},
}
