"""Figures of runs by matplotlib: true to the numbers, with Hangul, and nothing global changed."""

import sys
import warnings

import matplotlib
import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg

import clearprop as cp
from clearprop.draw import figures
from clearprop.errors import OptionError

RUN = {"loss": [0.9, 0.4, 0.2], "val_loss": [1.0, 0.7, np.nan], "accuracy": [0.5, 0.8, 0.9]}


HANGUL = figures._font_with_hangul()  # None where no such font is installed


@pytest.fixture(autouse=True)
def a_font(monkeypatch):
    """Have Korean words drawn, if only as boxes, where no font with Hangul is installed."""
    monkeypatch.setattr(figures, "_font_with_hangul", lambda: HANGUL or "DejaVu Sans")


def drawn(**options):
    made = cp.draw.figure(RUN, **options)
    with warnings.catch_warnings():  # a glyph that is missing is a warning
        warnings.simplefilter("error" if HANGUL else "ignore")
        FigureCanvasAgg(made).draw()
    return made


@pytest.mark.parametrize("lang", ["ko", "en"])
def test_the_curves_are_the_runs(lang):
    axes = drawn(lang=lang).axes[0]
    for line, name in zip(axes.lines, ("loss", "val_loss"), strict=True):
        assert line.get_label() == name
        np.testing.assert_array_equal(line.get_ydata(), RUN[name])
        np.testing.assert_array_equal(line.get_xdata(), [1, 2, 3])
    assert axes.get_title() == {"ko": "학습 곡선", "en": "Training curves"}[lang]
    assert axes.get_xlabel() == {"ko": "에포크", "en": "epoch"}[lang]
    styles = {(line.get_color(), line.get_linestyle(), line.get_marker()) for line in axes.lines}
    assert len(styles) == 2


def test_one_series_is_named_at_its_axis_and_may_be_logarithmic():
    axes = drawn(names="accuracy", log=True, lang="en").axes[0]
    assert axes.get_ylabel() == "accuracy"
    assert axes.get_yscale() == "log"
    assert axes.get_legend() is None


def test_no_global_setting_is_changed_and_no_figure_is_left_open(monkeypatch):
    before = dict(matplotlib.rcParams)
    monkeypatch.setitem(sys.modules, "matplotlib.pyplot", None)  # so that it cannot be used
    drawn(lang="ko")
    assert dict(matplotlib.rcParams) == before


def test_without_a_font_with_hangul_the_words_are_english_and_that_is_said(monkeypatch):
    monkeypatch.setattr(figures, "_font_with_hangul", lambda: None)
    with pytest.warns(UserWarning, match="NanumGothic"):
        made = cp.draw.figure(RUN, lang="ko")
    assert made.axes[0].get_title() == "Training curves"


def test_without_matplotlib_it_is_said_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(OptionError, match=r"pip install 'clearprop\[plot\]'"):
        cp.draw.figure(RUN, lang="en")


def test_what_is_not_in_the_run_is_said():
    with pytest.raises(OptionError, match="accuracy"):
        cp.draw.figure(RUN, names="acuracy")
