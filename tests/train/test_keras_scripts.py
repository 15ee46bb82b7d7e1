"""What is written for Keras gives Keras's numbers when only its import is changed."""

import numpy as np
import pytest

import clearprop as tf

# Sizes, first weights, sample and target, then what Keras 3 gives after 1000 epochs.
SCRIPTS = {
    "1-1": (
        [1, 1], [[[3.0]], [1.0]], [[2.0]], [[10.0]],
        [[[4.1999974]], [1.6000019]], [[9.999997]],
    ),
    "2-1": (
        [2, 1], [[[3.0], [4.0]], [1.0]], [[2.0, 3.0]], [[27.0]],
        [[[4.142856], [5.7142854]], [1.5714294]], [[26.999998]],
    ),
    "2-2": (
        [2, 2], [[[3.0, 5.0], [4.0, 6.0]], [1.0, 2.0]], [[2.0, 3.0]], [[27.0, -30.0]],
        [[[4.1428556, -3.571428], [5.7142844, -6.8571415]], [1.5714294, -2.2857141]],
        [[26.999994, -29.999996]],
    ),
    "2-2-2": (
        [2, 2, 2],
        [[[0.15, 0.25], [0.20, 0.30]], [0.35, 0.35], [[0.40, 0.50], [0.45, 0.55]], [0.60, 0.60]],
        [[0.05, 0.10]], [[0.01, 0.99]],
        [
            [[0.14315726, 0.24180053], [0.18631484, 0.28360108]], [0.21315265, 0.18600282],
            [[0.20264393, 0.5334945], [0.25259468, 0.58280337]], [-0.09561113, 0.73054373],
        ],
        [[0.01000983, 0.9899955]],
    ),
}  # fmt: skip


def script(name):
    """Say it in the words that a Keras script would use."""
    sizes, weights, x, y, *_ = SCRIPTS[name]
    X, Y = np.array(x, "float32"), np.array(y, "float32")
    model = tf.keras.Sequential(
        [
            tf.keras.Input(shape=(sizes[0],)),
            *(tf.keras.layers.Dense(n) for n in sizes[1:]),
        ]
    )
    layers = len(sizes) - 1
    for i in range(layers):
        model.layers[i].set_weights([np.array(w, "float32") for w in weights[2 * i : 2 * i + 2]])
    model.compile(
        optimizer=tf.keras.optimizers.SGD(learning_rate=0.01),
        loss=tf.keras.losses.MeanSquaredError(),
    )
    history = model.fit(X, Y, epochs=1000, verbose=0)
    return model, history, model.predict(X, verbose=0)


@pytest.mark.parametrize("name", SCRIPTS)
def test_the_scripts_numbers(name):
    model, history, y = script(name)
    *_, weights, after = SCRIPTS[name]
    assert len(history.history["loss"]) == 1000
    assert y.dtype == np.float32
    np.testing.assert_allclose(y, after, rtol=1e-5)
    for got, want in zip(model.get_weights(), weights, strict=True):
        assert got.dtype == np.float32
        np.testing.assert_allclose(got, want, rtol=1e-5)


def test_the_loss_that_is_left():
    _, history, _ = script("1-1")
    assert history.history["loss"][-1] == pytest.approx(8.19e-12, rel=0.2)
