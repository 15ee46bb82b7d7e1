"""The words of the command line: what it does, what it found, what went wrong."""

WORDS = {
    # What goes wrong with a command line.
    "warning": {"en": "warning", "ko": "경고"},
    "interrupted": {"en": "Interrupted.", "ko": "중단했습니다."},
    "try_help": {
        "en": "See `{command} --help`.",
        "ko": "`{command} --help`에서 사용법을 볼 수 있습니다.",
    },
    "no_such_command": {
        "en": "there is no command {name}. There are {known}.",
        "ko": "{name} 명령은 없습니다. 있는 명령: {known}.",
    },
    "no_such_command_but": {
        "en": "there is no command {name}; did you mean {close}? There are {known}.",
        "ko": "{name} 명령은 없습니다. {close:을} 찾으셨습니까? 있는 명령: {known}.",
    },
    "no_such_option": {"en": "there is no option {name}.", "ko": "{name} 옵션은 없습니다."},
    "no_such_option_but": {
        "en": "there is no option {name}; did you mean {close}?",
        "ko": "{name} 옵션은 없습니다. {close:을} 찾으셨습니까?",
    },
    "missing_argument": {"en": "{name} is missing.", "ko": "{name:이} 빠졌습니다."},
    "missing_option": {"en": "the option {name} is missing.", "ko": "{name} 옵션이 빠졌습니다."},
    "takes_no_value": {
        "en": "the option {name} takes no value.",
        "ko": "{name} 옵션에는 값을 줄 수 없습니다.",
    },
    "needs_value": {
        "en": "the option {name} needs a value behind it.",
        "ko": "{name} 옵션 뒤에 값이 있어야 합니다.",
    },
    "too_many": {
        "en": "{extra} is one argument too many.",
        "ko": "{extra:은} 남는 인수입니다.",
    },
    "not_a_choice": {
        "en": "got {value}; there are {known}.",
        "ko": "{value:은} 쓸 수 없습니다. 쓸 수 있는 값: {known}.",
    },
    "not_a_choice_but": {
        "en": "got {value}; did you mean {close}? There are {known}.",
        "ko": "{value:은} 쓸 수 없습니다. {close:을} 찾으셨습니까? 쓸 수 있는 값: {known}.",
    },
    "not_whole": {
        "en": "expected a whole number of at least {least}; got {value}.",
        "ko": "{least} 이상의 정수여야 하는데 {value:을} 받았습니다.",
    },
    "not_fraction": {
        "en": "expected a number from 0 up to, but not, {below}; got {value}.",
        "ko": "0 이상 {below} 미만의 수여야 하는데 {value:을} 받았습니다.",
    },
    "not_positive": {
        "en": "expected a number of at least 0; got {value}.",
        "ko": "0 이상의 수여야 하는데 {value:을} 받았습니다.",
    },
    "not_depth": {
        "en": "expected a whole number of at least 0, or all; got {value}.",
        "ko": "0 이상의 정수나 all이어야 하는데 {value:을} 받았습니다.",
    },
    "not_rows": {
        "en": "expected a row such as 7, rows such as 2-21, or all; got {value}.",
        "ko": "7 같은 행, 2-21 같은 범위, all 중 하나여야 하는데 {value:을} 받았습니다.",
    },
    "not_change": {
        "en": "expected an address and by how much, such as w5=+0.01; got {value}.",
        "ko": "w5=+0.01처럼 주소와 바꿀 양이어야 하는데 {value:을} 받았습니다.",
    },
    "not_sizes": {
        "en": "expected whole numbers with commas between them, such as 64,32; got {value}.",
        "ko": "64,32처럼 쉼표로 나눈 자연수여야 하는데 {value:을} 받았습니다.",
    },
    "not_layers": {
        "en": "expected sizes of layers with hyphens between them, such as 784-100-10; got "
        "{value}.",
        "ko": "784-100-10처럼 층의 크기를 붙임표로 이어 써야 하는데 {value:을} 받았습니다.",
    },
    "one_of": {
        "en": "of {names}, only one can be given.",
        "ko": "{names} 중 하나만 줄 수 있습니다.",
    },
    "no_memory": {
        "en": "there is not enough memory for this.",
        "ko": "메모리가 부족해 할 수 없습니다.",
    },
    "fault": {
        "en": "this is a fault of clearprop's own: {error}. With --debug it shows where.",
        "ko": "clearprop 자체의 오류입니다: {error}. --debug를 붙이면 어디인지 보여 줍니다.",
    },
    # Tables and models.
    "reading": {"en": "Reading {name}", "ko": "{name} 읽는 중"},
    "preparing": {"en": "Making numbers of the columns", "ko": "열을 숫자로 바꾸는 중"},
    "stdin": {"en": "standard input", "ko": "표준 입력"},
    "stdin_is_terminal": {
        "en": "- stands for standard input, and nothing is piped into it.",
        "ko": "-는 표준 입력인데, 들어오는 데이터가 없습니다.",
    },
    "reads_no_tables": {
        "en": (
            "{model} does not know how to read tables: it was not made by clearprop train. "
            "From Python, model.predict takes arrays."
        ),
        "ko": (
            "{model:은} clearprop train으로 만든 모델이 아니어서 표를 읽는 방법이 들어 있지 "
            "않습니다. 파이썬에서 model.predict에 배열을 주면 예측합니다."
        ),
    },
    "which_target": {
        "en": "which column is to be predicted? Name it with --target; there are {columns}.",
        "ko": "어느 열을 예측할지 --target으로 정해 주십시오. 있는 열: {columns}.",
    },
    "is_folder": {
        "en": "cannot write {path}: it is a folder. Name a file.",
        "ko": "{path}에 쓸 수 없습니다. 폴더이니 파일 이름을 주십시오.",
    },
    "no_folder": {
        "en": "cannot write {path}: the folder {folder} does not exist. Make it first.",
        "ko": "{path}에 쓸 수 없습니다. {folder} 폴더가 없으니 먼저 만드십시오.",
    },
    "would_replace": {
        "en": "{path} is there already, and clearprop did not write it; name another file.",
        "ko": "{path:은} 이미 있고 clearprop이 만든 파일이 아닙니다. 다른 이름을 주십시오.",
    },
    "would_replace_no_model": {
        "en": "{path} is there already and is no model; name another place with {option}.",
        "ko": "{path:은} 이미 있고 모델이 아닙니다. {option:으로} 다른 곳을 정해 주십시오.",
    },
    # Training.
    "seed": {"en": "seed", "ko": "시드"},
    "table": {
        "en": "{name}: {rows:row|rows}, {columns:column|columns}.",
        "ko": "{name}: {rows}행 {columns}열.",
    },
    "classification": {
        "en": "{target} has {classes:class|classes}: a classification.",
        "ko": "{target:은} 클래스가 {classes}개이므로 분류 문제입니다.",
    },
    "regression": {
        "en": "{target} is an amount: a regression.",
        "ko": "{target:은} 양을 나타내는 수이므로 회귀 문제입니다.",
    },
    "split": {
        "en": "{train:row|rows} to learn from, {test} to test on.",
        "ko": "{train}행으로 학습하고 {test}행으로 테스트합니다.",
    },
    "no_split": {
        "en": "All {train:row|rows} are learnt from; none are kept for a test.",
        "ko": "{train}행을 모두 학습에 쓰고, 테스트할 행은 남기지 않습니다.",
    },
    "network": {
        "en": "Network: {sizes} units, {weights} weights; {optimizer}, learning rate {rate}.",
        "ko": "신경망: 유닛 {sizes}, 가중치 {weights}개. {optimizer}, 학습률 {rate}.",
    },
    "interrupted_training": {
        "en": "Interrupted: what was learnt so far is kept.",
        "ko": "중단했습니다. 그때까지 학습한 것은 남아 있습니다.",
    },
    "stopped_early": {
        "en": (
            "Stopped early: for {patience:epoch|epochs} the {count} rows put aside were predicted "
            "no better."
        ),
        "ko": (
            "일찍 멈췄습니다. 따로 둔 {count}행의 손실이 에포크 {patience}번 동안 줄지 않았습니다."
        ),
    },
    "best_epoch": {
        "en": "The weights are those of epoch {epoch}, the best on the {count} rows put aside.",
        "ko": "따로 둔 {count}행에서 가장 좋았던 에포크 {epoch}의 가중치를 씁니다.",
    },
    "on_test": {"en": "the rows kept for the test", "ko": "테스트용으로 남긴 행"},
    "on_training": {
        "en": "the rows learnt from, which says nothing of new ones",
        "ko": "학습에 쓴 행(새 데이터에 대해서는 알 수 없음)",
    },
    "on_these": {
        "en": "these rows, whose target is known",
        "ko": "목표값을 아는 이 행들",
    },
    "accuracy_on": {
        "en": "Accuracy {accuracy} ({right} of {total} right) on {on}.",
        "ko": "{on}에서 정확도 {accuracy} ({total}개 중 {right}개 정답).",
    },
    "baseline_class": {
        "en": "To answer {name} every time would give {accuracy}.",
        "ko": "늘 {name:이라}고만 답하면 {accuracy}입니다.",
    },
    "error_on": {
        "en": "Mean absolute error {mae}, R² {r2} on {on} ({total}).",
        "ko": "{on}({total}개)에서 평균 절대 오차 {mae}, R² {r2}.",
    },
    "baseline_amount": {
        "en": "To answer {value}, the mean, every time would err by {mae}.",
        "ko": "늘 평균인 {value:으로} 답하면 오차가 {mae}입니다.",
    },
    "confused": {
        "en": "{true} taken for {predicted}: {count:time|times}",
        "ko": "{true:을} {predicted:으로} 예측: {count}번",
    },
    "diverged": {
        "en": "the network gives no finite numbers: training diverged. Try a smaller --lr.",
        "ko": "신경망의 출력이 유한한 수가 아닙니다. 학습이 발산했으니 --lr을 줄여 보십시오.",
    },
    "model_saved": {"en": "Model saved to {path}.", "ko": "모델을 {path}에 저장했습니다."},
    "not_saved": {"en": "The model was not saved.", "ko": "모델은 저장하지 않았습니다."},
    "go_on": {"en": "What to do with it:", "ko": "이제 할 수 있는 일:"},
    "predictions_written": {
        "en": "{count:prediction|predictions} written to {path}.",
        "ko": "예측값 {count}개를 {path}에 저장했습니다.",
    },
    # Why.
    "which_data": {
        "en": "a number is what it is for some example: name a file or a data set with --data.",
        "ko": "값은 샘플에 따라 다릅니다. --data로 파일이나 데이터 세트를 정해 주십시오.",
    },
    "needs_arrays": {
        "en": (
            "this model does not know how to read tables, so --data {data} is of no use to it: "
            "give arrays (.npz with x and y, or .npy), or one of {sets}."
        ),
        "ko": (
            "이 모델에는 표를 읽는 방법이 들어 있지 않아 --data {data:을} 쓸 수 없습니다. "
            "배열(x와 y가 있는 .npz, 또는 .npy)이나 {sets} 중 하나를 주십시오."
        ),
    },
    "no_such_row": {
        "en": "there is no row {row}; {known}.",
        "ko": "{row}행은 없습니다. {known}.",
    },
    "array_rows": {
        "en": "rows go from {first} to {last}",
        "ko": "{first}행부터 {last}행까지 있습니다",
    },
    "table_rows": {
        "en": "as spreadsheets count, rows go from {first} to {last}",
        "ko": "스프레드시트의 행 번호로 {first}행부터 {last}행까지 있습니다",
    },
    "no_rows_at_all": {
        "en": "the data have no rows.",
        "ko": "데이터에 행이 하나도 없습니다.",
    },
    "needs_target": {
        "en": "without the target of the example there is no loss: add its column, or --labels.",
        "ko": "샘플의 목표값이 없으면 손실도 없습니다. 목표 열을 넣거나 --labels를 주십시오.",
    },
    "which_change": {
        "en": "what is to be changed? Say so with --change, such as --change w5=+0.01.",
        "ko": "무엇을 바꿀지 --change w5=+0.01처럼 정해 주십시오.",
    },
    "rows_differ": {
        "en": "x has {x:row|rows}, y has {y}; each row of x needs one of y.",
        "ko": "x는 {x}행, y는 {y}행입니다. 행의 수가 같아야 합니다.",
    },
    "wrong_shape": {
        "en": "an example has shape {got}; the model takes {expected}.",
        "ko": "샘플의 모양은 {got}인데 모델은 {expected:을} 받습니다.",
    },
    "no_x": {
        "en": "{file} has no array called x; it has {names}.",
        "ko": "{file}에 x라는 배열이 없습니다. 있는 배열: {names}.",
    },
    "no_rows": {
        "en": "{file} holds no rows; expected an array with one example a row.",
        "ko": "{file}에 행이 없습니다. 한 행이 샘플 하나인 배열이어야 합니다.",
    },
    "bad_arrays": {
        "en": "{file} holds no arrays that can be read: it is damaged, or of another kind.",
        "ko": "{file}에서 배열을 읽을 수 없습니다. 손상되었거나 다른 종류의 파일입니다.",
    },
    "object_arrays": {
        "en": "{file} holds Python objects, which run code when they are read; save plain numbers.",
        "ko": "{file}에는 읽으면 코드가 실행될 수 있는 파이썬 객체가 들어 있습니다. 숫자 배열로 "
        "저장하십시오.",
    },
    "why_written": {
        "en": "The explanation is in {path}.",
        "ko": "설명을 {path}에 저장했습니다.",
    },
    "can_be_asked": {
        "en": "What can be asked of this model, for an example given with --data and --row:",
        "ko": "--data와 --row로 고른 샘플에 대해 물을 수 있는 값:",
    },
    "book_names": {
        "en": "Numbered as by hand, the same are {names}",
        "ko": "손으로 계산할 때처럼 번호를 매긴 이름: {names}",
    },
    "aspects": {
        "en": (
            "A weight is asked for its gradient and its next value; .next or .value behind it asks "
            "for one of them alone."
        ),
        "ko": (
            "가중치를 물으면 기울기와 갱신 후 값을 설명합니다. 뒤에 .next나 .value를 붙이면 그것만 "
            "설명합니다."
        ),
    },
    "meanings": {"en": "What they stand for:", "ko": "뜻:"},
    # Data sets.
    "data_sets": {
        "en": "Data sets (`clearprop data NAME` shows one):",
        "ko": "데이터 세트(`clearprop data 이름`으로 하나씩 볼 수 있습니다):",
    },
    "set_shape": {
        "en": "{rows:example|examples} of {shape} numbers.",
        "ko": "샘플 {rows}개, 하나에 숫자 {shape}개.",
    },
    "set_range": {"en": "Values from {low} to {high}.", "ko": "값의 범위: {low}부터 {high}까지."},
    "set_classes": {"en": "Classes: {listed}.", "ko": "클래스: {listed}."},
    "looked_for": {
        "en": "Its four files are looked for in these folders, in this order:",
        "ko": "파일 네 개를 찾는 폴더(앞에 있는 것부터):",
    },
    "mnist_missing": {
        "en": (
            "They are not here. `clearprop data mnist --download` fetches them (11.6 MB), or put "
            "them there by hand."
        ),
        "ko": (
            "아직 없습니다. `clearprop data mnist --download`로 내려받거나(11.6 MB) 위 폴더에 "
            "직접 넣으십시오."
        ),
    },
    "comes_along": {
        "en": "{name} comes with clearprop; there is nothing to download.",
        "ko": "{name:은} clearprop에 들어 있어 내려받을 것이 없습니다.",
    },
    "csv_or_npz": {
        "en": "cannot write {path}: its name must end in .csv or .npz.",
        "ko": "{path}에 쓸 수 없습니다. 이름이 .csv나 .npz로 끝나야 합니다.",
    },
    "data_saved": {"en": "Saved to {path}.", "ko": "{path}에 저장했습니다."},
    # The demonstration.
    "digits_are": {
        "en": (
            "Handwritten digits of 8 × 8 pixels: {train} to learn from, {test} others to test on."
        ),
        "ko": "8 × 8 픽셀 손글씨 숫자: {train}개로 학습하고, 다른 {test}개로 테스트합니다.",
    },
    "loss_fell": {
        "en": "The loss fell from {first} to {last}:  {curve}",
        "ko": "손실이 {first}에서 {last:으로} 줄었습니다:  {curve}",
    },
    "loss_now": {
        "en": "The loss is {last}:  {curve}",
        "ko": "손실은 {last}입니다:  {curve}",
    },
    "test_accuracy": {
        "en": "Test accuracy {accuracy} ({right} of {total} right).",
        "ko": "테스트 정확도는 {accuracy}입니다({total}개 중 {right}개 정답).",
    },
    "misread": {
        "en": "{count:misread digit|misread digits}",
        "ko": "잘못 읽은 숫자 {count}개",
    },
    "misread_none": {"en": "No digit was misread.", "ko": "잘못 읽은 숫자가 없습니다."},
    "misread_as": {"en": "{true} read as {read}", "ko": "{true:을} {read:으로} 읽음"},
    "and_more": {"en": "and {count} more", "ko": "그 밖에 {count}개"},
    "one_weight": {
        "en": "Why one weight is what it is: {name}",
        "ko": "가중치 하나는 왜 이 값인가: {name}",
    },
    "asked_for": {
        "en": "It is asked for test digit {row}, a {true} that was read as {read}.",
        "ko": "테스트 숫자 {row}번({true:을} {read:으로} 잘못 읽음)에 대해 묻습니다.",
    },
    "asked_for_right": {
        "en": "It is asked for test digit {row}, a {true} that was barely read as {read}.",
        "ko": "테스트 숫자 {row}번({true:을} 가까스로 {read:으로} 읽음)에 대해 묻습니다.",
    },
    "report_written": {
        "en": "Report written to {path}",
        "ko": "보고서를 저장했습니다: {path}",
    },
    "ask_further": {"en": "Ask it further:", "ko": "더 물어보기:"},
    # clearprop bench
    "bench_what": {
        "en": "{sizes}: {weights:weight|weights}, {rows:example|examples} an epoch, {batch} a "
        "step, {optimizer}, single precision.",
        "ko": "{sizes}: 가중치 {weights}개, 에포크마다 예제 {rows}개, 단계마다 {batch}개, "
        "{optimizer}, 단정밀도.",
    },
    "bench_engine": {"en": "engine", "ko": "엔진"},
    "bench_first": {"en": "first epoch", "ko": "첫 에포크"},
    "bench_epoch": {"en": "an epoch", "ko": "에포크"},
    "bench_rate": {"en": "examples/s", "ko": "예제/초"},
    "bench_loss": {"en": "loss", "ko": "손실"},
    "bench_faster": {
        "en": "Compiled is {times} times as fast. The first epoch has the compilation in it, or a "
        "glance into the cache of what was compiled before.",
        "ko": "컴파일하면 {times}배 빠릅니다. 첫 에포크에는 컴파일하는 시간이나 저장해 둔 코드를 "
        "읽는 시간이 들어 있습니다.",
    },
}
