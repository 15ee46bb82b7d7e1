"""The table of a model's layers, letter for letter."""

from pathlib import Path

import pytest

import clearprop as cp
from clearprop.lang import cells

GOLDEN = Path(__file__).parents[1] / "golden" / "train"


def text(model, **options):
    out = []
    model.summary(print_fn=out.append, **options)
    (table,) = out
    return table


def hangul():
    return cp.Sequential(
        [
            cp.Input((4, 2)),
            cp.layers.Flatten(name="펼치기"),
            cp.layers.Dense(3, "relu", name="은닉층"),
            cp.layers.Dropout(0.5),
            cp.layers.Dense(2, "softmax", name="출력"),
        ],
        name="작은 신경망",
    )


def test_the_table():
    assert text(hangul()) == (GOLDEN / "summary_en.txt").read_text(encoding="utf-8")


def test_the_table_in_korean(monkeypatch):
    monkeypatch.setenv("CLEARPROP_LANG", "ko")
    model = hangul()
    model.layers[1].trainable = False
    table = text(model, show_trainable=True)
    assert table == (GOLDEN / "summary_ko.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize("width", [60, 80, 120])
def test_every_line_of_the_table_is_as_wide_as_the_others(width):
    lines = [line for line in text(hangul(), line_length=width).splitlines() if line[0] in "┏┃┡│└"]
    assert len(lines) == 8
    assert len({cells(line) for line in lines}) == 1
    assert cells(lines[0]) <= width


def test_shapes_that_are_not_known_yet():
    table = text(cp.Sequential([cp.layers.Dense(3)]))
    assert "?" in table
    assert "parameters in all" not in table


def test_it_is_printed_where_nobody_takes_it(capsys):
    hangul().summary()
    assert "은닉층 (Dense)" in capsys.readouterr().out
