"""Weights in a file of their own, and the state of a training that goes on."""

import json

import numpy as np
import pytest

import clearprop as cp
from clearprop import errors
from clearprop.io.tensor_files import open_tensors, write_tensors
from clearprop.io.weights import RUN


def net(units=3, dtype=None, names=("one", "two")):
    return cp.Sequential(
        [
            cp.Input((2,)),
            cp.layers.Dense(units, "tanh", name=names[0]),
            cp.layers.Dropout(0.5, name="drop"),
            cp.layers.Dense(1, name=names[1]),
        ],
        dtype=dtype,
    )


def trained(optimizer="adam"):
    model = net()
    model.compile(optimizer, "mse")
    model.fit([[1.0, 2.0], [0.5, -1.0]], [[1.0], [0.0]], epochs=3, seed=2)
    return model


def same(a, b):
    return all(np.array_equal(u, v) for u, v in zip(a.get_weights(), b.get_weights(), strict=True))


def test_weights_come_back_to_the_last_bit(tmp_path):
    one, other = trained(), net()
    assert not same(one, other)
    path = cp.io.save_weights(one, tmp_path / "net.weights.safetensors")
    cp.io.load_weights(other, path)
    assert same(one, other)


def test_they_come_out_of_a_whole_model_and_out_of_a_backup_too(tmp_path):
    one = trained()
    for path in (
        one.save(tmp_path / "net.safetensors"),
        cp.io.back_up(one, tmp_path / "run.safetensors", {}, {"a": 1.0}),
    ):
        other = net()
        cp.io.load_weights(other, path)
        assert same(one, other)


def test_weights_change_their_kind_of_number(tmp_path):
    path = cp.io.save_weights(trained(), tmp_path / "net")
    double = net(dtype="float64")
    cp.io.load_weights(double, path)
    assert {w.dtype.name for w in double.get_weights()} == {"float64"}


@pytest.mark.parametrize(
    ("model", "words"),
    [
        (
            lambda: net(units=4),
            r"'one/kernel' has shape \(2, 3\), the model's \(2, 4\) \(and 2 more",
        ),
        (
            lambda: net(names=("one", "three")),
            r"there is no 'three/kernel' in the file \(and 3 more",
        ),
    ],
)
def test_what_does_not_fit_is_said_and_nothing_is_changed(tmp_path, model, words):
    path = cp.io.save_weights(trained(), tmp_path / "net")
    other = model()
    before = other.get_weights()
    with pytest.raises(errors.FormatError, match=words):
        cp.io.load_weights(other, path)
    assert all(np.array_equal(a, b) for a, b in zip(before, other.get_weights(), strict=True))
    with pytest.warns(UserWarning, match="leaves out what does not fit"):
        cp.io.load_weights(other, path, skip_mismatch=True)
    assert not all(np.array_equal(a, b) for a, b in zip(before, other.get_weights(), strict=True))


def test_whole_numbers_are_no_weights(tmp_path):
    arrays = {w.path: np.zeros(w.shape, np.int64) for w in net().weights}
    write_tensors(tmp_path / "net", arrays, {})
    with pytest.raises(errors.DTypeError, match="is int64 in the file; it must be float32"):
        cp.io.load_weights(net(), tmp_path / "net")


def test_files_that_are_there(tmp_path):
    one, path = trained(), tmp_path / "net"
    cp.io.save_weights(one, path)
    cp.io.save_weights(one, path)
    with pytest.raises(errors.OptionError, match="is there already; give another name"):
        cp.io.save_weights(one, path, overwrite=False)
    path.write_text("mine")
    with pytest.raises(errors.OptionError, match="there already, and holds no weights"):
        cp.io.save_weights(one, path)
    with pytest.raises(errors.OptionError, match=r"another kind of file"):
        cp.io.save_weights(one, tmp_path / "net.weights.h5")
    with pytest.raises(errors.DataError, match="cannot read"):
        cp.io.load_weights(one, tmp_path / "no")


def test_models_without_weights(tmp_path):
    empty = cp.Sequential([cp.layers.Dense(1)])
    for call in (cp.io.save_weights, cp.io.load_weights, cp.io.restore):
        with pytest.raises(errors.StateError, match=f"{call.__name__}: .* has no weights yet"):
            call(empty, tmp_path / "net")


@pytest.mark.parametrize("optimizer", ["sgd", "adam", lambda: cp.optimizers.SGD(0.1, momentum=0.9)])
def test_a_model_that_is_restored_takes_the_same_steps(tmp_path, optimizer):
    made = optimizer if isinstance(optimizer, str) else optimizer()
    one = trained(made)
    one.optimizer.learning_rate = 0.05
    path = cp.io.back_up(one, tmp_path / "run", {"epoch": 3, "위치": "둘"}, {"best": np.arange(2)})
    other = net()
    other.compile(optimizer if isinstance(optimizer, str) else optimizer(), "mse")
    notes, arrays = cp.io.restore(other, path)
    assert notes == {"epoch": 3, "위치": "둘"}
    assert list(arrays) == ["best"]
    assert arrays["best"].tolist() == [0, 1]
    for model in (one, other):
        model.fit([[1.0, 2.0], [0.5, -1.0]], [[1.0], [0.0]], epochs=2, seed=3)
    assert same(one, other)


def test_a_backup_is_written_wholly_or_not_at_all(tmp_path, monkeypatch):
    from clearprop.core import files

    one = trained()
    path = cp.io.back_up(one, tmp_path / "run", {"epoch": 1}, {})

    def full(_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(files.os, "fsync", full)
    with pytest.raises(errors.DataError, match="No space left"):
        cp.io.back_up(one, path, {"epoch": 2}, {})
    assert cp.io.restore(one, path)[0] == {"epoch": 1}


def forged(path, **changes):
    """Write the backup again, with something else in its description."""
    with open_tensors(path) as file:
        arrays = {name: file.read(name) for name in file.entries}
        description = json.loads(file.metadata[RUN])
    for name, value in changes.items():
        description[name] = value
        if value is None:
            del description[name]
    write_tensors(path, arrays, {RUN: json.dumps(description)})


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"format": 99}, "does not read.*up to date"),
        ({"format": "x"}, "does not read"),
        ({"version": 3}, "'version': expected a text"),
        ({"step": -1}, "cannot be used"),
        ({"step": "x"}, "cannot be used"),
        ({"notes": 3}, "cannot be used"),
        ({"notes": None}, "'notes' is missing"),
        ({"draws": {}}, "'drop' is missing"),
        ({"draws": {"drop": -1}}, "whole number"),
        ({"more": 1}, "unknown 'more'"),
    ],
    ids=str,
)
def test_a_forged_backup_is_refused(tmp_path, changes, words):
    one = trained()
    path = cp.io.back_up(one, tmp_path / "run", {}, {})
    forged(path, **changes)
    one.fit([[1.0, 2.0]], [[1.0]], seed=1)
    before, memory = one.get_weights(), one.setup_for("test").memory
    step, states, drawn = memory.step, memory.states, one.layer("drop").step
    with pytest.raises(errors.FormatError, match=words):
        cp.io.restore(one, path)
    assert all(np.array_equal(a, b) for a, b in zip(before, one.get_weights(), strict=True))
    assert (memory.step, one.layer("drop").step) == (step, drawn)
    assert memory.states is states


def test_a_model_is_no_backup(tmp_path):
    one = trained()
    with pytest.raises(errors.FormatError, match="is no backup of a training"):
        cp.io.restore(one, one.save(tmp_path / "net"))
