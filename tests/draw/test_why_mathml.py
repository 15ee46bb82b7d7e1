"""Explanations as MathML and LaTeX: the same digits as the text, and true as they stand."""

from __future__ import annotations

import re
import zlib
from pathlib import Path

import numpy as np
import pytest

import clearprop as cp
from clearprop.explain.verify import claims, verify
from tests.draw.why_checks import latex_faults, mathml_faults, table_lines
from tests.explain.nets import CLASSIC_X, CLASSIC_Y, classic, random_dense

GOLDEN = Path(__file__).parents[1] / "golden" / "draw"


@pytest.fixture(scope="module")
def model():
    return classic()


def ask(model, address, **options):
    return cp.why(model, address, x=CLASSIC_X, y=CLASSIC_Y, **options)


def numerals(text):
    """Every number of a text in the order in which it stands, the digits as written."""
    found = re.findall(r"[²³]|\d+(?:\.\d+)?(?:e[−-]?\d+)?", text)
    return [number.replace("−", "-").replace("²", "2").replace("³", "3") for number in found]


def numbers_of_steps(text):
    """The numbers of an explanation's steps in its text: not those in names and remarks."""
    plain = text.translate(str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789"))
    text = re.sub(r"(?<=\d)[⁰¹²³⁴⁵⁶⁷⁸⁹]+", lambda power: f" ^ {plain[slice(*power.span())]}", text)
    sides = [s for c in claims(text) for s in re.split("[=≈]", c.text)]
    return [number for side in sides for number in numerals(side)]


def watched(lang):
    """Why a weight is what it is after three epochs."""
    net, watch = classic(), cp.Watch("dense_1/kernel[0,1]")
    net.fit([CLASSIC_X], [CLASSIC_Y], epochs=3, verbose=0, callbacks=[watch])
    return watch.why("dense_1/kernel[0,1]", lang=lang)


def many():
    """Explanations of several kinds of network, in both languages."""
    net = classic()
    for lang in ("ko", "en"):
        for address in ("w5", "w1", "E", "o2", "h1.delta"):
            yield ask(net, address, lang=lang, depth=None)
        yield cp.formulas(net, CLASSIC_X, CLASSIC_Y, lr=0.5, lang=lang)
        yield cp.formulas(net, CLASSIC_X, CLASSIC_Y, notation="usual", lang=lang)
        yield ask(net, "w1", lang=lang, paths=True)
        yield ask(net, "o1.delta", lang=lang, convention="bpnn")
        yield cp.pushes(net, "o1", x=CLASSIC_X, lang=lang)
        yield watched(lang)
    for activation, loss, optimizer in [
        ("relu", "mse", "adam"),
        ("tanh", "categorical_crossentropy", "sgd"),
        ("linear", "mae", "sgd"),
        ("sigmoid", "sparse_categorical_crossentropy", "adam"),
    ]:
        rng = np.random.default_rng(zlib.crc32(loss.encode()))
        net, x, y = random_dense(
            rng, activation=activation, loss=loss, optimizer=optimizer, samples=9
        )
        yield cp.why(net, "dense/kernel[1,2]", x=x, y=y, depth=None, top=3, lang="ko")


EVERY = [pytest.param(e, id=str(k)) for k, e in enumerate(many())]


@pytest.mark.parametrize("e", EVERY)
def test_mathml_is_sound_and_every_equality_in_it_true(e):
    made = e.to_mathml()
    assert mathml_faults(made) == []
    lines = "\n".join(table_lines(made))
    assert "\\" not in lines
    assert "·" not in lines, "shown as text: its LaTeX could not be set"  # MathML has ⋅ instead
    checked = list(claims(lines))
    assert len(checked) == len(list(claims(e.to_text()))) > 0
    assert verify(lines) == []
    assert numbers_of_steps(lines) == numbers_of_steps(e.to_text())


@pytest.mark.parametrize("e", EVERY)
def test_latex_matches_and_can_stand_in_a_notebook(e):
    assert latex_faults(e.to_latex()) == []
    math = e._repr_mimebundle_()["text/latex"]
    assert latex_faults(math) == []
    assert math.startswith(r"$$\begin{aligned}")
    assert math.rstrip().endswith(r"\end{aligned}$$")
    assert "align*" not in math
    assert not re.search(r"\\\\\s*\\end\{aligne", math), "an empty row at the end"


def test_a_false_digit_in_mathml_is_noticed(model):
    made = ask(model, "w5").to_mathml()
    assert "0.08216704" in made
    assert len(verify("\n".join(table_lines(made.replace("0.08216704", "0.08217704"))))) == 1


@pytest.mark.parametrize("lang", ["ko", "en"])
def test_mathml_is_golden(model, lang):
    file = GOLDEN / f"why_w5_{lang}.mathml"
    assert ask(model, "w5", lang=lang).to_mathml() == file.read_text(encoding="utf-8")


BROKEN = {
    "braces do not match": r"\frac{1}{2",
    r"\end{cases} ends nothing": r"\end{cases}",
    r"\begin{cases} does not end": r"\begin{cases} a",
    r"\left and \right do not match": r"\left( a",
    "a dollar alone": "$a$$",
    "too many columns": "a & b & c & d & e",
    r"Hangul outside of \text": r"\mathrm{사과}",
}


@pytest.mark.parametrize("fault", BROKEN)
def test_the_check_of_latex_finds_what_is_broken(fault):
    assert fault in latex_faults(BROKEN[fault])


def test_any_name_can_be_set():
    for name in ("사과 값", "a&b", "a{b", "x^2", "~", "$", "50%", "\\", "가", "w_1", "#"):
        a = cp.tensor(3.0, name=name)
        loss = cp.exp(-a) / a
        loss.name = "손실"
        loss.backward()
        e = cp.why(a.grad, lang="ko")
        assert latex_faults(e.to_latex()) == [], name
        assert mathml_faults(e.to_mathml()) == [], name
        assert "\\mathrm" not in e.to_mathml(), name


def test_a_long_sum_says_what_is_left_out_in_every_form():
    x = cp.tensor(np.arange(1.0, 10.0), name="x")
    total = (x * x).sum()
    total.name = "s"
    e = cp.why(total, top=2, lang="en")
    assert "(and 7 more: " in e.to_text()
    assert r"\left(\text{and 7 more: }" in e.to_latex()
    assert "<mtext>and 7 more:\N{NO-BREAK SPACE}</mtext>" in e.to_mathml()
