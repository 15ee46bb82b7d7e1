"""Python files as newcomers hand them in: each fault is told where it is, with what to do."""

import json

import pytest

from tests.cli.calling import good, refused, run

TANH = """
import numpy as np
class Tanh:
    def forward(self, x):
        self.y = np.tanh(x)
        return self.y
    def backward(self, dout):
        return dout * (1 - self.y ** 2)
"""


@pytest.fixture
def layer(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CLEARPROP_LANG", "en")

    def write(text, name="layer.py"):
        (tmp_path / name).write_text(text)
        return name

    return write


REFUSED = {
    "a colon forgotten": ("class Tanh:\n    def forward(self, x)\n        return x", "line 2"),
    "a bracket left open": ("print((1)\nclass Tanh: pass", "line 1"),
    "a module misspelt": ("import nunpy as np", "Did you mean numpy?"),
    "a module not there": ("import nowhere_at_all", "not installed"),
    "a file not there": ("open('w.txt')", "from the folder"),
    "an error": ("import math\nmath.sqrt(-1)", "line 2: math.sqrt(-1)"),
    "a name misspelt": ("weights = 1\nprint(weigths)", "Did you mean weights?"),
    "asks at the keyboard": ("n = int(input('n? '))", "input()"),
    "nothing in it": ("", "defines no class"),
    "never ends": ("while True: pass", "__main__"),
}


@pytest.mark.parametrize("what", REFUSED)
def test_refused(layer, what):
    text, said = REFUSED[what]
    layer(text)
    assert said in refused("check", "layer.py:Tanh", "--input", "3,4", "--seconds", "1")


def test_what_it_prints_is_not_ours(layer):
    layer(TANH + "print('training ...')")
    out = run("check", "layer.py:Tanh", "--input", "3,4", "--json").stdout
    assert json.loads(out)["sound"] is True


def test_what_stands_before_an_exit_counts(layer):
    layer(TANH + "import sys\nsys.exit('done')")
    good("check", "layer.py:Tanh", "--input", "3,4")


def test_ending_the_process_is_no_verdict(layer):
    layer("import os\nclass Tanh:\n    def forward(self, x): os._exit(0)\n    backward = forward")
    assert run("check", "layer.py:Tanh", "--input", "3,4").exit_code == 2


def test_without_a_name(layer):
    layer(TANH)
    assert good("check", "layer.py").startswith("The gradients are right")
    layer(TANH + "class Two(Tanh): pass\nthe_same = Two\n")
    assert "layer.py:Tanh" in refused("check", "layer.py")
    layer("def forward(x): return 2 * x\ndef backward(dout): return 2 * dout")
    assert good("check", "layer.py", "--input", "3,4").startswith("The gradients are right")


@pytest.mark.parametrize("shape", ["3,4", "3x4", "(3, 4)", "3, 4"])
def test_shapes_as_people_write_them(layer, shape):
    layer(TANH)
    good("check", "layer.py:Tanh", "--input", shape)


NUMBERS = """
import numpy as np
x, t = np.array([[0.2, -1.0], [1.5, 0.3], [0.4, 0.4]]), np.array([0, 1, 1])
start = np.array([1.0, 2.0, 0.5])
def loss(w): return float(np.sum((w - 1) ** 2))
def grad(w): return w - 1
def half(w): return float(np.sum((w - 1) ** 2)) / 2
def step(w): return w + 0.1 * (w - 1)
"""


def test_data_that_stand_in_the_file(layer):
    layer(TANH + NUMBERS)
    good("check", "layer.py:Tanh", "--input", "x")
    wrong = run("check", "layer.py:loss,grad", "--params", "start")
    assert (wrong.exit_code, "half-too-small" in wrong.stdout) == (1, True)
    climbing = run("check", "layer.py:step", "--params", "start", "--loss", "half", "--lr", "0.1")
    assert (climbing.exit_code, "sign-update" in climbing.stdout) == (1, True)
    assert "layer.py" in refused("check", "layer.py:Tanh", "--input", "y")


def test_rules_misspelt(layer):
    layer("class Sgd:\n    def update(self, params, grads): pass")
    assert "did you mean 'momentum'" in refused("check", "layer.py:Sgd", "--rule", "momentm")


AFFINE = """
import numpy as np
class Affine:
    def __init__(self, W, b): self.W, self.b = W, b
    def forward(self, x):
        self.x = x
        return x @ self.W + self.b
    def backward(self, dout):
        self.dW, self.db = self.x.T @ dout, dout.{reduced}(axis=0)
        return dout @ self.W.T
class Odd(Affine):
    def __init__(self, W, b, colour): super().__init__(W, b)
"""


def test_a_class_whose_arguments_can_be_guessed(layer):
    layer(AFFINE.format(reduced="sum"))
    assert "W=randn(4, 4), b=randn(4)" in good("check", "layer.py:Affine", "--input", "3,4")
    layer(AFFINE.format(reduced="mean"))
    wrong = run("check", "layer.py:Affine", "--input", "3,4")
    assert (wrong.exit_code, "bias-averaged" in wrong.stdout) == (1, True)


def test_a_class_whose_arguments_cannot_be_guessed(layer):
    layer(AFFINE.format(reduced="sum"))
    told = run("check", "layer.py:Odd", "--input", "3,4")
    assert (told.exit_code, "layer = Odd(W, b, colour)" in told.stdout) == (2, True)
