"""What a check of a hand-written backward pass says, besides the words of each mistake."""

WORDS = {
    "sound": {
        "en": "The gradients are right: {names}.",
        "ko": "기울기가 모두 맞습니다: {names}.",
    },
    "sound_numbers": {
        "en": "The numbers are right: {names}.",
        "ko": "값이 모두 맞습니다: {names}.",
    },
    "sound_step": {
        "en": "The steps are right.",
        "ko": "갱신이 맞습니다.",
    },
    "one": {"en": "A mistake was found: {id}", "ko": "실수를 하나 찾았습니다: {id}"},
    "many": {
        "en": "{count} mistakes were found: {ids}",
        "ko": "실수를 {count}가지 찾았습니다: {ids}",
    },
    "among": {
        "en": "A mistake was found; it is one of these: {ids}",
        "ko": "실수를 찾았습니다. 다음 가운데 하나입니다: {ids}",
    },
    "unnamed": {
        "en": "The gradients are wrong. The mistake is none that has a name here; what is certain:",
        "ko": "기울기가 틀렸습니다. 이름이 붙은 실수는 아니며, 확실한 것은 다음과 같습니다.",
    },
    "unnamed_values": {
        "en": "Some values are wrong on the way forward already:",
        "ko": "순전파의 값부터 틀렸습니다.",
    },
    "unjudged": {"en": "This cannot be judged.", "ko": "판정할 수 없습니다."},
    "recognised": {"en": "Forward pass: {title}.", "ko": "순전파: {title}."},
    "points": {
        "en": "Compared with central differences at {count:point|points}.",
        "ko": "점 {count}곳에서 중심 차분과 비교했습니다.",
    },
    "next": {
        "en": "To find it, check each layer by itself: the first that is wrong has the mistake.",
        "ko": "층을 하나씩 따로 검사해 보십시오. 처음으로 틀린 층에 실수가 있습니다.",
    },
    # The parts of what is said of a mistake.
    "where": {"en": "Where", "ko": "위치"},
    "did": {"en": "What you did", "ko": "실수"},
    "should": {"en": "What belongs there", "ko": "옳은 계산"},
    "line": {"en": "Derivation", "ko": "유도식"},
    "mend": {"en": "To mend it", "ko": "고치는 법"},
    "yours": {"en": "yours", "ko": "제출값"},
    "right": {"en": "right", "ko": "맞는 값"},
    "ratio": {"en": "yours / right", "ko": "제출값 / 맞는 값"},
    "same_numbers": {
        "en": "Each of these gives the same numbers wherever the program could be tried.",
        "ko": "이 프로그램을 시험할 수 있는 모든 곳에서 이들의 값이 똑같습니다.",
    },
    "probe_batch": {
        "en": "A batch of another size would tell them apart: check it with more samples.",
        "ko": "배치 크기가 다르면 가려낼 수 있으니 샘플 수를 바꾸어 다시 검사해 보십시오.",
    },
    "probe_outputs": {
        "en": "Another number of outputs would tell them apart.",
        "ko": "출력 수가 다르면 가려낼 수 있으니 출력 수를 바꾸어 다시 검사해 보십시오.",
    },
    "probe_penalty": {
        "en": "Another strength of the penalty, λ, would tell them apart.",
        "ko": "규제의 세기 λ가 다르면 가려낼 수 있으니 λ를 바꾸어 다시 검사해 보십시오.",
    },
    "probe_steps": {
        "en": "A longer sequence would tell them apart.",
        "ko": "시점이 더 많으면 가려낼 수 있으니 더 긴 수열로 다시 검사해 보십시오.",
    },
    "probe_size": {
        "en": "Other numbers of inputs, units or outputs would tell them apart.",
        "ko": "입력, 유닛, 출력의 수가 다르면 가려낼 수 있으니 크기를 바꾸어 다시 검사해 보십시오.",
    },
    # Certain facts.
    "fact_missing": {
        "en": "Nothing was given for the gradient of {name}; is a return missing?",
        "ko": "{name}의 기울기를 얻지 못했습니다. return이 빠지지 않았는지 보십시오.",
    },
    "fact_shape": {
        "en": "The gradient of {name} has shape {shape}; {name} has {expected}.",
        "ko": "{name}의 기울기는 모양이 {shape}인데, {name}의 모양은 {expected}입니다.",
    },
    "fact_entry": {
        "en": "∂L/∂{place} is {right}; the program gives {yours}.",
        "ko": "∂L/∂{place}의 맞는 값은 {right}인데 프로그램은 {yours:을} 냅니다.",
    },
    "fact_value": {
        "en": "{place} is {right}; yours is {yours}.",
        "ko": "{place}의 맞는 값은 {right}인데 제출한 값은 {yours}입니다.",
    },
    "fact_first_value": {
        "en": "Begin with {place}: what comes behind it is computed from it.",
        "ko": "{place}부터 다시 계산해 보십시오. 뒤의 값은 여기서 나옵니다.",
    },
    "fact_ratio": {
        "en": "Every entry of ∂L/∂{name} is {ratio} times what it should be.",
        "ko": "∂L/∂{name}의 성분이 모두 맞는 값의 {ratio}배입니다.",
    },
    "fact_zero": {
        "en": "Every entry of ∂L/∂{name} is 0.",
        "ko": "∂L/∂{name}의 성분이 모두 0입니다.",
    },
    "fact_step": {"en": "Its step is h = {h}.", "ko": "쓰인 간격: h = {h}."},
    "fact_carried": {
        "en": "What is carried over from the step before is {ratio} times that step; with the"
        " momentum β = {beta} it is {beta} times.",
        "ko": "앞선 갱신에서 넘어오는 몫이 그 갱신의 {ratio}배입니다. 모멘텀 β = {beta:이라}면"
        " {beta}배여야 합니다.",
    },
    "fact_right": {"en": "Right: {names}.", "ko": "맞는 것: {names}."},
    "fact_earlier": {
        "en": "The gradients of {names} depend on earlier calls: the second time they are others.",
        "ko": "{names}의 기울기가 앞선 호출에 따라 달라집니다.",
    },
    "fact_batch": {
        "en": "{name} is wrong only for batches of more than one sample.",
        "ko": "{name:은} 샘플이 둘 이상일 때만 틀립니다.",
    },
    "fact_no_rule": {
        "en": "The steps follow none of the known rules: {rules}.",
        "ko": "갱신이 알려진 규칙({rules}) 가운데 어느 것도 아닙니다.",
    },
    "note_factor": {
        "en": "All gradients are {factor} times those of half the squared error. With no loss"
        " stated, a constant factor is a convention, not a mistake; state it with loss=.",
        "ko": "모든 기울기가 ½ 제곱 오차 기준의 {factor}배입니다. 손실을 밝히지 않았으므로 일정한"
        " 배수는 실수가 아니라 관례로 봅니다. loss=로 밝힐 수 있습니다.",
    },
    "note_factor_mean": {
        "en": "All gradients are {factor}/N times those of half the squared error summed over the"
        " N samples: those of a mean. With no loss stated, that is a convention; state it with"
        " loss=.",
        "ko": "모든 기울기가 샘플 N개에 대한 ½ 제곱 오차 합 기준의 {factor}/N배로, 평균을 낸"
        " 값입니다. 손실을 밝히지 않았으므로 관례로 봅니다. loss=로 밝힐 수 있습니다.",
    },
    "note_shape": {
        "en": "The gradient of {name} has shape {shape}, and {name} has {expected}: subtracted, it"
        " is spread to that shape, so the step is right.",
        "ko": "{name}의 기울기 모양은 {shape}, {name}의 모양은 {expected}입니다. 뺄 때 이 모양으로"
        " 펼쳐지므로 갱신은 맞습니다.",
    },
    "note_clipped": {
        "en": "The gradients are cut off at {limit}; short of that they are right.",
        "ko": "기울기를 {limit}에서 잘라 냅니다. 잘리기 전까지는 맞습니다.",
    },
    "note_decay": {
        "en": "The gradient of the weights has a part c·W, as of a penalty; no loss is stated that"
        " it belongs to.",
        "ko": "가중치의 기울기에 규제 항처럼 c·W가 더해져 있습니다. 그 규제가 들어 있는 손실은"
        " 제출되지 않았습니다.",
    },
    "note_own_numbers": {
        "en": "Compared with what clearprop computes, as far as the numbers are rounded.",
        "ko": "clearprop이 계산한 값과, 제출한 자릿수까지 비교했습니다.",
    },
    "note_local": {
        "en": "The second function was taken for the derivative at x: f′(x), times what comes in.",
        "ko": "둘째 함수를 x에서의 도함수로 보고, f′(x)에 흘러온 기울기를 곱했습니다.",
    },
    "note_local_of_output": {
        "en": "The second function was taken for the derivative written in the output: it has to be"
        " handed y = f(x), not x.",
        "ko": "둘째 함수를 출력으로 쓴 도함수로 보았습니다. x가 아니라 y = f(x)를 넘겨야 합니다.",
    },
    "note_made": {
        "en": "Made for this check as {name}({given}).",
        "ko": "이 검사에서는 {name}({given})로 만들었습니다.",
    },
    "note_kept": {
        "en": "The backward pass returns nothing; the gradient of its input was read from {name}.",
        "ko": "역전파가 아무것도 반환하지 않아, 입력의 기울기를 {name}에서 읽었습니다.",
    },
    "note_first_layer": {
        "en": "It changes its own weights and returns no gradient of its input: right for the first"
        " layer of a network, but no layer before it would learn.",
        "ko": "스스로 가중치를 고치고 입력의 기울기는 돌려주지 않습니다. 신경망의 첫 층이면"
        " 괜찮지만, 앞에 다른 층이 있으면 그 층은 학습하지 못합니다.",
    },
    "note_unseen": {
        "en": "Not judged, because no gradient of it was found: {names}. If there is one, name it:"
        " grads={{'W': 'dW'}}.",
        "ko": "기울기를 찾지 못해 판정하지 않은 매개변수: {names}. 기울기가 있다면"
        " grads={{'W': 'dW'}}처럼 이름을 알려 주십시오.",
    },
    # The command.
    "bad_numbers": {
        "en": "{text} is neither a shape such as 3,4 nor a file of numbers.",
        "ko": "{text:은} 3,4 같은 모양도, 숫자 파일도 아닙니다.",
    },
}
