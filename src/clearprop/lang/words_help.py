"""The help of the commands: what each does, and what its options are for."""

from clearprop.lang.help_bench import BENCH
from clearprop.lang.help_check import CHECK

WORDS = BENCH | {
    # Headings.
    "usage": {"en": "Usage", "ko": "사용법"},
    "commands": {"en": "Commands", "ko": "명령"},
    "arguments": {"en": "Arguments", "ko": "인수"},
    "options": {"en": "Options", "ko": "옵션"},
    "examples": {"en": "Examples", "ko": "예"},
    "command_metavar": {"en": "COMMAND", "ko": "명령"},
    "options_metavar": {"en": "OPTIONS", "ko": "옵션"},
    "default": {"en": "(default {value})", "ko": "(기본값 {value})"},
    # The commands.
    "clearprop": {
        "en": (
            "A neural-network library in which every number shows its work.\n\n"
            "`clearprop demo` is the place to start. `clearprop COMMAND --help` explains a command."
        ),
        "ko": (
            "모든 숫자가 계산 과정을 보여 주는 신경망 라이브러리입니다.\n\n"
            "처음이라면 `clearprop demo`로 시작하십시오. 명령마다 `clearprop 명령 --help`에 설명이 "
            "있습니다."
        ),
    },
    "demo": {
        "en": (
            "Watch a network learn handwritten digits and explain one of its weights.\n\n"
            "It takes a few seconds, and leaves a report that opens in any browser, and the model "
            "beside it (digits.safetensors)."
        ),
        "ko": (
            "신경망이 손글씨 숫자를 배우고 가중치 하나를 설명하는 것을 봅니다.\n\n"
            "몇 초 만에 끝나며, 브라우저로 여는 보고서와 모델(digits.safetensors)을 남깁니다."
        ),
    },
    "train": {
        "en": (
            "Train a network on a CSV file and save it.\n\n"
            "Whether a class or an amount is to be predicted is seen from the column. Categories "
            "become inputs, numbers are scaled, gaps are filled, and a part of the rows is kept "
            "for a test. Ctrl-C ends the training early and keeps what was learnt."
        ),
        "ko": (
            "CSV 파일로 신경망을 학습시켜 저장합니다.\n\n"
            "분류인지 회귀인지는 예측할 열을 보고 정합니다. 범주는 입력으로 바꾸고, 숫자는 크기를 "
            "맞추고, 빈 값은 채우고, 행의 일부는 테스트용으로 남깁니다. Ctrl-C를 누르면 학습을 "
            "일찍 끝내고 그때까지 배운 것을 남깁니다."
        ),
    },
    "predict": {
        "en": (
            "Predict rows of a CSV file with a model that `clearprop train` saved.\n\n"
            "The table is written again with the prediction behind each row and, for classes, the "
            "probability of each."
        ),
        "ko": (
            "`clearprop train`으로 저장한 모델로 CSV 파일의 행을 예측합니다.\n\n"
            "표의 각 행 뒤에 예측값을 붙여 쓰고, 분류라면 클래스마다 확률도 붙입니다."
        ),
    },
    "why": {
        "en": (
            "Explain a number of a network: a weight, a gradient, an output, the loss.\n\n"
            "The formula, the formula with the numbers of one example, the result. Without an "
            "ADDRESS it lists what can be asked."
        ),
        "ko": (
            "신경망의 값 하나를 설명합니다: 가중치, 기울기, 출력, 손실.\n\n"
            "식, 한 샘플의 값을 넣은 식, 결과를 차례로 보여 줍니다. ADDRESS가 없으면 물을 수 있는 "
            "값을 늘어놓습니다."
        ),
    },
    "formulas": {
        "en": (
            "Write one step of training in the seven formulas, in symbols and in numbers.\n\n"
            "Of a dense network and one example: forward, error, what comes back, the update. As a "
            "program with --python, node by node with --by-hand."
        ),
        "ko": (
            "학습 한 번을 일곱 공식으로, 기호와 숫자로 씁니다.\n\n"
            "완전연결 신경망과 샘플 하나에 대해 순전파, 오차, 역전파, 갱신을 차례로 씁니다. "
            "--python이면 파이썬 프로그램으로, --by-hand이면 노드마다 씁니다."
        ),
    },
    "what_if": {
        "en": (
            "Ask what a change would do to the loss.\n\n"
            "Predicted by the gradient, calculated exactly, and the difference between the two."
        ),
        "ko": (
            "값을 바꾸면 손실이 어떻게 되는지 묻습니다.\n\n"
            "기울기로 예측한 변화와 실제로 계산한 변화, 둘의 차이를 보여 줍니다."
        ),
    },
    "sheet": {
        "en": (
            "Make a worksheet: one training step of a small network, to be calculated by hand.\n\n"
            "SIZES are inputs, units, outputs, such as 2-2-2. Without --output it is printed; as "
            "a page it is for A4. `clearprop grade` marks the answers."
        ),
        "ko": (
            "손으로 계산할 문제지를 만듭니다. 작은 신경망의 학습 한 번입니다.\n\n"
            "SIZES는 2-2-2처럼 입력, 유닛, 출력의 수입니다. --output이 없으면 화면에 출력하고,"
            " 있으면 A4로 인쇄할 페이지를 만듭니다. 답은 `clearprop grade`로 채점합니다."
        ),
    },
    "grade": {
        "en": (
            "Mark the answers to a worksheet, and name the first wrong step.\n\n"
            "What follows rightly from a wrong number of yours is marked so. Exit code 0: all "
            "right; 1: not all right; 2: unreadable."
        ),
        "ko": (
            "문제지의 답을 채점하고, 처음 틀린 곳을 알려 줍니다.\n\n"
            "앞에서 틀린 값을 썼더라도 그 뒤의 계산이 맞으면 따로 표시합니다."
            " 종료 코드 0: 모두 맞음, 1: 그렇지 않음, 2: 읽을 수 없음."
        ),
    },
    "data": {
        "en": (
            "Show a data set that comes along, or where MNIST is looked for.\n\n"
            "With --save it becomes a file to try the other commands on."
        ),
        "ko": (
            "함께 들어 있는 데이터 세트나 MNIST를 찾는 곳을 보여 줍니다.\n\n"
            "--save로 파일을 만들어 다른 명령을 시험해 볼 수 있습니다."
        ),
    },
    # Options of all commands.
    "lang": {
        "en": "language; otherwise CLEARPROP_LANG, then the system's",
        "ko": "언어. 없으면 CLEARPROP_LANG, 그다음 시스템 언어",
    },
    "debug": {
        "en": "show where in the code an error arose",
        "ko": "오류가 코드의 어디에서 났는지 보여 줌",
    },
    "help": {"en": "show this help", "ko": "이 도움말을 보여 줌"},
    "version": {"en": "show the version", "ko": "버전을 보여 줌"},
    "json": {
        "en": "print JSON instead of words, and nothing else",
        "ko": "글 대신 JSON만 출력",
    },
    "seed": {
        "en": "where chance starts: the same seed gives the same run",
        "ko": "난수의 시작점. 시드가 같으면 결과도 같음",
    },
    "encoding": {
        "en": "of the CSV file, such as cp949; otherwise UTF-8 or CP949, whichever fits",
        "ko": "CSV 파일의 인코딩(예: cp949). 없으면 UTF-8과 CP949 중 맞는 것",
    },
    "model": {
        "en": "a saved model (.safetensors)",
        "ko": "저장한 모델(.safetensors)",
    },
    # sheet and grade
    "sizes": {
        "en": "the network: inputs, units of each layer, outputs, such as 2-2-2",
        "ko": "신경망: 입력 수, 층마다 유닛 수, 출력 수(예: 2-2-2)",
    },
    "sheet_seed": {
        "en": "which sheet: another number gives other numbers to calculate with",
        "ko": "문제지 번호. 바꾸면 계산할 값이 달라짐",
    },
    "activation": {
        "en": "of all layers: linear, sigmoid, tanh, relu, elu, gelu or any other that takes one"
        " sum",
        "ko": "모든 층의 활성화 함수: linear, sigmoid, tanh, relu, elu, gelu 등 가중합 하나를 받는"
        " 것",
    },
    "sheet_loss": {
        "en": "squared: ½Σ(o − t)²; entropy: softmax and cross-entropy; binary: sigmoid and"
        " cross-entropy of two classes",
        "ko": "squared: ½Σ(o − t)², entropy: 소프트맥스와 교차 엔트로피, binary: 시그모이드와 두"
        " 클래스의 교차 엔트로피",
    },
    "sheet_lr": {"en": "the learning rate", "ko": "학습률"},
    "sheet_output": {"en": "write the sheet to this HTML file", "ko": "문제지를 저장할 HTML 파일"},
    "sheet_key": {
        "en": "write the answers, and how to get them, to this HTML file",
        "ko": "정답과 풀이를 저장할 HTML 파일",
    },
    "sheet_answers": {
        "en": "write a CSV file to type answers into",
        "ko": "답을 적을 CSV 파일을 만들어 저장",
    },
    "no_formulas": {
        "en": "do not print the formula of each number",
        "ko": "값마다 식을 보여 주지 않음",
    },
    "grade_sheet": {
        "en": "the worksheet, as `clearprop sheet ... --json` printed it",
        "ko": "`clearprop sheet ... --json`으로 만든 문제지 파일",
    },
    "grade_answers": {
        "en": "answers: CSV with a name and a number a row, or JSON; - is standard input",
        "ko": "답: 한 행에 이름과 수를 적은 CSV나 JSON. -는 표준 입력",
    },
    # train
    "train_data": {
        "en": "a CSV file whose first row names the columns; - is standard input",
        "ko": "첫 행이 열 이름인 CSV 파일. -는 표준 입력",
    },
    "target": {"en": "the column to predict", "ko": "예측할 열"},
    "task": {
        "en": "classification or regression, where the column does not tell",
        "ko": "classification(분류)이나 regression(회귀). 열만 보고 알 수 없을 때 지정",
    },
    "hidden": {
        "en": "units of the hidden layers, such as 64,32; 0 for none",
        "ko": "은닉층의 유닛 수(예: 64,32). 0이면 은닉층 없음",
    },
    "epochs": {
        "en": "times to go through the rows, at most",
        "ko": "전체 행을 학습하는 최대 횟수(에포크)",
    },
    "patience": {
        "en": "epochs to go on without getting better; 0 never stops early",
        "ko": "나아지지 않아도 더 해 보는 에포크 수. 0이면 일찍 멈추지 않음",
    },
    "batch_size": {"en": "rows in a step", "ko": "한 번에 학습하는 행의 수"},
    "optimizer": {"en": "adam or sgd", "ko": "최적화 방법: adam 또는 sgd"},
    "lr": {
        "en": "learning rate (default 0.003 for adam, 0.05 for sgd)",
        "ko": "학습률 (기본값 adam 0.003, sgd 0.05)",
    },
    "test_size": {
        "en": "share of the rows kept for the test (default 0.2, or 0 of fewer than 20 rows)",
        "ko": "테스트용으로 남기는 행의 비율 (기본값 0.2, 20행이 안 되면 0)",
    },
    "save": {
        "en": "where to save the model (default: the table's name with .safetensors)",
        "ko": "모델을 저장할 파일 (기본값: 표의 이름에 .safetensors)",
    },
    "no_save": {"en": "do not save the model", "ko": "모델을 저장하지 않음"},
    # predict
    "predict_data": {
        "en": "a CSV file with the columns learnt from; - is standard input",
        "ko": "학습할 때 쓴 열이 있는 CSV 파일. -는 표준 입력",
    },
    "output": {
        "en": "file to write; - is standard output",
        "ko": "저장할 파일. -는 표준 출력",
    },
    "unknown": {
        "en": "error or ignore: what to do with categories that training had not",
        "ko": "학습 때 없던 범주를 만나면: error(멈춤) 또는 ignore(무시)",
    },
    # why
    "address": {
        "en": "which number, such as dense_1/kernel[0,2], w5, h1.delta, loss",
        "ko": "어느 값인지(예: dense_1/kernel[0,2], w5, h1.delta, loss)",
    },
    "why_data": {
        "en": (
            "a CSV file, arrays (.npz with x and y, .npy), or digits, xor, moons, circles, spiral"
        ),
        "ko": "CSV 파일, 배열(x와 y가 있는 .npz, .npy), 또는 digits, xor, moons, circles, spiral",
    },
    "row": {
        "en": (
            "which example, such as 7, 2-21 or all: of a CSV file as a spreadsheet counts, else "
            "from 0"
        ),
        "ko": "몇 번째 샘플인지(7, 2-21, all). CSV는 스프레드시트의 행 번호, 그 밖에는 0부터",
    },
    "labels": {
        "en": "the targets (.npy), where --data has none",
        "ko": "--data에 목표값이 없을 때 목표값 파일(.npy)",
    },
    "depth": {
        "en": "levels to open: 0 is one sentence, all goes to the inputs and the loss",
        "ko": "펼치는 단계 수. 0이면 한 문장, all이면 입력과 손실까지",
    },
    "paths": {
        "en": "a weight's gradient over the paths through the network, too",
        "ko": "가중치의 기울기를 신경망을 지나는 경로별로도 나누어 보여 줌",
    },
    "by": {
        "en": "a weight's gradient by sample or by class, too",
        "ko": "가중치의 기울기를 샘플별(sample)이나 클래스별(class)로도 나누어 보여 줌",
    },
    "convention": {
        "en": "explain by the definitions of book, bpnn, keras, torch or sklearn",
        "ko": "book, bpnn, keras, torch, sklearn 중 하나의 정의로 설명",
    },
    "yours": {
        "en": "your own number: which convention or slip explains it; exit code 1 if it differs",
        "ko": "직접 계산한 값. 어떤 기준이나 실수로 나온 값인지 찾음. 다르면 종료 코드 1",
    },
    # formulas, what-if
    "formulas_lr": {
        "en": "learning rate (default: the model's, or 0.01)",
        "ko": "학습률 (기본값: 모델의 학습률, 없으면 0.01)",
    },
    "notation": {
        "en": "document (w1E, y1T) or usual (∂E/∂w1, t1)",
        "ko": "표기법: document(w1E, y1T) 또는 usual(∂E/∂w1, t1)",
    },
    "by_hand": {"en": "node by node, as one calculates by hand", "ko": "손으로 계산하듯 노드마다"},
    "factors": {
        "en": "only the gradient of this weight, as its factors, such as w5",
        "ko": "w5처럼 가중치 하나의 기울기만, 곱하는 값으로 나누어",
    },
    "python": {
        "en": "as a Python program that calculates the same numbers",
        "ko": "같은 값을 계산하는 파이썬 프로그램으로",
    },
    "change": {
        "en": "what to change by how much, such as w5=+0.01; may be given several times",
        "ko": "무엇을 얼마나 바꿀지(예: w5=+0.01). 여러 번 줄 수 있음",
    },
    "digits": {"en": "significant digits", "ko": "유효 숫자의 개수"},
    "top": {
        "en": "terms of a long sum that are shown",
        "ko": "긴 합에서 보여 주는 항의 개수",
    },
    "latex": {"en": "print LaTeX", "ko": "LaTeX으로 출력"},
    "html": {
        "en": "write a page to this file instead",
        "ko": "출력하는 대신 이 파일에 웹 페이지로 저장",
    },
    # check
    **CHECK,
    # demo
    "report": {"en": "where to write the report", "ko": "보고서를 저장할 파일"},
    "no_report": {
        "en": "leave neither report nor model",
        "ko": "보고서와 모델을 남기지 않음",
    },
    # data
    "data_name": {
        "en": "digits, xor, moons, circles, spiral or mnist; without it, all are listed",
        "ko": "digits, xor, moons, circles, spiral, mnist 중 하나. 없으면 모두 늘어놓음",
    },
    "data_save": {
        "en": "write the examples to a .csv or .npz file",
        "ko": "샘플을 .csv나 .npz 파일로 저장",
    },
    "download": {"en": "fetch MNIST if it is not here", "ko": "MNIST가 없으면 내려받음"},
    "set_digits": {
        "en": "handwritten digits of 8 by 8 pixels (UCI, CC BY 4.0)",
        "ko": "8×8 픽셀 손글씨 숫자(UCI, CC BY 4.0)",
    },
    "set_xor": {
        "en": "either, but not both: what no single neuron can learn",
        "ko": "배타적 논리합. 뉴런 하나로는 배울 수 없음",
    },
    "set_moons": {"en": "two half circles that interlock", "ko": "맞물린 반원 두 개"},
    "set_circles": {"en": "one circle inside another", "ko": "원 안의 원"},
    "set_spiral": {"en": "arms that wind around each other", "ko": "서로 감기는 나선"},
    "set_mnist": {
        "en": "70,000 handwritten digits of 28 by 28 pixels",
        "ko": "28×28 픽셀 손글씨 숫자 70,000개",
    },
}
