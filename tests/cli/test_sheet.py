"""``clearprop sheet`` and ``clearprop grade``: files, exit codes, and what cannot be read."""

import io
import json
import sys

import pytest

from clearprop.cli.root import root
from clearprop.explain.answers import template
from clearprop.explain.sheet import Sheet, sheet
from tests.explain.students import filled_in


@pytest.fixture
def run(capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CLEARPROP_LANG", "en")

    def call(*args, stdin=None):
        if stdin is not None:
            wrapped = io.TextIOWrapper(io.BytesIO(stdin.encode()))
            monkeypatch.setattr(sys, "stdin", wrapped)
        code = root.main(list(args), standalone_mode=False)
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return call


@pytest.fixture
def made(tmp_path):
    made = sheet("2-2-2", seed=3)
    (tmp_path / "sheet.json").write_text(json.dumps(made.to_json()))
    return made


def csv_of(answers):
    return "name,answer\n" + "".join(f"{name},{value}\n" for name, value in answers.items())


def test_a_sheet_its_key_and_a_file_for_answers(run, tmp_path):
    code, out, err = run(
        "sheet", "2-2-2", "--seed", "3", "--json", "--output", "sheet.html", "--key", "key.html",
        "--answers", "answers.csv", "--lang", "ko",
    )  # fmt: skip
    assert code == 0
    assert Sheet.from_json(json.loads(out)) == sheet("2-2-2", seed=3)
    assert "문제지를 sheet.html에 저장했습니다." in err
    assert "손으로 계산하는 역전파" in (tmp_path / "sheet.html").read_text(encoding="utf-8")
    assert "정답과 풀이" in (tmp_path / "key.html").read_text(encoding="utf-8")
    names = [field.name for field in sheet("2-2-2", seed=3).fields]
    assert (tmp_path / "answers.csv").read_text() == template(names)


def test_without_files_it_is_printed(run):
    code, out, _ = run("sheet", "1-1", "--activation", "linear", "--lr", "0.1")
    assert code == 0
    assert "o1      = x1 · w1 + b1 =" in out
    code, bare, _ = run("sheet", "1-1", "--activation", "linear", "--no-formulas")
    assert "x1 · w1" not in bare


def test_right_answers_are_good(run, made, tmp_path):
    (tmp_path / "a.csv").write_text(csv_of(filled_in(made, decimals=7)))
    code, out, _ = run("grade", "sheet.json", "a.csv")
    assert (code, out.splitlines()[0]) == (0, "All 48 numbers are right.")
    code, out, _ = run("grade", "sheet.json", "-", stdin=json.dumps(filled_in(made, decimals=7)))
    assert code == 0


def test_wrong_answers_fail_and_the_slip_is_named(run, made):
    line = made.calculation.by_name["delta_o1"]
    answers = filled_in(made, slips={"delta_o1": line.formula.args["x1"]})
    code, out, _ = run("grade", "sheet.json", "-", stdin=csv_of(answers))
    assert code == 1
    assert "The first wrong step is δ_o1" in out
    assert "the slope of the activation function is left out of δ_o1" in out
    code, out, _ = run("grade", "sheet.json", "-", "--json", stdin=csv_of(answers))
    data = json.loads(out)
    assert code == 1
    assert (data["first_wrong"], data["wrong"], data["total"]) == ("delta_o1", 1, 48)
    marks = {mark["name"]: mark for mark in data["marks"]}
    assert marks["delta_o1"]["causes"][0]["key"] == "no_slope"
    code, out, _ = run("grade", "sheet.json", "-", "--lang", "ko", stdin=csv_of(answers))
    assert "δ_o1을 구할 때 활성화 함수의 미분값을 곱하지 않으면" in out


def test_korean_files_of_windows_are_read(run, made, tmp_path):
    text = "이름,답\n" + "".join(f"{k},{v}\n" for k, v in filled_in(made).items())
    (tmp_path / "답.csv").write_bytes(text.encode("cp949"))
    code, _, _ = run("grade", "sheet.json", "답.csv")
    assert code == 0


@pytest.mark.parametrize(
    ("args", "stdin", "words"),
    [
        (("grade", "sheet.json", "-"), "", "has no answers"),
        (("grade", "sheet.json", "-"), "h9,1\n", "asks for no 'h9'"),
        (("grade", "sheet.json", "nowhere.csv"), None, "nowhere.csv"),
        (("grade", "-", "-"), None, "only one of SHEET and ANSWERS"),
        (("grade", "-", "sheet.json"), "{}", "expected a worksheet"),
        (("grade", "-", "sheet.json"), "hello", "column 1. The worksheet comes first"),
        (("grade", "sheet.json"), None, "ANSWERS"),
        (("sheet", "2x2"), None, "written as 2-2-2"),
        (("sheet", "20-20"), None, "at most 12 units"),
        (("sheet", "2-2", "--activation", "sigmod"), None, "sigmoid"),
        (("sheet", "2-2", "--lr", "0"), None, "greater than 0"),
        (("sheet", "2-2", "--seed", "x"), None, "--seed"),
        (("sheet", "2-2", "-o", "no/such/folder/sheet.html"), None, "folder"),
    ],
)
def test_wrong_use_is_2_and_said(run, made, args, stdin, words):
    code, out, err = run(*args, stdin=stdin)
    assert (code, out) == (2, "")
    assert words in err


def test_a_file_without_end_is_refused(run, made, tmp_path):
    (tmp_path / "huge.csv").write_bytes(b"h1,0.5\n" * 200_000)
    code, _, err = run("grade", "sheet.json", "huge.csv")
    assert code == 2
    assert "huge.csv is larger than 1 MiB" in err
