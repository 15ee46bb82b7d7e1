"""Wrong use is told in one line, in the language asked for, with exit code 2."""

import pytest

from clearprop.cli import running
from clearprop.cli.root import root
from clearprop.errors import DataError
from tests.cli.calling import flowers, good, refused, run

WRONG = {
    ("trian",): ("there is no command trian; did you mean train?", "train을 찾으셨습니까?"),
    ("zzz",): ("there is no command zzz. There are demo, train", "zzz 명령은 없습니다"),
    ("train",): ("DATA is missing.", "DATA가 빠졌습니다"),
    ("train", "x.csv", "--tagret", "y"): (
        "there is no option --tagret; did you mean --target?", "--target을 찾으셨습니까?",
    ),
    ("train", "x.csv", "-t", "y", "--qqqqqqqq"): (
        "there is no option --qqqqqqqq.", "--qqqqqqqq 옵션은 없습니다",
    ),
    ("train", "x.csv", "--epochs"): ("the option --epochs needs a value", "뒤에 값이 있어야"),
    ("train", "x.csv", "--epochs", "0"): (
        "--epochs: expected a whole number of at least 1; got '0'", "1 이상의 정수여야",
    ),
    ("train", "x.csv", "--epochs", "many"): ("got 'many'", "'many'를 받았습니다"),
    ("train", "x.csv", "--lr", "-1"): ("--lr: expected a number of at least 0", "0 이상의 수여야"),
    ("train", "x.csv", "--lr", "nan"): ("got 'nan'", "'nan'을 받았습니다"),
    ("train", "x.csv", "--test-size", "1"): ("from 0 up to, but not, 1", "0 이상 1 미만의"),
    ("train", "x.csv", "--hidden", "64,x"): ("with commas between them", "쉼표로 나눈 자연수"),
    ("train", "x.csv", "--hidden", "64,-1"): ("got '64,-1'", "'64,-1'을"),
    ("train", "x.csv", "--optimizer", "adma"): ("did you mean adam?", "adam을 찾으셨습니까?"),
    ("train", "x.csv", "--task", "zzz"): ("there are classification, regr", "쓸 수 있는 값: class"),
    ("train", "x.csv", "extra"): ("extra is one argument too many", "extra는 남는 인수"),
    ("predict", "net.safetensors"): ("DATA is missing", "DATA가 빠졌습니다"),
    ("predict", "a", "b", "--unknown", "maybe"): ("there are error, ignore", "error, ignore"),
    ("data", "digits", "--download"): ("there is nothing to download", "내려받을 것이 없습니다"),
    ("why", "net.safetensors", "w1", "--json", "--latex"): ("only one can be", "하나만 줄 수"),
}  # fmt: skip


@pytest.mark.parametrize("call", WRONG, ids=" ".join)
def test_wrong_use_is_told(call):
    english, korean = WRONG[call]
    told = refused(*call)
    assert english in told
    assert "--help`" in told
    assert korean in refused("--lang", "ko", *call)


def test_a_language_that_is_none_is_wrong_use():
    assert "--lang: got 'fr'; there are ko, en" in refused("train", "x", "--lang", "fr")
    assert "CLEARPROP_LANG must be" in refused("data", env={"CLEARPROP_LANG": "fr"})


def test_a_file_that_is_not_there_is_told():
    assert refused("train", "none.csv", "-t", "y") == (
        "clearprop: cannot read 'none.csv': No such file or directory.\n"
    )
    assert "cannot read 'none.safetensors'" in refused("predict", "none.safetensors", "x.csv")
    assert "cannot read 'none.safetensors'" in refused("why", "none.safetensors")


def test_the_way_to_an_error_is_shown_on_request():
    result = run("train", "none.csv", "-t", "y", "--debug")
    assert result.exit_code == 2
    assert "Traceback" in result.stderr
    assert result.stderr.endswith("clearprop: cannot read 'none.csv': No such file or directory.\n")


def outcome(body, *argv):
    return running.finished(body, argv)


def raising(error):
    def body():
        raise error

    return body


def test_a_fault_of_ones_own_is_no_wrong_use(capsys):
    assert outcome(raising(ZeroDivisionError("a bug"))) == 70
    assert "fault of clearprop's own: ZeroDivisionError: a bug" in capsys.readouterr().err
    assert outcome(raising(ZeroDivisionError("a bug")), "--debug") == 70
    assert "Traceback" in capsys.readouterr().err


def test_what_ends_a_command_becomes_a_number(capsys):
    assert outcome(lambda: None) == 0
    assert outcome(lambda: 1) == running.CHECK_FAILED == 1
    assert outcome(raising(DataError("row 3"))) == 2
    assert outcome(raising(PermissionError(13, "Permission denied", "x.csv"))) == 2
    assert capsys.readouterr().err.endswith("clearprop: x.csv: Permission denied\n")
    assert outcome(raising(MemoryError())) == 2
    assert "not enough memory" in capsys.readouterr().err
    assert outcome(raising(KeyboardInterrupt())) == 130
    assert capsys.readouterr().err == "\nInterrupted.\n"
    assert outcome(raising(KeyboardInterrupt()), "--lang", "ko") == 130
    assert capsys.readouterr().err == "\n중단했습니다.\n"


def test_notes_of_an_error_are_told(capsys):
    error = DataError("it is wrong")
    error.add_note("in layer 2")
    assert outcome(raising(error)) == 2
    assert capsys.readouterr().err == "clearprop: it is wrong\n  in layer 2\n"


def test_a_warning_is_a_line(capsys):
    import warnings

    def body():
        warnings.warn("the loss became NaN", RuntimeWarning, stacklevel=1)

    assert outcome(body) == 0
    assert capsys.readouterr().err == "clearprop: warning: the loss became NaN\n"


def test_the_environment_is_left_as_it_was(monkeypatch):
    import os

    monkeypatch.delenv("CLEARPROP_LANG")
    assert good("data", "--lang", "ko").startswith("데이터 세트")
    assert "CLEARPROP_LANG" not in os.environ
    monkeypatch.setenv("CLEARPROP_LANG", "en")
    assert good("data", "--lang", "ko").startswith("데이터 세트")
    assert os.environ["CLEARPROP_LANG"] == "en"


def test_a_library_error_is_told_with_its_place(tmp_path):
    path = flowers(tmp_path / "iris.csv")
    path.write_text(path.read_text() + "1,2,wet\n")
    told = refused("train", path, "-t", "species")
    assert told.startswith("clearprop: iris.csv, row 92 has 3 cells, the header 4")


def test_the_group_can_be_called_from_python():
    assert root.main(["data"], standalone_mode=False) == 0
