"""What cannot be judged is told in words: where, why, and what to do."""

import numpy as np
import pytest

from clearprop.doctor import check
from clearprop.errors import OptionError
from clearprop.lang import cells
from clearprop.lang.catalogue import words

X = np.ones((2, 3))


class Misspelt:
    def foward(self, x):
        return x

    def backward(self, dout):
        return dout


class WithoutSelf:
    def forward(x):  # noqa: N805
        return x

    def backward(dout):  # noqa: N805
        return dout


class Scaling:
    def __init__(self):
        self.W = np.ones((7, 2))

    def forward(self, x):
        self.x = x
        return x @ self.W

    def backward(self, dout):
        self.dW = self.x.T @ dout
        return dout @ self.W.T


CASES = {
    "number": (3, {}, "type int"),
    "text": ("Affine", {}, "type str"),
    "array": (X, {}, "type ndarray"),
    "nothing": (None, {}, "NoneType"),
    "alone": (np.tanh, {}, "two together"),
    "misspelt": (Misspelt(), {}, "foward meant to be forward"),
    "self": (WithoutSelf(), {}, "Is self missing"),
    "shape": (Scaling(), {}, "--input 4,7"),
    "text for an input": (Scaling(), {"x": "3,4"}, "array of numbers"),
    "words for an input": (Scaling(), {"x": np.array(["a"])}, "array of numbers"),
    "a dict for an input": (Scaling(), {"x": {"x": X}}, "type dict"),
    "nothing in it": (Scaling(), {"x": np.ones((0, 7))}, "without numbers"),
    "complex numbers": (Scaling(), {"x": X + 1j}, "complex128"),
    "not finite": (Scaling(), {"x": X * np.nan}, "NaN"),
    "text for a target": (Scaling(), {"t": "cat"}, "type str"),
}


@pytest.mark.parametrize("case", CASES)
def test_told_in_both_languages(case):
    thing, given, said = CASES[case]
    report = check(thing, **{"x": X, **given})
    assert report.sound is None
    assert said in " ".join(report.to_text("en").split())
    korean = report.to_text("ko")
    assert korean.startswith("판정할 수 없습니다.")
    assert max(map(cells, korean.splitlines())) <= 80


def test_plain_data_say_it_too():
    failed = check(Scaling(), x=X).to_json("en")["failed"]
    assert failed["kind"] == "raised"
    assert failed["error"].startswith("ValueError: matmul")
    assert failed["line"].startswith("test_refusals.py:")


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"seconds": 0}, "seconds=5"),
        ({"seed": "one"}, "seed=0"),
        ({"lr": "0.1"}, "lr=0.1"),
        ({"parms": X}, "did you mean 'params'"),
        ({"rule": "momentm"}, "did you mean 'momentum'"),
        ({"loss": "mes"}, "did you mean 'mse'"),
        ({"grads": {"V": "dV"}, "x": np.ones((2, 7))}, "unknown parameter 'V'"),
    ],
)
def test_settings_that_mean_nothing(given, said):
    with pytest.raises(OptionError, match=said):
        check(Scaling(), **{"x": np.ones((2, 7)), **given})


@pytest.mark.parametrize("kind", ["raised", "endless", "needs", "ragged", "no_numbers"])
def test_each_kind_has_its_words(kind):
    assert words("refused")[kind]
