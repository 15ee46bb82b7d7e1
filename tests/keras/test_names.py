"""The public names: what a newcomer types, Keras's spelling of it, and when it is loaded."""

import importlib
import inspect
import pkgutil
import subprocess
import sys

import pytest

import clearprop as cp
from clearprop import keras
from clearprop.keras.absent import ELSEWHERE

TENSORS = ["tensor", "Tensor", "grad", "value_and_grad", "vjp", "jvp", "jacobian", "hessian",
           "no_grad", "op", "sigmoid", "relu", "softmax", "matmul"]  # fmt: skip
NETWORKS = ["Sequential", "Input", "Model", "layers", "activations", "initializers", "losses",
            "optimizers", "metrics", "callbacks", "datasets", "utils", "config", "load",
            "keras"]  # fmt: skip


@pytest.mark.parametrize("name", TENSORS + NETWORKS)
def test_the_face_has_it(name):
    assert name in cp.__all__
    assert name in dir(cp)
    assert getattr(cp, name) is not None


def test_every_listed_name_is_there():
    for name in cp.__all__:
        assert getattr(cp, name) is not None, name
    assert len(set(cp.__all__)) == len(cp.__all__)


def test_completion_offers_what_is_there_and_nothing_that_was_only_imported():
    offered = {name for name in dir(cp) if not name.startswith("_")}
    assert {"data", "doctor", "explain", "ops"} <= offered
    assert not offered & {"Any", "TYPE_CHECKING", "import_module", "sys"}
    assert all(hasattr(cp, name) for name in offered)
    assert {"check", "diagnose", "gradcheck"} <= set(dir(cp.doctor))
    assert "import_module" not in dir(cp.doctor)


def test_a_star_import_brings_them():
    scope = {}
    exec("from clearprop import *", scope)
    assert set(cp.__all__) <= scope.keys()


def test_a_name_that_is_not_there():
    with pytest.raises(AttributeError, match=r"no 'Sequental'; did you mean 'Sequential'\?"):
        cp.Sequental  # noqa: B018
    with pytest.raises(AttributeError, match=r"clearprop has no 'qqqq'\.$"):
        cp.qqqq  # noqa: B018
    with pytest.raises(AttributeError, match=r"no 'GradientTape': .* cp\.value_and_grad"):
        cp.GradientTape  # noqa: B018


@pytest.mark.parametrize("name", ELSEWHERE)
def test_what_others_call_it_is_not_here_under_that_name(name):
    assert not hasattr(cp, name)


@pytest.mark.parametrize("family", ["layers", "losses", "metrics", "optimizers", "callbacks",
                                    "initializers", "regularizers", "constraints",
                                    "activations", "utils"])  # fmt: skip
def test_both_spellings_are_the_same_objects(family):
    ours, theirs = getattr(cp, family), getattr(keras, family)
    assert ours.__all__
    for name in ours.__all__:
        assert getattr(ours, name) is getattr(theirs, name), name


def test_models_are_the_same_objects():
    assert cp.Sequential is keras.Sequential is keras.models.Sequential
    assert cp.Model is keras.Model is keras.models.Model
    assert cp.Input is keras.Input is keras.layers.Input


@pytest.mark.parametrize(
    "statement",
    [
        "from clearprop import keras\nkeras.layers.Dense",
        "import clearprop as tf\ntf.keras.layers.Dense",
        "import clearprop.keras as keras\nkeras.optimizers.SGD(learning_rate=0.01)",
        "from clearprop.keras import layers, Sequential\nlayers.Dense",
        "from clearprop.keras.layers import Dense, Flatten",
        "from clearprop.keras.models import Sequential, load_model",
        "from clearprop.keras.optimizers import SGD, Adam",
        "from clearprop.keras.losses import MeanSquaredError",
        "from clearprop.keras.callbacks import EarlyStopping, LambdaCallback",
        "from clearprop.keras.utils import to_categorical, set_random_seed",
        "from clearprop.keras.datasets import mnist\nmnist.load_data",
        "import clearprop as tf\ntf.keras.datasets.mnist.load_data",
        "from clearprop.keras import backend as K\nK.floatx()",
    ],
)
def test_what_keras_s_users_write(statement):
    exec(statement, {})


def test_keras_has_each_of_these_names_too():
    """A name under `clearprop.keras` is Keras's own, but for the few that Keras lacks."""
    real = importlib.import_module("keras")
    own = {"StopAtLoss", "Doctor", "HalfSumSquaredError", "half_sse"}
    parts = [
        "",
        "activations",
        "constraints",
        "initializers",
        "layers",
        "regularizers",
        "losses",
        "optimizers",
        "metrics",
        "callbacks",
        "utils",
        "models",
        "config",
    ]
    for part in parts:
        ours = getattr(keras, part) if part else keras
        theirs = getattr(real, part) if part else real
        classes = {
            name for name in ours.__all__
            if inspect.isclass(getattr(ours, name)) or inspect.isfunction(getattr(ours, name))
        }  # fmt: skip
        strange = {name for name in classes if not hasattr(theirs, name)} - own
        assert strange <= KNOWN_EXTRAS.get(part, set()), (part, strange)


KNOWN_EXTRAS = {
    "losses": {"FunctionLoss"},
    "metrics": {"FunctionMetric", "MeanMetric", "confusion_matrix"},
}


def test_every_module_of_the_facade_says_what_it_lists():
    for found in pkgutil.walk_packages(keras.__path__, "clearprop.keras."):
        module = importlib.import_module(found.name)
        assert module.__all__, found.name
        for name in module.__all__:
            assert hasattr(module, name), f"{found.name}.{name}"


def loaded(program):
    report = "\nimport sys; print(*sorted(sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", program + report], capture_output=True, text=True, check=True
    )
    return set(done.stdout.split())


def test_the_import_loads_what_computes_and_nothing_else():
    modules = loaded("import clearprop")
    assert "clearprop.ops" in modules
    later = {"clearprop.train", "clearprop.nn", "clearprop.data", "clearprop.keras", "clearprop.io",
             "clearprop.engines", "clearprop.optim", "clearprop.losses", "clearprop.metrics",
             }  # fmt: skip
    others = {"rich", "safetensors", "click", "numpy.random", "numpy.ma", "pathlib", "difflib"}
    assert not modules & (later | others)


def test_a_training_loads_neither_rich_nor_files():
    modules = loaded("""
import clearprop as cp
model = cp.Sequential([cp.Input((1,)), cp.layers.Dense(1)])
model.compile("sgd", "mse")
model.fit([[1.0]], [[2.0]], epochs=2)
""")
    assert "clearprop.train" in modules
    assert not modules & {"rich", "safetensors", "click", "clearprop.io", "clearprop.draw"}


TRAINING = """
import clearprop as cp
model = cp.Sequential([cp.Input((1,)), cp.layers.Dense(1)])
model.compile("sgd", "mse", engine="{engine}")
model.fit([[1.0]], [[2.0]], verbose=0)
{more}
"""
UNUSED = {
    "clearprop.nn.convolution": "cp.layers.Conv2D",
    "clearprop.nn.lstm": "cp.layers.LSTM",
    "clearprop.optim.adam": "cp.optimizers.Adam",
    "clearprop.optim.schedules.decay": "cp.optimizers.schedules.ExponentialDecay",
    "clearprop.losses.crossentropy": "cp.losses.CategoricalCrossentropy",
    "clearprop.metrics.accuracy": "cp.metrics.Accuracy",
    "clearprop.train.checkpoints": "cp.callbacks.ModelCheckpoint",
    "clearprop.data.datasets.idx_sets": "cp.datasets.mnist",
    "clearprop.data.scaling": "cp.data.Scaler",
    "clearprop.engines.compiled.engine": "model.compile('sgd', 'mse', engine='compiled')",
}


def test_a_training_loads_the_kinds_that_it_uses():
    modules = loaded(TRAINING.format(engine="eager", more=""))
    assert {"clearprop.optim.sgd", "clearprop.losses.regression"} <= modules
    assert not modules & (UNUSED.keys() | {"numpy.ma", "llvmlite", "csv"})
    asked = "\n".join(UNUSED.values())
    assert loaded(TRAINING.format(engine="eager", more=asked)) >= UNUSED.keys()


def test_native_code_from_the_disk_needs_no_compiler(tmp_path, monkeypatch):
    monkeypatch.setenv("CLEARPROP_CACHE", str(tmp_path))
    program = TRAINING.format(engine="compiled", more="")
    assert "llvmlite.binding" in loaded(program)
    assert "llvmlite.binding" not in loaded(program)


def test_what_is_asked_for_is_loaded():
    assert "clearprop.io" in loaded("import clearprop as cp; cp.load")


def test_a_model_can_be_saved_without_further_imports(tmp_path):
    model = cp.Sequential([cp.Input((2,)), cp.layers.Dense(1)])
    model.compile("sgd", "mse")
    model.save(tmp_path / "net.safetensors")
    again = keras.models.load_model(tmp_path / "net.safetensors")
    assert (again.predict([[1.0, 2.0]]) == model.predict([[1.0, 2.0]])).all()


def test_seeds_of_everything_are_set():
    import random

    import numpy as np

    def draw():
        model = cp.Sequential([cp.Input((3,)), cp.layers.Dense(2)])
        return random.random(), np.random.random(), model.get_weights()[0].tolist()  # noqa: NPY002 - old scripts draw so

    cp.utils.set_random_seed(5)
    first = draw()
    cp.utils.set_random_seed(5)
    assert draw() == first
    cp.utils.set_random_seed(6)
    assert draw() != first
