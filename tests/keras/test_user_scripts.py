"""Scripts of users of Keras give Keras's numbers when the import alone is changed."""

import importlib

import numpy as np
import pytest

import clearprop as cp
from clearprop import keras as ours
from clearprop.errors import OptionError, ShapeError
from clearprop.keras.absent import ABSENT, ABSENT_OPERATIONS
from tests.keras.users_scripts import SCRIPTS, generators, masks, numbers
from tests.oracles import keras

__all__ = ["keras"]


def differences(got, wanted):
    """Name the results that are not the same to the rounding of float32."""
    return [name for name in wanted if not same(got.get(name), wanted[name])]


def same(got, wanted):
    try:
        a, b = np.asarray(got, "float64"), np.asarray(wanted, "float64")
    except (TypeError, ValueError):
        return repr(got) == repr(wanted)
    size = max(1.0, float(np.max(np.abs(b), initial=0.0)))
    return a.shape == b.shape and bool(np.max(np.abs(a - b), initial=0.0) <= 2e-5 * size)


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.__name__)
@pytest.mark.filterwarnings("ignore::UserWarning:keras", "ignore:__array__:DeprecationWarning")
def test_the_numbers_are_keras_s(script, keras):
    wanted = script(keras)
    assert wanted
    assert differences(script(ours), wanted) == []


@pytest.mark.filterwarnings("ignore::UserWarning:keras", "ignore:__array__:DeprecationWarning")
def test_other_numbers_are_told_apart(keras):
    wanted = generators(keras)
    assert differences({**wanted, "loss": wanted["loss"] * 1.001}, wanted) == ["loss"]
    assert differences({"loss": wanted["loss"]}, wanted) == ["val_loss"]
    assert same("(None, 2)", "(None, 2)")
    assert not same("(None, 2)", "(None, 3)")


def test_a_mask_makes_a_difference(monkeypatch):
    monkeypatch.setattr(cp.nn.Masking, "compute_mask", lambda self, x, mask=None: None)
    with pytest.raises(ShapeError, match="in layer 3 'pool'"):  # it counts on a mask
        masks(ours)


# -- what Keras has and this library has not -------------------------------------------------------

PARTS = [
    "", "layers", "losses", "metrics", "optimizers", "optimizers.schedules", "callbacks",
    "initializers", "regularizers", "constraints", "activations", "utils", "models", "ops",
    "saving", "config", "backend", "preprocessing", "datasets", "random",
]  # fmt: skip
OF_NO_USE = {"src"}


@pytest.mark.parametrize("part", PARTS)
def test_each_name_of_keras_is_there_or_said_to_be_absent(part, keras):
    theirs, own = keras, ours
    for name in filter(None, part.split(".")):
        theirs = getattr(theirs, name)
        own = importlib.import_module(f"{own.__name__}.{name}")
    names = {name for name in dir(theirs) if name[0] != "_"} - OF_NO_USE
    assert len(names) > 3
    for name in sorted(names - set(dir(own))):
        with pytest.raises(AttributeError, match=f"{name}, which Keras has: "):
            assert getattr(own, name) is None


def test_what_is_said_to_be_absent_is():
    for part, names in ABSENT.items():
        own = importlib.import_module(f"clearprop.keras.{part}") if part else ours
        for name in names:
            with pytest.raises(AttributeError, match=rf"no {part + '.' if part else ''}{name}, wh"):
                getattr(own, name)
    for name in ABSENT_OPERATIONS:
        with pytest.raises(AttributeError, match=f"no ops.{name}, which"):
            getattr(ours.ops, name)


def test_a_name_that_nobody_has():
    with pytest.raises(AttributeError, match="did you mean 'Dense'"):
        ours.layers.Dens  # noqa: B018
    with pytest.raises(AttributeError, match=r"keras\.ops\.mean does it"):
        ours.backend.mean  # noqa: B018


def test_a_training_of_one_s_own_is_refused():
    class Vae(ours.Model):
        def __init__(self):
            super().__init__()
            self.dense = ours.layers.Dense(2)

        def call(self, x):
            return self.dense(x)

        def train_step(self, data):
            return {}

    model = Vae()
    assert model(numbers(2, 2)).shape == (2, 2)
    model.compile("sgd", "mse")
    with pytest.raises(OptionError, match="Vae has a train_step of its own, which would not be"):
        model.fit(numbers(4, 2), numbers(4, 2), verbose=0)


def test_a_class_that_says_nowhere_what_it_computes():
    class Empty(ours.Model):
        def __init__(self):
            super().__init__()

    with pytest.raises(OptionError, match="Empty says nowhere what it computes"):
        Empty()


def test_what_goes_in_is_not_known_of_a_layer_alone():
    with pytest.raises(AttributeError, match="called on no Input"):
        ours.layers.Dense(2).output  # noqa: B018
    with pytest.raises(AttributeError, match="does not know its input"):
        ours.Sequential([ours.layers.Dense(2)]).inputs  # noqa: B018
    assert not hasattr(ours.layers.Dense(2), "input")


def test_an_attribute_may_be_called_output():
    class Net(ours.Model):
        def __init__(self):
            super().__init__()
            self.output = ours.layers.Dense(2)

        def call(self, x):
            return self.output(x)

    assert Net()(numbers(3, 2)).shape == (3, 2)


def test_summary_of_nested_models():
    inner = ours.Sequential([ours.Input((3,)), ours.layers.Dense(2, name="deep")], name="inner")
    model = ours.Sequential([ours.Input((3,)), inner])
    lines = []
    model.summary(print_fn=lines.append)
    assert "deep" not in lines[0]
    model.summary(print_fn=lines.append, expand_nested=True)
    assert "  deep (Dense)" in lines[1]


def test_names_of_figures():
    model = ours.Sequential([ours.Input((3,)), ours.layers.Dense(1)])
    assert model.metrics_names == []
    model.compile("sgd", "mse", metrics=["mae"])
    assert model.metrics_names == ["loss", "mae"]
    figures = model.evaluate(numbers(4, 3), numbers(4, 1), verbose=0)
    assert len(figures) == len(model.metrics_names)


def test_classes_given_for_loading(tmp_path):
    class Tripled(ours.layers.Layer):
        def call(self, x):
            return x * 3.0

    with ours.saving.custom_object_scope({"Tripled": Tripled}):
        model = ours.Sequential([ours.Input((2,)), Tripled()])
        text = model.to_json()
    assert ours.saving.get_registered_object("Tripled") is None
    with pytest.raises(OptionError, match="Tripled"):
        ours.models.model_from_json(text)
    with ours.saving.custom_object_scope({}):
        again = ours.models.model_from_json(text, custom_objects={"Tripled": Tripled})
    assert again(np.ones((1, 2))).tolist() == [[3.0, 3.0]]
    with pytest.raises(OptionError, match="must be a class of layers"):
        ours.models.model_from_json(text, custom_objects={"Tripled": 3})


def test_constants_of_arrays():
    constant = ours.initializers.Constant
    with pytest.raises(OptionError, match="must hold finite numbers"):
        constant([1.0, np.nan])
    with pytest.raises(OptionError, match="must hold finite numbers"):
        constant(["a", "b"])
    with pytest.raises(ShapeError, match=r"shape \(2,\) does not fit a weight of shape \(3,\)"):
        constant([1.0, 2.0])((3,))
