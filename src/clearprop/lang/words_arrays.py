"""What is wrong with arrays of data: their rows, their labels, how they are to be divided."""

WORDS = {
    "array": {"en": "array {number}", "ko": "{number}번 배열"},
    "whole": {
        "en": "{name} must be a whole number, {least} or more; got {got}.",
        "ko": "{name:은} {least} 이상의 정수여야 하는데 {got:을} 받았습니다.",
    },
    "between": {
        "en": "{name} must be between 0 and 1; got {got}.",
        "ko": "{name:은} 0과 1 사이의 수여야 하는데 {got:을} 받았습니다.",
    },
    "single_number": {
        "en": "{name} is a single number; expected an array with rows.",
        "ko": "{name:은} 수 하나입니다. 행이 있는 배열이어야 합니다.",
    },
    "stratify": {
        "en": "stratify has shape {got}; expected one label a row, ({n},).",
        "ko": "stratify의 모양이 {got}입니다. 행마다 레이블 하나씩, 곧 ({n},)이어야 합니다.",
    },
    "validation_split": {
        "en": "validation_split={fraction} of {n} rows leaves {train} to train on and {rest} to "
        "validate on; give more rows or another fraction.",
        "ko": "{n}행에 validation_split={fraction:을} 쓰면 학습에 {train}행, 검증에 {rest}행이 "
        "남습니다. 행을 늘리거나 비율을 바꾸십시오.",
    },
    "none_to_divide": {
        "en": "at least one array is needed to divide; got none.",
        "ko": "나눌 배열이 하나 이상 있어야 합니다.",
    },
    "lengths_differ": {
        "en": "the arrays have {lengths} rows; expected the same.",
        "ko": "배열들의 행 수가 {lengths:으로} 다릅니다. 모두 같아야 합니다.",
    },
    "no_rows_to_divide": {
        "en": "there are no rows to divide.",
        "ko": "나눌 행이 없습니다.",
    },
    "test_fraction": {
        "en": "test_size, as a fraction, must be in (0, 1); got {got}.",
        "ko": "test_size가 비율이면 0보다 크고 1보다 작아야 하는데 {got:을} 받았습니다.",
    },
    "test_size": {
        "en": "test_size={size} of {n} rows leaves a part without rows.",
        "ko": "{n}행에 test_size={size:을} 쓰면 행이 하나도 없는 쪽이 생깁니다.",
    },
    # Labels.
    "label": {
        "en": "label {place} is {value}; labels must be whole numbers from 0.",
        "ko": "레이블 {place:이} {value}입니다. 레이블은 0부터 시작하는 정수여야 합니다.",
    },
    "label_beyond": {
        "en": "label {place} is {value}, but num_classes={classes} allows 0 to {last}.",
        "ko": "레이블 {place:이} {value}인데, 클래스가 {classes}개이면 0부터 {last}까지만 쓸 수 "
        "있습니다.",
    },
    "label_kind": {
        "en": "labels must be class numbers such as 0, 1, 2; got {got}. "
        "np.unique(labels, return_inverse=True) numbers them.",
        "ko": "레이블은 0, 1, 2 같은 클래스 번호여야 하는데 {got:을} 받았습니다. "
        "np.unique(labels, return_inverse=True)로 번호를 매길 수 있습니다.",
    },
    "no_labels": {"en": "there are no labels.", "ko": "레이블이 없습니다."},
    "too_many_labels": {
        "en": "{labels} labels of {classes} classes would take {size} GB; train on the class "
        "numbers themselves with a sparse loss.",
        "ko": "클래스가 {classes}개인 레이블 {labels}개에는 {size} GB가 필요합니다. sparse 손실 "
        "함수를 쓰면 클래스 번호를 그대로 줄 수 있습니다.",
    },
}
