"""Marking: bands of rounding, what follows from one's own numbers, the first slip by its name."""

from pathlib import Path

import pytest

from clearprop.draw.grade_text import grade_text
from clearprop.explain.grading import GOOD, grade
from clearprop.explain.sheet import sheet
from clearprop.explain.verify import claims, verify
from tests.explain.students import all_slips, filled_in

GOLDEN = Path(__file__).parent.parent / "golden" / "sheet"
SHEET = sheet("2-2-2", seed=3)


@pytest.mark.parametrize("decimals", [5, 6, 8, 12])
@pytest.mark.parametrize("activation", ["linear", "sigmoid", "tanh", "relu"])
@pytest.mark.parametrize("seed", range(5))
def test_a_careful_student_has_all_right_however_many_digits(decimals, activation, seed):
    made = sheet("2-2-2", seed=seed, activation=activation)
    found = grade(made, filled_in(made, decimals=decimals))
    wrong = [(m.name, m.typed, m.value, m.verdict) for m in found.marks if m.verdict not in GOOD]
    assert [m for m in wrong if m[3] != "coarse"] == []
    assert found.first_wrong is None


def test_one_digit_says_too_little():
    found = grade(SHEET, filled_in(SHEET, decimals=4) | {"dE/dw4": "0.0009", "h1": "0.6"})
    by_name = {mark.name: mark.verdict for mark in found.marks}
    assert (by_name["dE/dw4"], by_name["h1"]) == ("coarse", "coarse")
    assert found.first_wrong is None  # not wrong, but not shown to be right
    assert not found.all_right


def test_cutting_off_is_not_wrong():
    value = SHEET.calculation.values["o1"][0]
    assert f"{value:.4f}" != f"{value:.6f}"[:6]
    found = grade(SHEET, {"o1": f"{value:.6f}"[:6]})
    assert {m.verdict for m in found.marks if m.name == "o1"} == {"cut_off"}


SLIPS = list(all_slips(SHEET))


@pytest.mark.parametrize(("key", "name", "formula", "mentioned"), SLIPS)
def test_each_slip_is_the_first_wrong_step_and_named_and_nothing_after_it_is_wrong(
    key, name, formula, mentioned
):
    answers = filled_in(SHEET, decimals=7, slips={name: formula})
    found = grade(SHEET, answers)
    assert found.first_wrong is not None
    assert found.first_wrong.name == name
    assert found.count("wrong") == 1
    named = [(c.key, mentioned.items() <= c.mentioned.items()) for c in found.first_wrong.causes]
    assert (key, True) in named
    for lang in ("ko", "en"):
        text = grade_text(found.to_json(), lang=lang)
        assert list(claims(text)) or name.startswith("dE/db")  # a bias's is δ and no more
        assert verify(text) == []


def test_every_kind_of_slip_was_tried():
    assert len({key for key, *_ in SLIPS}) >= 28


def test_a_number_from_nowhere_has_no_cause():
    found = grade(SHEET, filled_in(SHEET) | {"delta_h1": "0.4242"})
    assert found.first_wrong.name == "delta_h1"
    assert found.first_wrong.causes == ()
    assert "No known slip" in grade_text(found.to_json(), lang="en")


def test_a_last_digit_is_allowed_for_only_where_there_are_enough():
    def verdict(text):
        return grade(SHEET, {"h1": text}).marks[1].verdict

    assert SHEET.calculation.values["h1"][0] == pytest.approx(0.594042)
    assert verdict("0.5940") == "right"
    assert verdict("0.5941") == "rounded"
    assert verdict("0.5942") == "wrong"
    assert verdict("0.595") == "wrong"


def test_a_wrong_number_is_wrong_once_and_what_follows_is_marked_so():
    honest = filled_in(SHEET, decimals=6)
    line = SHEET.calculation.by_name["delta_o1"]
    slip = {"delta_o1": line.formula.args["x1"]}
    found = grade(SHEET, filled_in(SHEET, decimals=6, slips=slip))
    by_name = {mark.name: mark.verdict for mark in found.marks}
    assert by_name["delta_o1"] == "wrong"
    for name in ("dE/dw6", "dE/db3", "w6+", "dE/dh1", "delta_h1", "dE/dw1", "w1+"):
        assert by_name[name] == "carried", name
    for name in ("o2", "delta_o2", "dE/dw7", "w7+"):
        assert by_name[name] in ("right", "rounded"), name
    # Whoever goes back to the right number after the slip has that right.
    mixed = grade(SHEET, filled_in(SHEET, decimals=6, slips=slip) | {"w1+": honest["w1+"]})
    assert next(m.verdict for m in mixed.marks if m.name == "w1+") in GOOD
    assert found.count("wrong") == 1


def test_two_slips_are_both_found():
    calculation = SHEET.calculation
    slips = {
        "delta_o1": calculation.by_name["delta_o1"].formula.args["x1"],
        "w7+": calculation.by_name["w7+"].formula.args["x1"],
    }
    found = grade(SHEET, filled_in(SHEET, slips=slips))
    assert [m.name for m in found.marks if m.verdict == "wrong"] == ["delta_o1", "w7+"]


def test_what_is_empty_or_no_number_is_said():
    found = grade(SHEET, {"sum_h1": "0.3807", "h1": "about half"})
    assert found.first_wrong.name == "h1"
    assert found.first_wrong.verdict == "unreadable"
    assert found.count("blank") == len(found.marks) - 2
    assert "no number that can be read" in grade_text(found.to_json(), lang="en")


def test_all_right_is_said():
    found = grade(SHEET, filled_in(SHEET, decimals=8))
    assert found.all_right
    assert grade_text(found.to_json(), lang="en").startswith("All 48 numbers are right.")
    assert grade_text(found.to_json(), lang="ko").startswith("48개의 값이 모두 맞습니다.")


@pytest.mark.parametrize("lang", ["ko", "en"])
def test_what_a_person_reads_is_golden(lang):
    line = SHEET.calculation.by_name["delta_o1"]
    answers = filled_in(SHEET, decimals=4, slips={"delta_o1": line.formula.args["x1"]})
    answers |= {"w3+": "?", "w4+": ""}
    text = grade_text(grade(SHEET, answers).to_json(), lang=lang)
    file = GOLDEN / f"grade_{lang}.txt"
    assert text == file.read_text(encoding="utf-8"), f"differs from {file.name}"
    assert list(claims(text))
    assert verify(text) == []


OTHERS = [
    sheet("2-2-2", seed=5, activation="elu", loss="entropy"),
    sheet("2-2-1", seed=7, activation="tanh", loss="binary"),
]


@pytest.mark.parametrize("made", OTHERS, ids=lambda made: made.loss)
def test_a_careful_student_of_cross_entropy_has_all_right(made):
    found = grade(made, filled_in(made, decimals=8))
    assert [m.name for m in found.marks if m.verdict not in (*GOOD, "coarse")] == []
    assert found.first_wrong is None


KEYS = {"log_to_base_10", "other_class_forgotten", "slope_kept", "not_shared",
        "shares_without_exp", "error_sign"}  # fmt: skip
OF_CLASSES = [(made, *slip) for made in OTHERS for slip in all_slips(made) if slip[0] in KEYS]


def test_there_are_slips_of_cross_entropy():
    assert {key for _, key, *_ in OF_CLASSES} == KEYS


@pytest.mark.parametrize(("made", "key", "name", "formula", "mentioned"), OF_CLASSES)
def test_each_slip_of_cross_entropy_is_named(made, key, name, formula, mentioned):
    found = grade(made, filled_in(made, decimals=7, slips={name: formula}))
    assert found.first_wrong is not None
    assert found.first_wrong.name == name
    assert key in [c.key for c in found.first_wrong.causes]
    for lang in ("ko", "en"):
        assert verify(grade_text(found.to_json(), lang=lang)) == []
