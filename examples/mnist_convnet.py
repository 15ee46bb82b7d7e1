"""A convolutional network reads MNIST: kernels of 5 by 5, twice, and 18,378 weights in all.

Test accuracy 0.9914 and 0.9921 with seeds 0 and 1 after 5 epochs, which take 70 s of one core.
`--data digits` needs no download: its images are 8 by 8, for which kernels of 3 by 3 are enough,
and 60 epochs reach 0.967 to 0.981 (three seeds).
"""

import argparse

import numpy as np

import clearprop as cp


def data_of(name: str) -> list[np.ndarray]:
    """Give training images, their labels, test images and theirs; pixels from 0 to 1."""
    (x, t), (x_test, t_test) = getattr(cp.datasets, name)()
    x, x_test = (images[..., None] / np.float32(x.max()) for images in (x, x_test))
    return [x, t, x_test, t_test]


def convnet(shape: tuple[int, ...], kernel: int) -> cp.Sequential:
    """Two times: kernels slid over the image, then the largest of each 2 by 2."""
    layers = cp.layers
    return cp.Sequential(
        [
            cp.Input(shape),
            layers.Conv2D(16, kernel, activation="relu"),
            layers.MaxPooling2D(padding="same"),
            layers.Conv2D(32, kernel, activation="relu"),
            layers.MaxPooling2D(padding="same"),
            layers.Flatten(),
            layers.Dropout(0.4),
            layers.Dense(10, activation="softmax"),
        ]
    )


def main(data="mnist", kernel=5, epochs=5, batch=64, rate=2e-3, seed=0) -> dict:
    x, t, x_test, t_test = data_of(data)
    cp.set_seed(seed)
    model = convnet(x.shape[1:], kernel)
    steps = epochs * -(-len(x) // batch)
    model.compile(
        cp.optimizers.Adam(cp.optimizers.schedules.CosineDecay(rate, steps)),
        loss="sparse_categorical_crossentropy",
        metrics=["accuracy"],
    )
    model.fit(x, t, epochs=epochs, batch_size=batch, validation_data=(x_test, t_test), verbose=2)
    _, accuracy = model.evaluate(x_test, t_test, verbose=0)
    print(f"test accuracy {accuracy:.4f} of {model.count_params():,} weights")
    answers = model.predict(x_test, verbose=0).argmax(axis=1)
    wrong = np.flatnonzero(answers != t_test)
    print(f"{len(wrong)} misread; the first is a {t_test[wrong[0]]} read as {answers[wrong[0]]}")
    return {"accuracy": accuracy, "misread": len(wrong)}


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", choices=["mnist", "digits"], default="mnist")
    if parser.parse_args().data == "mnist":
        main()
    else:
        main("digits", kernel=3, epochs=60)
