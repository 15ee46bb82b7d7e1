"""The notebook is executed as a kernel would, and whatever it displays is held to be sound."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys

import pytest

from clearprop.explain.verify import claims, verify
from tests.draw.checks import all_faults
from tests.draw.why_checks import derivations, latex_faults, mathml_faults
from tests.examples.running import EXAMPLES

NOTEBOOKS = sorted(EXAMPLES.rglob("*.ipynb"))
WHY = EXAMPLES / "notebooks" / "why.ipynb"
PICTURE, DERIVATION = "image/svg+xml", "text/html"


def run(path, folder):
    environment = {**os.environ, "IPYTHONDIR": str(folder)}
    command = [sys.executable, "-m", "tests.examples.notebook", str(path)]
    return subprocess.run(
        command, cwd=EXAMPLES.parent, env=environment, capture_output=True, text=True, timeout=300
    )


@pytest.fixture(scope="module")
def displays(tmp_path_factory):
    """What each cell of the notebook displays, by kind."""
    outcome = run(WHY, tmp_path_factory.mktemp("ipython"))
    assert outcome.returncode == 0, outcome.stdout + outcome.stderr
    return json.loads(outcome.stdout)


def of_kind(displays, kind):
    return [shown[kind] for cell in displays for shown in cell if kind in shown]


def test_each_cell_shows_something(displays):
    assert [next(iter(k for k in cell[0] if k != "text/plain")) for cell in displays] == [
        PICTURE, PICTURE, PICTURE, PICTURE,  # the run, the model, its answers, its mistakes
        DERIVATION, DERIVATION, "stdout", DERIVATION, "stdout", PICTURE, PICTURE,
    ]  # fmt: skip


def test_pictures_are_sound_and_have_a_short_name_in_text(displays):
    pictures = of_kind(displays, PICTURE)
    assert len(pictures) == 6
    for picture in pictures:
        assert all_faults(picture) == []
    texts = [shown["text/plain"] for cell in displays for shown in cell if PICTURE in shown]
    assert all(len(text) < 200 for text in texts), texts


def test_derivations_are_sound_and_true(displays):
    made = of_kind(displays, DERIVATION)
    assert len(made) == 3
    for html in made:
        assert mathml_faults(html) == []
        lines = "\n".join(derivations(html))
        assert list(claims(lines))
        assert verify(lines) == []
    for latex in of_kind(displays, "text/latex"):
        assert latex_faults(latex) == []


def test_both_languages_are_spoken(displays):
    korean, english, formulas = of_kind(displays, DERIVATION)
    assert 'lang="ko"' in korean
    assert "기울기" in korean
    assert 'lang="en"' in english
    assert "delta (error signal)" in english
    assert "딥러닝의 일곱 공식" in formulas


def test_what_is_printed_is_true(displays):
    texts = [text for text in of_kind(displays, "stdout") if text]
    assert len(texts) == 2
    for text in texts:
        assert list(claims(text))
        assert verify(text) == []


def faults(text):
    """Say what is wrong with a notebook as it is kept: results in it, ids twice, odd cells."""
    notebook = json.loads(text)
    found = [] if (notebook["nbformat"], notebook["nbformat_minor"]) == (4, 5) else ["format"]
    ids = [cell["id"] for cell in notebook["cells"]]
    found += [f"id {key} twice" for key in sorted(set(ids)) if ids.count(key) > 1]
    found += [f"id {key}" for key in ids if not re.fullmatch(r"[\w-]{1,64}", key)]
    for cell in notebook["cells"]:
        wanted = {"cell_type", "id", "metadata", "source"}
        if cell["cell_type"] == "code":
            wanted |= {"outputs", "execution_count"}
            if cell.get("outputs") or cell.get("execution_count") is not None:
                found.append(f"{cell['id']} keeps results")
        if set(cell) != wanted:
            found.append(f"{cell['id']} has {sorted(cell)}")
    return found


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_is_kept_without_results(path):
    assert faults(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ('"cell-02"', '"cell-01"', "id cell-01 twice"),
        ('"outputs": []', '"outputs": [1]', "cell-02 keeps results"),
        ('"metadata": {},', '"metadata": {}, "output": 1,', "has"),
        ('"nbformat_minor": 5', '"nbformat_minor": 4', "format"),
    ],
)
def test_the_check_of_notebooks_finds_what_is_wrong(old, new, fault):
    text = WHY.read_text(encoding="utf-8")
    assert any(fault in found for found in faults(text.replace(old, new, 1)))


def test_a_cell_that_fails_is_a_failure(tmp_path):
    broken = tmp_path / "broken.ipynb"
    cell = {"cell_type": "code", "source": ["1 / 0"]}
    broken.write_text(json.dumps({"cells": [cell]}))
    outcome = run(broken, tmp_path)
    assert outcome.returncode != 0
    assert "ZeroDivisionError" in outcome.stderr + outcome.stdout
