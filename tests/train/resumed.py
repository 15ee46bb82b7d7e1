"""A training that a test starts, kills and starts again; says its epochs and writes its weights."""

import sys

import numpy as np

import clearprop as cp


def main(folder, save_freq, seeded, epochs):
    cp.utils.set_random_seed(11)
    rng = np.random.default_rng(3)
    x, y = rng.standard_normal((96, 6)), rng.standard_normal((96, 2))
    model = cp.Sequential([
        cp.Input((6,)), cp.layers.Dense(16, "tanh"), cp.layers.Dropout(0.3), cp.layers.Dense(2),
    ])  # fmt: skip
    model.compile(cp.optimizers.Adam(0.05), "mse", ["mae"])
    callbacks = [
        # First, though it has to hear of the others: what it keeps must be their state after this.
        cp.callbacks.BackupAndRestore(f"{folder}/backup", save_freq=save_freq),
        cp.callbacks.ReduceLROnPlateau("val_loss", factor=0.7, patience=1, min_delta=0.02),
        cp.callbacks.EarlyStopping("val_loss", patience=50, restore_best_weights=True),
        cp.callbacks.CSVLogger(f"{folder}/log.csv", append=True),
        cp.callbacks.ModelCheckpoint(f"{folder}/newest.safetensors", save_freq=3),
        cp.callbacks.LambdaCallback(on_train_batch_end=lambda batch, logs: tell(batch)),
    ]
    history = model.fit(
        x, y, 8, epochs, validation_split=0.2, callbacks=callbacks, verbose=0,
        seed=5 if seeded else None,
    )  # fmt: skip
    held = np.concatenate([w.ravel() for w in model.get_weights()])
    memory = model.setup_for("test").memory
    moments = [s[k].ravel() for s in memory.states.values() for k in sorted(s)]
    np.concatenate([held, *moments, [memory.step]]).astype("<f8").tofile(f"{folder}/weights")
    print("done", history.epoch[0] if history.epoch else epochs, flush=True)


def tell(batch):
    print(batch, flush=True)


if __name__ == "__main__":
    folder, save_freq, seeded, epochs = sys.argv[1:]
    main(folder, save_freq if save_freq == "epoch" else int(save_freq), seeded == "1", int(epochs))
