"""The words of explanations: what numbers are called, what they do, why they are zero."""

WORDS = {
    # The names of quantities, as they stand in a heading or beside a symbol.
    "input": {"en": "input", "ko": "입력"},
    "output": {"en": "output", "ko": "출력"},
    "hidden": {"en": "hidden unit", "ko": "은닉 유닛"},
    "unit": {"en": "unit", "ko": "유닛"},
    "layer": {"en": "layer", "ko": "층"},
    "target": {"en": "target", "ko": "목표값"},
    "prediction": {"en": "prediction", "ko": "예측값"},
    "weight": {"en": "weight", "ko": "가중치"},
    "bias": {"en": "bias", "ko": "편향"},
    "kernel": {"en": "kernel", "ko": "가중치 행렬"},
    "inside": {"en": "part of a time step", "ko": "시간 단계의 일부"},
    "sum": {"en": "weighted sum", "ko": "가중합"},
    "activation": {"en": "activation function", "ko": "활성화 함수"},
    "activated": {"en": "activation", "ko": "활성값"},
    "loss": {"en": "loss", "ko": "손실"},
    "sample_loss": {"en": "loss of one sample", "ko": "샘플 하나의 손실"},
    "total_loss": {"en": "total loss", "ko": "전체 손실"},
    "error": {"en": "error", "ko": "오차"},
    "delta": {"en": "delta (error signal)", "ko": "델타(오차 신호)"},
    "upstream": {"en": "upstream gradient", "ko": "뒤에서 전해진 기울기"},
    "slope": {"en": "slope", "ko": "미분값"},
    "slope_of": {"en": "slope of {function}", "ko": "{function}의 미분값"},
    "gradient": {"en": "gradient", "ko": "기울기"},
    "gradient_of": {"en": "gradient of {name}", "ko": "{name}의 기울기"},
    "second_derivative": {"en": "second derivative", "ko": "이계도함수 값"},
    "learning_rate": {"en": "learning rate", "ko": "학습률"},
    "momentum": {"en": "momentum", "ko": "모멘텀"},
    "velocity": {"en": "velocity", "ko": "속도"},
    "step": {"en": "step", "ko": "변화량"},
    "update": {"en": "update", "ko": "갱신"},
    "old_value": {"en": "value before the update", "ko": "갱신 전 값"},
    "new_value": {"en": "value after the update", "ko": "갱신 후 값"},
    "value": {"en": "value", "ko": "값"},
    "constant": {"en": "constant", "ko": "상수"},
    "sample": {"en": "sample", "ko": "샘플"},
    "batch": {"en": "batch", "ko": "배치"},
    "parameter": {"en": "parameter", "ko": "매개변수"},
    # The parts of an explanation, as headings.
    "forward": {"en": "Forward pass", "ko": "순전파"},
    "backward": {"en": "Backward pass", "ko": "역전파"},
    "chain_rule": {"en": "Chain rule", "ko": "연쇄 법칙"},
    "formula": {"en": "formula", "ko": "식"},
    "with_numbers": {"en": "with numbers", "ko": "값을 넣으면"},
    "result": {"en": "result", "ko": "결과"},
    "why_title": {"en": "Why is {name} {value}?", "ko": "{name:은} 왜 {value}인가"},
    "convention": {"en": "Convention", "ko": "표기와 계산 기준"},
    "setting": {"en": "setting of the optimizer", "ko": "옵티마이저 설정값"},
    "bias_correction": {
        "en": "bias correction (the average began at 0)",
        "ko": "편향 보정 (평균이 0에서 시작했으므로)",
    },
    "by_sample": {"en": "by sample", "ko": "샘플별"},
    "by_class": {"en": "by class", "ko": "클래스별"},
    # One sentence that answers; what a change would do.
    "is": {"en": "{name} is {value}.", "ko": "{name:은} {value}입니다."},
    "gradient_is": {
        "en": "The gradient of {loss} with respect to {name} is {value}.",
        "ko": "{name}에 대한 {loss}의 기울기는 {value}입니다.",
    },
    "gradient_is_product": {
        "en": "The gradient of {name} is the delta of {unit} times {input}, its input: {value}.",
        "ko": "{name}의 기울기는 {unit}의 델타에 입력 {input:을} 곱한 값, {value}입니다.",
    },
    "delta_is_product": {
        "en": "{name} is what comes back from behind times the slope of {function}: {value}.",
        "ko": "{name:은} 뒤에서 전해진 기울기에 {function}의 미분값을 곱한 값, {value}입니다.",
    },
    "is_because": {"en": "{name} is {value}: {reason}.", "ko": "{name} = {value}: {reason}."},
    "raises": {
        "en": "Raising {name} by {step} would raise {loss} by about {change}.",
        "ko": "{name:을} {step}만큼 올리면 {loss:이} 약 {change}만큼 커집니다.",
    },
    "lowers": {
        "en": "Raising {name} by {step} would lower {loss} by about {change}.",
        "ko": "{name:을} {step}만큼 올리면 {loss:이} 약 {change}만큼 작아집니다.",
    },
    "changes_nothing": {
        "en": "A small change of {name} does not change {loss}.",
        "ko": "{name:을} 조금 바꾸어도 {loss:은} 변하지 않습니다.",
    },
    "on_this": {"en": "this example alone", "ko": "이 샘플 하나로"},
    "on_these": {"en": "these {count} examples", "ko": "이 샘플 {count}개로"},
    "training_raises": {
        "en": "So one step of training on {batch} would raise it from {old} to {new}.",
        "ko": "그래서 {batch} 한 스텝 학습하면 이 값은 {old}에서 {new:으로} 커집니다.",
    },
    "training_lowers": {
        "en": "So one step of training on {batch} would lower it from {old} to {new}.",
        "ko": "그래서 {batch} 한 스텝 학습하면 이 값은 {old}에서 {new:으로} 작아집니다.",
    },
    "training_carries": {
        "en": "One step of training on {batch} would move it all the same, by what the optimizer"
        " remembers of earlier steps: from {old} to {new}.",
        "ko": "그래도 {batch} 한 스텝 학습하면 옵티마이저가 기억하는 이전 스텝들 때문에"
        " 이 값은 {old}에서 {new:으로} 바뀝니다.",
    },
    "training_keeps": {
        "en": "So one step of training on {batch} would leave it at {old}.",
        "ko": "그래서 {batch} 한 스텝 학습해도 이 값은 {old} 그대로입니다.",
    },
    "pushed_up": {
        "en": "{name} pushed it up by {amount}.",
        "ko": "{name:이} {amount}만큼 올렸습니다.",
    },
    "pushed_down": {
        "en": "{name} pushed it down by {amount}.",
        "ko": "{name:이} {amount}만큼 내렸습니다.",
    },
    # Why a number is zero, or is not there: answers that must not be confused.
    "relu_off": {"en": "0 because ReLU is off (z = {z})", "ko": "ReLU가 꺼져 있어 0 (z = {z})"},
    "off": {
        "en": "0 because the unit is off ({symbol} = {z})",
        "ko": "유닛이 꺼져 있어 0 ({symbol} = {z})",
    },
    "by_function": {"en": "({name})", "ko": "({name})"},
    "saturated": {
        "en": "nearly 0 because {function} is saturated (slope {slope})",
        "ko": "{function:이} 포화되어 0에 가까움 (미분값 {slope})",
    },
    "saturated_off": {
        "en": "0 because {function} is saturated: its slope comes to 0",
        "ko": "{function:이} 포화되어 미분값이 0이므로 0",
    },
    "terms_cancel": {
        "en": "0 because the terms cancel out",
        "ko": "항들이 서로 상쇄되어 0",
    },
    "terms_zero": {"en": "0 because every term is 0", "ko": "모든 항이 0이어서 0"},
    "input_zero": {"en": "0 because {name} is 0", "ko": "{name:이} 0이어서 0"},
    "masked": {"en": "0 because dropout switched it off", "ko": "드롭아웃으로 꺼져서 0"},
    "clipped": {"en": "clipped from {before} to {after}", "ko": "{before}에서 {after:으로} 잘림"},
    "scaled": {
        "en": "the gradient is scaled down: its norm {norm} is above {limit}",
        "ko": "기울기의 노름 {norm:이} {limit:을} 넘어 그만큼 줄임",
    },
    "not_so": {"en": "not so: {what}", "ko": "{what:이} 아님"},
    "masked_out": {
        "en": "0 because the mask leaves this place out",
        "ko": "마스크로 제외된 자리여서 0",
    },
    "masked_instead": {
        "en": "the mask leaves this place out; this stands in for it",
        "ko": "마스크로 제외된 자리여서 이 값이 대신 쓰임",
    },
    "rounded": {
        "en": "nothing but rounding: the terms cancel out",
        "ko": "항들이 서로 상쇄되고 남은 반올림 오차일 뿐임",
    },
    "underflow": {
        "en": "0: too small to be written as a number",
        "ko": "너무 작아 수로 나타낼 수 없어서 0",
    },
    "step_lost": {
        "en": "{dtype} has too few digits for this step: the weight stays {value}",
        "ko": "{dtype}의 자릿수로는 나타낼 수 없는 작은 변화여서 가중치는 {value} 그대로임",
    },
    # What operations tell of an element.
    "padding": {"en": "0 because it is padding", "ko": "패딩이어서 0"},
    "largest": {"en": "the largest of its window", "ko": "창에서 가장 큰 값"},
    "not_largest": {
        "en": "0 because it was in no window the largest",
        "ko": "어느 창에서도 가장 큰 값이 아니어서 0",
    },
    "passed_on": {
        "en": "{layer} passes it on unchanged",
        "ko": "{layer:은} 받은 값을 그대로 내보냄",
    },
    "unused": {
        "en": "0 because nothing in this batch uses it",
        "ko": "이 배치에서는 쓰이지 않아서 0",
    },
    "padded": {
        "en": "{count} of the window's {of} places lie in the padding and add 0",
        "ko": "창의 {of}개 자리 중 {count}개는 패딩이어서 0을 더함",
    },
    "shifted": {
        "en": "{name}, the largest, is taken off each: no share changes, and exp stays small",
        "ko": "가장 큰 {name:을} 모두에서 빼도 비율은 그대로이고, exp가 지나치게 커지지 않음",
    },
    "not_computed": {
        "en": "not computed yet: backward() was not called on {name}",
        "ko": "아직 계산되지 않음: {name}에서 backward()를 부르지 않음",
    },
    "not_on_path": {
        "en": "not on the path to {name}, which does not depend on it",
        "ko": "{name:으로} 가는 경로에 없어 {name}에 영향을 주지 않음",
    },
    "constant_input": {
        "en": "a constant, which training leaves as it is",
        "ko": "학습하지 않는 상수여서 기울기가 없음",
    },
    "no_gradient": {"en": "Why has {name} no gradient?", "ko": "{name}의 기울기는 왜 없는가"},
    "overflow": {"en": "too large for {dtype}", "ko": "{dtype:으로} 나타낼 수 없을 만큼 큼"},
    # What pushed a prediction.
    "biases_and_curvature": {"en": "biases and curvature", "ko": "편향과 곡률"},
    # Where a weight ended after training.
    "epoch_numbered": {"en": "epoch {number}", "ko": "{number}에포크"},
    "class_numbered": {"en": "class {number}", "ko": "클래스 {number}"},
    "sample_numbered": {"en": "sample {number}", "ko": "샘플 {number}"},
    "nobodys_updates": {
        "en": "nobody's (rounding, penalties, decay)",
        "ko": "누구의 몫도 아닌 변화(반올림, 벌점, 감쇠)",
    },
    "split_linear": {
        "en": "Each part is what those gradients did by themselves: {optimizer} is linear in them.",
        "ko": "각 항은 그 기울기만으로 생긴 변화입니다. {optimizer:은} 기울기에 대해 선형입니다.",
    },
    "split_apportioned": {
        "en": "{optimizer} is not linear in the gradients: what each step did is shared as the"
        " running average of the gradients was.",
        "ko": "{optimizer:은} 기울기에 대해 선형이 아니므로, 스텝마다 생긴 변화를 기울기의"
        " 이동 평균에서 차지한 몫대로 나누었습니다.",
    },
    "nobodys": {"en": "penalties on weights", "ko": "가중치 벌점"},
    "step_numbered": {"en": "step {number}", "ko": "{number}번째 스텝"},
    # The seven formulas of a dense network.
    "seven_formulas": {"en": "The seven formulas", "ko": "딥러닝의 일곱 공식"},
    "section_forward": {"en": "1  Forward", "ko": "1  순전파"},
    "section_error": {"en": "2  Error", "ko": "2  오차"},
    "section_output_error": {"en": "3  Error of the outputs", "ko": "3  출력의 오차"},
    "section_input_back": {"en": "4  Back to the inputs", "ko": "4  입력으로 역전파"},
    "section_exchanged": {
        "en": "5  Weights and inputs exchanged",
        "ko": "5  입력과 가중치를 맞바꾼 순전파",
    },
    "section_weight_back": {
        "en": "6  Back to weights and biases",
        "ko": "6  가중치와 편향으로 역전파",
    },
    "section_update": {"en": "7  Update", "ko": "7  가중치와 편향의 갱신"},
    # The same, node by node.
    "by_hand": {"en": "One training step by hand", "ko": "손으로 계산하는 학습 한 번"},
    "section_hand_forward": {
        "en": "Forward: the sum and the output of each unit",
        "ko": "순전파: 유닛마다 가중합과 출력",
    },
    "section_hand_error": {
        "en": "Error: of each output, and in total",
        "ko": "오차: 출력별 오차와 전체 오차",
    },
    "section_hand_back": {
        "en": "Back: what arrives at a unit, the slope there, and their product δ",
        "ko": "역전파: 유닛에 전해진 기울기, 미분값, 그 곱인 δ",
    },
    "section_hand_gradient": {
        "en": "Gradients of weights and biases",
        "ko": "가중치와 편향의 기울기",
    },
    "section_hand_update": {"en": "New weights and biases", "ko": "새 가중치와 편향"},
    # What a change would do.
    "predicted_change": {"en": "predicted by the gradient", "ko": "기울기로 예측한 변화"},
    "exact_change": {"en": "exactly", "ko": "실제 변화"},
    "missed": {"en": "missed by the gradient (curvature)", "ko": "기울기가 놓친 몫(곡률)"},
    "where_is": {
        "en": "where(c, a, b) is a if c is true, else b.",
        "ko": "where(c, a, b)는 c가 참이면 a, 아니면 b입니다.",
    },
    "nothing_missed": {"en": "0, but for rounding", "ko": "0 (반올림 오차 제외)"},
    # Long sums, cut.
    "and_more": {"en": "and {count} more: {total}", "ko": "그 밖의 {count}개: {total}"},
    "largest_first": {"en": "largest first", "ko": "크기가 큰 것부터"},
    "terms": {"en": "{count:term|terms}", "ko": "항 {count}개"},
    "mean_over": {"en": "mean over {count:sample|samples}", "ko": "샘플 {count}개의 평균"},
    "sum_over": {"en": "sum over {count:sample|samples}", "ko": "샘플 {count}개의 합"},
    # Which definitions an explanation follows: the same network has other numbers under each.
    "follows": {"en": "Follows {name}: {text}", "ko": "{name} 기준: {text}"},
    "book": {
        "en": "the loss is ½Σ(output − target)², and δ is ∂E/∂z.",
        "ko": "손실은 ½Σ(출력 − 목표값)²이고, δ는 ∂E/∂z입니다.",
    },
    "bpnn": {
        "en": "the loss is ½Σ(target − output)², δ is −∂E/∂z, and the step is added.",
        "ko": "손실은 ½Σ(목표값 − 출력)²이고, δ는 −∂E/∂z이며, 변화량을 더합니다.",
    },
    "keras": {
        "en": "the loss is a mean over outputs and samples.",
        "ko": "손실은 출력과 샘플에 대한 평균입니다.",
    },
    "keras_entropy": {
        "en": "the loss is a sum over classes and a mean over samples.",
        "ko": "손실은 클래스별로 더하고 샘플에 대해 평균한 값입니다.",
    },
    "keras_several": {
        "en": "the losses of the outputs, each times its weight, are added up.",
        "ko": "출력마다 구한 손실에 그 비중을 곱해 더합니다.",
    },
    "book_entropy": {
        "en": "the loss is −Σ target · log output, and δ is ∂E/∂z.",
        "ko": "손실은 −Σ 목표값 · log 출력이고, δ는 ∂E/∂z입니다.",
    },
    "book_binary": {
        "en": "the loss is −Σ (target · log output + (1 − target) · log(1 − output)), and δ is"
        " ∂E/∂z.",
        "ko": "손실은 −Σ (목표값 · log 출력 + (1 − 목표값) · log(1 − 출력))이고, δ는 ∂E/∂z입니다.",
    },
    "sklearn_binary": {
        "en": "the loss is a sum over outputs and a mean over samples, plus the L2 penalty.",
        "ko": "손실은 출력에 대한 합과 샘플에 대한 평균에 L2 벌점을 더한 값입니다.",
    },
    "laid_out": {
        "en": "Weights are laid out ({axes}).",
        "ko": "가중치의 축은 ({axes}) 순서입니다.",
    },
    "keras_dense": {"en": "inputs, units", "ko": "입력, 유닛"},
    "torch_dense": {"en": "units, inputs", "ko": "유닛, 입력"},
    "keras_gates": {"en": "inputs, units of all gates", "ko": "입력, 모든 게이트의 유닛"},
    "torch_gates": {"en": "units of all gates, inputs", "ko": "모든 게이트의 유닛, 입력"},
    "keras_conv": {"en": "{space}, channels, filters", "ko": "{space}, 채널, 필터"},
    "torch_conv": {"en": "filters, channels, {space}", "ko": "필터, 채널, {space}"},
    "keras_transposed": {"en": "{space}, filters, channels", "ko": "{space}, 필터, 채널"},
    "torch_transposed": {"en": "channels, filters, {space}", "ko": "채널, 필터, {space}"},
    "keras_depthwise": {
        "en": "{space}, channels, filters of each",
        "ko": "{space}, 채널, 채널마다의 필터",
    },
    "torch_depthwise": {
        "en": "filters of all channels, 1, {space}",
        "ko": "모든 채널의 필터, 1, {space}",
    },
    "keras_embedding": {"en": "words, features", "ko": "단어, 특성"},
    "torch_embedding": {"en": "words, features", "ko": "단어, 특성"},
    "space_0": {"en": "–", "ko": "–"},
    "space_1": {"en": "steps", "ko": "단계"},
    "space_2": {"en": "height, width", "ko": "높이, 너비"},
    "space_3": {"en": "depth, height, width", "ko": "깊이, 높이, 너비"},
    "bpnn_entropy": {
        "en": "the loss is −Σ target · log output, δ is −∂E/∂z, and the step is added.",
        "ko": "손실은 −Σ 목표값 · log 출력이고, δ는 −∂E/∂z이며, 변화량을 더합니다.",
    },
    "torch_entropy": {
        "en": "the loss is a sum over classes and a mean over samples.",
        "ko": "손실은 클래스별로 더하고 샘플에 대해 평균한 값입니다.",
    },
    "sklearn_entropy": {
        "en": "the loss is a sum over classes and a mean over samples, plus the L2 penalty.",
        "ko": "손실은 클래스에 대한 합과 샘플에 대한 평균에 L2 벌점을 더한 값입니다.",
    },
    "dropout_off": {
        "en": "Dropout is off here, as in prediction; training=True shows a step of training,"
        " which drops some units.",
        "ko": "여기서는 예측할 때처럼 드롭아웃을 껐습니다. 일부 유닛이 꺼지는 학습 스텝은"
        " training=True로 볼 수 있습니다.",
    },
    "as_in_prediction": {
        "en": "Computed as in prediction; {names} would work otherwise in a step of training"
        " (training=True).",
        "ko": "예측할 때처럼 계산했습니다. 학습 스텝에서는 {names:이} 다르게 동작합니다"
        "(training=True).",
    },
    "sample_first": {
        "en": "Of what differs by sample, the first number in brackets is the sample, counted"
        " from 0.",
        "ko": "샘플마다 다른 값에서는 대괄호 안의 첫 수가 0부터 센 샘플 번호입니다.",
    },
    "samples_counted": {
        "en": "⁽⁰⁾, ⁽¹⁾, … tell the samples of the batch apart, counted from 0.",
        "ko": "⁽⁰⁾, ⁽¹⁾, …은 배치 안의 샘플을 0부터 센 번호입니다.",
    },
    "torch": {
        "en": "the loss is a mean over outputs and samples.",
        "ko": "손실은 출력과 샘플에 대한 평균입니다.",
    },
    "sklearn": {
        "en": "the loss is half the mean squared error; its L2 penalty is left out.",
        "ko": "손실은 평균 제곱 오차의 절반이며, L2 벌점은 뺐습니다.",
    },
}
