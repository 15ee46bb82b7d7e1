"""What a check says: whole in both languages, within 80 cells, and as plain data."""

import json

import numpy as np
import pytest

from clearprop.doctor import check
from clearprop.doctor.catalogue import by_id, catalogue
from clearprop.lang import cells
from clearprop.lang.check import faults
from tests.doctor.corpus.listing import programs
from tests.doctor.corpus.rates import judge
from tests.doctor.test_check import Affine, X


@pytest.mark.parametrize("lang", ["en", "ko"])
@pytest.mark.parametrize(
    "slip",
    [lambda g: g.sum(axis=0), lambda g: g.mean(axis=0), lambda g: g.max(axis=0), lambda g: None],
    ids=["sound", "named", "facts", "missing"],
)
def test_lines_fit_a_terminal(lang, slip):
    text = check(Affine(slip), x=X).to_text(lang)
    assert max(map(cells, text.splitlines())) <= 80


def test_the_words_are_korean_in_korean():
    text = check(Affine(lambda g: g.mean(axis=0)), x=X).to_text("ko")
    assert "배치 평균" in text
    assert "제출값" in text


def test_plain_data():
    data = check(Affine(lambda g: g.mean(axis=0)), x=X).to_json("en")
    assert json.loads(json.dumps(data)) == data
    assert data["sound"] is False
    assert data["findings"][0]["name"] == "bias-averaged"
    assert data["findings"][0]["evidence"][0]["ratio"] == pytest.approx(0.25)
    assert data["gradients"] == ["x", "W", "b"]


def test_several_that_fit_are_listed_with_what_would_tell_them_apart():
    class Square:
        def __init__(self):
            self.w = np.array([[0.5, -1.0], [0.25, 2.0]])

        def forward(self, x):
            self.x = x
            return x @ self.w

        def backward(self, dout):
            self.dw = np.outer(self.x[0], dout[0]) if len(dout) > 1 else self.x.T @ dout
            return dout @ self.w.T

    text = check(Square(), x=np.array([[1.0, 2.0], [3.0, -1.0]])).to_text("en")
    assert "one-sample-only" in text


@pytest.mark.parametrize("name", sorted(by_id()))
def test_words_are_whole(name):
    mistake = by_id()[name]
    assert mistake.line
    parts = {
        part: {"en": getattr(mistake.en, part), "ko": getattr(mistake.ko, part)}
        for part in ("did", "should", "mend")
    }
    assert not list(
        faults({k: {t: w.replace("{", "(") for t, w in v.items()} for k, v in parts.items()})
    )
    for said in parts.values():
        assert said["en"].endswith((".", "?"))
        assert said["ko"] != said["en"]


def test_every_entry_has_words():
    assert {m.id for m in catalogue()} == set(by_id())


def first_of_each():
    seen = {}
    for program in programs():
        seen.setdefault(program.mistake, program)
    return seen


@pytest.mark.parametrize("name", sorted(by_id()))
def test_every_mistake_has_a_program_that_has_it(name):
    assert name in first_of_each()


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(by_id()))
def test_every_mistake_is_named_where_it_is_and_not_where_it_is_not(name):
    program = first_of_each()[name]
    assert name in judge(program).names
    where = program.where.rpartition("/")[0]
    sound = next(p for p in programs() if p.sound and p.where.startswith(where.partition("/")[0]))
    assert judge(sound).names == frozenset()


class TwoLayers:
    def __init__(self):
        rng = np.random.default_rng(4)
        self.params = {"W1": rng.normal(size=(4, 5)), "b1": rng.normal(size=5),
                       "W2": rng.normal(size=(5, 2)), "b2": rng.normal(size=2)}  # fmt: skip

    def loss(self, x, t):
        p = self.params
        self.h = np.tanh(x @ p["W1"] + p["b1"])
        self.y = self.h @ p["W2"] + p["b2"]
        return 0.5 * np.sum((self.y - t) ** 2) / len(x)

    def gradient(self, x, t):
        self.loss(x, t)
        d = self.y - t
        back = d @ self.params["W2"].T * (1 - self.h**2)
        return {"W1": x.T @ back, "b1": back.mean(0), "W2": self.h.T @ d, "b2": d.mean(0)}


def test_two_mistakes_share_a_table_and_layers_alike_are_numbered():
    rng = np.random.default_rng(5)
    report = check(TwoLayers(), x=rng.normal(size=(3, 4)), t=rng.normal(size=(3, 2)))
    assert set(report.ids) == {"batch-mean-missing", "bias-averaged"}
    text = report.to_text("en")
    assert text.count("yours / right") == 1
    assert "affine 1, affine 2" in text


def test_what_was_missing_or_of_another_shape_is_said():
    missing = check(Affine(lambda g: None), x=X)
    assert "gradient of b; is a return" in missing.to_text("en")
    flat = check(Affine(lambda g: g.sum(axis=0).reshape(-1, 1)), x=X)
    assert "has shape" in flat.to_text("en")


def test_json_says_what_else_fits_and_what_would_tell_them_apart():
    class Mse:
        def loss(self, y, t):
            return np.mean((y - t) ** 2)

        def gradient(self, y, t):
            return (y - t) / y.size

    rng = np.random.default_rng(2)
    report = check(Mse(), x=rng.normal(size=(3, 2)), t=rng.normal(size=(3, 2)))
    (finding,) = report.to_json("ko")["findings"]
    assert set(finding["others"]) == set(finding["alternatives"]) == {"output-mean-extra"}
    assert "출력 수" in finding["apart"]
    assert "출력 수" in report.to_text("ko")


def test_where_a_number_is_right_nothing_is_said_of_its_ratio():
    class Square:
        def forward(self, x):
            self.x = x
            return np.sum(x**2)

        def backward(self, dout):
            g = 2 * self.x * dout
            return g if len(self.x) > 1 else g * [1, 1, 3.3]

    text = check(Square(), x=X).to_text("en")
    assert "1 times" not in text
