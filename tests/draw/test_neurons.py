"""The network as neurons: thickness is size, dash is sign, folds say what they hide."""

from __future__ import annotations

import itertools
import re
from xml.etree import ElementTree

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clearprop.draw.columns import columns, free_spots
from clearprop.draw.neurons import neurons
from clearprop.errors import OptionError, ShapeError
from tests.draw.checks import SVG, all_faults, placed_texts
from tests.draw.gallery import CLASSIC, waves


def lines_of(picture) -> dict[str, ElementTree.Element]:
    """The weights that are drawn, by what their tips say."""
    found = {}
    for line in ElementTree.fromstring(str(picture)).iter(f"{SVG}line"):
        tip = line.find(f"{SVG}title")
        if tip is not None:
            found[tip.text or ""] = line
    return found


def words_of(picture) -> list[str]:
    return [text.words for text in placed_texts(str(picture))]


def test_thickness_is_proportional_and_the_key_gives_the_scale():
    picture = neurons([[[4.0, -2.0, 1.0, 0.0]]], lang="en")
    width = {tip: float(line.get("stroke-width") or 0) for tip, line in lines_of(picture).items()}
    assert width["x1 → o1: 4"] == 5.0
    assert width["x1 → o2: −2"] == 2.5
    assert width["x1 → o3: 1"] == 1.25
    assert "thickest line: |w| = 4" in words_of(picture)


def test_sign_is_colour_and_dash():
    drawn = lines_of(neurons([[[4.0, -2.0, 0.0]]], lang="en"))
    styles = {tip: (line.get("class"), line.get("stroke-dasharray")) for tip, line in drawn.items()}
    assert styles["x1 → o1: 4"] == ("s-blue", None)
    assert styles["x1 → o2: −2"] == ("s-orange", "5 3")
    assert styles["x1 → o3: 0"] == ("s-muted", "1 4")


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(1, 30), min_size=2, max_size=4), st.integers(3, 14))
def test_folds_say_how_many_units_are_not_drawn(sizes, most):
    weights = [np.ones((a, b)) for a, b in itertools.pairwise(sizes)]
    picture = neurons(weights, most=most, lang="en")
    folded = [int(w.split()[1]) for w in words_of(picture) if w.startswith("… ")]
    assert folded == [n - (most - 1) for n in sizes if n > most]
    drawn = [min(n, most - 1) if n > most else n for n in sizes]
    assert str(picture).count("<circle") == sum(drawn)
    edges = sum(a * b for a, b in itertools.pairwise(drawn))
    assert len(lines_of(picture)) == edges
    total = sum(w.size for w in weights)
    part = f"{edges:,} of {total:,} {'weight' if total == 1 else 'weights'} drawn"
    assert (part in words_of(picture)) == (edges < total)


def test_the_units_beside_a_fold_are_the_first_and_the_last():
    assert list(columns([20], most=5, left=0, top=0, apart=1, between=1)[0].y) == [0, 1, 2, 19]


@pytest.mark.parametrize("most", [3, 5, 12])
@pytest.mark.parametrize(
    "shapes", [[(2, 2), (2, 2)], [(3, 2)], [(4, 5), (5, 3)], [(40, 30), (30, 9)]]
)
def test_nothing_lies_on_anything(shapes, most):
    weights = [waves(*shape) for shape in shapes]
    values = [waves(n) for n in (shapes[0][0], *(shape[1] for shape in shapes))]
    biases = [waves(shape[1]) for shape in shapes]
    for kind in ({}, {"values": values, "biases": biases}):
        assert all_faults(str(neurons(weights, most=most, lang="ko", **kind))) == []


def test_the_classic_network_shows_every_number():
    picture = neurons(
        CLASSIC,
        biases=[[0.35, 0.35], [0.6, 0.6]],
        values=[[0.05, 0.1], [0.593269992, 0.596884378], [0.751365070, 0.772928465]],
        lang="en",
    )
    weights = {"0.15", "0.2", "0.25", "0.3", "0.4", "0.45", "0.5", "0.55"}
    assert weights | {"0.593", "0.773", "b 0.35", "b 0.6", "x1", "h2", "o2"} <= set(
        words_of(picture)
    )


def test_values_are_shortened_until_they_fit_the_circle():
    picture = neurons([np.ones((8, 8))], values=[np.full(8, -0.012345), np.ones(8)], lang="en")
    assert "−0.01" in words_of(picture)


def test_weights_that_are_not_finite_are_said_and_not_drawn():
    picture = neurons([[[np.nan, 1.0], [np.inf, -1.0]]], lang="en")
    assert len(lines_of(picture)) == 2
    assert "2 weights not finite, and not drawn" in words_of(picture)


def test_description_counts_the_signs():
    desc = neurons([[[1.0, -2.0, 0.0, 3.0]]], lang="ko").desc
    assert "양수 2개, 음수 1개, 0인 것 1개" in desc


def test_hidden_layers_are_numbered_if_there_are_several():
    words = words_of(neurons([np.ones((1, 1))] * 3, lang="en"))
    assert {"x1", "h1.1", "h2.1", "o1"} <= set(words)


def test_numbers_find_free_spots_or_none_is_written():
    line = (0.0, 0.0, 100.0, 0.0)
    spots = free_spots([line, line], [(10.0, 10.0)] * 2, [])
    assert spots is not None
    assert abs(spots[0][0] - spots[1][0]) >= 10
    assert free_spots([line, line], [(90.0, 10.0)] * 2, []) is None


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"weights": []}, "at least one array"),
        ({"weights": [[1.0]]}, r"shape \(I, O\); got \(1,\)"),
        ({"weights": [np.ones((2, 0))]}, r"got \(2, 0\)"),
        ({"weights": [np.ones((2, 3)), np.ones((2, 1))]}, "must be the 3 units"),
        ({"weights": CLASSIC, "biases": [[1, 2]]}, r"biases .* lengths \[2, 2\]; got .* \[2\]"),
        ({"weights": CLASSIC, "biases": [[1, 2], [1]]}, r"got the lengths \[2, 1\]"),
        (
            {"weights": CLASSIC, "values": [[1, 2]] * 4},
            r"\[2, 2, 2\]; got the lengths \[2, 2, 2, 0\]",
        ),
        ({"weights": CLASSIC, "units": [["a"]]}, "units must hold"),
        ({"weights": CLASSIC, "names": ["in"]}, "3 layers need as many names; got 1"),
    ],
)
def test_what_does_not_fit_is_refused(arguments, message):
    with pytest.raises(ShapeError, match=message):
        neurons(**arguments)


def test_a_fold_takes_three_rows():
    with pytest.raises(OptionError, match="at least 3"):
        neurons(CLASSIC, most=2)


def test_tips_are_escaped():
    svg = str(neurons([[[1.0]]], units=[["<b>"], ["&"]], lang="en"))
    assert "&lt;b&gt; → &amp;" in svg
    assert re.search(r"<b>", svg) is None
