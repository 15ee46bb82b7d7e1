"""A small transformer learns to put digits in order.

One block of 4 heads and 64 numbers a digit: attention lets each place of the output look at all
digits of the input. Of rows of 8 digits that it never saw, 0.9998, 0.9956 and 0.9986 of the digits
come out in place with seeds 0, 1 and 2 (and 0.998, 0.970 and 0.990 of the rows without a mistake),
after 2 epochs, which take 10 s on one core.
"""

import argparse

import numpy as np

import clearprop as cp
from clearprop.keras import layers


def block(x, heads: int, width: int):
    """Attention, then a small net for each place; each adds to what comes in."""
    y = layers.LayerNormalization()(x)
    x = x + layers.MultiHeadAttention(heads, width // heads)(y, y)
    y = layers.LayerNormalization()(x)
    y = layers.Dense(4 * width, activation="gelu")(y)
    return x + layers.Dense(width)(y)


def transformer(length: int, width: int = 64, heads: int = 4, blocks: int = 1):
    digits = cp.Input((length,), dtype="int64")
    where = cp.Input((length,), dtype="int64")
    y = layers.Embedding(10, width)(digits) + layers.Embedding(length, width)(where)
    for _ in range(blocks):
        y = block(y, heads, width)
    y = layers.Dense(10, activation="softmax")(layers.LayerNormalization()(y))
    return cp.Model([digits, where], y)


def places(x: np.ndarray) -> np.ndarray:
    """Tell each digit's place: attention by itself does not see where a digit stands."""
    return np.broadcast_to(np.arange(x.shape[1]), x.shape)


def rows(count: int, length: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Draw rows of digits, and put them in order."""
    x = np.random.default_rng(seed).integers(0, 10, (count, length))
    return x, np.sort(x, axis=1)


def main(
    count: int = 20000, length: int = 8, epochs: int = 2, seed: int = 0, verbose: int = 2
) -> dict[str, float]:
    cp.utils.set_random_seed(seed)
    model = transformer(length)
    model.compile(cp.optimizers.Adam(0.001), "sparse_categorical_crossentropy", ["accuracy"])
    x, y = rows(count, length, seed + 1)
    model.fit([x, places(x)], y, epochs=epochs, batch_size=64, verbose=verbose)
    x, y = rows(1000, length, seed + 2)
    found = model.predict([x, places(x)], verbose=0).argmax(axis=-1)
    for given, ordered in zip(x[:3], found, strict=False):
        print(*given, "→", *ordered)
    right = found == y
    print(f"digits in place: {right.mean():.4f}; whole rows: {right.all(axis=1).mean():.3f}")
    return {"digits": float(right.mean()), "rows": float(right.all(axis=1).mean())}


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--epochs", type=int, default=2)
    parser.add_argument("--seed", type=int, default=0)
    main(**vars(parser.parse_args()))
