"""Colours that all can read: contrast by computation, signs apart in colour blindness."""

from __future__ import annotations

import re

import numpy as np
import pytest

from clearprop.draw.confusion import DEEPEST
from clearprop.draw.palette import COLOURS, MINUS, PLUS, SERIES, blend, contrast, stylesheet

TEXT = [name for name in COLOURS if name not in ("paper", "panel", "grid")]

# Severity 1.0, from Machado, Oliveira and Fernandes, "A physiologically-based model for simulation
# of color vision deficiency", 2009, table 1; on linear RGB.
BLINDNESS = {
    "protan": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "deutan": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
    "tritan": [
        [1.255528, -0.076749, -0.178779],
        [-0.078411, 0.930809, 0.147602],
        [0.004733, 0.691367, 0.303900],
    ],
}


def _lab(colour: str, kind: str | None) -> np.ndarray:
    """CIE Lab of a colour as it is seen with a kind of colour blindness."""
    rgb = np.array([int(colour[k : k + 2], 16) for k in (1, 3, 5)]) / 255
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    if kind:
        linear = np.clip(np.array(BLINDNESS[kind]) @ linear, 0, 1)
    to_xyz = [[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]
    xyz = np.array(to_xyz) @ linear / [0.9505, 1, 1.089]
    f = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def apart(one: str, other: str, kind: str | None) -> float:
    """How different two colours look; about 2 can just be told apart, 20 at a glance."""
    return float(np.linalg.norm(_lab(one, kind) - _lab(other, kind)))


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize("under", ["paper", "panel"])
@pytest.mark.parametrize("name", TEXT)
def test_text_can_be_read(name, under, scheme):
    assert contrast(COLOURS[name][scheme], COLOURS[under][scheme]) >= 4.5


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize("hue", [PLUS, MINUS])
def test_ink_can_be_read_on_the_deepest_cell_of_a_confusion_matrix(hue, scheme):
    cell = blend(COLOURS[hue][scheme], COLOURS["paper"][scheme], DEEPEST)
    assert contrast(COLOURS["ink"][scheme], cell) >= 4.5


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize("kind", [None, *BLINDNESS])
def test_plus_and_minus_stay_apart(kind, scheme):
    assert apart(COLOURS[PLUS][scheme], COLOURS[MINUS][scheme], kind) > 40


def test_the_measure_tells_red_and_green_of_one_brightness_are_not_apart():
    assert apart("#d0021b", "#647d00", None) > 40
    assert apart("#d0021b", "#647d00", "deutan") < 40


def test_contrast_finds_pale_text():
    assert contrast("#999999", "#ffffff") < 4.5


def test_contrast_of_the_standard():
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.005)


def test_every_hue_of_a_series_is_different():
    assert len(set(SERIES)) == len(SERIES)
    assert set(SERIES) < set(COLOURS)


def test_dark_colours_are_for_screens_only():
    sheet = stylesheet(["f-ink", "s-grid", "halo", "other"])
    dark = [pair[1] for pair in (COLOURS["ink"], COLOURS["grid"])]
    outside = re.sub(r"@media screen[^{]*\{.*\}", "", sheet)
    assert all(colour in sheet and colour not in outside for colour in dark)
    assert "other" not in sheet
