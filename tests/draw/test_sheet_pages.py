"""Worksheets on paper: no answer on the sheet, true answers on the key, Korean and English."""

import re
from html import unescape
from pathlib import Path

import pytest

from clearprop.draw.sheet_html import answer_key, worksheet
from clearprop.draw.sheet_text import sheet_text
from clearprop.explain.digits import show
from clearprop.explain.sheet import ACTIVATIONS, sheet
from clearprop.explain.verify import claims, verify

GOLDEN = Path(__file__).parent.parent / "golden" / "sheet"


def rows(page):
    """Give the text of each row of the tables of a page."""
    for row in re.findall(r"<tr>(.*?)</tr>", page, re.DOTALL):
        cells = re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.DOTALL)
        yield [unescape(re.sub(r"<[^>]+>", " ", cell)).strip() for cell in cells]


USUAL = ("linear", "sigmoid", "tanh", "relu")
KINDS = [
    *[(sizes, name, "squared") for sizes in ("1-1", "2-2-2", "2-3-2-1", "5-2-1") for name in USUAL],
    *[("2-2-2", name, "squared") for name in ACTIVATIONS if name not in USUAL],
    ("2-3", "tanh", "entropy"), ("2-2-3", "elu", "entropy"), ("2-2-1", "gelu", "binary"),
]  # fmt: skip


@pytest.mark.parametrize(("sizes", "activation", "loss"), KINDS)
@pytest.mark.parametrize("lang", ["ko", "en"])
def test_the_key_has_every_answer_and_all_of_it_is_true(sizes, activation, loss, lang):
    made = sheet(sizes, seed=2, activation=activation, loss=loss)
    page = str(answer_key(made, lang=lang))
    text = "\n".join(" ".join(row) for row in rows(page))
    assert verify(text) == []
    assert len(list(claims(text))) >= len(made.calculation.gradients)
    for field in made.fields:
        assert any(row[0] == field.line.quantity.symbol for row in rows(page)), field.name
    assert f'<html lang="{lang}">' in page


def test_a_false_key_would_be_noticed():
    page = str(answer_key(sheet("2-2-2", seed=3), lang="en"))
    text = "\n".join(" ".join(row) for row in rows(page))
    assert verify(text.replace("= 0.594042", "= 0.594142")) != []


@pytest.mark.parametrize("formulas", [True, False])
@pytest.mark.parametrize("lang", ["ko", "en"])
def test_the_sheet_asks_for_every_number_and_tells_none(formulas, lang):
    made = sheet("2-2-2", seed=3)
    page = str(worksheet(made, lang=lang, formulas=formulas))
    asked = [row[0] for row in rows(page)]
    for field in made.fields:
        assert asked.count(field.line.quantity.symbol) == 1
        answer = show(field.line.quantity.value, 4)
        assert answer not in page or len(answer) < 5, field.name
    assert page.count('class="box"') == len(made.fields)
    assert ("= x1 · w1 + x2 · w2 + b1" in page) == formulas
    for q in (*made.calculation.inputs[0], *made.calculation.targets):
        assert f"{q.symbol}&nbsp;=&nbsp;{show(q.value)}" in page
    assert ("이름" in page) == (lang == "ko")


def test_it_is_made_for_a4_and_needs_nothing_else():
    page = str(worksheet(sheet("2-2-2", seed=3), lang="ko"))
    assert "@page{size:A4" in page
    assert page.count("<svg") == 1
    assert not re.search(r'(src|href)="(?!#)', page)
    assert "<script" not in page


@pytest.mark.parametrize("lang", ["ko", "en"])
def test_what_a_person_reads_is_golden(lang):
    text = sheet_text(sheet("2-2-2", seed=3), lang=lang)
    file = GOLDEN / f"sheet_{lang}.txt"
    assert text == file.read_text(encoding="utf-8"), f"differs from {file.name}"
    bare = sheet_text(sheet("2-2-2", seed=3), lang=lang, formulas=False)
    assert "x1 · w1" not in bare
    assert len(bare.splitlines()) == len(text.splitlines())
