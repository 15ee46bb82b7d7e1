"""The seven formulas and what-if from the command line, and the rest of what why can be asked."""

import json
import subprocess
import sys

import pytest

import clearprop as cp
from tests.cli.calling import good, run

AT = ("--data", "xor.csv", "--row", 3)


@pytest.fixture(scope="module", autouse=True)
def folder(tmp_path_factory):
    """A folder with a network of two hidden units for the exclusive or."""
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(tmp_path_factory.mktemp("xor"))
        good("data", "xor", "--save", "xor.csv")
        amounts = ("--task", "regression", "--hidden", "2", "--epochs", 5)
        good("train", "xor.csv", "-t", "class", *amounts, "--save", "net.safetensors")
        yield


def asked(*args):
    return good(*args[:1], "net.safetensors", *args[1:], *AT)


@pytest.fixture
def example():
    model = cp.load("net.safetensors")
    x, y = model.preprocessor.transform(cp.data.read_csv("xor.csv").take([1]))
    return model, x, y


def test_formulas_are_those_of_the_library(example):
    rate = float(example[0].optimizer.learning_rate)
    made = cp.formulas(*example, lr=rate, lang="en")
    assert asked("formulas") == made.to_text()
    assert asked("formulas", "--by-hand") == made.by_hand().to_text()
    assert asked("formulas", "--factors", "w5") == made.factors("w5").to_text()
    assert asked("formulas", "--latex") == made.to_latex()
    assert json.loads(asked("formulas", "--json")) == json.loads(json.dumps(made.to_json()))
    slower = cp.formulas(*example, lr=0.25, notation="usual", lang="ko", digits=3)
    settings = ("--lr", 0.25, "--notation", "usual", "--digits", 3, "--lang", "ko")
    assert asked("formulas", *settings) == slower.to_text()


def test_the_program_runs_and_gives_the_same_numbers(tmp_path, example):
    path = tmp_path / "step.py"
    path.write_text(asked("formulas", "--python"))
    out = subprocess.run([sys.executable, path], capture_output=True, text=True, check=True).stdout
    last = dict(line.split() for line in out.splitlines() if len(line.split()) == 2)
    rate = float(example[0].optimizer.learning_rate)
    assert float(last["E"]) == pytest.approx(cp.formulas(*example, lr=rate)["E"])


def test_formulas_become_a_page(tmp_path):
    page = tmp_path / "step.html"
    assert "step.html" in asked("formulas", "--html", page)
    assert page.read_text().startswith("<!DOCTYPE html>")


def test_what_if_is_that_of_the_library(example):
    model, x, y = example
    answer = cp.what_if(model, {"w5": 0.01, "x[0]": -0.5}, x=x, y=y, lang="en")
    changes = ("--change", "w5=+0.01", "--change", "x[0]=-0.5")
    assert asked("what-if", *changes) == answer.to_text().rstrip() + "\n"
    assert json.loads(asked("what-if", *changes, "--json"))["exact"] == answer.exact


def test_why_by_paths_shares_and_conventions(example):
    model, x, y = example
    for options, settings in (
        (("--paths",), {"paths": True}),
        (("--convention", "torch"), {"convention": "torch"}),
        (("--depth", 0), {"depth": 0}),
        (("--depth", "all"), {"depth": None}),
        (("--by", "sample"), {"by": "sample"}),
    ):
        same = cp.why(model, "w1", x=x, y=y, lang="en", **settings)
        assert asked("why", "w1", *options) == same.to_text()
    assert len(asked("why", "w1", "--depth", 0).splitlines()) == 1


def test_why_of_several_rows(example):
    model = example[0]
    x, y = model.preprocessor.transform(cp.data.read_csv("xor.csv"))
    for rows, taken in (("all", slice(None)), ("3-5", slice(1, 4))):
        text = good("why", "net.safetensors", "w1", "--data", "xor.csv", "--row", rows)
        assert text == cp.why(model, "w1", x=x[taken], y=y[taken], lang="en").to_text()


def test_a_number_of_ones_own_is_compared(example):
    model, x, y = example
    right = f"{cp.why(model, 'E', x=x, y=y).value:.6g}"
    found = run("why", "net.safetensors", "E", *AT, "--yours", right)
    assert (found.exit_code, found.stderr) == (0, "")
    found = run("why", "net.safetensors", "E", *AT, "--yours", "123.456")
    assert found.exit_code == 1
    assert "None of the" in found.stdout
    found = run("why", "net.safetensors", "E", *AT, "--yours", "123.456", "--json")
    assert found.exit_code == 1
    assert json.loads(found.stdout)["same"] == ""


def test_what_can_be_asked_as_json():
    found = json.loads(good("why", "net.safetensors", "--json"))["can_be_asked"]
    assert found["loss"] == "loss"
    assert "dense/kernel[0…1,0…1]" in found
