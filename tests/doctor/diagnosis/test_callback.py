"""The doctor in `fit`: silent on sound training, says a thing once, changes no number."""

import warnings

import numpy as np
import pytest

import clearprop as cp
from clearprop.doctor.diagnosis import callback
from clearprop.lang import cells
from tests.doctor.diagnosis.making import L, blobs, net, wave

X, Y = wave(160)
SGD, Adam = cp.optimizers.SGD, cp.optimizers.Adam


def fitted(doctor, optimizer, *layers, loss="mse", epochs=20, data=(X, Y), **options):
    layers = layers or (L.Dense(16, activation="tanh"), L.Dropout(0.1), L.Dense(1))
    model = net((3,), *layers)
    model.compile(optimizer, loss, engine="eager")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model.fit(*data, epochs=epochs, seed=1, callbacks=[*doctor], verbose=0, **options)
    return model


def told(**options):
    said = []
    return cp.callbacks.Doctor(print_fn=said.append, lang="en", **options), said


def test_sound_training_is_left_in_peace_and_comes_out_the_same():
    doctor, said = told()
    looked, alone = fitted([doctor], Adam(0.02), epochs=40), fitted([], Adam(0.02), epochs=40)
    assert said == doctor.findings == []
    assert doctor.report.healthy
    for a, b in zip(looked.get_weights(), alone.get_weights(), strict=True):
        assert np.array_equal(a, b)


def test_sick_training_comes_out_the_same_too():
    doctor, _ = told()
    rate = 0.9
    looked, alone = fitted([doctor], SGD(rate), epochs=9), fitted([], SGD(rate), epochs=9)
    for a, b in zip(looked.get_weights(), alone.get_weights(), strict=True):
        assert np.array_equal(a, b, equal_nan=True)


def test_a_thing_is_said_once_and_early():
    doctor, said = told()
    fitted([doctor], Adam(0.01), L.Dense(8), L.Dense(1, activation="sigmoid"), epochs=16)
    assert [each.id for each in doctor.findings] == ["targets-out-of-reach"]
    (text,) = said
    assert text.startswith("Doctor, after epoch 1: targets that the output cannot reach")
    assert all(cells(line) <= 80 for line in text.split("\n"))


def test_a_callback_serves_several_trainings():
    doctor, said = told()
    for _ in range(2):
        fitted([doctor], Adam(0.01), L.Dense(8), L.Dense(1, activation="sigmoid"), epochs=3)
    assert len(said) == 2
    assert len(doctor.findings) == 1


def test_a_nan_is_found_at_its_step():
    """The loss takes a root of what is above 0 at first, and no longer after some steps."""

    def rooted(t, p):
        return cp.mean(cp.sqrt(p + 1.0), axis=-1)

    doctor, _ = told()

    def layers():
        return L.Dense(1, kernel_initializer="zeros"), L.Dropout(0.0)

    fitted([doctor], SGD(0.3), *layers(), loss=rooted, epochs=8, batch_size=16)
    (finding,) = doctor.findings
    assert (finding.id, finding.evidence["op"]) == ("not-finite", "sqrt")
    losses = []

    class Steps(cp.callbacks.Callback):
        def on_train_batch_end(self, batch, logs=None):
            losses.append(logs["loss"])

    fitted([Steps()], SGD(0.3), *layers(), loss=rooted, epochs=8, batch_size=16)
    first = next(k for k, loss in enumerate(losses) if not np.isfinite(loss))
    assert first > 0
    assert finding.evidence["step"] == first % 10 + 1
    assert finding.evidence["epoch"] == first // 10 + 1


def test_batches_from_a_generator():
    def batches():
        for k in range(5):
            yield X[32 * k : 32 * k + 32], Y[32 * k : 32 * k + 32]

    doctor, _ = told()
    layers = L.Dense(8), L.Dense(1, activation="sigmoid")
    fitted([doctor], "adam", *layers, epochs=1, data=(batches(),))
    assert doctor.findings[0].id == "targets-out-of-reach"
    assert doctor.report.rows == 160


def test_it_speaks_the_language_asked_for(capsys):
    doctor = cp.callbacks.Doctor(lang="ko")
    fitted([doctor], "adam", L.Dense(8), L.Dense(1, activation="sigmoid"), epochs=2)
    assert capsys.readouterr().out.startswith("진단(에포크 1 뒤): 출력이 닿을 수 없는 목표값")


def test_what_was_said_is_kept_for_a_training_that_goes_on():
    doctor, _ = told()
    fitted([doctor], "adam", L.Dense(8), L.Dense(1, activation="sigmoid"), epochs=2)
    again, said_again = told()
    again.set_state({k: np.asarray(v) for k, v in doctor.get_state().items()})
    again._speak(0, doctor.findings)
    assert said_again == []
    fresh, said_fresh = told()
    fresh._speak(0, doctor.findings)
    assert len(said_fresh) == 1


def test_it_is_taken_up_with_the_backup(tmp_path):
    doctor, _ = told()
    backup = cp.callbacks.BackupAndRestore(tmp_path / "b", delete_checkpoint=False)
    fitted([doctor, backup], "adam", L.Dense(8), L.Dense(1, activation="sigmoid"), epochs=2)
    again, said = told()
    backup = cp.callbacks.BackupAndRestore(tmp_path / "b", delete_checkpoint=False)
    fitted([again, backup], "adam", L.Dense(8), L.Dense(1, activation="sigmoid"), epochs=4)
    assert said == []


def test_unsure_findings_do_not_interrupt(monkeypatch):
    monkeypatch.setattr(callback, "SURE", 1.1)
    doctor, said = told()
    fitted([doctor], "adam", L.Dense(8), L.Dense(1, activation="sigmoid"), epochs=2)
    assert said == []
    assert doctor.report.ids == ("targets-out-of-reach",)


@pytest.mark.parametrize("rows", [1, 5])
def test_a_handful_of_rows_is_no_trouble(rows):
    x, y = blobs(max(rows, 2), 2, 3)
    doctor, _ = told()
    layers = L.Dense(4, activation="relu"), L.Dense(1, activation="sigmoid")
    fitted([doctor], "adam", *layers, loss="binary_crossentropy", data=(x[:rows], y[:rows]),
           epochs=3)  # fmt: skip
    assert doctor.report is not None
