"""What is wrong with a file, above all one of a model, or with what is to be kept in one."""

WORDS = {
    "cannot_read": {
        "en": "cannot read {path}: {reason}.",
        "ko": "{path:을} 읽을 수 없습니다: {reason}.",
    },
    "cannot_write": {
        "en": "cannot write {path}: {reason}.",
        "ko": "{path}에 쓸 수 없습니다: {reason}.",
    },
    "is_folder": {"en": "it is a folder", "ko": "폴더입니다"},
    "is_stream": {
        "en": "it is no file but a stream; save it first",
        "ko": "파일이 아니라 스트림이니 먼저 파일로 저장하십시오",
    },
    "no_folder": {
        "en": "the folder {folder} does not exist; make it first",
        "ko": "{folder} 폴더가 없으니 먼저 만드십시오",
    },
    # Memory.
    "too_much": {
        "en": "{what} would take {size} of memory; this machine has {have}. {mend}",
        "ko": "{what}에는 메모리 {size:이} 필요한데 이 컴퓨터의 메모리는 {have}입니다. {mend}",
    },
    "too_much_now": {
        "en": "{what} would take {size} of memory; this machine has {have}, of which {free} is "
        "free. {mend}",
        "ko": "{what}에는 메모리 {size:이} 필요한데 이 컴퓨터의 메모리는 {have}이고 그중 {free:이} "
        "비어 있습니다. {mend}",
    },
    "file_too_large": {"en": "The file is too large.", "ko": "파일이 너무 큽니다."},
    "too_large_to_read": {"en": "It is too large to read.", "ko": "너무 커서 읽을 수 없습니다."},
    "larger_machine": {
        "en": "Read it on a larger machine.",
        "ko": "메모리가 더 큰 컴퓨터에서 읽으십시오.",
    },
    "array_of": {"en": "{file}: {name}", "ko": "{file}의 {name}"},
    # Other kinds of files.
    "named_as_other": {
        "en": "save: {name} is a name for another kind of file; models are saved as safetensors: "
        "{mend}.",
        "ko": "{name:은} 다른 종류의 파일에 쓰는 이름입니다. 모델은 safetensors로 저장하니 "
        "{mend}처럼 지으십시오.",
    },
    "empty": {"en": "{file} is empty.", "ko": "{file:이} 비어 있습니다."},
    "is": {"en": "{file} is {kind}", "ko": "{file:은} {kind}"},
    "may_be_pickle": {
        "en": "{file} may be a pickle file: {why}",
        "ko": "{file:은} 피클 파일일 수 있습니다. {why}",
    },
    "pickle": {"en": "a pickle file: {why}", "ko": "피클 파일입니다. {why}"},
    "unsafe": {
        "en": "loading such a file runs whatever is in it, so clearprop never does. In the program "
        "that made it, save the weights as safetensors.",
        "ko": "그런 파일은 읽기만 해도 안에 든 코드가 실행되므로 clearprop은 읽지 않습니다. 만든 "
        "프로그램에서 가중치를 safetensors로 저장하십시오.",
    },
    "zip": {
        "en": "a zip archive, as Keras (.keras), PyTorch (.pt, .pth) and NumPy (.npz) write. "
        "Archives of PyTorch hold pickles, which run whatever is in them, so clearprop opens none. "
        "In the program that made it, save the weights as safetensors.",
        "ko": "Keras(.keras), PyTorch(.pt, .pth), NumPy(.npz)가 만드는 것 같은 zip 파일입니다. "
        "PyTorch의 파일에는 읽기만 해도 코드가 실행되는 피클이 들어 있어 clearprop은 열지 "
        "않습니다. 만든 프로그램에서 가중치를 safetensors로 저장하십시오.",
    },
    "hdf5": {
        "en": "an HDF5 file, as older versions of Keras write (.h5). Save the weights as "
        "safetensors there, or as arrays that model.set_weights takes.",
        "ko": "옛 Keras가 쓰던 HDF5 파일(.h5)입니다. 거기서 가중치를 safetensors로 저장하거나 "
        "model.set_weights에 줄 배열로 저장하십시오.",
    },
    "web": {
        "en": "a web page: perhaps what was downloaded is an error page.",
        "ko": "웹 페이지입니다. 오류 페이지를 내려받았는지도 모릅니다.",
    },
    "npy": {
        "en": "an array of NumPy (.npy), no model: numpy.load reads it.",
        "ko": "모델이 아니라 NumPy 배열(.npy)입니다. numpy.load로 읽으십시오.",
    },
    "gguf": {
        "en": "a GGUF file, which clearprop does not read.",
        "ko": "GGUF 파일입니다. clearprop은 읽지 않습니다.",
    },
    "gzip": {
        "en": "compressed with gzip: unpack it first.",
        "ko": "gzip으로 압축되어 있습니다. 먼저 푸십시오.",
    },
    "lfs": {
        "en": "a pointer of Git LFS, not the file: git lfs pull fetches it.",
        "ko": "파일이 아니라 Git LFS 포인터입니다. git lfs pull로 받아 오십시오.",
    },
    "no_model": {
        "en": "{file} is no model: it begins with {start}; expected a safetensors file, as "
        "model.save writes. If it once was one, it is damaged.",
        "ko": "{file:은} 모델이 아닙니다. {start:으로} 시작하는데, model.save가 쓰는 safetensors "
        "파일이어야 합니다. 원래 모델이었다면 손상된 것입니다.",
    },
    # The header.
    "the_header": {"en": "{file}: the header", "ko": "{file}의 헤더"},
    "long_header": {
        "en": "{file} declares a header of {length} bytes; at most {most} are read.",
        "ko": "{file:은} 헤더가 {length}바이트라고 하는데, {most}바이트까지만 읽습니다.",
    },
    "header_cut": {
        "en": "{file} is cut short: its header takes {length} bytes, the whole file has {size}.",
        "ko": "{file:이} 잘렸습니다. 헤더만 {length}바이트여야 하는데 파일 전체가 "
        "{size}바이트입니다.",
    },
    "header_no_object": {
        "en": "{file}: the header is no object.",
        "ko": "{file}: 헤더가 JSON 객체가 아닙니다.",
    },
    "header_texts": {
        "en": "{file}: the header's texts are no texts by name.",
        "ko": "{file}: 헤더의 글이 이름별 문자열이 아닙니다.",
    },
    "entry": {"en": "{file}: the header's {name}", "ko": "{file} 헤더의 {name}"},
    "entry_keys": {
        "en": "{entry} must have dtype, shape and data_offsets, and nothing else.",
        "ko": "{entry}에는 dtype, shape, data_offsets만 있어야 합니다.",
    },
    "entry_dtype": {
        "en": "{entry} has dtype {got}; known: {known}.",
        "ko": "{entry}의 dtype이 {got}입니다. 쓸 수 있는 것: {known}.",
    },
    "entry_shape": {
        "en": "{entry} has shape {got}, which is none.",
        "ko": "{entry}의 shape {got:은} 배열의 모양이 아닙니다.",
    },
    "entry_offsets": {
        "en": "{entry} has data_offsets {got}, which are none.",
        "ko": "{entry}의 data_offsets {got:은} 위치가 아닙니다.",
    },
    "entry_size": {
        "en": "{entry} declares shape {shape} in {kind}, {size} bytes, but gives it {given}.",
        "ko": "{entry:은} {kind}의 모양 {shape}, 곧 {size}바이트라면서 {given}바이트를 차지합니다.",
    },
    "ended_early": {
        "en": "{file} ended early while {name} was read.",
        "ko": "{name:을} 읽는 중에 {file:이} 끝났습니다.",
    },
    "overlaps": {
        "en": "{file}: {name} overlaps {before}.",
        "ko": "{file}: {name:이} {before:과} 겹칩니다.",
    },
    "gap": {
        "en": "{file}: {name} leaves a gap after {before}.",
        "ko": "{file}: {before:과} {name} 사이가 비어 있습니다.",
    },
    "header": {"en": "the header", "ko": "헤더"},
    "cut_short": {
        "en": "{file} is cut short: the header declares {declared} bytes of arrays, the file has "
        "{size}.",
        "ko": "{file:이} 잘렸습니다. 헤더에는 배열이 {declared}바이트라고 되어 있는데 파일에는 "
        "{size}바이트가 있습니다.",
    },
    "goes_on": {
        "en": "{file} goes on after its last array: the header declares {declared} bytes of "
        "arrays, the file has {size}.",
        "ko": "{file}에는 마지막 배열 뒤에 무엇이 더 있습니다. 헤더에는 배열이 "
        "{declared}바이트라고 되어 있는데 파일에는 {size}바이트가 있습니다.",
    },
    "texts_too_long": {
        "en": "what describes the file would take {length} bytes; {most} are the most.",
        "ko": "파일을 설명하는 글이 {length}바이트가 되는데 {most}바이트까지만 쓸 수 있습니다.",
    },
    # JSON.
    "nested": {
        "en": "{where} is nested more than {deepest} deep.",
        "ko": "{where:이} {deepest}단계보다 깊게 겹쳐 있습니다.",
    },
    "constant": {
        "en": "{where} holds {constant}, which is no JSON.",
        "ko": "{where}에 JSON이 아닌 {constant:이} 있습니다.",
    },
    "no_utf8": {
        "en": "{where} is no UTF-8 text (byte {byte}).",
        "ko": "{where:이} UTF-8 텍스트가 아닙니다({byte}번째 바이트).",
    },
    "no_json": {
        "en": "{where} is no JSON: it breaks at line {line}, column {column}.",
        "ko": "{where:이} JSON이 아닙니다. {line}번째 줄 {column}번째 글자에서 막힙니다.",
    },
    "long_number": {
        "en": "{where} is no JSON: a number has too many digits.",
        "ko": "{where:이} JSON이 아닙니다. 수 하나의 자릿수가 너무 많습니다.",
    },
    "key_twice": {
        "en": "{where} names {key} twice.",
        "ko": "{where}에 {key:이} 두 번 나옵니다.",
    },
    # The description of a model.
    "description_of": {"en": "{file}: the description", "ko": "{file}의 모델 설명"},
    "description": {"en": "the description", "ko": "모델 설명"},
    "preprocessing": {"en": "preprocessing", "ko": "표를 읽는 방법"},
    "architecture": {"en": "its architecture", "ko": "신경망 구조"},
    "training": {"en": "its training set-up", "ko": "학습 설정"},
    "reading": {"en": "how it reads tables", "ko": "표를 읽는 방법"},
    "unusable": {
        "en": "{file}: {part} cannot be used: {error}",
        "ko": "{file}: {part:을} 쓸 수 없습니다: {error}",
    },
    "only_arrays": {
        "en": "{file} holds {count} arrays but no model of clearprop's. Make the model in code, "
        "and take its weights from clearprop.io.read_tensors(path).",
        "ko": "{file}에는 배열 {count}개만 있고 clearprop의 모델은 없습니다. 모델을 코드로 만들고 "
        "가중치를 clearprop.io.read_tensors(path)로 읽으십시오.",
    },
    "newer": {
        "en": "{file} was written by clearprop {version} in form {form}; this version reads forms "
        "up to {most}. Bring clearprop up to date: pip install -U clearprop.",
        "ko": "{file:은} clearprop {version:이} 형식 {form:으로} 저장한 것인데, 이 버전은 형식 "
        "{most}까지 읽습니다. pip install -U clearprop으로 업데이트하십시오.",
    },
    "expected_object": {
        "en": "{where}: expected an object; got {got}.",
        "ko": "{where}: JSON 객체여야 하는데 {got:을} 받았습니다.",
    },
    "missing": {"en": "{where}: {name} is missing.", "ko": "{where}: {name:이} 없습니다."},
    "left_over": {
        "en": "{where}: unknown {names}.",
        "ko": "{where}: 알 수 없는 항목 {names:이} 있습니다.",
    },
    "wrong": {
        "en": "{where}, {name}: expected {expected}; got {got}.",
        "ko": "{where}의 {name}: {expected:이}어야 하는데 {got:을} 받았습니다.",
    },
    "in_two": {
        "en": "save: layer {name} is in two models inside {model}, and a file could not say that"
        " the two are one. Put its calls into one model, or keep the weights with save_weights.",
        "ko": "save: {name} 층이 {model} 안의 두 모델에 함께 들어 있는데, 둘이 같은 층이라는 것을"
        " 파일에 적을 수 없습니다. 호출을 한 모델에 모으거나 save_weights로 가중치만 저장하세요.",
    },
    "two_weights": {
        "en": "{file}: two weights are called {name}.",
        "ko": "{file}: {name:이라}는 가중치가 둘입니다.",
    },
    "other_inputs": {
        "en": "{file}: the model is for inputs of shape {shape}, the file says {said}.",
        "ko": "{file}: 모델의 입력 모양은 {shape}인데 파일에는 {said:이라}고 되어 있습니다.",
    },
    "no_array": {
        "en": "{file}: the model has {name} of shape {shape}; the file holds no such array.",
        "ko": "{file}: 모델에는 모양이 {shape}인 {name:이} 있는데 파일에는 그런 배열이 없습니다.",
    },
    "other_array": {
        "en": "{file}: {name} is {dtype} of shape {shape}; the model's is {wanted} of shape "
        "{expected}.",
        "ko": "{file}: {name:은} {dtype}, 모양 {shape}인데 모델에서는 {wanted}, 모양 "
        "{expected}입니다.",
    },
    "other_memory": {
        "en": "{file}: {optimizer} remembers {expected} of {name}; the file has {got}.",
        "ko": "{file}: {optimizer:은} {name}에 대해 {expected:을} 기억하는데 파일에는 {got:이} "
        "있습니다.",
    },
    "tables_do_not_fit": {
        "en": "tables give {inputs} inputs and need {outputs} outputs; the model is for {shape} "
        "and gives {gives}.",
        "ko": "표는 입력 {inputs}개를 주고 출력 {outputs}개가 필요한데, 모델은 {shape} 모양을 받아 "
        "출력 {gives}개를 냅니다.",
    },
    "class_names": {
        "en": "{names} names of classes for {outputs} outputs.",
        "ko": "출력은 {outputs}개인데 클래스 이름은 {names}개입니다.",
    },
    "not_described": {
        "en": "{file} holds {name}, which the model it describes does not have.",
        "ko": "{file}에 든 {name:은} 그 모델에 없는 것입니다.",
    },
    # Saving.
    "no_weights": {
        "en": "save: {model} has no weights yet, because the shape of its inputs is not known. "
        "Begin it with an Input, or call it on data first.",
        "ko": "{model:은} 입력의 모양을 몰라 아직 가중치가 없습니다. Input으로 시작하게 하거나 "
        "먼저 데이터를 넣어 보십시오.",
    },
    "there_already": {
        "en": "save: {path} is there already; give another name.",
        "ko": "{path:이} 이미 있습니다. 다른 이름을 주십시오.",
    },
    "there_no_model": {
        "en": "save: {path} is there already, and is no saved model; give another name, or "
        "overwrite=True to replace it.",
        "ko": "{path:은} 이미 있고 저장된 모델이 아닙니다. 다른 이름을 주거나, 바꿔 쓰려면 "
        "overwrite=True를 주십시오.",
    },
    "same_names": {
        "en": "save: two weights are called {name}; give one of their layers another name.",
        "ko": "{name:이라}는 가중치가 둘입니다. 둘 중 한 층의 이름을 바꾸십시오.",
    },
    "not_registered": {
        "en": "saved, but {names} can be loaded only where it is known: put @cp.nn.register before "
        "the class, and have it run before cp.load.",
        "ko": "저장했지만 {names:을} 알아야만 다시 불러올 수 있습니다. 클래스 앞에 "
        "@cp.nn.register를 붙이고, cp.load를 부르기 전에 그 클래스를 정의하십시오.",
    },
    "without_training": {
        "en": "saved without how the model is trained: {error} The weights are saved.",
        "ko": "학습 설정을 빼고 저장했습니다: {error} 가중치는 저장했습니다.",
    },
    "unwritable": {
        "en": "save: {value} in the model's configuration cannot be written down.",
        "ko": "모델 설정의 {value:은} 파일에 쓸 수 없습니다.",
    },
    # What is expected of a value.
    "a_text": {"en": "a text", "ko": "문자열"},
    "a_flag": {"en": "true or false", "ko": "true 또는 false"},
    "a_number": {"en": "a finite number", "ko": "유한한 수"},
    "a_positive": {"en": "a finite number above 0", "ko": "0보다 큰 유한한 수"},
    "a_list": {"en": "a list of at most {most}", "ko": "{most}개까지의 목록"},
    "some_texts": {
        "en": "{least} or more texts that all differ",
        "ko": "서로 다른 문자열 {least}개 이상",
    },
    "some_numbers": {"en": "{count} finite numbers", "ko": "유한한 수 {count}개"},
    "some_positives": {
        "en": "{count} finite numbers above 0",
        "ko": "0보다 큰 유한한 수 {count}개",
    },
    "a_shape": {"en": "a shape", "ko": "배열의 모양"},
    "a_count": {"en": "a whole number of at least 0", "ko": "0 이상의 정수"},
    "one_of_two": {"en": "{one} or {other}", "ko": "{one} 또는 {other}"},
}
