"""``clearprop check``: exit codes, words, JSON, and files that cannot be run."""

import json
import sys

import numpy as np
import pytest

from tests.cli.calling import good, refused, run

SOURCE = """
import numpy as np


class Sigmoid:
    def forward(self, x):
        self.y = 1 / (1 + np.exp(-x))
        return self.y

    def backward(self, dout):
        return dout * self.y * (1 - self.y)


class Forgotten(Sigmoid):
    def backward(self, dout):
        return dout


class Broken(Sigmoid):
    def backward(self, dout):
        raise RuntimeError("not done")


def forward(x):
    return x ** 2, x


def backward(dout, cache):
    return dout * 2 * cache


class Scaling:
    def __init__(self):
        self.W = np.array([[0.5, -1.0], [2.0, 0.3], [1.1, 0.7]])

    def forward(self, x):
        self.x = x
        return x @ self.W

    def backward(self, dout):
        self.dW = self.x.T @ dout
        return dout @ self.W.T


layers = [Scaling(), Forgotten()]


class Climbing:
    lr = 0.1

    def update(self, params, grads):
        for name in params:
            params[name] += self.lr * grads[name]


def of_its_own(w, g):
    return w - 0.1 * abs(g) ** 0.3
"""


@pytest.fixture
def file(tmp_path, monkeypatch):
    monkeypatch.setenv("CLEARPROP_LANG", "en")
    path = tmp_path / "my_layers.py"
    path.write_text(SOURCE)
    return path


def test_sound(file):
    assert good("check", f"{file}:Sigmoid", "--input", "3,4").startswith("The gradients are right")


def test_a_pair_of_functions(file):
    good("check", f"{file}:forward,backward", "--input", "3,4")


def test_a_mistake(file):
    result = run("check", f"{file}:Forgotten", "--input", "3,4")
    assert result.exit_code == 1
    assert "activation-derivative-missing" in result.stdout


def test_not_to_be_judged(file):
    result = run("check", f"{file}:Broken", "--input", "3,4")
    assert result.exit_code == 2
    assert "RuntimeError: not done" in result.stdout


def test_json(file):
    result = run("check", f"{file}:Forgotten", "--input", "3,4", "--json", "--lang", "ko")
    data = json.loads(result.stdout)
    assert data["sound"] is False
    assert "활성화" in data["findings"][0]["words"]["did"]


def test_input_from_a_file(file, tmp_path):
    np.save(tmp_path / "x.npy", np.ones((2, 3)))
    np.savetxt(tmp_path / "x.csv", np.ones((2, 3)), delimiter=",")
    for name in ("x.npy", "x.csv"):
        good("check", f"{file}:Sigmoid", "--input", tmp_path / name)


def test_what_cannot_be_run(file, tmp_path):
    assert "did you mean Sigmoid" in refused("check", f"{file}:Sigmoyd")
    assert "cannot" in refused("check", tmp_path / "none.py")
    bad = tmp_path / "bad.py"
    bad.write_text("1 / 0")
    assert "ZeroDivisionError" in refused("check", f"{bad}:Layer")
    assert "shape" in refused("check", f"{file}:Sigmoid", "--input", "0,4")


def test_nothing_is_written_beside_the_file(file, tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    (tmp_path / "beside.py").write_text("ONE = 1")
    file.write_text("import beside\n" + SOURCE)
    before = {path.name for path in tmp_path.iterdir()}
    good("check", f"{file}:Sigmoid", "--input", "3,4")
    assert {path.name for path in tmp_path.iterdir()} == before
    assert sys.dont_write_bytecode is False


def test_parts_in_a_list(file):
    result = run("check", f"{file}:layers", "--input", "4,3")
    assert (result.exit_code, "activation-derivative-missing" in result.stdout) == (1, True)


def test_an_optimizer(file):
    result = run("check", f"{file}:Climbing", "--lang", "ko")
    assert (result.exit_code, "sign-update" in result.stdout) == (1, True)
    result = run("check", f"{file}:of_its_own", "--lang", "ko")
    assert (result.exit_code, "rule=" in result.stdout) == (2, True)
    assert run("check", f"{file}:of_its_own", "--rule", "sgd").exit_code == 1


def test_help_says_that_the_file_is_run():
    assert "is run" in good("check", "--help", "--lang", "en")
