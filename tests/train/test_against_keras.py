"""The same small network, first weights and order of examples: what Keras's `fit` gives.

Keras on JAX computes a tanh and a mean of float64 numbers in float32. So hidden units are sigmoids,
and in float64 its losses are written out with sums, and the metrics are left to float32.
"""

import numpy as np
import pytest

import clearprop as cp

CASES = {
    "regression, sgd": ("mse", "linear", {"name": "sgd", "learning_rate": 0.05}, ["mae"]),
    "momentum": ("mse", "linear", {"name": "sgd", "learning_rate": 0.02, "momentum": 0.9}, []),
    "nesterov": (
        "mae", "linear",
        {"name": "sgd", "learning_rate": 0.02, "momentum": 0.9, "nesterov": True}, ["mse"],
    ),
    "adam": ("mse", "relu", {"name": "adam", "learning_rate": 0.01}, []),
    "classes": ("categorical_crossentropy", "softmax", {"name": "sgd"}, ["accuracy"]),
    "class numbers": ("sparse_categorical_crossentropy", "softmax", {"name": "adam"}, ["accuracy"]),
    "yes or no": ("binary_crossentropy", "sigmoid", {"name": "adam"}, ["accuracy"]),
}  # fmt: skip


def data(loss, rng):
    x = rng.standard_normal((30, 4))
    labels = (x[:, 0] > 0).astype(int) + (x[:, 1] > 0)
    if loss.startswith("categorical"):
        return x, np.eye(3)[labels]
    if loss.startswith("sparse"):
        return x, labels
    if loss.startswith("binary"):
        return x, (labels[:, None] > 0).astype(float)
    return x, np.stack([x @ [1, -2, 0.5, 0], x[:, 0] * x[:, 1], x.sum(1)], axis=1)


def keras_loss(keras, loss):
    """Write Keras's loss without `ops.mean`."""
    ops, n = keras.ops, 3
    return {
        "mse": lambda t, y: ops.sum((y - t) * (y - t), axis=-1) / n,
        "mae": lambda t, y: ops.sum(ops.abs(y - t), axis=-1) / n,
        "binary_crossentropy": lambda t, y: (
            -ops.sum(t * ops.log(y) + (1 - t) * ops.log(1 - y), axis=-1)
        ),
    }.get(loss, loss)


def fitted(library, case, dtype, weighted):
    """Train with either library: everything below is written the same for both."""
    loss, activation, optimizer, metrics = CASES[case]
    rng = np.random.default_rng(3)
    x, y = data(loss, rng)
    weights = [rng.standard_normal(s) * 0.5 for s in ((4, 6), (6,), (6, 3), (3,))]
    if loss.startswith("binary"):
        weights[2:] = [weights[2][:, :1], weights[3][:1]]
    settings = {k: v for k, v in optimizer.items() if k != "name"}
    rule = {"sgd": library.optimizers.SGD, "adam": library.optimizers.Adam}[optimizer["name"]]
    model = library.Sequential(
        [
            library.Input(shape=(4,)),
            library.layers.Dense(6, activation="sigmoid", dtype=dtype),
            library.layers.Dense(weights[3].size, activation=activation, dtype=dtype),
        ]
    )
    model.set_weights([w.astype(dtype) for w in weights])
    if dtype == "float64":
        metrics = []
        loss = loss if library is cp.keras else keras_loss(library, loss)
    model.compile(optimizer=rule(**settings), loss=loss, metrics=list(metrics), run_eagerly=True)
    history = model.fit(
        x.astype(dtype), y, epochs=3, batch_size=10, shuffle=False, verbose=0,
        validation_split=0.2, sample_weight=np.linspace(0.5, 1.5, 30) if weighted else None,
    )  # fmt: skip
    judged = model.evaluate(x.astype(dtype), y, batch_size=10, verbose=0, return_dict=True)
    return history.history, model.get_weights(), judged, model.predict(x.astype(dtype), verbose=0)


@pytest.fixture(scope="module")
def keras():
    import keras

    before = keras.config.floatx()
    yield keras
    keras.config.set_floatx(before)
    keras.config.set_dtype_policy(before)


@pytest.mark.parametrize(("dtype", "rtol"), [("float32", 1e-5), ("float64", 1e-10)])
@pytest.mark.parametrize("case", CASES)
@pytest.mark.filterwarnings("ignore:__array__:DeprecationWarning")  # Keras's own
def test_history_weights_figures_and_predictions_agree(keras, case, dtype, rtol):
    keras.config.set_floatx(dtype)
    keras.config.set_dtype_policy(dtype)  # that of its running means
    weighted = case == "regression, sgd"
    ours, theirs = (fitted(library, case, dtype, weighted) for library in (cp.keras, keras))
    for mine, kerass in ((ours[0], theirs[0]), (ours[2], theirs[2])):
        assert set(mine) == set(kerass)
        for name in kerass:
            np.testing.assert_allclose(mine[name], kerass[name], rtol=rtol * 3, err_msg=name)
    for got, want in zip(ours[1], theirs[1], strict=True):
        assert got.dtype == want.dtype
        np.testing.assert_allclose(got, want, rtol=rtol * 3, atol=rtol)
    np.testing.assert_allclose(ours[3], theirs[3], rtol=rtol * 3, atol=rtol)
