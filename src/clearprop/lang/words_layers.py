"""What is wrong with a layer, and in which layer of which model something went wrong."""

WORDS = {
    "units": {
        "en": "Dense: units must be a positive whole number; got {got}.",
        "ko": "Dense: 유닛의 수(units)는 자연수여야 하는데 {got:을} 받았습니다.",
    },
    "training_dense": {
        "en": "training {name} ({inputs} inputs, {units} units, {dtype}, batches of {batch})",
        "ko": "{name}의 학습(입력 {inputs}개, 유닛 {units}개, {dtype}, 배치 {batch})",
    },
    "fewer_units": {
        "en": "Give it fewer units: {most} would be the most.",
        "ko": "유닛을 {most}개까지로 줄이십시오.",
    },
    "fewer_inputs": {
        "en": "Give it fewer inputs: not even one unit would fit.",
        "ko": "유닛 하나도 들어가지 않으니 입력을 줄이십시오.",
    },
    "training_weight": {
        "en": "training {path} of shape {shape} in {dtype}",
        "ko": "모양이 {shape}인 {path}({dtype})의 학습",
    },
    "fewer_of_both": {
        "en": "Give the layer fewer units, or fewer inputs.",
        "ko": "층의 유닛이나 입력을 줄이십시오.",
    },
    "own_class": {
        "en": "{error} A class of your own is known once it is marked @cp.nn.register and has run "
        "before this call.",
        "ko": "{error} 직접 만든 클래스라면 @cp.nn.register를 붙이고 이 호출보다 먼저 "
        "정의하십시오.",
    },
    "variable_alone": {
        "en": "a Variable is a weight of a layer, which makes it: "
        "self.add_weight(shape=..., initializer=..., name=...) in the layer's build. For numbers "
        "of your own to take gradients by, use cp.tensor(...).",
        "ko": "Variable은 층의 가중치이며 층이 만듭니다. 층의 build에서 "
        "self.add_weight(shape=..., initializer=..., name=...)를 부르십시오. 기울기를 구할 수를 "
        "직접 만들려면 cp.tensor(...)를 쓰십시오.",
    },
    "one_example": {
        "en": "{what} of shape {shape} would take {size} for one or two examples; make it smaller.",
        "ko": "모양이 {shape}인 {what} 결과는 샘플 한두 개에 벌써 {size:을} 차지합니다. 크기를 "
        "줄이십시오.",
    },
    "while_building": {
        "en": "while building layer {number} {layer} ({what}) of {model} for inputs of shape "
        "{shape}",
        "ko": "모양이 {shape}인 입력에 맞추어 {model}의 {number}번 층 {layer}({what})을 만드는 중",
    },
    "in_layer": {
        "en": "in layer {layer} ({what}), given an input of shape {shape}",
        "ko": "층 {layer}({what})에서, 받은 입력의 모양 {shape}",
    },
}
