"""The callback on the training runs: silent on sound ones, to the point on sick ones."""

import pytest

import clearprop as cp
from clearprop.train.model import Model
from tests.doctor.diagnosis import runs_data, runs_sound, runs_steps

SOME = 5


def by(collection):
    return [pytest.param(run, id=run.name) for run in collection[::SOME]]


@pytest.fixture
def attended(monkeypatch):
    """Have a doctor attend whatever is trained."""
    doctors, fit = [], Model.fit

    def with_doctor(self, *args, **options):
        doctors.append(cp.callbacks.Doctor(print_fn=lambda text: None))
        return fit(self, *args, **options, callbacks=[doctors[-1]])

    monkeypatch.setattr(Model, "fit", with_doctor)
    return doctors


@pytest.mark.parametrize("run", by(runs_sound.RUNS))
def test_it_is_silent(run, attended):
    run.make()
    assert attended[-1].findings == []


@pytest.mark.parametrize("run", by([*runs_steps.RUNS, *runs_data.RUNS]))
def test_it_says_what_is_wrong(run, attended):
    made = run.make()
    if made.history is not None:  # else `fit` itself refuses such data
        assert {each.id for each in attended[-1].findings} & {run.cause, *run.also}
