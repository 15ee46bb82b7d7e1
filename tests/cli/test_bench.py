"""`clearprop bench`: both engines measured on one network, in words and as data."""

import json

import pytest

from tests.cli.calling import good, refused

SMALL = ["bench", "3-2-2", "--rows", "12", "--batch", "4"]


@pytest.fixture(autouse=True)
def _briefly(monkeypatch):
    monkeypatch.setattr("clearprop.cli.bench.LONG", 0.001)


def test_a_table_and_what_it_comes_to():
    text = good(*SMALL)
    assert text.startswith("3-2-2: 14 weights, 12 examples an epoch, 4 a step, sgd")
    for name in ("eager", "compiled"):
        assert any(line.startswith(name) for line in text.splitlines())
    assert "times as fast" in text


def test_both_engines_reach_the_same_loss():
    told = json.loads(good(*SMALL, "--json", "--optimizer", "adam"))
    eager, compiled = (told["seconds"][name] for name in ("eager", "compiled"))
    assert compiled["loss"] == pytest.approx(eager["loss"], rel=1e-4)
    assert told["faster"] == pytest.approx(eager["epoch"] / compiled["epoch"])
    assert told["note"] is None
    assert any("dense/kernel′" in line for line in told["program"])


def test_the_program_is_shown_where_it_is_asked_for():
    assert "dense/kernel′" in good(*SMALL, "--show-program")
    assert "dense/kernel′" not in good(*SMALL)


@pytest.mark.parametrize("sizes", ["3", "3-0-1", "three-1", "3,2,1", "3--1"])
def test_sizes_that_are_none(sizes):
    assert "such as 784-100-10" in refused("bench", sizes)
