"""Two inputs, two outputs, written for Keras: only the import lines are others.

In float32, 1000 epochs of SGD on one sample end at W [4.1428556 -3.571428] and
[5.7142844 -6.8571415], B 1.5714294 and -2.2857141, Y 26.999994 and -29.999996.
"""

import numpy as np

from clearprop.keras import Input, Sequential
from clearprop.keras.layers import Dense

X = np.array([[2, 3]])
YT = np.array([[27, -30]])
W = np.array([[3, 5], [4, 6]])  # a column an output
B = np.array([1, 2])


def main(epochs: int = 1000) -> dict[str, np.ndarray]:
    model = Sequential([Input(shape=(2,)), Dense(2, name="out")])
    model.get_layer("out").set_weights([W, B])
    model.compile(optimizer="sgd", loss="mse")

    history = model.fit(X, YT, epochs=epochs, verbose=0)

    w, b = model.get_weights()
    y = model.predict(X)
    print("loss =", history.history["loss"][-1])
    print("W =", w)
    print("B =", b)
    print(y)
    return {"W": w, "B": b, "Y": y, "loss": history.history["loss"][-1]}


if __name__ == "__main__":
    main()
