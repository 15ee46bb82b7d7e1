"""Messages that are raised in one language and said in another."""

import ast
import copy
import pickle  # noqa: TID251 - errors cross processes
import re
import string
from pathlib import Path

import pytest

import clearprop
from clearprop.errors import DataError, OptionError, Told, no_argument, unknown
from clearprop.lang import detail, in_language, reason, told
from clearprop.lang.catalogue import words
from clearprop.lang.check import families

SOURCES = sorted(Path(clearprop.__file__).parent.rglob("*.py"))
CALLS = [
    (path, node)
    for path in SOURCES
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.args
]
RAISED = ("arrays", "asking", "fetching", "files", "layers", "tables", "targets")


def test_a_message_is_its_english_and_can_be_said_again():
    said = told("files.empty", file="net.safetensors")
    assert said == "net.safetensors is empty."
    assert in_language(said, "ko") == "net.safetensors가 비어 있습니다."
    assert in_language("just text", "ko") == "just text"


def test_messages_in_messages_are_said_again_too():
    inner = told("files.empty", file="a.csv")
    outer = told("files.unusable", file="b", part=told("files.architecture"), error=inner)
    assert outer == "b: its architecture cannot be used: a.csv is empty."
    assert in_language(outer, "ko") == "b: 신경망 구조를 쓸 수 없습니다: a.csv가 비어 있습니다."


def test_the_language_is_the_users(monkeypatch):
    monkeypatch.setenv("CLEARPROP_LANG", "ko")
    said = told("files.empty", file="a.csv")
    assert said == "a.csv is empty."  # what is raised is English
    assert in_language(said) == "a.csv가 비어 있습니다."


def test_an_error_gives_its_message():
    said = told("files.empty", file="a.csv")
    assert DataError(said).message is said
    assert DataError("plain").message == "plain"
    assert DataError().message == ""
    assert detail(DataError(said)) is said
    assert detail(ValueError("plain")) == "plain"


@pytest.mark.parametrize("kind", ["optimizer", "argument of Dense"])
def test_names_that_are_none_are_told_in_both_languages(kind):
    error = unknown(kind, "adma", ["adam", "sgd"])
    assert str(error).startswith(f"unknown {kind} 'adma'; did you mean 'adam'?")
    assert "'adma'라는" in in_language(error.message, "ko")
    assert "'adam'을 찾으셨습니까?" in in_language(error.message, "ko")
    error = no_argument("fit", ["zzz"], ["x"])
    assert in_language(error.message, "ko") == ("fit에 'zzz'라는 인수는 없습니다. 있는 것: x.")


def test_a_kind_that_the_catalogue_lacks_keeps_its_name():
    error = unknown("frobnicator", "a", ["b"])
    assert in_language(error.message, "ko").startswith("'a'라는 frobnicator")


def test_reasons_of_the_system():
    assert reason(FileNotFoundError(2, "No such file or directory")) == "No such file or directory"
    assert in_language(reason(PermissionError(13, "denied")), "ko") == "권한이 없습니다"
    assert in_language(reason(OSError("odd")), "ko") == "시스템이 거부했습니다(odd)"


def test_messages_survive_copies_and_processes():
    said = told("files.empty", file="a.csv")
    for other in (copy.copy(said), copy.deepcopy(said), pickle.loads(pickle.dumps(said))):
        assert isinstance(other, Told)
        assert (other, other.key, other.values) == (said, said.key, said.values)


def test_a_key_or_a_value_that_is_missing_is_a_fault():
    with pytest.raises(OptionError, match=r"unknown message 'files\.emtpy'"):
        told("files.emtpy")
    with pytest.raises(OptionError, match="needs a value"):
        told("files.empty")


# -- what is raised anywhere in the library ------------------------------------------------------


def fields(template):
    return {field for _, field, _, _ in string.Formatter().parse(template) if field}


def faults_of(call):
    """Say what is wrong with a call of `told` whose key stands there in full."""
    key = call.args[0]
    if not (isinstance(key, ast.Constant) and isinstance(key.value, str)):
        return None
    family, _, name = key.value.partition(".")
    if family not in families() or name not in words(family):
        return f"{key.value} is no message"
    given = {keyword.arg for keyword in call.keywords}
    needed = fields(words(family)[name]["en"])
    if given - needed - {None} or (None not in given and given != needed):
        return f"{key.value} needs {sorted(needed)}; got {sorted(map(str, given))}"
    return None


def test_all_that_is_told_is_in_the_catalogue():
    told_calls = [(path, call) for path, call in CALLS if call.func.id == "told"]
    assert len(told_calls) > 100
    faults = [
        f"{path.name}:{call.lineno}: {f}" for path, call in told_calls if (f := faults_of(call))
    ]
    assert faults == []


@pytest.mark.parametrize(
    "code", ['told("files.emtpy", file=1)', 'told("files.empty")', 'told("files.empty", fil=1)']
)
def test_a_wrong_call_is_noticed(code):
    assert faults_of(ast.parse(code).body[0].value)


def test_every_kind_of_name_has_its_word_in_both_languages():
    kinds = {
        call.args[0].value
        for _, call in CALLS
        if call.func.id == "unknown" and isinstance(call.args[0], ast.Constant)
    }
    assert len(kinds) > 10
    plain = {kind.partition(" of ")[0] if re.search(" of [A-Z]", kind) else kind for kind in kinds}
    missing = sorted(kind for kind in plain if kind.replace(" ", "_") not in words("kinds"))
    assert missing == []
    for name, entry in words("kinds").items():
        assert name == "of" or entry["en"].replace(" ", "_") == name


@pytest.mark.parametrize("family", RAISED)
def test_no_message_lies_unused(family):
    """One is used if its name stands in some source, in full or as what is put into a key."""
    sources = [path.read_text(encoding="utf-8") for path in SOURCES if "words_" not in path.name]
    text = "\n".join(sources)
    unused = [
        name for name in words(family)
        if f'"{family}.{name}"' not in text and f'"{name}"' not in text
    ]  # fmt: skip
    assert unused == []
