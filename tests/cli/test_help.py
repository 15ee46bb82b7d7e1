"""What `--help` says: in both languages, to the letter, and true."""

import shlex
from pathlib import Path

import click
import numpy as np
import pytest

from clearprop.cli.help import Argument, Command, Option
from clearprop.cli.layout import definitions, wrapped
from clearprop.cli.root import COMMANDS, root
from clearprop.data import datasets
from clearprop.lang import LANGUAGES, cells
from tests.cli.bad_inputs import AFFINE
from tests.cli.calling import flowers, good, houses, run

GOLDEN = Path(__file__).parents[1] / "golden" / "cli"


def helped(name, lang, width=80):
    env = {"COLUMNS": str(width)}
    return good(*([name] if name else []), "--help", "--lang", lang, env=env)


def write():
    """Write the golden files anew: ``python -m tests.cli.test_help``; read each."""
    GOLDEN.mkdir(exist_ok=True)
    for name in COMMANDS:
        for lang in LANGUAGES:
            (GOLDEN / f"help_{name}_{lang}.txt").write_text(helped(name, lang), encoding="utf-8")


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("name", COMMANDS)
def test_help_is_golden(name, lang):
    golden = (GOLDEN / f"help_{name}_{lang}.txt").read_text(encoding="utf-8")
    assert helped(name, lang) == golden, "run python -m tests.cli.test_help and read it"


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_first_help_names_every_command(lang):
    text = helped("", lang)
    for name in COMMANDS:
        assert f"\n  {name} " in text
    assert good() == good("--help")


@pytest.mark.parametrize("width", [40, 80, 200])
@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("name", ["", *COMMANDS])
def test_no_line_is_wider_than_the_terminal(name, lang, width):
    prose = (
        helped(name, lang, width).split("\n\n", 1)[1].rpartition(":\n")[0]
    )  # examples stay whole
    for line in prose.splitlines():
        assert cells(line) <= max(40, min(width, 100)) or " " not in line.strip(), line


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_examples_and_every_option_is_explained(name):
    command = root.get_command(click.Context(root), name)
    assert isinstance(command, Command)
    assert command.examples
    assert all(example.startswith(("clearprop ", "cat ")) for example in command.examples)
    assert all(isinstance(param, Option | Argument) for param in command.params)
    assert {"--lang", "--debug", "--help"} <= {
        name for param in command.params for name in param.opts
    }


NET = """

class Net(Affine):
    def __init__(self):
        self.W, self.b = np.arange(6.0).reshape(2, 3) / 7, np.zeros(3)
        self.params = {"W": self.W, "b": self.b}
    def share(self, x):
        e = np.exp(self.forward(x))
        return e / e.sum(axis=1, keepdims=True)
    def loss(self, x, t):
        rows = np.arange(len(x))
        return -np.log(self.share(x)[rows, np.asarray(t, int)]).mean()
    def gradient(self, x, t):
        d = self.share(x)
        d[np.arange(len(x)), np.asarray(t, int)] -= 1
        self.backward(d / len(x))
        return {"W": self.dW, "b": self.db}

net = Net()
"""
FUNCTIONS = """
import numpy as np

def forward(x):
    y = np.tanh(x)
    return y, y

def backward(dout, y):
    return dout * (1 - y * y)

start = np.array([1.0, -0.5])

def loss(w):
    return float(np.sum((w - 2) ** 2))

def gradient(w):
    return 2 * (w - 2)
"""
MOMENTUM = """
import numpy as np

class Momentum:
    def __init__(self, lr=0.1, momentum=0.9):
        self.lr, self.momentum, self.v = lr, momentum, None

    def update(self, params, grads):
        if self.v is None:
            self.v = {name: np.zeros_like(w) for name, w in params.items()}
        for name in params:
            self.v[name] = self.momentum * self.v[name] - self.lr * grads[name]
            params[name] += self.v[name]
"""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder with every file that the examples name."""
    monkeypatch.chdir(tmp_path)
    for name in ("iris.csv", "new.csv"):
        flowers(tmp_path / name)
    houses(tmp_path / "houses.csv")
    houses(tmp_path / "survey.csv")
    text = (tmp_path / "survey.csv").read_text().replace("price", "grade")
    (tmp_path / "survey.csv").write_text(text)
    good("train", "iris.csv", "-t", "species", "--epochs", 3)
    good("demo", "--epochs", 2)
    good("data", "xor", "--save", "xor.npz")
    good("data", "xor", "--save", "xor.csv")
    amounts = ("--task", "regression", "--hidden", "2")
    good("train", "xor.csv", "-t", "class", *amounts, "--epochs", 2, "--save", "net.safetensors")
    sheet = good("sheet", "2-2-2", "--json", "--answers", "answers.csv")
    (tmp_path / "sheet.json").write_text(sheet)
    (tmp_path / "answers.json").write_text('{"sum_h1": "0.5"}')
    (tmp_path / "my_layers.py").write_text(AFFINE)
    (tmp_path / "my_net.py").write_text(AFFINE + NET)
    (tmp_path / "functions.py").write_text(FUNCTIONS)
    (tmp_path / "optimizers.py").write_text(MOMENTUM)
    np.savetxt("x.csv", np.arange(10.0).reshape(5, 2) / 7, delimiter=",")
    np.savetxt("t.csv", np.array([0, 1, 1, 0, 2]), delimiter=",")
    images, labels = np.zeros((3, 28, 28), np.uint8), np.arange(3, dtype=np.uint8)
    monkeypatch.setattr(datasets, "mnist", lambda: ((images, labels), (images, labels)))
    return tmp_path


@pytest.mark.parametrize("name", COMMANDS)
def test_every_example_works(name, folder):
    command = root.get_command(click.Context(root), name)
    for example in command.examples:
        piped, _, call = example.partition(" > ")[0].rpartition("| ")
        stdin = Path(shlex.split(piped)[1]).read_bytes() if piped else None
        program, *args = shlex.split(call)
        assert program == "clearprop"
        shorter = ["--epochs", "2"] if name in ("train", "demo") else []
        result = run(*args, *shorter, stdin=stdin)
        checks = name == "grade" or "--yours" in args  # which may end with 1: something differs
        assert result.exit_code in ((0, 1) if checks else (0,)), (example, result.stderr)
        assert result.output


def test_the_language_is_found_wherever_it_stands(monkeypatch):
    korean = good("train", "--help", "--lang", "ko")
    assert korean.startswith("사용법: clearprop train DATA")
    assert good("train", "--lang=ko", "--help") == korean
    assert good("--lang", "ko", "train", "--help") == korean
    monkeypatch.setenv("CLEARPROP_LANG", "ko")
    assert good("train", "--help") == korean
    assert good("train", "--help", "--lang", "en").startswith("Usage:")


def test_the_version_is_told():
    assert good("--version") == "clearprop 0.1.0\n"


def test_words_are_set_by_cells():
    assert wrapped("가나다 라마바", 9) == ["가나다", "라마바"]
    assert wrapped("a-word-that-is-longer-than-the-line b", 10) == [
        "a-word-that-is-longer-than-the-line", "b",
    ]  # fmt: skip
    assert wrapped("", 10) == []
    long = "--an-option-wider-than-the-column X"
    assert definitions([("-h", "help"), (long, "words")], 60) == [
        "  -h  help", f"  {long}", "      words",
    ]  # fmt: skip


if __name__ == "__main__":
    write()
