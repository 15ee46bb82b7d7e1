"""Digits by a dense network, written for Keras: only the import line is another.

Of the 10,000 test images of MNIST it reads 0.975 after 5 epochs.
"""

import numpy as np

from clearprop import keras
from clearprop.keras import layers


def prepared(images, labels):
    """Give images as rows of numbers from 0 to 1."""
    return images.reshape(len(images), -1).astype("float32") / 255, labels.astype("int32")


def network():
    model = keras.Sequential(
        [
            keras.Input(shape=(784,)),
            layers.Dense(256, activation="relu"),
            layers.Dense(10, activation="softmax"),
        ]
    )
    model.compile(
        optimizer=keras.optimizers.Adam(learning_rate=0.001),
        loss="sparse_categorical_crossentropy",
        metrics=["accuracy"],
    )
    return model


def main(epochs=5, load=keras.datasets.mnist.load_data):
    keras.utils.set_random_seed(1)
    train, test = (prepared(*part) for part in load())
    model = network()
    model.summary()
    stop = keras.callbacks.EarlyStopping(patience=2, restore_best_weights=True)
    history = model.fit(
        *train, batch_size=128, epochs=epochs, validation_split=0.1, callbacks=[stop], verbose=2
    )
    loss, accuracy = model.evaluate(*test, verbose=0)
    print(f"test loss {loss:.3f}, accuracy {accuracy:.4f}")
    wrong = np.flatnonzero(model.predict(test[0], verbose=0).argmax(axis=1) != test[1])
    print(f"{len(wrong)} are misread, the first of them number {wrong[0] if len(wrong) else '-'}")
    return {"accuracy": accuracy, "losses": history.history["val_loss"]}


if __name__ == "__main__":
    main()
