"""The words among the formulas of derivations, and what forward passes are called."""

WORDS = {
    # Whole lines of derivations.
    "step_counted": {"en": "t ← t + 1 at each step", "ko": "갱신마다 t ← t + 1"},
    "in_order": {
        "en": "a node is read only when all that it feeds have given their part",
        "ko": "노드의 기울기는 그 노드가 쓰인 곳에서 모두 돌아온 뒤에 읽는다",
    },
    "unchanged": {
        "en": "f′ and x are those of the forward pass, unchanged",
        "ko": "f′과 x는 순전파 때의 값 그대로",
    },
    "window": {
        "en": "output (i, j) read x from (i·S, j·S)",
        "ko": "출력 (i, j)는 x의 (i·S, j·S)부터 읽음",
    },
    "by_output": {
        "en": "δ = ∂L/∂y · f′(z), with y = f(z): σ′ = y(1 − y)",
        "ko": "δ = ∂L/∂y · f′(z), 단 y = f(z): σ′ = y(1 − y)",
    },
    "of_output": {
        "en": "σ′(z) = y(1 − y) and tanh′(z) = 1 − y², with y = f(z)",
        "ko": "σ′(z) = y(1 − y), tanh′(z) = 1 − y², 단 y = f(z)",
    },
    "same_mask": {
        "en": "∂L/∂x = ∂L/∂y · mask, with the mask of the forward pass",
        "ko": "∂L/∂x = ∂L/∂y · mask, 마스크는 순전파의 것",
    },
    "last_alone": {
        "en": "∂L/∂w belongs to the last forward pass alone",
        "ko": "∂L/∂w는 마지막 순전파에 대한 것뿐",
    },
    "own_x": {
        "en": "∂L/∂W = xᵀ · ∂L/∂y, with the x that the layer was given",
        "ko": "∂L/∂W = xᵀ · ∂L/∂y, x는 그 층에 들어온 값",
    },
    "real": {"en": "gradients are real numbers", "ko": "기울기는 실수"},
    "divided": {"en": "a / b, not ⌊a / b⌋", "ko": "⌊a / b⌋가 아니라 a / b"},
    "rounded_last": {
        "en": "round what is shown, not what is computed with",
        "ko": "보여 줄 값만 반올림하고 계산할 값은 그대로",
    },
    "gates": {
        "en": "the four gates' δ lie side by side in the order in which forward cut them",
        "ko": "네 게이트의 δ는 순전파에서 나눈 순서대로 나란히 놓인다",
    },
    "one_moved": {
        "en": "each number is moved by itself, all others as they are",
        "ko": "한 번에 한 값만 바꾸고 나머지는 그대로",
    },
    "small_step": {
        "en": "∂L/∂w ≈ (L(w + h) − L(w − h)) / 2h, for a small h",
        "ko": "∂L/∂w ≈ (L(w + h) − L(w − h)) / 2h, 단 작은 h",
    },
    "above_rounding": {
        "en": "∂L/∂w ≈ (L(w + h) − L(w − h)) / 2h, for an h far above rounding",
        "ko": "∂L/∂w ≈ (L(w + h) − L(w − h)) / 2h, 단 반올림 오차보다 훨씬 큰 h",
    },
    "own_f": {
        "en": "δ = ∂L/∂y · f′(z), with the f of the forward pass",
        "ko": "δ = ∂L/∂y · f′(z), f는 순전파의 것",
    },
    "all_paths": {
        "en": "∂L/∂x = Σ over all that x feeds",
        "ko": "∂L/∂x = Σ (x가 쓰인 모든 곳에서 온 기울기)",
    },
    "maximum": {
        "en": "max: the gradient goes to the maximum alone",
        "ko": "max: 기울기는 최댓값에만 간다",
    },
    "tie": {
        "en": "max(a, b): the gradient goes to one maximum, or is shared",
        "ko": "max(a, b): 기울기는 최댓값 하나에 가거나 나뉜다",
    },
    "penalty": {
        "en": "∂L/∂w has λw only if L has (λ/2) Σ w²",
        "ko": "L에 (λ/2) Σ w²이 있을 때만 ∂L/∂w에 λw가 있음",
    },
    "own_z": {
        "en": "relu′(z) = 1 (z > 0), 0 (z ≤ 0), of the z that went in",
        "ko": "relu′(z) = 1 (z > 0), 0 (z ≤ 0), z는 들어간 값",
    },
    "two_ways": {
        "en": "∂L/∂hₜ = what comes from the output at t + what comes back from step t + 1",
        "ko": "∂L/∂hₜ = 시점 t의 출력에서 온 기울기 + 시점 t + 1에서 돌아온 기울기",
    },
    "backwards": {
        "en": "∂L/∂Wₕ = Σₜ hₜ₋₁ᵀ · δₜ, for t = T … 1",
        "ko": "∂L/∂Wₕ = Σₜ hₜ₋₁ᵀ · δₜ, t = T … 1",
    },
    "after_softmax": {
        "en": "∂L/∂z = y − t, with y = softmax(z)",
        "ko": "∂L/∂z = y − t, 단 y = softmax(z)",
    },
    "own_memory": {
        "en": "each layer has its own x, y and mask",
        "ko": "층마다 자기 x, y, 마스크를 가진다",
    },
    "sigmoid_ce_line": {
        "en": "sigmoid with binary cross-entropy: ∂L/∂z = y − t",
        "ko": "시그모이드와 이진 교차 엔트로피: ∂L/∂z = y − t",
    },
    "half_square": {
        "en": "∂L/∂y = y − t, for L = ½(y − t)²",
        "ko": "L = ½(y − t)²이면 ∂L/∂y = y − t",
    },
    "softmax_ce_line": {
        "en": "softmax with cross-entropy: ∂L/∂z = y − t",
        "ko": "소프트맥스와 교차 엔트로피: ∂L/∂z = y − t",
    },
    "last_values": {
        "en": "f′ and x are those of the last forward pass",
        "ko": "f′과 x는 마지막 순전파의 값",
    },
    "one_hot": {
        "en": "∂L/∂z = y − t, with t a row of ones and zeros",
        "ko": "∂L/∂z = y − t, t는 1과 0으로 된 행(원-핫)",
    },
    "old_w": {
        "en": "∂L/∂x = ∂L/∂y · Wᵀ, with the W of the forward pass",
        "ko": "∂L/∂x = ∂L/∂y · Wᵀ, W는 순전파 때의 값",
    },
    "own_shape": {"en": "∂L/∂w has the shape of w", "ko": "∂L/∂w의 모양은 w와 같다"},
    # Parts of what a forward pass is called.
    "squared": {"en": "squared error", "ko": "제곱 오차"},
    "absolute": {"en": "absolute error", "ko": "절댓값 오차"},
    "binary_ce": {"en": "binary cross-entropy", "ko": "이진 교차 엔트로피"},
    "softmax_ce": {"en": "softmax with cross-entropy", "ko": "소프트맥스와 교차 엔트로피"},
    "softmax_all_ce": {
        "en": "softmax over everything with cross-entropy",
        "ko": "전체에 대한 소프트맥스와 교차 엔트로피",
    },
    "softmax_batch_ce": {
        "en": "softmax over the batch with cross-entropy",
        "ko": "배치에 대한 소프트맥스와 교차 엔트로피",
    },
    "sigmoid_ce": {"en": "sigmoid with cross-entropy", "ko": "시그모이드와 교차 엔트로피"},
    "ce": {"en": "cross-entropy", "ko": "교차 엔트로피"},
    "hinge": {"en": "hinge of several classes", "ko": "다중 클래스 힌지 손실"},
    "over_samples": {"en": "mean over samples", "ko": "샘플 평균"},
    "over_outputs": {"en": "mean over outputs", "ko": "출력 평균"},
    "mean": {"en": "mean", "ko": "평균"},
    "sum": {"en": "sum", "ko": "합"},
    "product": {"en": "product", "ko": "곱"},
    "over_steps": {"en": "mean over the steps", "ko": "시점 평균"},
    "over_sequences": {"en": "mean over the sequences", "ko": "수열 평균"},
    "over_all_samples": {"en": "mean over the samples", "ko": "샘플 평균"},
    "over_all_steps": {
        "en": "mean over the steps of all sequences",
        "ko": "모든 수열의 시점 평균",
    },
    "and_outputs": {"en": "and over outputs", "ko": "및 출력 평균"},
    "as_steps": {"en": "as often as there are steps", "ko": "시점 수만큼"},
    "mean_steps": {"en": "mean of the steps", "ko": "시점의 평균"},
    "sum_steps": {"en": "sum of the steps", "ko": "시점의 합"},
    "weighted": {"en": "weighted", "ko": "가중"},
    "outputs": {"en": "outputs", "ko": "출력"},
    "times": {"en": "times", "ko": "배율"},
    "picked": {"en": "numbers picked", "ko": "값 고르기"},
    "added": {"en": "numbers added up", "ko": "값 더하기"},
    "rows_of": {"en": "rows of", "ko": "행:"},
    "side_by_side": {"en": "side by side", "ko": "나란히 붙임"},
    "skip": {"en": "skip connection", "ko": "건너뛰기 연결"},
    "constant_input": {"en": "affine with a constant input", "ko": "상수 입력이 있는 affine"},
    "each_step": {"en": "affine at each step", "ko": "시점마다 affine"},
    "learnt_slope": {"en": "relu with a learnt slope", "ko": "기울기를 학습하는 relu"},
    "nothing": {"en": "nothing", "ko": "없음"},
    "of_a_loss": {"en": "formula of a loss", "ko": "손실 식"},
    "own_function": {"en": "the program's own function", "ko": "프로그램에만 있는 함수"},
    "own_step": {"en": "the program's own step", "ko": "프로그램에만 있는 계산"},
    "own_loss": {"en": "the program's own loss", "ko": "프로그램에만 있는 손실"},
    "convolution": {"en": "convolution", "ko": "합성곱"},
    "max_pooling": {"en": "max pooling", "ko": "최댓값 풀링"},
    "maximum_pooling": {"en": "maximum pooling", "ko": "최댓값 풀링"},
    "average_pooling": {"en": "average pooling", "ko": "평균 풀링"},
    "batch_norm": {"en": "batch norm", "ko": "배치 정규화"},
    "layer_norm": {"en": "layer norm", "ko": "층 정규화"},
    "group_norm": {"en": "group norm", "ko": "그룹 정규화"},
    "instance_norm": {"en": "instance norm", "ko": "인스턴스 정규화"},
    "rms_norm": {"en": "RMS norm", "ko": "RMS 정규화"},
    "dropout": {"en": "dropout", "ko": "드롭아웃"},
    "embedding": {"en": "embedding", "ko": "임베딩"},
    "recurrent": {"en": "recurrent layer", "ko": "순환 층"},
    "last_step": {"en": "last step", "ko": "마지막 시점"},
    "reversed_steps": {"en": "last step first", "ko": "시점 거꾸로"},
    "rows": {"en": "steps as rows", "ko": "시점을 행으로"},
}
