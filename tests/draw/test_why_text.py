"""An explanation for the terminal keeps to its width, and loses nothing by it."""

import re

import numpy as np
import pytest

import clearprop as cp
from clearprop.draw.why_text import broken
from clearprop.explain.verify import claims, verify
from clearprop.lang.width import cells
from tests.explain.nets import CLASSIC_X, CLASSIC_Y, classic


def recurrent():
    cp.set_seed(1)
    model = cp.Sequential([cp.Input((3, 2)), cp.layers.LSTM(3), cp.layers.Dense(1)])
    model.compile("sgd", "mse")
    x = np.arange(6.0).reshape(1, 3, 2) / 10
    return cp.why(model, "lstm/recurrent_kernel[0,4]", x=x, y=[[1.0]], depth=3)


def letters(text):
    return re.sub(r"\s", "", text)


@pytest.mark.parametrize("lang", ["ko", "en"])
@pytest.mark.parametrize("width", [50, 80])
def test_a_narrow_terminal_gets_the_same_words_on_more_lines(width, lang):
    model = classic()
    model.compile(cp.optimizers.Adam(0.1), "mse")
    for explanation in (
        recurrent(),
        cp.why(model, "w1", x=CLASSIC_X, y=CLASSIC_Y, depth=None),
        cp.formulas(model, CLASSIC_X, CLASSIC_Y),
    ):
        wide = explanation.to_text(lang=lang, width=1000)
        narrow = explanation.to_text(lang=lang, width=width)
        assert letters(narrow) == letters(wide)
        assert verify(narrow) == []
        assert len(list(claims(narrow))) == len(list(claims(wide))) > 5
        if width == 80:
            assert max(map(cells, narrow.splitlines())) <= width


def test_a_formula_is_broken_in_the_fewest_brackets_first():
    assert broken("a + b", 10) == ["a + b"]
    assert broken("a · b + c · d + e", 10) == ["a · b", "+ c · d", "+ e"]
    assert broken("a · (b + c)", 10) == ["a", "· (b + c)"]
    assert broken("exp(aa + bb) / (cc + dd)", 12) == ["exp(aa + bb)", "/ (cc + dd)"]
    assert broken("unbreakable(a,b)", 4) == ["unbreakable(a,b)"]


def test_what_goes_to_a_terminal_is_as_wide_as_that(monkeypatch):
    monkeypatch.setattr("sys.stdout.isatty", lambda: True, raising=False)
    monkeypatch.setenv("COLUMNS", "60")
    text = str(cp.why(classic(), "o1", x=CLASSIC_X))
    assert text == cp.why(classic(), "o1", x=CLASSIC_X).to_text(width=60)
    assert text != cp.why(classic(), "o1", x=CLASSIC_X).to_text(width=100)
    assert max(map(cells, text.splitlines())) <= 60
