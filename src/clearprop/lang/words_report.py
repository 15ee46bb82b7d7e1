"""The demonstration's report."""

WORDS = {
    "title": {
        "en": "A network that reads digits, and why",
        "ko": "숫자를 읽는 신경망, 그리고 그 까닭",
    },
    "lead": {
        "en": (
            "It read {right} of {total} handwritten digits right that it had never seen "
            "({accuracy}). This page shows how it learnt, what it looks for, where it errs, and "
            "why one of its weights is to change."
        ),
        "ko": (
            "처음 보는 손글씨 숫자 {total}개 가운데 {right}개를 바르게 읽었습니다"
            "(정확도 {accuracy}). 어떻게 배웠고, 무엇을 보고, 어디에서 틀리고, "
            "가중치 하나가 왜 바뀌어야 하는지 보여 줍니다."
        ),
    },
    "figures": {"en": "In figures", "ko": "한눈에 보기"},
    "trained_on": {"en": "learnt from", "ko": "훈련 데이터"},
    "tested_on": {"en": "tested on", "ko": "테스트 데이터"},
    "digits": {"en": "{count} digits", "ko": "숫자 {count}개"},
    "misread": {"en": "misread digits", "ko": "잘못 읽은 숫자"},
    "parameters": {"en": "weights and biases", "ko": "가중치와 편향"},
    "training": {"en": "training took", "ko": "학습 시간"},
    "epochs": {"en": "epochs", "ko": "에포크 수"},
    "learning": {"en": "How it learnt", "ko": "어떻게 배웠나"},
    "learning_is": {
        "en": (
            "An epoch goes once through all digits to learn from. The loss says how far the "
            "answers are from the truth. Where the curve for the test stays above the other, the "
            "network has begun to learn its examples by heart."
        ),
        "ko": (
            "에포크마다 학습 데이터를 한 번씩 다 봅니다. 손실은 답이 정답에서 얼마나 먼지를 "
            "나타냅니다. 테스트 곡선이 훈련 곡선보다 위에 머물기 시작하면 신경망이 샘플을 외우기 "
            "시작한 것입니다."
        ),
    },
    "network": {"en": "The network", "ko": "신경망"},
    "network_is": {
        "en": (
            "64 pixels go into 32 hidden units, and those into 10 answers. In the circles are the "
            "values for the digit that is explained below; each line is a weight."
        ),
        "ko": (
            "픽셀 64개가 은닉 유닛 32개로, 다시 답 10개로 이어집니다. 원 안의 값은 아래에서 "
            "설명하는 숫자를 넣었을 때의 값이고, 선은 저마다 가중치 하나입니다."
        ),
    },
    "looks_for": {"en": "What the hidden units look for", "ko": "은닉 유닛은 무엇을 보나"},
    "looks_for_is": {
        "en": (
            "Each picture holds the 64 weights that lead into one hidden unit, set where their "
            "pixels are. Ink on plus wakes the unit, ink on minus keeps it quiet."
        ),
        "ko": (
            "그림마다 은닉 유닛 하나로 들어가는 가중치 64개를 픽셀 자리에 놓았습니다. 잉크가 양수 "
            "자리에 있으면 유닛이 켜지고 음수 자리에 있으면 잠잠해집니다."
        ),
    },
    "mistakes": {"en": "Where it errs", "ko": "어디에서 틀리나"},
    "mistakes_is": {
        "en": "Each row is a true digit, each column what it was read as.",
        "ko": "행은 정답, 열은 신경망이 읽은 숫자입니다.",
    },
    "pushed": {
        "en": (
            "Its surest error is test digit {row}, a {true} read as {read}. The right picture "
            "splits the lead of {read} over {true} into what each pixel adds: pixel times "
            "gradient, which for a network of ReLU units is exact."
        ),
        "ko": (
            "가장 자신 있게 틀린 것은 테스트 숫자 {row}번으로, {true:을} {read:으로} 읽었습니다. "
            "오른쪽 그림은 {read:이} {true:을} 앞선 만큼을 픽셀마다 더한 값으로 나눈 것입니다. "
            "픽셀에 기울기를 곱한 값이며, ReLU 신경망에서는 정확히 맞아떨어집니다."
        ),
    },
    "pushed_title": {
        "en": "What speaks for {read} rather than {true}",
        "ko": "{true:이} 아니라 {read:이라}고 보게 한 픽셀",
    },
    "why": {"en": "Why one weight is to change", "ko": "가중치 하나는 왜 바뀌어야 하나"},
    "why_is": {
        "en": (
            "{name} leads from hidden unit {unit} to the answer {digit}. For test digit {row} "
            "(truth {true}, read as {read}) no weight of this layer has a larger gradient."
        ),
        "ko": (
            "{name:은} 은닉 유닛 {unit}에서 답 {digit:으로} 가는 가중치입니다. 테스트 숫자 "
            "{row}번(정답 {true}, 읽은 값 {read})에서 이 층의 가중치 가운데 기울기가 가장 큽니다."
        ),
    },
    "further": {"en": "Ask further", "ko": "더 물어보기"},
    "further_is": {
        "en": "The model lies beside this page. Any of its numbers can be asked why:",
        "ko": "모델은 이 페이지 옆에 있습니다. 어느 값이든 왜 그런지 물을 수 있습니다.",
    },
}
