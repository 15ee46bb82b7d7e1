"""The words of the command line: what it does, what it found, what went wrong."""

WORDS = {
    "training": {"en": "Training", "ko": "학습"},
    "accuracy": {"en": "accuracy", "ko": "정확도"},
    "loss": {"en": "loss", "ko": "손실"},
    "epoch": {"en": "epoch", "ko": "에포크"},
    "seed": {"en": "seed", "ko": "시드"},
    "file": {"en": "file", "ko": "파일"},
    "row": {"en": "row", "ko": "행"},
    "column": {"en": "column", "ko": "열"},
    "error": {"en": "error", "ko": "오류"},
    "warning": {"en": "warning", "ko": "경고"},
    "usage": {"en": "Usage", "ko": "사용법"},
    "test_accuracy": {
        "en": "Test accuracy {accuracy} ({right} of {total} right).",
        "ko": "테스트 정확도는 {accuracy}입니다({total}개 중 {right}개 정답).",
    },
    "misread": {
        "en": "{count:misread digit|misread digits}",
        "ko": "잘못 읽은 숫자 {count}개",
    },
    "misread_none": {"en": "No digit was misread.", "ko": "잘못 읽은 숫자가 없습니다."},
    "misread_as": {"en": "{true} read as {read}", "ko": "{true:을} {read:으로} 읽음"},
    "and_more": {"en": "and {count} more", "ko": "그 밖에 {count}개"},
    "one_weight": {
        "en": "Why one weight is what it is: {name}",
        "ko": "가중치 하나는 왜 이 값인가: {name}",
    },
    "report_written": {
        "en": "Report written to {path}.",
        "ko": "보고서를 {path}에 저장했습니다.",
    },
    "model_saved": {"en": "Model saved to {path}.", "ko": "모델을 {path}에 저장했습니다."},
    "predictions_written": {
        "en": "{count:prediction|predictions} written to {path}.",
        "ko": "예측값 {count}개를 {path}에 저장했습니다.",
    },
    "took": {"en": "in {time}", "ko": "{time} 걸림"},
    "classification": {
        "en": "{target} has {classes:class|classes}: a classification.",
        "ko": "{target:은} 클래스가 {classes}개이므로 분류 문제입니다.",
    },
    "regression": {
        "en": "{target} is a quantity: a regression.",
        "ko": "{target:은} 연속된 수이므로 회귀 문제입니다.",
    },
    "split": {
        "en": "{train:row|rows} to train on, {test} to test on.",
        "ko": "{train}행으로 학습하고 {test}행으로 테스트합니다.",
    },
    "interrupted": {"en": "Interrupted.", "ko": "중단했습니다."},
}
