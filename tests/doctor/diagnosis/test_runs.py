"""Recall and precision on training runs, sick and sound; and doctors that must not pass."""

import pytest

from clearprop.doctor.diagnosis.condition import CONDITIONS
from tests.doctor.diagnosis import runs, runs_held_out
from tests.doctor.diagnosis.judging import scored

ENOUGH = 0.9
EVERY = [*runs.RUNS, *runs_held_out.RUNS]
SOME = 6  # of the runs that the rules were tuned on, every so many-th by default


def test_there_are_enough_runs_of_every_kind():
    held = runs_held_out.RUNS
    assert sum(run.cause is not None for run in EVERY) >= 40
    assert sum(run.cause is None for run in EVERY) >= 20
    assert len(held) >= 0.33 * 0.75 * len(EVERY)
    assert len({run.name for run in EVERY}) == len(EVERY)
    labels = {name for run in EVERY for name in (run.cause, *run.also)} - {None}
    assert labels <= CONDITIONS.keys()
    assert {run.cause for run in EVERY} - {None} == CONDITIONS.keys()


def test_runs_that_the_rules_never_saw():
    score = scored(runs_held_out.RUNS)
    assert score.recall >= ENOUGH, score.wrong
    assert score.precision >= ENOUGH, score.wrong


def test_some_of_those_they_were_tuned_on():
    score = scored(runs.RUNS[::SOME])
    assert score.recall >= ENOUGH, score.wrong
    assert score.precision >= ENOUGH, score.wrong


@pytest.mark.slow
def test_all_of_those_they_were_tuned_on():
    score = scored(runs.RUNS)
    assert score.recall >= ENOUGH, score.wrong
    assert score.precision >= ENOUGH, score.wrong


NO_DOCTORS = {
    "says nothing": lambda run: (),
    "says the same": lambda run: ("rate-too-high",),
    "says everything": lambda run: tuple(CONDITIONS),
    "says two things": lambda run: ("rate-too-high", "overfitting"),
}


@pytest.mark.parametrize("name", NO_DOCTORS)
def test_the_measure_refuses_a_doctor_that_does_not_look(name):
    score = scored(EVERY, NO_DOCTORS[name])
    assert min(score.recall, score.precision) < 0.5
    assert score.wrong


def test_the_measure_passes_a_doctor_that_knows():
    score = scored(EVERY, lambda run: () if run.cause is None else (run.cause,))
    assert (score.recall, score.precision, score.wrong) == (1.0, 1.0, [])
