"""One input, one output, written for tf.keras: only the import line is another.

In float32, 1000 epochs of SGD on one sample end at W 4.1999974, B 1.6000019, Y 9.999997.
"""

import numpy as np

import clearprop as tf

X = np.array([[2]])  # input
YT = np.array([[10]])  # target
W = np.array([[3]])  # weight
B = np.array([1])  # bias


def main(epochs: int = 1000) -> dict[str, np.ndarray]:
    model = tf.keras.Sequential([tf.keras.Input(shape=(1,)), tf.keras.layers.Dense(1)])
    model.layers[0].set_weights([W, B])
    model.compile(optimizer="sgd", loss="mse")
    print(model.predict(X))

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
