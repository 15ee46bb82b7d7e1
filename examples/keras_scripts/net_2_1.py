"""Two inputs, one output, written for Keras: only the import line is another.

In float32, 1000 epochs of SGD on one sample end at W 4.1428566 and 5.714285, B 1.5714294,
Y 26.999998.
"""

import numpy as np

from clearprop import keras

X = np.array([[2, 3]])
YT = np.array([[27]])
W = np.array([[3], [4]])
B = np.array([1])


def main(epochs: int = 1000) -> dict[str, np.ndarray]:
    model = keras.models.Sequential()
    model.add(keras.Input(shape=(2,)))
    model.add(keras.layers.Dense(1))
    model.layers[0].set_weights([W, B])
    model.compile(
        optimizer=keras.optimizers.SGD(learning_rate=0.01),
        loss=keras.losses.MeanSquaredError(),
    )

    history = model.fit(X, YT, epochs=epochs, verbose=0)

    w, b = model.layers[0].get_weights()
    y = model.predict(X)
    print("loss =", history.history["loss"][-1])
    print("W =", w)
    print("B =", b)
    print(y)
    return {"W": w, "B": b, "Y": y, "loss": history.history["loss"][-1]}


if __name__ == "__main__":
    main()
