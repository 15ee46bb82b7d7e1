"""The larger scripts for Keras: they learn, and train as they do under Keras itself."""

import importlib.util
import sys

import numpy as np
import pytest

import clearprop as cp
from tests.examples.digits_as_mnist import load
from tests.examples.running import EXAMPLES, SMALL, example, result

pytestmark = pytest.mark.filterwarnings("ignore:__array__:DeprecationWarning")  # Keras's own

DIGITS = ("mlp_mnist", "convnet_mnist", "irnn_digits", "autoencoder")


def images(script):
    (x, t), _ = load()
    return script.prepared(x[:96], t[:96])


def flat(script):
    x = load()[0][0][:96].reshape(96, -1).astype("float32") / 255
    return x, x


# How each makes its data and its network, where that is not `data` and `network`.
GIVEN = {
    "mlp_mnist": images,
    "convnet_mnist": images,
    "irnn_digits": images,
    "autoencoder": flat,
    "two_inputs": lambda script: script.flats(96, seed=1),
    "own_layer": lambda script: script.spirals(96, seed=1),
    "addition_lstm": lambda script: script.sums(96, seed=1),
    "timeseries_anomaly": lambda script: (script.windows(script.signal(143, seed=1)),) * 2,
    "text_classifier": lambda script: script.sentences(96, seed=1),
}
SMALLER = {"convnet_mnist": {"dropout": 0.0}, "irnn_digits": {"units": 12},
           "addition_lstm": {"units": 12}}  # fmt: skip


def keras_script(name):
    """Load a script with its import line as it is for Keras."""
    path = EXAMPLES / "keras_scripts" / f"{name}.py"
    text = path.read_text(encoding="utf-8")
    changed = text.replace("from clearprop import keras\n", "import keras\n")
    changed = changed.replace("from clearprop.keras import", "from keras import")
    assert changed != text
    assert "clearprop" not in changed
    spec = importlib.util.spec_from_loader(f"keras_{name}", loader=None)
    module = importlib.util.module_from_spec(spec)
    sys.modules[module.__name__] = module  # Keras looks classes up there
    exec(compile(changed, str(path), "exec"), vars(module))
    return module


def trained(script, name, weights=None):
    """Train a script's network on a little, in the order of the data."""
    model = script.network(**SMALLER.get(name, {}))
    model = model[0] if isinstance(model, tuple) else model
    x, y = GIVEN[name](script)
    first = {key: each[:1] for key, each in x.items()} if isinstance(x, dict) else x[:1]
    model.predict(first, verbose=0)  # one of its own is built by its first call
    if weights is None:
        rng = np.random.default_rng(3)
        # Small enough that no probability is 0 or 1, where Keras keeps its loss from infinity.
        weights = [
            rng.standard_normal(w.shape) / (2 + np.prod(w.shape[:-1])) ** 0.5
            for w in model.get_weights()
        ]
    model.set_weights([np.asarray(w, "float32") for w in weights])
    history = model.fit(x, y, batch_size=32, epochs=2, shuffle=False, verbose=0)
    return weights, history.history, model.predict(x, verbose=0), model.get_weights()


def apart(ours, theirs):
    """Give the largest difference, relative to the largest number."""
    pairs = [
        (np.asarray(a, float), np.asarray(b, float)) for a, b in zip(ours, theirs, strict=True)
    ]
    assert all(a.shape == b.shape for a, b in pairs)
    return max(np.abs(a - b).max() / max(1.0, np.abs(b).max()) for a, b in pairs)


def by_name(history):
    return [history[key] for key in sorted(history)]


@pytest.mark.slow
@pytest.mark.parametrize("name", GIVEN)
def test_a_script_trains_as_under_keras(name, keras_floatx):
    # In float32 Adam makes a step of its whole size of a slope that is rounding alone, and Keras
    # ends a thousandth off its own float64.
    keras_floatx("float64")
    cp.keras.config.set_floatx("float64")
    try:
        weights, history, outputs, after = trained(example(f"keras_scripts/{name}"), name)
    finally:
        cp.keras.config.set_floatx("float32")
    _, their_history, their_outputs, theirs_after = trained(keras_script(name), name, weights)
    assert history.keys() == their_history.keys()
    assert apart(by_name(history), by_name(their_history)) < 1e-8
    assert apart([outputs], [their_outputs]) < 1e-8
    assert apart(after, theirs_after) < 1e-8
    assert apart(weights, after) > 1e-3  # something was learnt


@pytest.mark.slow
def test_the_comparison_sees_other_weights():
    _, history, outputs, _ = trained(example("keras_scripts/two_inputs"), "two_inputs")
    script = keras_script("two_inputs")
    weights = [0.31 * np.ones(w.shape) for w in script.network().get_weights()]
    _, other, others, _ = trained(script, "two_inputs", weights)
    assert apart(by_name(history), by_name(other)) > 1e-2
    assert apart([outputs], [others]) > 1e-2


def test_every_script_is_compared():
    scripts = {path.stem for path in (EXAMPLES / "keras_scripts").glob("*.py")}
    assert {name for name in scripts if not name.startswith("net_")} == set(GIVEN)


# -- at small size, from beginning to end ----------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "figure", "least"),
    [
        ("keras_scripts/mlp_mnist", "accuracy", 0.85),
        ("keras_scripts/convnet_mnist", "accuracy", 0.8),
        ("keras_scripts/irnn_digits", "accuracy", 0.5),
        ("keras_scripts/own_layer", "accuracy", 0.9),
        ("keras_scripts/text_classifier", "accuracy", 0.9),
        ("keras_scripts/timeseries_anomaly", "found", 4),
        ("keras_scripts/addition_lstm", "right", 0.0),
    ],
)
def test_it_learns(name, figure, least):
    assert result(name)[figure] >= least


def test_the_autoencoder_s_loss_falls():
    losses = result("keras_scripts/autoencoder")["losses"]
    assert losses[-1] < 0.8 * losses[0]


def test_prices_are_learnt():
    assert result("keras_scripts/two_inputs")["error"] < 0.1
    untaught = example("keras_scripts/two_inputs").main(
        **SMALL["keras_scripts/two_inputs"] | {"epochs": 0}
    )
    assert untaught["error"] > 0.3
