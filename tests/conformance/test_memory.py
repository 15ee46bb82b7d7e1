"""Memory does not grow over steps, and nothing of a step waits for the collector of cycles."""

import gc
import tracemalloc

import numpy as np
import pytest

import clearprop as cp
from clearprop.core.tensor import Node, Tensor
from clearprop.nn import Layer

L = cp.layers
N = 8
ALLOWED = 40_000  # bytes: caches that fill once; one array kept a step would be 150 of them


def convolutional():
    layers = [cp.Input((8, 8, 2)), L.Conv2D(4, 3, activation="relu"), L.MaxPooling2D(), L.Flatten()]
    return [cp.Sequential([*layers, L.Dense(1)])], (N, 8, 8, 2)


def recurrent():
    layers = [cp.Input((6, 3)), L.Masking(), L.LSTM(4, dropout=0.2), L.Dense(1)]
    return [cp.Sequential(layers)], (N, 6, 3)


def step_by_step():
    cell = L.RNN(L.GRUCell(4, recurrent_dropout=0.2), return_sequences=True)
    both = L.Bidirectional(L.SimpleRNN(3))
    return [cp.Sequential([cp.Input((6, 3)), cell, both, L.Dense(1)])], (N, 6, 3)


def normalised():
    layers = [cp.Input((16,)), L.Dense(16), L.BatchNormalization(), L.Dropout(0.3), L.Dense(1)]
    return [cp.Sequential(layers)], (N, 16)


def transformer():
    x = cp.Input((6, 8))
    y = L.LayerNormalization()(x + L.MultiHeadAttention(2, 4, dropout=0.1)(x, x))
    y = y + L.Dense(8)(L.Dense(16, activation="gelu")(y))
    return [cp.Model(x, L.Dense(1)(L.GlobalAveragePooling1D()(y)))], (N, 6, 8)


def two_inputs():
    a, b = cp.Input((8,)), cp.Input((8,))
    both = L.Dense(8, kernel_regularizer="l2", activity_regularizer="l1")
    return [cp.Model([a, b], L.Dense(1)(L.Concatenate()([both(a), both(b)])))], [(N, 8), (N, 8)]


NETS = [convolutional, recurrent, step_by_step, normalised, transformer, two_inputs]


class Leaking(Layer):
    """A layer that keeps what it was called on."""

    def __init__(self, **options):
        super().__init__(**options)
        self.seen = []

    def call(self, x):
        self.seen.append(x)
        return x


class Name(str):
    """A name that can hold something."""


class Turning(Layer):
    """A layer whose record leads back to itself."""

    def call(self, x):
        y = x * 1.0
        y.node.name = Name("y")
        y.node.name.kept = y.node
        return y


def with_layer(kind):
    return lambda: ([cp.Sequential([cp.Input((16,)), L.Dense(16), kind(), L.Dense(1)])], (N, 16))


def ready(make, engine="eager"):
    """Make a compiled model, and one batch of inputs and targets."""
    cp.set_seed(3)
    (model,), shapes = make()
    model.compile("adam", "mse", metrics=["mae"], engine=engine)
    rng = np.random.default_rng(0)
    several = isinstance(shapes, list)
    x = [rng.standard_normal(s).astype("float32") for s in (shapes if several else [shapes])]
    return model, x if several else x[0], rng.standard_normal((N, 1)).astype("float32")


def held_after(model, x, y, counts):
    """Count the bytes that are held after so many steps more, again and again."""
    held = []
    tracemalloc.start()
    try:
        for count in counts:
            model.fit(((x, y) for _ in range(count)), verbose=0)  # batches from a generator
            gc.collect()
            held.append(tracemalloc.get_traced_memory()[0])
    finally:
        tracemalloc.stop()
    return held


def grown(make, engine="eager"):
    model, x, y = ready(make, engine)
    model.fit(((x, y) for _ in range(2)), verbose=0)  # what is compiled stays
    first, second, third = held_after(model, x, y, (50, 150, 150))
    # A leak is in both; once in a while a table of the interpreter's own doubles in one.
    return min(second - first, third - second)


@pytest.mark.parametrize("engine", ["eager", "compiled"])
@pytest.mark.parametrize("make", NETS, ids=lambda make: make.__name__)
def test_memory_after_200_steps_is_that_after_50(make, engine):
    assert grown(make, engine) < ALLOWED


def test_a_layer_that_keeps_its_inputs_is_caught():
    assert grown(with_layer(Leaking)) > 2 * ALLOWED


def left_over(make):
    """Count the nodes and tensors that steps leave to the collector of cycles."""
    model, x, y = ready(make)
    model.train_on_batch(x, y)
    gc.collect()
    gc.disable()
    try:
        before = {id(each) for each in gc.get_objects() if isinstance(each, Tensor | Node)}
        for _ in range(3):
            model.train_on_batch(x, y)
        model.evaluate(x, y, verbose=0)
        model.predict(x, verbose=0)
        made = [each for each in gc.get_objects() if isinstance(each, Tensor | Node)]
        return sum(id(each) not in before for each in made), len(model.weights)
    finally:
        gc.enable()


@pytest.mark.parametrize("make", NETS, ids=lambda make: make.__name__)
def test_nothing_of_a_step_is_left(make):
    nodes, weights = left_over(make)
    assert nodes <= 2 * weights  # every weight has a new value


def test_a_record_in_a_circle_is_caught():
    nodes, weights = left_over(with_layer(Turning))
    assert nodes > 2 * weights
