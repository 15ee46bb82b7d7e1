"""The builder of SVG: what is written is well-formed, safe and the same every time."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clearprop.draw.svg import Element, Id, Svg, Url, el, escape, number
from clearprop.errors import NumericsError


def picture(*body: Element, title="title", desc="desc") -> Svg:
    return Svg(10.0, 10.0, title, desc, body)


@given(st.text(st.characters(codec=None)))
def test_any_text_survives_in_content_and_attributes(words):
    root = ElementTree.fromstring(str(picture(el("text", words, data_x=words), title=words)))
    read = root[-1]
    legal = escape(words)
    assert ElementTree.fromstring(f"<a>{legal}</a>").text == read.text
    assert "<" not in legal


def test_characters_that_xml_forbids_are_replaced():
    assert escape("a\x00b\x1bc\ud800d\ufffee") == "a\ufffdb\ufffdc\ufffdd\ufffde"


@given(st.floats(-1e6, 1e6))
def test_a_number_is_within_half_a_hundredth(value):
    assert abs(float(number(value)) - value) <= 0.005 + 1e-9


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -float("inf")])
def test_a_coordinate_that_is_not_finite_is_refused(value):
    with pytest.raises(NumericsError, match="must be finite"):
        number(value)
    with pytest.raises(NumericsError):
        str(picture(el("circle", r=value)))


def test_zero_has_no_sign():
    assert number(-0.0) == number(-0.004) == "0"


def test_names_of_attributes():
    element = el("path", class_="a", stroke_width=2, fill=None, viewBox="0")
    assert dict(element.attributes) == {"class": "a", "stroke-width": 2, "viewBox": "0"}


def test_ids_carry_the_prefix_and_references_follow():
    svg = picture(el("g", id=Id("a")), el("use", fill=Url("a"))).render(prefix="p")
    assert 'id="p-a"' in svg
    assert 'fill="url(#p-a)"' in svg
    assert 'aria-labelledby="p-title"' in svg


def test_pictures_of_different_content_share_no_id():
    one, other = str(picture(title="one")), str(picture(title="other"))
    ids = [ElementTree.fromstring(svg)[0].get("id") for svg in (one, other)]
    assert ids[0] != ids[1]
    assert one == str(picture(title="one"))


def test_style_states_what_is_used_and_can_be_left_to_the_page():
    drawn = picture(el("g", el("circle", r=1, class_="f-blue s-ink")))
    assert drawn.classes() == {"f-blue", "s-ink"}
    assert ".f-blue{fill:" in str(drawn)
    assert "f-orange" not in str(drawn)
    assert "<style" not in drawn.render(style=False)


def test_white_space_in_text_is_kept_and_only_there():
    svg = str(picture(el("text", "a", el("tspan", " b "))))
    assert "<text>a<tspan> b </tspan></text>" in svg


def test_notebook_and_file_show_the_same(tmp_path):
    drawn = picture(el("text", "가중치"))
    path = drawn.save(tmp_path / "w.svg")
    assert path.read_text(encoding="utf-8") == str(drawn) == drawn._repr_svg_()
