"""Models of branches, layers inside layers and states come back from a file and go on learning."""

import numpy as np
import pytest

import clearprop as cp
from clearprop import nn
from clearprop.errors import FormatError, MemoryLimitError, OptionError
from tests.io.making import described

L = cp.layers
RNG = np.random.default_rng(3)


def branches():
    a, b = cp.Input((4,), name="a"), cp.Input((6,), dtype="int32", name="ids")
    e = L.Embedding(9, 3, mask_zero=True)(b)
    r = L.Bidirectional(L.LSTM(2, dropout=0.2, recurrent_dropout=0.1))(e)
    g = L.GlobalAveragePooling1D()(L.LayerNormalization()(L.GRU(2, return_sequences=True)(e)))
    t = L.GlobalMaxPooling1D()(L.MultiHeadAttention(2, 2, dropout=0.1)(e, e))
    dense = L.Dense(3, "relu", kernel_regularizer="l2", kernel_constraint="max_norm")
    inner = cp.Sequential([cp.Input((4,)), dense, L.BatchNormalization(), L.Dropout(0.3)])
    h = L.Concatenate()([inner(a), r, g, t, cp.tanh(a) * 2.0 + 1.0])
    return cp.Model({"a": a, "ids": b}, [L.Dense(1, name="p")(h), L.Dense(2, name="q")(h)])


def pictures():
    x = cp.Input((6, 6, 1))
    c = L.Conv2D(3, 3, padding="same", activation="relu")(x)
    d = L.SpatialDropout2D(0.2)(L.BatchNormalization()(L.Conv2D(3, 3, padding="same")(c)))
    z = L.GaussianNoise(0.1)(L.MaxPooling2D()(L.Add()([c, d])))
    return cp.Model(x, L.Dense(2)(L.Flatten()(z)))


def shared():
    a, b = cp.Input((4,)), cp.Input((4,))
    encoder = cp.Sequential([cp.Input((4,)), L.Dense(3, "tanh"), L.UnitNormalization()])
    return cp.Model([a, b], L.Dot(axes=-1)([encoder(a), encoder(b)]))


X, Y = RNG.standard_normal((8, 4)), RNG.standard_normal((8, 2))
MODELS = {
    "branches": (
        branches, {"a": X, "ids": RNG.integers(0, 9, (8, 6))}, [Y[:, :1], Y],
    ),
    "pictures": (pictures, RNG.standard_normal((8, 6, 6, 1)), Y),
    "shared": (shared, [X, X[::-1].copy()], Y[:, :1]),
}  # fmt: skip


def bits(model):
    return [w.tobytes() for w in model.get_weights()]


def saved(name, path):
    make, x, y = MODELS[name]
    model = make()
    model.compile(cp.optimizers.Adam(0.01), "mse")
    model.fit(x, y, epochs=2, batch_size=3, seed=3, verbose=0)
    model.save(path)
    return model, x, y


@pytest.mark.parametrize("name", MODELS)
def test_it_comes_back_and_goes_on(name, tmp_path):
    model, x, y = saved(name, tmp_path / "net.safetensors")
    loaded = cp.load(tmp_path / "net.safetensors")
    assert [w.path for w in loaded.weights] == [w.path for w in model.weights]
    assert bits(loaded) == bits(model)
    assert str(loaded.predict(x)) == str(model.predict(x))
    histories = [m.fit(x, y, epochs=2, batch_size=3, seed=4, verbose=0) for m in (model, loaded)]
    assert histories[0].history == histories[1].history
    assert bits(loaded) == bits(model)


def test_what_is_lost_is_noticed(tmp_path):
    model, x, y = saved("pictures", tmp_path / "net.safetensors")
    loaded = cp.load(tmp_path / "net.safetensors")
    for layer in loaded.layers:
        layer.step = 0
    for each in (model, loaded):
        each.fit(x, y, batch_size=3, seed=4, verbose=0)
    assert bits(loaded) != bits(model)


# -- layers of one's own ---------------------------------------------------------------------------


class Scaled(nn.Layer):
    """As in Keras's examples: no get_config, and no name."""

    def __init__(self, factor=2.0, sizes=(1, 2)):
        super().__init__()
        self.by, self.sizes = factor, sizes

    def call(self, x):
        return x * self.by


@pytest.fixture
def known():
    """Make classes known for one test."""
    before = dict(nn.LAYERS)
    yield nn.register
    nn.LAYERS.clear()
    nn.LAYERS.update(before)


def model_with(layer):
    return cp.Sequential([cp.Input((4,)), layer, L.Dense(2)])


def test_arguments_of_ones_own_layer_come_back(known, tmp_path):
    known(Scaled)
    model = model_with(Scaled(3.5))
    model.save(tmp_path / "net.safetensors")
    loaded = cp.load(tmp_path / "net.safetensors")
    assert loaded.layers[0].by == 3.5
    assert [layer.name for layer in loaded.layers] == [layer.name for layer in model.layers]
    assert np.array_equal(loaded.predict(X), model.predict(X))


def test_a_model_class_of_ones_own_comes_back(known, tmp_path):
    @known
    class Net(cp.Model):
        def __init__(self, units):
            super().__init__()
            self.inner = L.Dense(units)

        def call(self, x):
            return self.inner(x)

    model = Net(3)
    model(X)
    model.save(tmp_path / "net.safetensors")
    assert np.array_equal(cp.load(tmp_path / "net.safetensors").predict(X), model.predict(X))


def test_an_argument_that_no_file_holds_is_told():
    with pytest.raises(
        OptionError, match=r"Scaled: its argument 'factor' is of type function.*get_config"
    ):
        Scaled(lambda x: x).get_config()


def test_arguments_of_any_number_are_not_lost_in_silence():
    class Sized(nn.Layer):
        def __init__(self, *sizes, **options):
            super().__init__(**options)
            self.sizes = sizes

        def call(self, x):
            return x

    with pytest.raises(OptionError, match=r"Sized: its argument 'sizes' is of type tuple"):
        Sized(1, 2).get_config()
    assert "sizes" not in Sized().get_config()


def test_a_class_that_is_not_known_is_told_when_saved_and_when_loaded(tmp_path):
    model = model_with(Scaled())
    with pytest.warns(UserWarning, match=r"saved, but Scaled can be loaded only where .*register"):
        model.save(tmp_path / "net.safetensors")
    with pytest.raises(FormatError, match=r"unknown layer 'Scaled'.*marked @cp\.nn\.register"):
        cp.load(tmp_path / "net.safetensors")


# -- descriptions that lie -------------------------------------------------------------------------


def changed(*where, to):
    """Make a change of the architecture, or of what a file says of it."""

    def change(description):
        inside = description["model"]["config"]
        for key in where[:-1]:
            inside = inside[key]
        inside[where[-1]] = to

    return change


def layer_as(kind, config):
    """Make another layer of the one that the first call is of."""

    def change(description):
        config_ = description["model"]["config"]
        config_["layers"][config_["calls"][0]["layer"]] = {
            "class_name": kind, "config": {"name": "other", **config},
        }  # fmt: skip

    return change


def circle(description):
    calls = description["model"]["config"]["calls"]
    calls[0]["args"] = {"tuple_of": [{"tensor": {"call": [len(calls) - 1, 0]}}]}


HUGE = 10**12
SHAPE = ("inputs", "list_of", 0, "tensor", "shape")
FLAWS = {
    "a call of no layer": (changed("calls", 0, "layer", to=99), "no layer 99; there are"),
    "a call of a layer before 0": (changed("calls", 0, "layer", to=-1), "no layer -1"),
    "a call of true": (changed("calls", 0, "layer", to=True), "no layer True"),
    "a call by name": (changed("calls", 0, "layer", to="dot"), "no layer 'dot'"),
    "a circle": (circle, "no call before this one"),
    "an output of no call": (
        changed("outputs", to={"tensor": {"call": [99, 0]}}), "no call before this one 99",
    ),
    "an output that a call has not": (
        changed("outputs", to={"tensor": {"call": [0, 7]}}), "no tensor of a call 7",
    ),
    "no outputs": (changed("outputs", to={"list_of": []}), "outputs is empty"),
    "no calls": (changed("calls", to=[]), "no call before this one"),
    "calls that are none": (changed("calls", to=None), "does not fit together"),
    "layers that are none": (changed("layers", to=3), "does not fit together"),
    "inputs that are none": (changed("inputs", to=3), "describes no argument"),
    "no inputs": (changed("inputs", to={"list_of": []}), "no input 0"),
    "an input below 0": (changed(*SHAPE, to=[-4]), "positive whole numbers"),
    "a huge input": (changed(*SHAPE, to=[HUGE]), None),
    "something more": (changed("hook", to=1), "a functional model is described by"),
    "training by name": (changed("calls", 0, "training", to="x"), "training is true, false"),
    "an argument twice": (
        changed("calls", 1, "options", to={"dict_of": {"x": {"value": 1}}}), "multiple values",
    ),
    "a hundred thousand arguments": (
        changed("calls", 1, "args", to={"list_of": [{"tensor": {"input": 0}}] * 10**5}), "given",
    ),
    "a huge tiling": (
        layer_as("Applied", {"op": "tile", "params": {"repetitions": [1, HUGE]}}), None,
    ),
    "an operation of the system's": (layer_as("Applied", {"op": "os.system"}), "unknown operation"),
}  # fmt: skip


@pytest.mark.parametrize("flaw", FLAWS)
def test_a_description_that_lies_is_refused_in_words(flaw, tmp_path):
    a = cp.Input((4,))
    model = cp.Model([a], L.Dense(2, name="out")(cp.tanh(a)))
    path = model.save(tmp_path / "net.safetensors")
    change, words = FLAWS[flaw]
    described(path, change)
    with pytest.raises(FormatError if words else (FormatError, MemoryLimitError)) as caught:
        cp.load(path)
    assert words is None or words in str(caught.value)


def test_the_sound_file_is_loaded(tmp_path):
    a = cp.Input((4,))
    model = cp.Model([a], L.Dense(2, name="out")(cp.tanh(a)))
    path = described(model.save(tmp_path / "net.safetensors"), lambda description: None)
    assert np.array_equal(cp.load(path).predict(X), model.predict(X))


def test_what_one_example_would_need_is_weighed_before_it_is_made():
    with pytest.raises(MemoryLimitError, match=r"tile of shape .* would take \d+\.\d TiB"):
        cp.tile(cp.Input((4,)), (1, HUGE))
    assert cp.tile(cp.Input((4,)), (1, 1000)).shape == (None, 4000)


def test_a_layer_is_tried_on_zeros_in_silence():
    cp.Sequential([cp.Input((2,)), L.Lambda(cp.log), L.Dense(1)])


def test_a_layer_shared_by_two_models_inside_is_told_before_a_file_is_written(tmp_path):
    """A file of it could not be loaded again; weights alone can."""
    x, z, w = (cp.Input((3,)) for _ in range(3))
    shared = cp.layers.Dense(3, name="shared")
    first = cp.Model(x, shared(x), name="first")
    second = cp.Model(z, cp.layers.Dense(2)(shared(z)), name="second")
    both = cp.Model(w, second(first(w)))
    with pytest.raises(OptionError, match="'shared' is in two models"):
        both.save(tmp_path / "net.safetensors")
    assert list(tmp_path.iterdir()) == []
    both.save_weights(tmp_path / "net.safetensors")
    before = both.predict(np.ones((1, 3)))
    both.set_weights([v * 0 for v in both.get_weights()])
    both.load_weights(tmp_path / "net.safetensors")
    assert np.array_equal(both.predict(np.ones((1, 3))), before)
    assert before.any()
