"""Explanations as HTML: links that lead on, digits that agree, nothing that can act."""

from __future__ import annotations

from pathlib import Path
from xml.etree.ElementTree import Element

import pytest

import clearprop as cp
from clearprop.explain.explanation import Explanation
from clearprop.explain.verify import claims, verify
from tests.draw.test_page import page_faults
from tests.draw.test_why_mathml import EVERY, GOLDEN, ask, numbers_of_steps
from tests.draw.why_checks import derivations, mathml_faults, parsed
from tests.explain.nets import CLASSIC_X, CLASSIC_Y, classic

HOSTILE = '<script>alert("1")</script> & \\href{http://a.b}{x} {'


@pytest.fixture(scope="module")
def model():
    return classic()


@pytest.mark.parametrize("e", EVERY)
def test_html_is_sound_and_every_equality_in_it_true(e):
    made = e.to_html()
    assert mathml_faults(made) == []
    lines = "\n".join(derivations(made))
    assert len(list(claims(lines))) == len(list(claims(e.to_text()))) > 0
    assert verify(lines) == []
    assert numbers_of_steps(lines) == numbers_of_steps(e.to_text())


@pytest.mark.parametrize("e", EVERY)
def test_alternative_texts_say_what_the_text_says(e):
    text = " ".join(e.to_text().split())
    for item in parsed(e.to_html()).iter("li"):
        sides = [d for d in item.iter("div") if "why-side" in (d.get("class") or "").split()]
        for side in sides:
            spoken = " ".join(math.get("alttext") or "" for math in side)
            assert spoken.removeprefix("→ ") in text


@pytest.mark.parametrize("lang", ["ko", "en"])
def test_html_is_golden(model, lang):
    file = GOLDEN / f"why_w5_{lang}.html"
    assert ask(model, "w5", lang=lang).to_html() == file.read_text(encoding="utf-8")


def links(fragment: str) -> dict[str, str]:
    root = parsed(fragment)
    return {"".join(a.itertext()): a.get("href") or "" for a in root.iter("a")}


def test_a_quantity_leads_to_the_step_that_explains_it(model):
    made = ask(model, "w5").to_html()
    root = parsed(made)
    (target,) = (e for e in root.iter() if f"#{e.get('id')}" == links(made)["δo1"])
    assert "0.138499" in "".join(target.itertext())
    assert "h1" not in links(made)  # nothing there explains it


def test_what_is_near_is_open_and_what_is_far_is_closed(model):
    made = ask(model, "w1", depth=None).to_html()
    opened, every = made.count("<details open>"), made.count("<details")
    assert 0 < opened < every
    short = ask(model, "w5").to_html()
    assert short.count("<details open>") == short.count("<details") > 0


def test_each_step_is_named_before_it_is_opened(model):
    for details in parsed(ask(model, "w1", depth=None, lang="ko").to_html()).iter("details"):
        summary = details[0]
        assert summary.tag == "summary"
        name = summary.find(".//math")
        assert isinstance(name, Element)
        assert name.get("alttext")
        assert not list(summary.iter("a")), "a link within a button"


def test_names_in_sentences_are_set_as_formulas(model):
    made = ask(model, "h1.delta", lang="ko").to_html()
    heading = parsed(made).find(".//h3")
    assert isinstance(heading, Element)
    (math,) = heading.iter("math")
    assert math.get("alttext") == "δ_h1"
    assert (math.tail or "").startswith("은 왜")
    assert "δ_h1" not in "".join(heading.itertext())


def test_two_explanations_on_a_page_share_no_id(model):
    both = ask(model, "w5").to_html() + ask(model, "w6").to_html()
    assert mathml_faults(both) == []


@pytest.mark.parametrize("lang", ["ko", "en"])
@pytest.mark.parametrize("address", ["w1", "E"])
def test_the_page_stands_alone_and_says_its_title_once(model, lang, address):
    made = cp.draw.why.display("page", ask(model, address, lang=lang, depth=None).to_json())
    assert page_faults(made) == []
    assert made.count("</h1>") == 1
    assert "<h3" not in made


def test_the_page_of_formulas_has_its_sections_as_headings(model):
    e = cp.formulas(model, CLASSIC_X, CLASSIC_Y, lang="ko")
    made = cp.draw.why.display("page", e.to_json())
    assert page_faults(made) == []
    assert made.count("<h3>") == 7


def test_whatever_an_explanation_holds_cannot_act(model):
    data = ask(model, "w5", lang="en").to_json()
    step = data["steps"][0]
    step["symbol"] = step["latex"] = step["address"] = HOSTILE
    quantity = next(iter(step["formula"]["args"].values()))
    quantity["symbol"] = quantity["latex"] = quantity["address"] = HOSTILE
    data["facts"]["subject"] = HOSTILE
    e = Explanation.from_json(data)
    assert mathml_faults(e.to_html()) == []
    assert mathml_faults(e.to_mathml()) == []
    assert page_faults(cp.draw.why.display("page", data)) == []


BROKEN = {
    "not well-formed": "<math alttext='a'><mrow></math>",
    "a formula without alttext": "<math><mn>1</mn></math>",
    "<mfrac> with 1 children": "<math alttext='a'><mfrac><mn>1</mn></mfrac></math>",
    "<b> in a formula": "<math alttext='a'><b>1</b></math>",
    "'#x' leads nowhere": "<a href='#x'>a</a>",
    "id 'x' twice": "<p id='x'/><p id='x'/>",
    "a section without a name": "<section>a</section>",
    "<script> acts": "<script>1</script>",
}


@pytest.mark.parametrize("fault", BROKEN)
def test_the_check_finds_what_is_broken(fault):
    assert any(found.startswith(fault) for found in mathml_faults(BROKEN[fault]))


def test_a_false_digit_in_html_is_noticed(model):
    made = ask(model, "w5").to_html()
    false = made.replace("<mn>0.08216704</mn>", "<mn>0.08217704</mn>")
    assert false != made
    assert len(verify("\n".join(derivations(false)))) == 1


def write() -> None:
    """Write the golden files anew: ``python -m tests.draw.test_why_html``; look at each."""
    net = classic()
    for lang in ("ko", "en"):
        e = ask(net, "w5", lang=lang)
        Path(GOLDEN / f"why_w5_{lang}.html").write_text(e.to_html(), encoding="utf-8")
        Path(GOLDEN / f"why_w5_{lang}.mathml").write_text(e.to_mathml(), encoding="utf-8")


if __name__ == "__main__":
    write()


def test_a_remark_does_not_say_its_role_again():
    model = classic()
    model.compile(cp.optimizers.Adam(0.1), "mse")
    html = cp.why(model, "w5", x=CLASSIC_X, y=CLASSIC_Y, lang="en").to_html()
    assert html.count("bias correction") == 2  # once of each of the two averages
