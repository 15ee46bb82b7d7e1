"""Two signals that arrive as one sum are taken apart again, by a convolutional network.

One is a smooth wave, the other a train of steps, each of any pitch, phase and strength; the network
is shown sums with their parts, and then new sums.

What is not the wave is 3.0 dB above it in the sum, and 20.2 dB below it in what comes out; what is
not the steps is 3.0 dB below them, and then 22.4 dB. Ten seconds of one core.
"""

import numpy as np

import clearprop as cp

LENGTH = 128


def signals(count: int, seed: int) -> np.ndarray:
    """Give waves and steps side by side, shape (count, LENGTH, 2)."""
    rng = np.random.default_rng(seed)
    t = np.arange(LENGTH) / LENGTH
    pitch, phase, strength = (
        rng.uniform(low, high, (2, count, 1)) for low, high in ((2, 8), (0, 1), (0.5, 1))
    )
    turns = pitch * t + phase
    wave, steps = np.sin(2 * np.pi * turns[0]), np.where(turns[1] % 1 < 0.5, 1, -1)
    return np.stack([strength[0] * wave, strength[1] * steps], axis=-1).astype("float32")


def network() -> cp.Sequential:
    layers = cp.layers
    return cp.Sequential(
        [
            cp.Input((LENGTH, 1)),
            layers.Conv1D(24, 9, padding="same", activation="relu"),
            layers.Conv1D(24, 9, padding="same", dilation_rate=4, activation="relu"),
            layers.Conv1D(24, 9, padding="same", dilation_rate=8, activation="relu"),
            layers.Conv1D(2, 9, padding="same"),
        ]
    )


def decibels(error: np.ndarray, signal: np.ndarray) -> float:
    """Give the power of an error below (negative) or above that of the signal."""
    return float(10 * np.log10(np.mean(error**2) / np.mean(signal**2)))


def main(count=2000, epochs=20, rate=4e-3, seed=0) -> dict[str, tuple[float, float]]:
    parts = signals(count, seed)
    cp.set_seed(seed)
    model = network()
    schedule = cp.optimizers.schedules.CosineDecay(rate, epochs * -(-count // 32))
    model.compile(cp.optimizers.Adam(schedule), loss="mse")
    model.fit(parts.sum(axis=-1, keepdims=True), parts, epochs=epochs, verbose=0)

    parts = signals(300, seed + 1)
    given = parts.sum(axis=-1, keepdims=True)
    apart = model.predict(given, verbose=0)
    results = {}
    for i, name in enumerate(("wave", "steps")):
        before, after = (
            decibels(said - parts[..., i], parts[..., i]) for said in (given[..., 0], apart[..., i])
        )
        results[name] = before, after
        print(f"{name}: {before:.1f} dB of something else before, {after:.1f} dB after")
    return results


if __name__ == "__main__":
    main()
