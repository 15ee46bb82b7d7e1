"""Compression: the 64 pixels of a digit in 8 numbers, by an autoencoder with and without bends.

Without an activation it can do what principal components do and nothing better: the least error
that any linear map to 8 numbers leaves is known from the singular values, and training ends there.
With tanh around the 8 numbers, less is lost.

Of the variance of images that are new, 8 principal components lose 0.328, the network without bends
0.328, that with tanh 0.198; of those that it learnt from 0.3262, 0.3274 and 0.170. Five seconds.
"""

import numpy as np

import clearprop as cp


def autoencoder(code: int, width: int | None) -> cp.Sequential:
    """64 numbers, `code` of them, 64 again; with `width`, through hidden layers of tanh."""
    layers = cp.layers
    bent = [layers.Dense(width, activation="tanh")] if width else []
    again = [layers.Dense(width, activation="tanh")] if width else []
    return cp.Sequential(
        [cp.Input((64,)), *bent, layers.Dense(code, name="code"), *again, layers.Dense(64)]
    )


def main(code=8, width=96, epochs=200, rate=5e-3, seed=0) -> dict[str, list[float]]:
    (x, _), (x_test, _) = cp.datasets.digits()
    x, x_test = (images.reshape(-1, 64).astype("float32") / 16 for images in (x, x_test))
    centre = x.mean(axis=0)
    components = np.linalg.svd(x - centre, full_matrices=False)[2][:code]

    def by_components(images):
        return (images - centre) @ components.T @ components + centre

    def lost(restored, images):
        """Give the share of the images' variance that does not come back."""
        return float(((restored - images) ** 2).sum() / ((images - centre) ** 2).sum())

    results = {"principal components": [lost(by_components(part), part) for part in (x, x_test)]}
    for name, hidden in (("without bends", None), ("with tanh", width)):
        cp.set_seed(seed)
        model = autoencoder(code, hidden)
        schedule = cp.optimizers.schedules.CosineDecay(rate, epochs * -(-len(x) // 32))
        model.compile(cp.optimizers.Adam(schedule), loss="mse")
        model.fit(x, x, epochs=epochs, verbose=0)
        results[name] = [lost(model.predict(images, verbose=0), images) for images in (x, x_test)]
    for name, (taught, new) in results.items():
        print(f"{name:20} lose {taught:.4f} of what they learnt from, {new:.4f} of new images")
    return results


if __name__ == "__main__":
    main()
