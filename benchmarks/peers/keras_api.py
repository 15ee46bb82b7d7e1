"""The trainings as Keras's users write them; ours are the very same lines."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from benchmarks.peers.workloads import HEADS, INNER, LAYERS, LENGTH, LINEAR, WIDTH, Workload

__all__ = ["model_of", "training"]


def _network(keras: Any, work: Workload) -> Any:
    layers = keras.layers
    if work.name == "W1":
        return [layers.Dense(2, activation="tanh"),
                layers.Dense(1, activation="tanh", use_bias=False)]  # fmt: skip
    if work.name in LINEAR:
        return [layers.Dense(w.shape[1]) for w in work.start()[::2]]
    last = layers.Dense(10, activation="softmax")
    if work.name == "W3":
        return [layers.Dense(100, activation="relu"), last]
    if work.name.startswith("W4a"):
        return [layers.Dense(50, activation="relu"), last]
    if work.name.startswith("W4b"):
        return [layers.Dense(512, activation="relu"), layers.Dense(512, activation="relu"), last]
    if work.name == "W5":
        return [
            layers.Conv2D(32, 3, activation="relu"), layers.MaxPooling2D(),
            layers.Conv2D(64, 3, activation="relu"), layers.MaxPooling2D(),
            layers.Flatten(), last,
        ]  # fmt: skip
    return [layers.LSTM(64), last]


def _transformer(keras: Any) -> Any:
    layers = keras.layers
    x = inputs = keras.Input((LENGTH, WIDTH))
    for _ in range(LAYERS):
        seen = layers.MultiHeadAttention(HEADS, WIDTH // HEADS)(x, x)
        x = layers.LayerNormalization(epsilon=1e-5)(x + seen)
        inner = layers.Dense(INNER, activation="relu")(x)
        x = layers.LayerNormalization(epsilon=1e-5)(x + layers.Dense(WIDTH)(inner))
    x = layers.GlobalAveragePooling1D()(x)
    return keras.Model(inputs, layers.Dense(10, activation="softmax")(x))


def model_of(keras: Any, work: Workload, **options: Any) -> Any:
    """Build and compile the network of a training."""
    keras.backend.set_floatx(work.dtype)
    x, _ = work.make()
    if work.name == "W7":
        model = _transformer(keras)
    else:
        model = keras.Sequential([keras.Input(x.shape[1:]), *_network(keras, work)])
    if work.rule == "adam":
        optimizer = keras.optimizers.Adam(work.rate)
    else:
        optimizer = keras.optimizers.SGD(work.rate, momentum=work.momentum)
    loss = "mse" if work.name in ("W1", *LINEAR) else "categorical_crossentropy"
    model.compile(optimizer, loss, **options)
    return model


def forget(model: Any) -> None:
    """Set what the optimizer remembers back to where it began."""
    if hasattr(model, "setup_for"):  # ours
        memory = model.setup_for("measuring").memory
        memory.states.clear()
        memory.step = 0
        return
    for variable in model.optimizer.variables:
        if "learning_rate" not in variable.path:
            variable.assign(variable * 0)


def training(keras: Any, work: Workload, **options: Any) -> Callable[[], float]:
    """Give the training: each call starts from the same weights, and tells the last loss."""
    model = model_of(keras, work, **options)
    (x, t), start = work.make(), work.start()

    def run() -> float:
        model.set_weights(start)
        forget(model)
        history = model.fit(
            x, t, batch_size=work.batch, epochs=work.epochs, shuffle=False, verbose=0
        )
        return float(history.history["loss"][-1])

    return run
