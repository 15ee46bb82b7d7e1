"""Data sets are shown, saved, and looked for."""

import json

import numpy as np
import pytest

from clearprop.data import datasets
from tests.cli.calling import good, refused, run

SETS = ("digits", "xor", "moons", "circles", "spiral")


@pytest.fixture(autouse=True)
def elsewhere(tmp_path, monkeypatch):
    """Work in an empty folder, with a cache of its own."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


def test_all_sets_are_listed():
    text = good("data")
    assert all(f"  {name} " in text for name in (*SETS, "mnist"))
    assert json.loads(good("data", "--json"))["sets"] == [*SETS, "mnist"]


def test_digits_are_shown():
    text = good("data", "digits")
    assert "1,797 examples of 8 × 8 numbers." in text
    assert "Values from 0 to 16." in text
    assert "0 (178), 1 (182)" in text
    assert "▓▓" in text
    assert "\x1b" not in text
    assert "손글씨" in good("data", "digits", "--lang", "ko")


@pytest.mark.parametrize(("name", "marks"), [("moons", "●○"), ("spiral", "●○▲"), ("xor", "●○")])
def test_points_are_drawn(name, marks):
    text = good("data", name)
    assert all(mark in text for mark in marks)
    assert all(line == line.rstrip() for line in text.splitlines())


@pytest.mark.parametrize("name", SETS)
def test_a_set_becomes_a_table_that_can_be_learnt_from(name, tmp_path):
    good("data", name, "--save", f"{name}.csv")
    good("data", name, "--save", f"{name}.npz")
    x, y = datasets.digits(split=False) if name == "digits" else getattr(datasets, name)()
    with np.load(tmp_path / f"{name}.npz") as content:
        assert (content["x"] == x).all()
        assert (content["y"] == y).all()
    rows = np.genfromtxt(tmp_path / f"{name}.csv", delimiter=",", skip_header=1)
    assert np.allclose(rows[:, :-1], x.reshape(len(x), -1), rtol=1e-5)
    assert (rows[:, -1] == y.ravel()).all()
    assert good("train", f"{name}.csv", "-t", "class", "--epochs", 1, "--no-save")


def test_json_has_the_figures():
    found = json.loads(good("data", "spiral", "--json"))
    assert found["rows"] == 300
    assert found["shape"] == [2]
    assert found["classes"] == {"0": 100, "1": 100, "2": 100}


def test_where_mnist_is_looked_for(tmp_path, monkeypatch):
    text = good("data", "mnist")
    assert f"0/4  {tmp_path / 'cache' / 'clearprop' / 'mnist'}" in text
    assert "`clearprop data mnist --download` fetches them" in text
    own = tmp_path / "own"
    own.mkdir()
    (own / "train-labels-idx1-ubyte.gz").write_bytes(b"x")
    monkeypatch.setenv("CLEARPROP_DATA", str(own))
    text = good("data", "mnist")
    assert text.index(f"0/4  {own / 'mnist'}") < text.index(f"1/4  {own}\n")
    places = json.loads(good("data", "mnist", "--json"))["places"]
    assert places[1] == {"folder": str(own), "files": ["train-labels-idx1-ubyte.gz"]}
    assert "아직 없습니다" in good("data", "mnist", "--lang", "ko")
    assert "They are not here" in refused("data", "mnist", "--save", "mnist.npz")


def test_mnist_is_shown_where_it_is(monkeypatch):
    images = np.zeros((12, 28, 28), np.uint8)
    images[:, 10:20, 10:20] = 255
    labels = np.arange(12, dtype=np.uint8) % 10
    monkeypatch.setattr(datasets, "mnist", lambda: ((images, labels), (images, labels)))
    text = good("data", "mnist", "--download")
    assert "12 examples of 28 × 28 numbers." in text
    assert "Values from 0 to 255." in text
    assert "They are not here" not in text


def test_what_cannot_be_done_is_told(tmp_path):
    assert "unknown data set 'mnits'; did you mean 'mnist'?" in refused("data", "mnits")
    assert "must end in .csv or .npz" in refused("data", "xor", "--save", "x.txt")
    assert "cannot write" in refused("data", "xor", "--save", "none/x.csv")
    assert list(tmp_path.iterdir()) == []


def test_colours_are_for_terminals(monkeypatch):
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm-256color")
    assert "\x1b[" in run("data", "digits").stdout
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b[38" not in run("data", "digits").stdout
