"""What is wrong with targets, as the loss that is to compare them with outputs sees them."""

WORDS = {
    "no_numbers": {
        "en": "{who}: targets must be numbers; got {got}. Number the classes first, such as "
        "numpy.unique(y, return_inverse=True)[1].",
        "ko": "{who}: 목표값은 수여야 하는데 {got:을} 받았습니다. 먼저 "
        "numpy.unique(y, return_inverse=True)[1]처럼 클래스에 번호를 매기십시오.",
    },
    "no_samples": {
        "en": "{who}: there are no samples; y_true has shape {shape}.",
        "ko": "{who}: 샘플이 없습니다. y_true의 모양이 {shape}입니다.",
    },
    "not_finite": {
        "en": "{who}: target {value} at {place}; targets must be finite numbers. Leave such rows "
        "out, or fill the gaps.",
        "ko": "{who}: {place} 자리의 목표값이 {value}입니다. 목표값은 유한한 수여야 하니 그런 행을 "
        "빼거나 빈 곳을 채우십시오.",
    },
    "rows": {
        "en": "{who}: y_true has {rows} rows, {what} has {got}: one each is needed.",
        "ko": "{who}: y_true는 {rows}행, {what:은} {got}행입니다. 행의 수가 같아야 합니다.",
    },
    "shape": {
        "en": "{who}: y_true has shape {got}, the outputs have shape {outputs}; they must be the "
        "same.",
        "ko": "{who}: 목표값의 모양은 {got}, 출력의 모양은 {outputs}입니다. 둘이 같아야 합니다.",
    },
    "outside": {
        "en": "{who}: target {value} at {place} is outside 0 to 1. {hint}",
        "ko": "{who}: {place} 자리의 목표값 {value:은} 0과 1 사이가 아닙니다. {hint}",
    },
    "use_sparse": {
        "en": "For class numbers use 'sparse_categorical_crossentropy'; for one yes-or-no answer "
        "give the last layer one unit.",
        "ko": "클래스 번호라면 'sparse_categorical_crossentropy'를 쓰고, 예/아니요 하나를 "
        "답하려면 마지막 층의 유닛을 하나로 하십시오.",
    },
    "yes_is_one": {
        "en": "Targets are 0 for no and 1 for yes; for −1 and 1 give (y + 1) / 2, for class "
        "numbers use 'sparse_categorical_crossentropy'.",
        "ko": "목표값은 아니면 0, 맞으면 1입니다. −1과 1이라면 (y + 1) / 2를 주고, 클래스 번호라면 "
        "'sparse_categorical_crossentropy'를 쓰십시오.",
    },
    "or_one_hot": {
        "en": "For class numbers use 'sparse_categorical_crossentropy', or give them one-hot, in "
        "rows of {classes}.",
        "ko": "클래스 번호라면 'sparse_categorical_crossentropy'를 쓰거나, 한 행이 {classes}개인 "
        "원-핫으로 주십시오.",
    },
    "is_one_hot": {
        "en": "A row of targets is one-hot, or holds a probability for each class.",
        "ko": "목표값의 한 행은 원-핫이거나 클래스마다의 확률입니다.",
    },
    "a_distribution": {
        "en": "A row of targets is a distribution.",
        "ko": "목표값의 한 행은 확률 분포입니다.",
    },
    "a_region": {
        "en": "A region is 1 inside and 0 outside; an image of 0 and 255 is to be divided by 255.",
        "ko": "영역 안은 1, 밖은 0입니다. 0과 255로 된 이미지라면 255로 나누십시오.",
    },
    "no_axis": {
        "en": "{who}: outputs of shape {shape} have no axis {axis}; classes lie along axis=-1, the "
        "last, or another that there is.",
        "ko": "{who}: 모양이 {shape}인 출력에 {axis}번 축은 없습니다. 클래스는 마지막 축(axis=-1)"
        "이나 다른 있는 축을 따라 놓입니다.",
    },
    "one_class": {
        "en": "{who}: outputs of shape {shape} are not at least two classes, and one class would "
        "always be right. For a yes-or-no answer use 'binary_crossentropy' with one unit and "
        "sigmoid.",
        "ko": "{who}: 출력의 모양이 {shape}이라 클래스가 둘이 안 되는데, 클래스가 하나면 늘 맞게 "
        "됩니다. 예/아니요를 답하려면 sigmoid 유닛 하나와 'binary_crossentropy'를 쓰십시오.",
    },
    "one_hot_given": {
        "en": "{who}: y_true has shape {shape}, a row of {classes} numbers a sample, where one "
        "class number is expected. For one-hot targets use 'categorical_crossentropy', or give "
        "y.argmax(axis=-1).",
        "ko": "{who}: 목표값의 모양이 {shape:으로} 샘플마다 수가 {classes}개인데, 클래스 번호 "
        "하나여야 합니다. 원-핫이라면 'categorical_crossentropy'를 쓰거나 y.argmax(axis=-1)을 "
        "주십시오.",
    },
    "number_each": {
        "en": "{who}: y_true has shape {got}; for outputs of shape {outputs} it must hold one "
        "class number each: shape {expected}.",
        "ko": "{who}: 목표값의 모양이 {got}입니다. 출력의 모양이 {outputs}이면 클래스 번호 하나씩, "
        "곧 {expected} 모양이어야 합니다.",
    },
    "no_class_number": {
        "en": "{who}: target {value} at {place} is no class number; classes are whole numbers from "
        "0. For numbers on a scale use 'mse'.",
        "ko": "{who}: {place} 자리의 목표값 {value:은} 클래스 번호가 아닙니다. 클래스는 0부터 "
        "시작하는 정수입니다. 양을 나타내는 수라면 'mse'를 쓰십시오.",
    },
    "label": {
        "en": "{who}: label {label} at y{place} is no class: the outputs are {classes} classes, 0 "
        "to {last}. {hint}",
        "ko": "{who}: y{place} 자리의 레이블 {label:은} 없는 클래스입니다. 출력은 클래스 "
        "{classes}개, 0부터 {last}까지입니다. {hint}",
    },
    "from_one": {
        "en": "Labels from 1 on: give y - 1.",
        "ko": "레이블이 1부터 시작하니 y - 1을 주십시오.",
    },
    "from_zero": {
        "en": "Number the classes from 0: np.unique(y, return_inverse=True)[1].",
        "ko": "np.unique(y, return_inverse=True)[1]로 클래스에 0부터 번호를 매기십시오.",
    },
    "more_units": {
        "en": "For labels up to {largest} the last layer needs {units} units: Dense({units}, "
        "'softmax'); labels with gaps are numbered by np.unique(y, return_inverse=True)[1].",
        "ko": "{largest}까지의 레이블에는 마지막 층에 유닛 {units}개가 필요합니다: "
        "Dense({units}, 'softmax'). 건너뛴 번호가 있으면 "
        "np.unique(y, return_inverse=True)[1]로 다시 매기십시오.",
    },
}
