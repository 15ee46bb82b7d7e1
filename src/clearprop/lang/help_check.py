"""The help of `clearprop check`, among that of the other commands."""

__all__ = ["CHECK"]

CHECK = {
    "check": {
        "en": (
            "Find and name the mistake of a hand-written backward pass.\n\n"
            "Your file is run, here and now, with all that it does. The class, object or functions "
            "that you name go forward and back at several points; the gradients are measured, and "
            "a mistake is named with the line of the derivation that it breaks. Exit status: 0 "
            "right, 1 a mistake, 2 it cannot be judged."
        ),
        "ko": (
            "손으로 짠 역전파의 실수를 찾아 이름을 알려 줍니다.\n\n"
            "지정한 파일을 이 자리에서 그대로 실행합니다. 지정한 클래스, 객체, 함수를 여러 점에서 "
            "순전파와 역전파로 돌려 기울기를 재고, 실수가 있으면 그 이름과 어긋난 유도식을 보여 "
            "줍니다. 종료 코드: 0 맞음, 1 실수 있음, 2 판정할 수 없음."
        ),
    },
    "check_program": {
        "en": "FILE.py:NAME, or FILE.py:forward,backward; it is run",
        "ko": "파일.py:이름 또는 파일.py:forward,backward. 실행됩니다",
    },
    "check_input": {
        "en": "shape of the input, such as 3,4, a name in the file, or a .csv or .npy file; again"
        " for a second input",
        "ko": "입력의 모양(예: 3,4), 파일 안의 이름, 또는 .csv, .npy 파일. 입력이 둘이면 두 번",
    },
    "check_target": {
        "en": "target: numbers such as 0,1,1, a name in the file, or a .csv or .npy file",
        "ko": "정답: 0,1,1 같은 숫자, 파일 안의 이름, 또는 .csv, .npy 파일",
    },
    "check_params": {
        "en": "what loss(params) and its gradient take: a name in the file, or a file of numbers",
        "ko": "loss(params)와 그 기울기가 받는 것: 파일 안의 이름 또는 숫자 파일",
    },
    "check_loss": {
        "en": "the loss, where the program does not compute it: half_sse, sse, mse, cross_entropy,"
        " or a function in the file",
        "ko": "프로그램이 손실을 계산하지 않을 때 그 이름: half_sse, sse, mse, cross_entropy 또는"
        " 파일 안의 함수",
    },
    "check_lr": {
        "en": "learning rate of a program that changes its own weights",
        "ko": "스스로 가중치를 고치는 프로그램의 학습률",
    },
    "check_rule": {
        "en": "the rule that an optimizer should follow: sgd, momentum, adagrad, adam ...",
        "ko": "옵티마이저가 따라야 할 규칙: sgd, momentum, adagrad, adam 등",
    },
    "check_seconds": {
        "en": "time that one call may take",
        "ko": "호출 한 번의 제한 시간(초)",
    },
}
