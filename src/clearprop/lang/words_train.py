"""The words of training: progress, curves, what stopped it."""

WORDS = {
    "training": {"en": "Training", "ko": "학습 중"},
    "epoch": {"en": "epoch", "ko": "에포크"},
    "epoch_of": {"en": "epoch {epoch}/{epochs}", "ko": "에포크 {epoch}/{epochs}"},
    "epochs": {"en": "{count:epoch|epochs}", "ko": "에포크 {count}번"},
    "step": {"en": "step", "ko": "단계"},
    "loss": {"en": "loss", "ko": "손실"},
    "accuracy": {"en": "accuracy", "ko": "정확도"},
    "mae": {"en": "mean absolute error", "ko": "평균 절대 오차"},
    "mse": {"en": "mean squared error", "ko": "평균 제곱 오차"},
    "train": {"en": "training", "ko": "훈련"},
    "validation": {"en": "validation", "ko": "검증"},
    "test": {"en": "test", "ko": "테스트"},
    "elapsed": {"en": "{time} elapsed", "ko": "{time} 지남"},
    "remaining": {"en": "{time} left", "ko": "{time} 남음"},
    "seconds": {"en": "{count} s", "ko": "{count}초"},
    "started": {
        "en": "Training on {samples:sample|samples} for {epochs:epoch|epochs}.",
        "ko": "샘플 {samples}개로 에포크 {epochs}번 학습합니다.",
    },
    "finished": {
        "en": "Trained for {epochs:epoch|epochs} in {time}.",
        "ko": "{time} 동안 에포크 {epochs}번 학습했습니다.",
    },
    "stopped_early": {
        "en": "Stopped at epoch {epoch}: {metric} has not improved for {patience:epoch|epochs}.",
        "ko": "에포크 {epoch}에서 멈췄습니다. {patience}번 동안 {metric:이} 나아지지 않았습니다.",
    },
    "reached": {
        "en": "Stopped at epoch {epoch}: {metric} reached {value}.",
        "ko": "에포크 {epoch}에서 멈췄습니다. {metric:이} {value}에 이르렀습니다.",
    },
    "restored": {
        "en": "Weights of epoch {epoch}, the best, are back.",
        "ko": "가장 좋았던 에포크 {epoch}의 가중치로 되돌렸습니다.",
    },
    "not_finite": {
        "en": "The loss became {value} at epoch {epoch}; a smaller learning rate may help.",
        "ko": "에포크 {epoch}에서 손실이 {value:이} 되었습니다. 학습률을 줄여 보십시오.",
    },
    "not_finite_at_once": {
        "en": "The loss was {value} from the first step on: targets or predictions are too large, "
        "or none that this loss is for.",
        "ko": "첫 단계부터 손실이 {value}입니다. 목표값이나 예측이 너무 크거나 이 손실에 맞지 "
        "않습니다.",
    },
    "astray": {
        "en": "{weight} is {value}, since an earlier training went astray. Make the model anew, or "
        "load weights from before, and train with a smaller learning rate.",
        "ko": "앞선 학습이 발산하여 {weight:이} {value}입니다. 모델을 새로 만들거나 그전의 "
        "가중치를 불러온 뒤 학습률을 줄여 학습하십시오.",
    },
    "eagerly": {
        "en": "Ran step by step, not compiled: the compiled engine cannot do {why}.",
        "ko": "컴파일하지 않고 한 단계씩 실행했습니다. 컴파일 엔진이 할 수 없는 것: {why}.",
    },
    # Programs that were compiled, in words.
    "program_head": {
        "en": "Each step of {kind}, {batch:example|examples} at a time, as native code "
        "({threads:thread|threads}, {memory}):",
        "ko": "{kind} 한 단계, 예제 {batch}개씩, 네이티브 코드(스레드 {threads}개, {memory}):",
    },
    "program_interpreted": {
        "en": "This step is computed by NumPy, one operation after another.",
        "ko": "이 단계는 NumPy로 연산을 하나씩 계산합니다.",
    },
    "program_train": {"en": "training", "ko": "학습"},
    "program_judge": {"en": "judging", "ko": "평가"},
    "program_answer": {"en": "answering", "ko": "예측"},
    "program_primes": {
        "en": "A prime (′) marks what a weight is after the step.",
        "ko": "′는 그 단계 뒤의 값을 나타냅니다.",
    },
    "no_program": {
        "en": "nothing is compiled for this model: {why} Give data, as in "
        "model.program(x, y, batch_size=32).",
        "ko": "이 모델에는 컴파일된 것이 없습니다: {why} model.program(x, y, batch_size=32)처럼 "
        "데이터를 주십시오.",
    },
    "not_fitted": {
        "en": "it was not fitted, or so little that it ran eagerly.",
        "ko": "아직 학습하지 않았거나, 할 일이 적어 컴파일하지 않고 실행했습니다.",
    },
    "no_compiler": {
        "en": "Ran step by step, not compiled: llvmlite, which makes native code, is not "
        "installed.",
        "ko": "컴파일하지 않고 한 단계씩 실행했습니다. 네이티브 코드를 만드는 llvmlite가 설치되어 "
        "있지 않습니다.",
    },
    "no_numbers": {
        "en": "{what} not finite.",
        "ko": "{what:이} 유한한 수가 아닙니다.",
    },
    "the_predictions": {"en": "Some of the predictions are", "ko": "예측 가운데 일부"},
    "the_loss": {"en": "The loss is", "ko": "손실"},
    "overflow": {
        "en": "Data and weights are: numbers on the way grew too large, or a function was asked "
        "outside its domain.",
        "ko": "데이터와 가중치는 유한하니, 계산 도중에 수가 너무 커졌거나 함수가 정의되지 않은 "
        "값을 받은 것입니다.",
    },
    "grew": {
        "en": "The loss grew from {first} to {last}: training goes astray; a smaller learning rate "
        "may help.",
        "ko": "손실이 {first}에서 {last:으로} 커졌습니다. 학습이 발산하고 있으니 학습률을 줄여 "
        "보십시오.",
    },
    "interrupted": {
        "en": "Interrupted at epoch {epoch}.",
        "ko": "에포크 {epoch}에서 중단했습니다.",
    },
    "kept": {
        "en": "The model keeps what the steps before that taught it.",
        "ko": "그때까지 학습한 가중치는 그대로 남아 있습니다.",
    },
    "saved": {
        "en": "Epoch {epoch}: saved in {file}.",
        "ko": "에포크 {epoch}: {file}에 저장했습니다.",
    },
    "rate_is": {
        "en": "Epoch {epoch}: the learning rate is now {rate}.",
        "ko": "에포크 {epoch}: 학습률을 {rate:으로} 바꿨습니다.",
    },
    "resumed": {
        "en": "Went on at epoch {epoch}, where an earlier run had stopped.",
        "ko": "앞서 멈춘 에포크 {epoch}부터 이어서 학습했습니다.",
    },
    # The table of a model's layers.
    "layer": {"en": "layer", "ko": "층"},
    "output_shape": {"en": "output shape", "ko": "출력 모양"},
    "connected_to": {"en": "takes from", "ko": "입력을 받는 층"},
    "parameters": {"en": "parameters", "ko": "매개변수 수"},
    "trainable": {"en": "trained", "ko": "학습"},
    "fixed_parameters": {
        "en": "{count} of them not trained",
        "ko": "그중 학습하지 않는 것 {count}개",
    },
    "total_parameters": {
        "en": "{count:parameter|parameters} in all",
        "ko": "매개변수 모두 {count}개",
    },
}
