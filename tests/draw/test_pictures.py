"""Every picture: as it was looked at and found good, well-formed, legible, the same each time."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import clearprop.draw
from clearprop.draw.svg import Svg, el
from clearprop.lang.words_draw import WORDS
from tests.draw import checks
from tests.draw.gallery import GOLDEN, PICTURES

SOURCE = Path(clearprop.draw.__file__).parent


@pytest.mark.parametrize("name", PICTURES)
def test_is_as_it_was_reviewed(name):
    golden = (GOLDEN / f"{name}.svg").read_text(encoding="utf-8")
    assert str(PICTURES[name]()) == golden, "run python -m tests.draw.gallery and look at it"


def test_no_golden_file_is_left_over():
    assert {path.stem for path in GOLDEN.glob("*.svg")} == set(PICTURES)


@pytest.mark.parametrize("name", PICTURES)
def test_has_no_fault(name):
    assert checks.all_faults(str(PICTURES[name]())) == []


@pytest.mark.parametrize("name", [name for name in PICTURES if name.endswith("_ko")])
def test_korean_pictures_hold_no_english_words(name):
    """Each fixed English phrase of the catalogue is absent; names such as `relu` may be English."""
    svg = str(PICTURES[name]())
    fixed = [entry["en"] for entry in WORDS.values() if "{" not in entry["en"]]
    seen = [phrase for phrase in fixed if f">{phrase}<" in svg]
    assert seen == []


def test_every_word_of_the_catalogue_is_shown_somewhere():
    code = "".join(path.read_text(encoding="utf-8") for path in SOURCE.glob("*.py"))
    keys = re.findall(r"[\"']draw\.([a-z_]+)(\{)?", code)
    whole = {key for key, more in keys if not more}
    stems = tuple(key for key, more in keys if more)
    assert [key for key in WORDS if key not in whole and not key.startswith(stems)] == []


def _picture(*body, width=100.0, title="a title", desc="a description"):
    return str(Svg(width, 50.0, title, desc, body))


def _word(words, x=10, y=20, role="ink"):
    return el("text", words, x=x, y=y, font_size=12, class_=f"f-{role}")


BROKEN = {
    "not well-formed": "<svg xmlns='http://www.w3.org/2000/svg'><g></svg>",
    "no role": _picture().replace('role="img"', ""),
    "twice": _picture(el("g", id="a"), el("g", id="a")),
    "names nothing": _picture(title=" "),
    "leads nowhere": _picture(el("rect", fill="url(#nothing)")),
    "a script": _picture(el("script", "alert(1)")),
    "no colour of the palette": _picture(el("text", "pale", fill="#ccc")),
    "grid on paper": _picture(_word("faint", role="grid")),
    "is not stated": _picture(el("g", class_="unknown")),
    "is cut by the edge": _picture(_word("much too long for this", x=60)),
    "lies on": _picture(_word("one upon"), _word("another", x=14, y=22)),
}


@pytest.mark.parametrize("fault", BROKEN)
def test_checks_find_what_is_broken(fault):
    assert any(fault in found for found in checks.all_faults(BROKEN[fault]))


def test_checks_let_a_sound_picture_pass():
    assert checks.all_faults(_picture(_word("one"), _word("another", y=40))) == []
