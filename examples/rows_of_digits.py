"""Digits read row by row: SimpleRNN, LSTM and GRU, each with what it remembers of the rows above.

Of the 360 digits of 8 by 8 that are kept for testing, SimpleRNN (48 units) reads 0.978, LSTM
0.964, GRU 0.978; over three seeds 0.969 to 0.981, 0.964 to 0.975, 0.969 to 0.978; ten seconds in
all. On MNIST (`--data mnist`), 64 units after three epochs: 0.958, 0.984 and 0.986, in 3.5 minutes.
"""

import argparse
import time

import numpy as np

import clearprop as cp

KINDS = ("SimpleRNN", "LSTM", "GRU")


def data_of(name: str) -> list[np.ndarray]:
    """Give training images, their labels, test images and theirs; pixels from 0 to 1."""
    (x, t), (x_test, t_test) = getattr(cp.datasets, name)()
    x, x_test = (images / np.float32(images.max()) for images in (x, x_test))
    return [x, t, x_test, t_test]


def reader(kind: str, shape: tuple[int, int], units: int) -> cp.Sequential:
    """One row of the image is one step of the sequence; the last state is what is judged."""
    return cp.Sequential(
        [
            cp.Input(shape),
            getattr(cp.layers, kind)(units),
            cp.layers.Dense(10, activation="softmax"),
        ]
    )


def main(data="digits", units=48, epochs=40, batch=32, rate=5e-3, seed=0) -> dict[str, float]:
    x, t, x_test, t_test = data_of(data)
    accuracies = {}
    for kind in KINDS:
        cp.set_seed(seed)
        model = reader(kind, x.shape[1:], units)
        steps = epochs * -(-len(x) // batch)
        model.compile(
            cp.optimizers.Adam(cp.optimizers.schedules.CosineDecay(rate, steps), clipnorm=1.0),
            loss="sparse_categorical_crossentropy",
            metrics=["accuracy"],
        )
        start = time.perf_counter()
        model.fit(x, t, epochs=epochs, batch_size=batch, verbose=0)
        seconds = time.perf_counter() - start
        _, accuracies[kind] = model.evaluate(x_test, t_test, verbose=0)
        print(
            f"{kind:9} {accuracies[kind]:.4f}, {model.count_params():6,} weights, {seconds:.0f} s"
        )
    return accuracies


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", choices=["digits", "mnist"], default="digits")
    data = parser.parse_args().data
    main(data, **({"units": 64, "epochs": 3, "batch": 64} if data == "mnist" else {}))
