"""What a diagnosis says: both languages, at 80 cells, as JSON; every condition's words."""

import dataclasses
import json
import re
import warnings

import pytest

from clearprop.doctor import diagnose
from clearprop.doctor.diagnosis.condition import CONDITIONS
from clearprop.doctor.diagnosis.diagnosing import ORDER
from clearprop.doctor.diagnosis.report import PARTS, Diagnosis, Finding, Unjudged
from clearprop.lang import cells
from clearprop.lang.check import faults
from tests.doctor.diagnosis import runs

WORDS = ("title", "seen", "says", "mend", "alike")
HANGUL = re.compile("[가-힣]")


def test_each_condition_has_its_place_among_causes():
    assert set(ORDER) == CONDITIONS.keys()
    assert len(ORDER) == len(CONDITIONS)


@pytest.mark.parametrize("name", ORDER)
def test_the_words_of_a_condition_are_whole(name):
    made = CONDITIONS[name]
    entries = {part: getattr(made, part) for part in WORDS}
    assert list(faults(entries)) == []
    for part, entry in entries.items():
        assert HANGUL.search(entry["ko"]), part
        assert not HANGUL.search(entry["en"]), part
    assert set(made.explains) <= CONDITIONS.keys() - {name}
    assert made.grave in (1, 2, 3)


def one_of_each():
    """The first run of every condition."""
    chosen = {}
    for run in runs.RUNS:
        chosen.setdefault(run.cause, run)
    return [pytest.param(run, id=str(cause)) for cause, run in chosen.items()]


@pytest.mark.parametrize("run", one_of_each())
def test_it_is_said_in_both_languages(run):
    made = run.make()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        report = diagnose(made.model, made.x, made.y, history=made.history)
    for lang in ("en", "ko"):
        text = report.to_text(lang)
        assert all(cells(line) <= 80 for line in text.split("\n")), text
        assert "{" not in text.replace(str(made.y), "")
        data = json.loads(report.to_json(lang))
        assert data["healthy"] is report.healthy is (run.cause is None)
        assert [each["id"] for each in data["findings"]] == list(report.ids)
        for finding in report.findings:
            for part in PARTS:
                said = finding.sentence(part, lang)
                assert said
                if lang == "ko":
                    assert HANGUL.search(said)
            assert finding.title(lang) in text
    if run.cause is not None:
        (finding,) = [each for each in report.findings if each.id == run.cause]
        assert finding.evidence


def finding(name="frozen", sure=1.0, follows=()):
    numbers = {"share": 0.25, "rate": 0.0, "unreached": 1}
    return Finding(name, sure, 3, numbers, follows)


def test_a_report_reads_like_this():
    report = Diagnosis((finding(),), (Unjudged("no_history"),), 12)
    assert report.to_text("en").split("\n") == [
        "1 finding (12 rows looked at).",
        "",
        "#   finding                 how sure   how grave",
        "─────────────────────────────────────────────────────",
        "1   nothing to learn with   certain    stops learning",
        "",
        "1. nothing to learn with [frozen]",
        "   Evidence     25% of the model's numbers are trained, at a learning rate of 0;",
        "                1 weight is not reached by the loss.",
        "   Meaning      Most of the model cannot learn: its weights stay as they are,",
        "                whatever the gradients say.",
        "   Try          Set trainable = True where it should learn, then compile again;",
        "                give the optimizer a learning rate above 0; take .detach() and",
        "                stop_gradient out of the way.",
        "   Looks alike  A part that was frozen on purpose, under features that do not",
        "                fit the task.",
        "",
        "   Not judged  the course of training: there is no history (give",
        "               history=model.fit(...)).",
    ]


def test_how_sure_is_said():
    said = [finding(sure=sure).certainty("en") for sure in (1.0, 0.8, 0.5)]
    assert said == ["certain", "likely", "possible"]


def test_a_report_is_plain_and_does_not_change():
    report = Diagnosis((finding(),), (), 12)
    with pytest.raises(dataclasses.FrozenInstanceError):
        report.rows = 3
    with pytest.raises(dataclasses.FrozenInstanceError):
        report.findings[0].sure = 0.0
    assert str(report) == report.to_text()


def test_what_is_not_finite_is_json_too():
    broken = dataclasses.replace(finding(), evidence={**finding().evidence, "rate": float("nan")})
    report = Diagnosis((broken,), (), 12)
    assert json.loads(report.to_json("en"))["findings"][0]["evidence"]["rate"] == "nan"
