"""Models come back from their files as they were, to the last bit."""

import json
import os
import stat
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import clearprop as cp
from clearprop import nn
from clearprop.data.tables import Table, prepare
from clearprop.errors import DataError, OptionError, StateError
from clearprop.io import load, read_tensors
from clearprop.io.tensor_files import write_tensors
from tests.io.making import small_model, taken_apart

ROOT = str(Path(__file__).parents[2])
L = cp.layers

NETS = {
    "dense": lambda: [cp.Input((3,)), L.Dense(4, "relu"), L.Dense(2)],
    "without bias": lambda: [cp.Input((3,)), L.Dense(2, use_bias=False)],
    "image": lambda: [cp.Input((2, 3)), L.Flatten(), L.Dense(2), L.Activation("tanh")],
    "dropout": lambda: [cp.Input((3,)), L.Dense(5), L.Dropout(0.5, seed=3), L.Dense(1)],
    "double": lambda: [cp.Input((3,)), L.Dense(4, dtype="float64"), L.Dense(2, dtype="float64")],
    "mixed": lambda: [cp.Input((3,)), L.Dense(4, dtype="float64"), L.Dense(2, dtype="float32")],
    "named": lambda: [cp.Input((3,)), L.Dense(4, name="층 1"), L.Dense(2, name="out")],
    "frozen": lambda: [cp.Input((3,)), L.Dense(4, trainable=False), L.Dense(2)],
    "nested": lambda: [cp.Input((3,)), nn.Chain([L.Dense(4, name="in")], name="inner"), L.Dense(2)],
    "no weights": lambda: [cp.Input((3,)), L.Activation("relu")],
    "initializers": lambda: [
        cp.Input((3,)),
        L.Dense(2, kernel_initializer="he_normal", bias_initializer=nn.initializers.Constant(0.1)),
    ],
}


@pytest.mark.parametrize("net", NETS)
def test_a_model_comes_back_to_the_bit(net, tmp_path):
    model = cp.Sequential(NETS[net](), name="mine")
    path = model.save(tmp_path / "net.safetensors")
    loaded = cp.load(str(path))
    assert type(loaded) is cp.Sequential
    assert loaded.get_config() == model.get_config()
    assert loaded.built_for == model.built_for
    assert [w.path for w in loaded.weights] == [w.path for w in model.weights]
    assert [w.trainable for w in loaded.weights] == [w.trainable for w in model.weights]
    for ours, theirs in zip(model.get_weights(), loaded.get_weights(), strict=True):
        assert ours.dtype == theirs.dtype
        assert ours.tobytes() == theirs.tobytes()
    x = np.random.default_rng(0).normal(size=(6, *model.built_for[1:]))
    assert (loaded.predict(x) == model.predict(x)).all()
    assert not loaded.compiled


def test_any_bits_survive(tmp_path):
    model = cp.Sequential([cp.Input((2,)), L.Dense(3)])
    odd = [np.nan, -np.nan, np.inf, -np.inf, 1e-45, -0.0]
    model.set_weights([np.array(odd, "f4").reshape(2, 3), np.array([np.pi, 1 / 3, 3e38], "f4")])
    model.save(tmp_path / "odd.safetensors")
    for ours, theirs in zip(
        model.get_weights(), cp.load(tmp_path / "odd.safetensors").get_weights(), strict=True
    ):
        assert ours.tobytes() == theirs.tobytes()


OPTIMIZERS = {
    "sgd": lambda: cp.optimizers.SGD(0.1),
    "momentum": lambda: cp.optimizers.SGD(0.05, momentum=0.9),
    "nesterov": lambda: cp.optimizers.SGD(0.05, momentum=0.9, nesterov=True),
    "adam": lambda: cp.optimizers.Adam(0.01),
}


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_training_goes_on_as_if_nothing_had_been(optimizer, tmp_path):
    x, y = cp.datasets.moons(60, seed=1)
    layers = [cp.Input((2,)), L.Dense(8, "tanh"), L.Dropout(0.2), L.Dense(2, activation="softmax")]
    cp.set_seed(4)
    model = cp.Sequential(layers)
    model.compile(OPTIMIZERS[optimizer](), "sparse_categorical_crossentropy", ["accuracy"])
    model.fit(x, y, epochs=3, seed=9, verbose=0)
    model.save(tmp_path / "net.safetensors")
    loaded = cp.load(tmp_path / "net.safetensors")
    went_on, resumed = (
        each.fit(x, y, epochs=6, initial_epoch=3, seed=9, verbose=0).history
        for each in (model, loaded)
    )
    assert went_on == resumed
    for ours, theirs in zip(model.get_weights(), loaded.get_weights(), strict=True):
        assert ours.tobytes() == theirs.tobytes()


@pytest.mark.parametrize("lost", ["step", "states", "draws"])
def test_what_is_remembered_matters(lost, tmp_path):
    """The test above can fail: without any of it, training goes on otherwise."""
    x, y = cp.datasets.moons(60, seed=1)
    layers = [cp.Input((2,)), L.Dense(8, "tanh"), L.Dropout(0.2), L.Dense(2, activation="softmax")]
    model = cp.Sequential(layers)
    model.compile("adam", "sparse_categorical_crossentropy")
    model.fit(x, y, epochs=3, seed=9, verbose=0)
    model.save(tmp_path / "net.safetensors")
    loaded = cp.load(tmp_path / "net.safetensors")
    memory = loaded.setup_for("test").memory
    if lost == "step":
        memory.step = 0
    elif lost == "states":
        memory.states.clear()
    else:
        loaded.layers[1].step = 0
    went_on, resumed = (
        each.fit(x, y, epochs=6, initial_epoch=3, seed=9, verbose=0).history
        for each in (model, loaded)
    )
    assert went_on != resumed


def test_the_training_set_up_comes_back(tmp_path):
    model = small_model(cp.optimizers.SGD(0.1, momentum=0.5))
    model.save(tmp_path / "net.safetensors")
    loaded = cp.load(tmp_path / "net.safetensors")
    assert loaded.get_compile_config() == model.get_compile_config()
    assert loaded.setup_for("test").memory.step == 1
    x, y = [[0.5, 0.1, 0.0]], [1]
    assert loaded.evaluate(x, y, return_dict=True) == model.evaluate(x, y, return_dict=True)


def test_a_model_may_be_saved_or_loaded_without_its_training(tmp_path):
    model = small_model()
    model.save(tmp_path / "whole.safetensors")
    model.save(tmp_path / "bare.safetensors", include_optimizer=False)
    assert not cp.load(tmp_path / "bare.safetensors").compiled
    bare = read_tensors(tmp_path / "bare.safetensors")
    assert bare.keys() == {weight.path for weight in model.weights}
    assert not load(tmp_path / "whole.safetensors", compile=False).compiled
    assert len(read_tensors(tmp_path / "whole.safetensors")) == 4 + 8  # m and v of each weight


@pytest.mark.parametrize(
    "setting", [{"loss": lambda t, y: y}, {"metrics": [lambda t, y: y]}, {"optimizer": "schedule"}]
)
def test_a_function_costs_the_training_set_up_and_not_the_weights(setting, tmp_path):
    model = cp.Sequential([cp.Input((2,)), L.Dense(1)])
    if "optimizer" in setting:
        setting = {"optimizer": cp.optimizers.SGD(lambda step: 0.1)}
    model.compile(**{"optimizer": "sgd", "loss": "mse"} | setting)
    with pytest.warns(UserWarning, match="saved without how the model is trained"):
        model.save(tmp_path / "net.safetensors")
    loaded = cp.load(tmp_path / "net.safetensors")
    assert not loaded.compiled
    assert (loaded.get_weights()[0] == model.get_weights()[0]).all()


def test_a_function_that_makes_the_outputs_cannot_be_saved(tmp_path):
    model = cp.Sequential([cp.Input((2,)), L.Dense(1, activation=lambda x: x * x)])
    with pytest.raises(OptionError, match="has no name to be saved by"):
        model.save(tmp_path / "net.safetensors")
    assert list(tmp_path.iterdir()) == []


def test_a_model_without_weights_is_not_saved(tmp_path):
    model = cp.Sequential([L.Dense(1)])
    with pytest.raises(StateError, match=r"has no weights yet.*Begin it with an Input"):
        model.save(tmp_path / "net.safetensors")
    model.predict([[1.0, 2.0]])
    model.save(tmp_path / "net.safetensors")
    assert cp.load(tmp_path / "net.safetensors").built_for == (None, 2)


def test_two_weights_of_one_name_are_not_saved(tmp_path):
    class Net(cp.Model):
        def __init__(self):
            super().__init__()
            self.first = L.Dense(2, name="same")

        def call(self, x):
            return self.first(x)

    model = Net()
    model.build((None, 2))
    model.second = L.Dense(2, name="same")  # nobody has asked since whether their names differ
    model.second.build((None, 2))
    with pytest.raises(OptionError, match="two weights are called 'same/kernel'"):
        model.save(tmp_path / "net.safetensors")


def test_an_old_file_is_replaced_only_if_it_may_be(tmp_path):
    path = tmp_path / "net.safetensors"
    path.write_text("old")
    path.chmod(0o640)
    model = small_model()
    with pytest.raises(OptionError, match="is there already"):
        model.save(path, overwrite=False)
    assert path.read_text() == "old"
    for overwrite in (None, False):
        with pytest.raises(OptionError, match="is there already"):
            model.save(path, overwrite=overwrite)
    assert path.read_text() == "old"
    model.save(path, overwrite=True)
    model.save(path)  # a model gives way to a model
    assert cp.load(path).count_params() == model.count_params()
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    with pytest.raises(DataError, match=r"the folder '.*none' does not exist"):
        model.save(tmp_path / "none" / "net.safetensors")


def test_what_is_written_is_one_safetensors_file_with_one_description(tmp_path):
    path = small_model().save(tmp_path / "net.safetensors")
    header, _ = taken_apart(path)
    assert list(header["__metadata__"]) == ["clearprop"]  # of two the order would be chance
    description = json.loads(header["__metadata__"]["clearprop"])
    assert description["format"] == 1
    assert description["version"] == cp.__version__
    assert description["model"]["class_name"] == "Sequential"
    assert description["built_for"] == [None, 3]
    assert description["step"] == 1
    assert description["preprocessing"] is None
    assert header["dense/kernel"]["shape"] == [3, 4]


def test_a_safetensors_file_that_is_no_model_is_not_replaced(tmp_path):
    path = tmp_path / "arrays.safetensors"
    write_tensors(path, {"a": np.ones(3)}, {})
    with pytest.raises(OptionError, match=r"is no saved model; .* overwrite=True"):
        small_model().save(path)
    assert list(read_tensors(path)) == ["a"]
    path.write_bytes(b"")  # as tempfile makes one
    small_model().save(path)


@pytest.mark.parametrize("name", ["net.h5", "net.keras", "net.PT", "net.pkl", "net.npz"])
def test_a_name_for_another_kind_of_file_is_refused(name, tmp_path):
    with pytest.raises(OptionError, match=r"another kind of file; .* 'net\.safetensors'"):
        small_model().save(tmp_path / name)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("name", ["net", "net.v2", "net.Safetensors"])
def test_other_names_are_taken_as_they_are(name, tmp_path):
    small_model().save(tmp_path / name)
    assert [path.name for path in tmp_path.iterdir()] == [name]
    assert cp.load(tmp_path / name).built


def test_the_same_model_gives_the_same_bytes_in_every_process(tmp_path):
    program = (
        "from tests.io.making import small_model as s; import sys; s().save(sys.argv[1]);"
        "s('sgd').save(sys.argv[1] + '2')"
    )
    running = [
        subprocess.Popen(
            [sys.executable, "-c", program, str(tmp_path / str(n))],
            env={**os.environ, "PYTHONHASHSEED": str(n), "PYTHONPATH": ROOT},
        )
        for n in range(10)
    ]
    assert [process.wait(60) for process in running] == [0] * 10
    for end in ("", "2"):
        assert len({(tmp_path / f"{n}{end}").read_bytes() for n in range(10)}) == 1


def tables():
    columns = {
        "크기": [str(n) for n in range(20)],
        "color": ["red", "blue"] * 10,
        "kind": ["고양이", "개"] * 10,
    }
    return Table(columns, list(range(2, 22)))


def test_preprocessing_and_class_names_go_with_the_model(tmp_path):
    ready = prepare(tables(), "kind")
    model = cp.Sequential([cp.Input((3,)), L.Dense(2, activation="softmax")])
    path = tmp_path / "net.safetensors"
    model.save(path, preprocessor=ready.preprocessor, class_names=ready.preprocessor.classes)
    loaded = cp.load(path)
    assert loaded.class_names == ("개", "고양이")
    assert loaded.preprocessor.to_json_dict() == ready.preprocessor.to_json_dict()
    loaded.save(path)  # saved again, nothing is lost
    again = cp.load(path)
    assert again.class_names == ("개", "고양이")
    x = again.preprocessor.transform_features(tables())
    assert again.preprocessor.decode(again.predict(x)) == ready.preprocessor.decode(
        model.predict(ready.preprocessor.transform_features(tables()))
    )


@nn.register
class Doubled(L.Dense.__mro__[1]):
    """A layer of the user's own, with a weight of its own kind."""

    def build(self, input_shape):
        self.factor = self.add_weight((), "ones", dtype="float64", name="factor", trainable=False)

    def call(self, x):
        return x * 2


def test_a_registered_layer_of_ones_own_comes_back(tmp_path):
    model = cp.Sequential([cp.Input((2,)), Doubled(), L.Dense(1)])
    model.save(tmp_path / "net.safetensors")
    loaded = cp.load(tmp_path / "net.safetensors")
    assert type(loaded.layers[0]) is Doubled
    assert loaded.layers[0].factor.dtype == np.float64
    assert loaded.layers[0].factor.shape == ()


def test_keras_names(tmp_path):
    from clearprop import keras

    model = small_model()
    keras.models.save_model(model, tmp_path / "net.safetensors")
    loaded = keras.models.load_model(tmp_path / "net.safetensors")
    assert (loaded.get_weights()[0] == model.get_weights()[0]).all()
    assert not keras.models.load_model(tmp_path / "net.safetensors", compile=False).compiled
    with pytest.raises(OptionError, match=r"custom_objects\['Own'\] must be a class of layers"):
        keras.models.load_model(tmp_path / "net.safetensors", custom_objects={"Own": 3})
