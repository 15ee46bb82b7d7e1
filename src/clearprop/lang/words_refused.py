"""Why the doctor cannot judge what was submitted, and what to do about it."""

WORDS = {
    # Which call.
    "at_forward": {"en": "The forward pass", "ko": "순전파"},
    "at_backward": {"en": "The backward pass", "ko": "역전파"},
    "at_loss": {"en": "The loss", "ko": "손실 계산"},
    "at_made": {"en": "Making the object", "ko": "객체 생성"},
    "at_update": {"en": "The step", "ko": "갱신"},
    "at_step": {"en": "The step", "ko": "갱신"},
    "at_grad": {"en": "The gradient", "ko": "기울기 계산"},
    "at_zero_grad": {"en": "Setting gradients to 0", "ko": "기울기 초기화"},
    "at_trace": {"en": "The forward pass", "ko": "순전파"},
    "at_check": {"en": "The check", "ko": "검사"},
    "at_file": {"en": "The file", "ko": "파일"},
    # What happened.
    "raised": {
        "en": "{where} stopped with an error. {error}",
        "ko": "{where} 도중에 오류가 났습니다. {error}",
    },
    "code": {"en": "{file}, line {line}: {code}", "ko": "{file} {line}행: {code}"},
    "line": {"en": "{file}, line {line}", "ko": "{file} {line}행"},
    "endless": {
        "en": "{where} did not end within {seconds} s. Is there a loop that never stops? If it only"
        " needs longer, give it more time: seconds=60, or --seconds 60.",
        "ko": "{where:이} {seconds}초 안에 끝나지 않았습니다. 끝나지 않는 반복문이 있는지 보십시오."
        " 시간만 더 필요하다면 seconds=60이나 --seconds 60으로 늘릴 수 있습니다.",
    },
    "endless_in_all": {
        "en": "All calls together took longer than {seconds} s. Try a smaller input or a smaller"
        " network, or give more time: seconds=60, or --seconds 60.",
        "ko": "모든 호출을 합해 {seconds}초를 넘었습니다. 입력이나 신경망을 작게 하거나,"
        " seconds=60이나 --seconds 60으로 시간을 늘리십시오.",
    },
    "no_forward": {
        "en": "There is no way forward: a method such as forward, predict or update.",
        "ko": "순전파가 없습니다. forward, predict, update 같은 메서드가 있어야 합니다.",
    },
    "no_backward": {
        "en": "There is no way back: a method such as backward, gradient or backPropagate.",
        "ko": "역전파가 없습니다. backward, gradient, backPropagate 같은 메서드가 있어야 합니다.",
    },
    "alone": {
        "en": "A function by itself has no way back. Hand in the two together:"
        " check((forward, backward), x=x), or FILE.py:forward,backward at the command line.",
        "ko": "함수 하나만으로는 역전파를 볼 수 없습니다. 둘을 함께 주십시오:"
        " check((forward, backward), x=x), 명령줄에서는 파일.py:forward,backward.",
    },
    "no_program": {
        "en": "A value of type {what} cannot be checked. What can be: a class or an object with"
        " forward and backward, a network with loss and gradient, two functions, an optimizer.",
        "ko": "자료형이 {what}인 값은 검사할 수 없습니다. 검사할 수 있는 것: forward와 backward가"
        " 있는 클래스나 객체, loss와 gradient가 있는 신경망, 함수 두 개, 옵티마이저.",
    },
    "has": {"en": "What it has: {names}.", "ko": "있는 것: {names}."},
    "misspelt": {
        "en": "Is {close} meant to be {wanted}? Then spell it so.",
        "ko": "{close:이} {wanted}라면 그렇게 적어 주십시오.",
    },
    "needs": {
        "en": "{name} needs {needs}, and what to pass for them is not known here. Make the object"
        " yourself and hand it in: layer = {call}, then check(layer, x=x). At the command line,"
        " write that line into the file and name it: FILE.py:layer.",
        "ko": "{name:을} 만들려면 {needs:이} 필요한데 무엇을 넘길지 알 수 없습니다. 직접 만들어"
        " 건네주십시오: layer = {call} 다음 check(layer, x=x). 명령줄에서는 그 줄을 파일에 적고"
        " 파일.py:layer로 가리킵니다.",
    },
    "no_gradients": {
        "en": "The backward pass ran, but no gradient was found: none was returned, none stands"
        " beside a parameter, and nothing that changed fits a slope. Name them:"
        " grads={{'W': 'dW'}}.",
        "ko": "역전파를 실행했지만 기울기를 찾지 못했습니다. 반환된 것도, 매개변수 곁에 있는 것도,"
        " 잰 기울기와 맞는 것도 없습니다. grads={{'W': 'dW'}}처럼 이름을 알려 주십시오.",
    },
    "no_step": {
        "en": "There is no step: a method such as update or step.",
        "ko": "갱신이 없습니다. update나 step 같은 메서드가 있어야 합니다.",
    },
    "no_input": {
        "en": "It needs an input to be tried at: x=, or --input 3,4 at the command line.",
        "ko": "시험해 볼 입력이 있어야 합니다. x=로, 명령줄에서는 --input 3,4로 주십시오.",
    },
    "no_target_given": {
        "en": "It compares its output with a target, and none was given: t=, or --target at the"
        " command line.",
        "ko": "출력을 목표와 비교하는 프로그램인데 목표가 없습니다. t=로, 명령줄에서는 --target으로"
        " 주십시오.",
    },
    "by_library": {
        "en": "Its gradients are made by PyTorch itself, so there is nothing hand-written to check."
        " Hand in the torch.autograd.Function: check(MyFunction, x=x).",
        "ko": "기울기를 PyTorch가 스스로 만들므로 손으로 짠 부분이 없습니다."
        " torch.autograd.Function을 주십시오: check(MyFunction, x=x).",
    },
    "no_target": {
        "en": "It was made with its data, but none of them is the target that was given: t=.",
        "ko": "데이터를 안에 가진 프로그램인데, t=로 준 목표와 같은 것이 그 안에 없습니다.",
    },
    "no_rule": {
        "en": "Its steps follow none of the rules that are known here, and its name is that of none"
        " of them. Say which one it should be: rule=, or --rule at the command line.",
        "ko": "갱신이 여기서 아는 어느 규칙과도 맞지 않고, 이름도 그 가운데 하나가 아닙니다."
        " 어느 규칙이어야 하는지 rule=로, 명령줄에서는 --rule로 알려 주십시오.",
    },
    "not_finite": {
        "en": "{where} gives numbers that are not finite (NaN or Inf) at the given point. Try"
        " smaller inputs, or ones in the range that the function is made for.",
        "ko": "주어진 점에서 {where} 결과가 유한하지 않습니다(NaN 또는 Inf). 더 작은 입력이나"
        " 함수가 정의된 범위의 입력으로 해 보십시오.",
    },
    "gave_none": {
        "en": "{where} gives None: a return is missing.",
        "ko": "{where} 결과가 None입니다. return이 빠졌습니다.",
    },
    "no_numbers": {
        "en": "{where} gives a {what}; an array of numbers is needed, or one number.",
        "ko": "{where} 결과가 {what}입니다. 숫자 배열이나 숫자 하나여야 합니다.",
    },
    "ragged": {
        "en": "{where} gives rows of different lengths; an array has rows of one length.",
        "ko": "{where} 결과의 행 길이가 서로 다릅니다. 배열은 행의 길이가 모두 같아야 합니다.",
    },
    "bad_input": {
        "en": "What was given as input is of type {what}; it has to be an array of numbers:"
        " x=np.array(...), or --input 3,4 at the command line.",
        "ko": "입력이 {what}입니다. 숫자 배열이어야 합니다: x=np.array(...), 명령줄에서는"
        " --input 3,4.",
    },
    "bad_target": {
        "en": "What was given as target is of type {what}; it has to be an array of numbers:"
        " t=np.array(...), or --target 0,1,1 at the command line.",
        "ko": "목표가 {what}입니다. 숫자 배열이어야 합니다: t=np.array(...), 명령줄에서는"
        " --target 0,1,1.",
    },
    "nan_input": {
        "en": "The input has numbers that are not finite (NaN or Inf).",
        "ko": "입력에 유한하지 않은 수(NaN 또는 Inf)가 있습니다.",
    },
    "nan_target": {
        "en": "The target has numbers that are not finite (NaN or Inf).",
        "ko": "목표에 유한하지 않은 수(NaN 또는 Inf)가 있습니다.",
    },
    "option": {
        "en": "check: {name} has to be a number such as {name}={want}; got {got}.",
        "ko": "check: {name:은} {name}={want} 같은 수여야 합니다. 받은 값: {got}.",
    },
    "nothing": {
        "en": "There is nothing whose gradient could be judged.",
        "ko": "기울기를 판정할 대상이 없습니다.",
    },
    "no_dense": {
        "en": "check: numbers by hand are compared with networks of dense layers; {layer} is none.",
        "ko": "check: 손으로 계산한 값은 Dense 층으로 된 신경망과 비교하는데, {layer:은} Dense 층이"
        " 아닙니다.",
    },
    "no_activation": {
        "en": "check: {layer} has the activation {name}; known are {known}.",
        "ko": "check: {layer}의 활성화 함수 {name:은} 여기서 알지 못합니다. 아는 것: {known}.",
    },
    "not_fused": {
        "en": "check: with {name} the last activation has to be {fused}.",
        "ko": "check: 손실이 {name:이라}면 마지막 활성화 함수는 {fused:이라}야 합니다.",
    },
    "no_address": {
        "en": "check: the network has no {address}; it has {known} and more.",
        "ko": "check: 신경망에 {address:이라}는 것이 없습니다. 있는 것: {known} 등.",
    },
    # The file.
    "file": {
        "en": "{file} cannot be run. {error}",
        "ko": "{file:을} 실행할 수 없습니다. {error}",
    },
    "file_endless": {
        "en": "{file} did not run through within {seconds} s. Put what trains or waits under"
        " if __name__ == '__main__':, or give more time: --seconds 60.",
        "ko": "{file:이} {seconds}초 안에 끝까지 실행되지 않았습니다. 학습하거나 기다리는 부분을"
        " if __name__ == '__main__': 아래에 두거나 --seconds 60으로 시간을 늘리십시오.",
    },
    "syntax": {
        "en": "{file} is not valid Python at line {line}: {error}",
        "ko": "{file} {line}행이 파이썬 문법에 맞지 않습니다: {error}",
    },
    "no_name": {
        "en": "{file} has no {name}. It has: {known}.",
        "ko": "{file}에 {name:이} 없습니다. 있는 것: {known}.",
    },
    "no_name_but": {
        "en": "{file} has no {name}; did you mean {close}? It has: {known}.",
        "ko": "{file}에 {name:이} 없습니다. {close:을} 찾으셨습니까? 있는 것: {known}.",
    },
    "defines_nothing": {
        "en": "{file} defines no class, function or object.",
        "ko": "{file}에 클래스도 함수도 객체도 없습니다.",
    },
    "which": {
        "en": "{file} has several that could be checked; name one, as in {file}:{first}. It has:"
        " {known}.",
        "ko": "{file}에 검사할 만한 것이 여럿 있습니다. {file}:{first}처럼 하나를 가리켜 주십시오."
        " 있는 것: {known}.",
    },
    "input_file": {
        "en": "{text} is neither a shape such as 3,4, nor a name in {file}, nor a file of numbers.",
        "ko": "{text:은} 3,4 같은 모양도, {file}에 있는 이름도, 숫자 파일도 아닙니다.",
    },
    # What may have led to it.
    "hint_close": {"en": "Did you mean {close}?", "ko": "{close:을} 쓰려고 하셨습니까?"},
    "hint_memory": {
        "en": "It asks for more memory than a check may take. Try a smaller input.",
        "ko": "검사에 쓸 수 있는 것보다 많은 메모리를 요구합니다. 더 작은 입력으로 해 보십시오.",
    },
    "hint_recursion": {
        "en": "It calls itself again and again without an end.",
        "ko": "자기 자신을 끝없이 다시 부릅니다.",
    },
    "hint_typed": {
        "en": "Nothing can be typed while it is checked: put a value in place of input().",
        "ko": "검사하는 동안에는 입력을 받을 수 없습니다. input() 자리에 값을 적어 주십시오.",
    },
    "hint_left": {
        "en": "It ends the program (exit, quit or sys.exit) before a result is there.",
        "ko": "결과가 나오기 전에 프로그램을 끝냅니다(exit, quit, sys.exit).",
    },
    "hint_module": {
        "en": "{name} is not installed in the Python that runs this check.",
        "ko": "이 검사를 실행하는 파이썬에 {name:이} 설치되어 있지 않습니다.",
    },
    "hint_file": {
        "en": "A file is looked for from the folder in which the command is run.",
        "ko": "파일은 명령을 실행한 폴더에서 찾습니다.",
    },
    "hint_self": {
        "en": "Is self missing as the first argument of {name}?",
        "ko": "{name}의 첫 인수로 self를 빠뜨리지 않았는지 보십시오.",
    },
    "hint_inputs": {
        "en": "Nothing was given for {names}. Several inputs are handed in together: x=(a, b), or"
        " --input twice; a target as t= or --target.",
        "ko": "{names}에 넘길 값이 없었습니다. 입력이 여럿이면 x=(a, b)처럼 함께 주거나 --input을"
        " 두 번 쓰고, 목표는 t=나 --target으로 주십시오.",
    },
    "hint_shapes": {
        "en": "It was given arrays of shape {shapes}.",
        "ko": "넘겨받은 배열의 모양: {shapes}.",
    },
    "hint_fits": {
        "en": "An input of shape {shape} runs: --input {option}.",
        "ko": "모양이 {shape}인 입력이면 실행됩니다: --input {option}.",
    },
}
