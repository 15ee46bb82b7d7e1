"""Two inputs, two hidden units, two outputs, written for tf.keras: only the import line is another.

In float32, 1000 epochs of SGD on one sample end at W [0.14315726 0.24180053] and
[0.18631484 0.28360108], B 0.21315265 and 0.18600282, W2 [0.20264393 0.5334945] and
[0.25259468 0.58280337], B2 -0.09561113 and 0.73054373, Y 0.01000983 and 0.9899955.
"""

import numpy as np

import clearprop as tf

X = np.array([[0.05, 0.10]])
YT = np.array([[0.01, 0.99]])
W = np.array([[0.15, 0.25], [0.20, 0.30]])
B = np.array([0.35, 0.35])
W2 = np.array([[0.40, 0.50], [0.45, 0.55]])
B2 = np.array([0.60, 0.60])


def main(epochs: int = 1000) -> dict[str, np.ndarray]:
    model = tf.keras.Sequential(
        [
            tf.keras.Input(shape=(2,)),
            tf.keras.layers.Dense(2),
            tf.keras.layers.Dense(2),
        ]
    )
    model.layers[0].set_weights([W, B])
    model.layers[1].set_weights([W2, B2])
    model.compile(optimizer="sgd", loss="mse")
    print(model.predict(X))

    history = model.fit(X, YT, epochs=epochs, verbose=0)

    (w, b), (w2, b2) = (layer.get_weights() for layer in model.layers)
    y = model.predict(X)
    print("loss =", history.history["loss"][-1])
    print("W =", w)
    print("B =", b)
    print("W2 =", w2)
    print("B2 =", b2)
    print(y)
    return {"W": w, "B": b, "W2": w2, "B2": b2, "Y": y, "loss": history.history["loss"][-1]}


if __name__ == "__main__":
    main()
