"""What is wrong with a question about a number, a change to it, or a worksheet of numbers."""

WORDS = {
    # Addresses.
    "no_address": {
        "en": "{text} is no address; write such as 'dense_1/kernel[0,2]', 'w5' or 'h1.delta'.",
        "ko": "{text:은} 주소가 아닙니다. 'dense_1/kernel[0,2]', 'w5', 'h1.delta'처럼 쓰십시오.",
    },
    "no_aspect": {
        "en": "{text}: unknown aspect {aspect}; known: {known}.",
        "ko": "{text}: {aspect:은} 물을 수 없습니다. 쓸 수 있는 것: {known}.",
    },
    "no_aspect_but": {
        "en": "{text}: unknown aspect {aspect}; known: {known}. Did you mean {close}?",
        "ko": "{text}: {aspect:은} 물을 수 없습니다. {close:을} 찾으셨습니까? 쓸 수 있는 것: "
        "{known}.",
    },
    "nothing_called": {
        "en": "nothing is called {text} here; the nearest are {nearest}.",
        "ko": "여기에 {text:이라}는 값은 없습니다. 비슷한 것: {nearest}.",
    },
    "numbered": {
        "en": "nothing is called {text} here; there are {first} to {last}.",
        "ko": "여기에 {text:이라}는 값은 없습니다. {first}부터 {last}까지 있습니다.",
    },
    "no_index": {
        "en": "{text}: an index is whole numbers such as [0,2].",
        "ko": "{text}: 인덱스는 [0,2] 같은 정수입니다.",
    },
    "indices": {
        "en": "{text}: {n:number in brackets is|numbers in brackets are} needed, for shape "
        "{shape}; got {got}.",
        "ko": "{text}: 모양이 {shape}이므로 대괄호 안에 정수 {n}개가 있어야 하는데 {got}개를 "
        "받았습니다.",
    },
    "index_beyond": {
        "en": "{text}: index {index} of {n}; it goes from 0 to {last}.",
        "ko": "{text}: 크기가 {n}인 축에 인덱스 {index:은} 없습니다. 0부터 {last}까지 있습니다.",
    },
    "no_weight": {
        "en": "no weight is called {name}; the nearest are {nearest}.",
        "ko": "{name:이라}는 가중치는 없습니다. 비슷한 것: {nearest}.",
    },
    # What is not there to be asked.
    "no_targets": {
        "en": "without targets there is no loss, and so no gradient and no step of training: give "
        "y=..., or ask for a value, such as 'dense/output[0]'.",
        "ko": "목표값이 없으면 손실이 없고, 따라서 기울기도 갱신도 없습니다. 목표값(y=...)을 "
        "주거나 'dense/output[0]' 같은 값을 물으십시오.",
    },
    "no_next": {
        "en": "{name} has no next value: it is no trained weight, or the model was not compiled "
        "with an optimizer.",
        "ko": "{name}에는 갱신 후 값이 없습니다. 학습하는 가중치가 아니거나, 모델을 옵티마이저와 "
        "함께 compile하지 않았습니다.",
    },
    "not_compiled": {
        "en": "why: the loss is not known before compile(loss=...).",
        "ko": "손실 함수를 알 수 없습니다. 모델을 먼저 compile(loss=...)하십시오.",
    },
    "nothing_to_translate": {
        "en": "why: before compile(loss=...) there is no loss to translate.",
        "ko": "다른 기준으로 옮길 손실이 없습니다. 모델을 먼저 compile(loss=...)하십시오.",
    },
    "no_loss": {
        "en": "why: without targets there is no loss.",
        "ko": "목표값이 없으면 손실도 없습니다.",
    },
    "no_number_yet": {
        "en": "why(None): there is no number yet. A tensor's .grad is None before backward() was "
        "called, and if the result does not depend on the tensor: why(tensor, 'gradient', "
        "of=result) tells which.",
        "ko": "why(None): 아직 값이 없습니다. 텐서의 .grad는 backward()를 부르기 전이거나 결과가 "
        "그 텐서에 따라 변하지 않으면 None입니다. 어느 쪽인지는 "
        "why(tensor, 'gradient', of=result)로 알 수 있습니다.",
    },
    "needs_model": {
        "en": "why(model, address, x=..., y=...): a model's number needs an address, such as "
        "'dense_1/kernel[0,2]', and the inputs it is asked for.",
        "ko": "why(model, address, x=..., y=...): 모델의 값을 물으려면 'dense_1/kernel[0,2]' 같은 "
        "주소와 입력이 필요합니다.",
    },
    "tensor_convention": {
        "en": "convention= is for a model's numbers; a tensor follows its code.",
        "ko": "convention=은 모델의 값에만 쓸 수 있습니다. 텐서는 코드 그대로 계산됩니다.",
    },
    "tensor_address": {
        "en": "a tensor's element is asked for by indexing it, and its gradient by 'gradient'; got "
        "{got}.",
        "ko": "텐서의 원소는 인덱스로, 기울기는 'gradient'로 묻는데 {got:을} 받았습니다.",
    },
    "of_goes_with": {
        "en": "of= goes with a gradient: why(tensor, 'gradient', of=result).",
        "ko": "of=는 기울기를 물을 때 씁니다: why(tensor, 'gradient', of=result).",
    },
    "one_number": {
        "en": "why explains one number; this tensor has shape {shape}. Ask for an element: "
        "tensor[{index}].",
        "ko": "why는 값 하나를 설명하는데 이 텐서의 모양은 {shape}입니다. tensor[{index}]처럼 원소 "
        "하나를 물으십시오.",
    },
    # Settings.
    "depth": {
        "en": "depth must be at least 0, or None for everything; got {got}.",
        "ko": "depth는 0 이상이거나, 모두 펼치려면 None이어야 하는데 {got:을} 받았습니다.",
    },
    "digits": {
        "en": "digits must be from 1 to 17; got {got}.",
        "ko": "유효 숫자의 개수(digits)는 1부터 17까지인데 {got:을} 받았습니다.",
    },
    "top": {
        "en": "top must be at least 1; got {got}.",
        "ko": "top은 1 이상이어야 하는데 {got:을} 받았습니다.",
    },
    "by": {
        "en": "by must be 'sample' or 'class'; got {got}.",
        "ko": "by는 'sample'이나 'class'여야 하는데 {got:을} 받았습니다.",
    },
    "by_class": {
        "en": "by='class' needs targets that are class labels or one-hot; by='sample' takes any.",
        "ko": "by='class'에는 클래스 번호나 원-핫인 목표값이 필요합니다. by='sample'은 언제나 쓸 "
        "수 있습니다.",
    },
    "by_without_gradient": {
        "en": "by={by} splits the gradient of a weight; {name} has none.",
        "ko": "by={by:은} 가중치의 기울기를 나누는 것인데 {name}에는 기울기가 없습니다.",
    },
    "by_no_weight": {
        "en": "by={by} splits the gradient of a weight; {name} is none.",
        "ko": "by={by:은} 가중치의 기울기를 나누는 것인데 {name:은} 가중치가 아닙니다.",
    },
    "sample": {
        "en": "sample {sample} of {samples}; it goes from 0 to {last}.",
        "ko": "샘플 {sample:은} 범위 밖입니다. 0부터 {last}까지 모두 {samples}개 있습니다.",
    },
    "paths_of_weight": {
        "en": "paths start from a weight; {name} has no paths of its own.",
        "ko": "경로는 가중치에서 시작합니다. {name}에는 경로가 없습니다.",
    },
    "paths_of_dense_weight": {
        "en": "paths start from a weight of a dense layer; {name} is none.",
        "ko": "경로는 완전연결 층의 가중치에서 시작하는데 {name:은} 그렇지 않습니다.",
    },
    "paths_of_dense": {
        "en": "paths are for dense networks; {layer} is no dense layer.",
        "ko": "경로는 완전연결 신경망에서만 볼 수 있습니다. {layer:은} 완전연결 층이 아닙니다.",
    },
    "paths_unit_by_unit": {
        "en": "paths need an activation that works unit by unit; got {name}.",
        "ko": "경로에는 유닛마다 따로 계산하는 활성화 함수가 필요한데 {name:을} 받았습니다.",
    },
    "convention_of_loss": {
        "en": "convention=: {loss} is a loss that conventions do not name; ask without "
        "convention=.",
        "ko": "{loss:은} 계산 기준이 정해져 있지 않은 손실 함수입니다. convention= 없이 "
        "물으십시오.",
    },
    "convention_losses": {
        "en": "the convention {name} defines the losses {losses}; got {got}. Ask without "
        "convention=.",
        "ko": "{name} 기준은 손실 {losses:을} 정하는데 {got:을} 받았습니다. convention= 없이 "
        "물으십시오.",
    },
    # What is given with the question.
    "not_finite": {
        "en": "why: x has {value} at {place}; a derivation needs finite numbers.",
        "ko": "x의 {place} 자리가 {value}입니다. 계산 과정을 보이려면 유한한 수여야 합니다.",
    },
    "inputs": {
        "en": "why: the network takes inputs of shape ({wanted}); got {got}.",
        "ko": "신경망의 입력 모양은 ({wanted})인데 {got:을} 받았습니다.",
    },
    "targets": {
        "en": "why: {count} inputs, but targets of shape {shape}.",
        "ko": "입력은 {count}개인데 목표값의 모양은 {shape}입니다.",
    },
    "number": {
        "en": "expected a number such as 0.7414 or −1.5e-3; got {got}.",
        "ko": "0.7414나 −1.5e-3 같은 수여야 하는데 {got:을} 받았습니다.",
    },
    "finite_number": {
        "en": "expected a finite number; got {got}.",
        "ko": "유한한 수여야 하는데 {got:을} 받았습니다.",
    },
    # Formulas and changes.
    "one_example": {
        "en": "formulas are for one example at a time; got {count}.",
        "ko": "일곱 공식은 한 번에 샘플 하나에 대해 쓰는데 {count}개를 받았습니다.",
    },
    "formula_no_target": {
        "en": "formulas need the target as well, for the error and what follows: give y.",
        "ko": "일곱 공식의 오차부터는 목표값이 있어야 합니다. y를 주십시오.",
    },
    "a_number": {
        "en": "{name} must be a number; got {got}.",
        "ko": "{name:은} 수여야 하는데 {got:을} 받았습니다.",
    },
    "formula_target": {
        "en": "formulas: the network gives {units}, the target has shape {shape}.",
        "ko": "신경망의 출력 모양은 {units}인데 목표값의 모양은 {shape}입니다.",
    },
    "formula_class": {
        "en": "formulas: the target must be a class from 0 to {last}; got {got}.",
        "ko": "목표값은 0부터 {last}까지의 클래스 번호여야 하는데 {got:이} 들어왔습니다.",
    },
    "dense_only": {
        "en": "the seven formulas are for dense layers; got {layer}.",
        "ko": "일곱 공식은 완전연결 층에만 쓸 수 있는데 {layer:이} 있습니다.",
    },
    "no_formula": {
        "en": "the operation {name} of an activation has no formula to be calculated by hand.",
        "ko": "활성화 함수에 쓰인 연산 {name:은} 손으로 계산할 식이 없습니다.",
    },
    "hand_activation": {
        "en": "by hand one calculates activations that learn nothing and give as many outputs as"
        " sums, and sparsemax of one example; got {got}.",
        "ko": "손으로 계산하는 활성화 함수는 학습하는 값이 없고 가중합과 출력의 개수가 같은 것이며,"
        " sparsemax는 샘플 하나일 때뿐인데 {got:이} 있습니다.",
    },
    "what_if_batch": {
        "en": "what_if(model, changes, x=..., y=...): the loss needs a batch.",
        "ko": "what_if(model, changes, x=..., y=...): 손실을 구하려면 입력과 목표값이 필요합니다.",
    },
    "what_if_changes": {
        "en": "what_if: changes is a dict such as {{'w5': 0.1}}, by how much to change what; got "
        "{got}.",
        "ko": "changes는 무엇을 얼마나 바꿀지 적은 {{'w5': 0.1}} 같은 dict여야 하는데 {got:을} "
        "받았습니다.",
    },
    "what_if_at": {
        "en": "what_if: at={{{name}: ...}} is needed; {name} has no default.",
        "ko": "{name}에는 기본값이 없으니 at={{{name}: ...}}을 주십시오.",
    },
    "what_if_no_slope": {
        "en": "what_if: the loss has no slope along {got}, a whole number or off its path.",
        "ko": "{got:은} 정수이거나 손실로 가는 경로에 없어 기울기가 없습니다.",
    },
    "what_if_only": {
        "en": "what_if: only inputs and weights can be changed; got {got}.",
        "ko": "입력과 가중치만 바꿀 수 있는데 {got:을} 받았습니다.",
    },
    # Worksheets.
    "sizes": {
        "en": "a network is written as 2-2-2: inputs, units, outputs; got {got}.",
        "ko": "신경망은 2-2-2처럼 입력, 유닛, 출력의 수로 쓰는데 {got:을} 받았습니다.",
    },
    "layers": {
        "en": "a network has 2 to {most} layers of at least 1 unit, such as 2-2-2; got {got}.",
        "ko": "신경망은 2-2-2처럼 유닛이 하나 이상인 층 2개에서 {most}개로 이루어지는데 {got:을} "
        "받았습니다.",
    },
    "too_much_by_hand": {
        "en": "by hand one calculates at most {units} units and {weights} weights; {got} has "
        "{many} and {more}.",
        "ko": "손으로 계산하는 것은 유닛 {units}개, 가중치 {weights}개까지인데 {got}에는 유닛 "
        "{many}개, 가중치 {more}개가 있습니다.",
    },
    "rate": {
        "en": "the learning rate must be greater than 0; got {got}.",
        "ko": "학습률은 0보다 커야 하는데 {got:을} 받았습니다.",
    },
    "seed": {
        "en": "seed must be 0 or more; got {got}.",
        "ko": "시드는 0 이상이어야 하는데 {got:을} 받았습니다.",
    },
    "expected_sheet": {
        "en": "expected a worksheet ({schema}); got {got}.",
        "ko": "문제지({schema})여야 하는데 {got:을} 받았습니다.",
    },
    "no_sheet": {"en": "not a worksheet: {why}", "ko": "문제지가 아닙니다: {why}"},
    "sheet_damaged": {
        "en": "a value is missing or of another kind.",
        "ko": "빠졌거나 종류가 다른 값이 있습니다.",
    },
    "sheet_loss": {
        "en": "unknown loss {got}; cross-entropy after softmax needs two outputs or more.",
        "ko": "{got:은} 알 수 없는 손실입니다. 소프트맥스 뒤의 교차 엔트로피에는 출력이 둘 이상"
        " 있어야 합니다.",
    },
    "one_class": {
        "en": "softmax of one output is always 1; give two outputs or more, or loss='binary'; got"
        " {got}.",
        "ko": "출력이 하나인 소프트맥스는 언제나 1입니다. 출력을 둘 이상 두거나 loss='binary'를"
        " 쓰십시오. 받은 크기: {got}.",
    },
    "sheet_activation": {
        "en": "unknown activation {got}.",
        "ko": "{got:이라}는 활성화 함수는 없습니다.",
    },
    "sheet_sizes": {
        "en": "sizes {sizes} do not fit weights of shapes {shapes}.",
        "ko": "층의 크기 {sizes}에 모양이 {shapes}인 가중치는 맞지 않습니다.",
    },
    "sheet_numbers": {
        "en": "a number is not finite, or larger than a million.",
        "ko": "유한하지 않거나 백만보다 큰 수가 있습니다.",
    },
    "line": {"en": "line {line}", "ko": "{line}번째 줄"},
    "not_asked": {
        "en": "{source}, {where}: the sheet asks for no {name}.",
        "ko": "{source} {where}: 문제지에 {name:은} 없습니다.",
    },
    "not_asked_but": {
        "en": "{source}, {where}: the sheet asks for no {name}. Did you mean {close}?",
        "ko": "{source} {where}: 문제지에 {name:은} 없습니다. {close:을} 쓰려 하셨습니까?",
    },
    "answered_twice": {
        "en": "{source}, {where}: {name} is answered twice.",
        "ko": "{source} {where}: {name}의 답이 두 번 나옵니다.",
    },
    "no_answers": {
        "en": "{source} has no answers; it needs rows such as: sum_h1,0.3775",
        "ko": "{source}에 답이 없습니다. 'sum_h1,0.3775' 같은 행이 있어야 합니다.",
    },
    "many_rows": {
        "en": "{source} has more than {most} rows; a sheet has fewer.",
        "ko": "{source:은} {most}행이 넘습니다. 문제지의 답은 그보다 적습니다.",
    },
    "name_and_answer": {
        "en": "{source}, {where}: expected a name and an answer, as in sum_h1,0.3775; got "
        "{count:cell|cells}. A decimal comma needs ; between.",
        "ko": "{source} {where}: 'sum_h1,0.3775'처럼 이름과 답이어야 하는데 셀이 {count}개 "
        "있습니다. 소수점을 쉼표로 쓰려면 ;로 나누십시오.",
    },
    "quotes": {
        "en": "{source}, {where}: the quotes do not close as they should.",
        "ko": "{source} {where}: 따옴표가 제대로 닫히지 않았습니다.",
    },
    "answers_object": {
        "en": '{source}: expected an object of names and answers, as in {{"sum_h1": "0.3775"}}; '
        "got a {got}.",
        "ko": '{source}: {{"sum_h1": "0.3775"}}처럼 이름과 답의 객체여야 하는데 {got:을} '
        "받았습니다.",
    },
    "answer_no_number": {
        "en": "{source}: the answer to {name} is no number: {answer}.",
        "ko": "{source}: {name}의 답이 수가 아닙니다: {answer}.",
    },
}
