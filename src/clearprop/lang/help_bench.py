"""The help of `clearprop bench`, among that of the other commands."""

__all__ = ["BENCH"]

BENCH = {
    "bench": {
        "en": (
            "Measure how fast a dense network trains on this machine, eagerly and compiled.\n\n"
            "Give the sizes of its layers, such as 784-100-10. It learns made-up examples; the "
            "fastest of three epochs counts."
        ),
        "ko": (
            "이 컴퓨터에서 완전 연결 신경망이 얼마나 빨리 학습하는지 재어 일반 실행과 컴파일 "
            "실행을 비교합니다.\n\n"
            "784-100-10처럼 층의 크기를 줍니다. 지어낸 예제로 학습하며, 세 에포크 가운데 가장 빠른 "
            "것을 셉니다."
        ),
    },
    "bench_sizes": {
        "en": "units of each layer, the inputs first, such as 784-100-10",
        "ko": "입력부터 차례로 쓴 층의 크기, 예: 784-100-10",
    },
    "bench_batch": {"en": "examples a step", "ko": "한 단계의 예제 수"},
    "bench_rows": {"en": "examples an epoch", "ko": "한 에포크의 예제 수"},
    "bench_zeros": {
        "en": "which part of the inputs is zero, as the paper of pictures is",
        "ko": "입력 가운데 0인 비율(그림의 바탕처럼)",
    },
    "bench_optimizer": {
        "en": "sgd, momentum or adam",
        "ko": "sgd, momentum, adam 중 하나",
    },
    "bench_program": {
        "en": "print the loops of the compiled step, and what each computes",
        "ko": "컴파일된 한 단계의 반복문과 각각의 계산을 출력",
    },
}
