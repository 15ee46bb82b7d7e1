"""What a person reads of convolutions, recurrent layers, batches and training is golden."""

from pathlib import Path

import numpy as np
import pytest

import clearprop as cp
from tests.explain.nets import CLASSIC_X, CLASSIC_Y, classic

GOLDEN = Path(__file__).parent.parent / "golden" / "explain"
L = cp.layers
BATCH = np.array([[0.05, 0.1], [0.5, -0.2], [-0.3, 0.8]])


def steps_of(*shape):
    """Small weights that are easy to read."""
    return (np.arange(np.prod(shape)) % 7 - 3).reshape(shape) / 10


def with_steps(model, optimizer, loss):
    model.set_weights([steps_of(*w.shape) for w in model.weights])
    model.compile(optimizer, loss)
    return model


def image():
    layers = [
        L.Conv2D(1, 2, padding="same", activation="relu", name="conv"),
        L.MaxPooling2D(2, name="pool"),
        L.Flatten(),
        L.Dense(2, activation="softmax", name="class"),
    ]
    model = cp.Sequential([cp.Input((3, 3, 1)), *layers])
    with_steps(model, "sgd", "sparse_categorical_crossentropy")
    kernel, bias, *last = model.get_weights()
    model.set_weights([kernel + 0.25, bias + 0.1, *last])
    return model


def of_image(address, **options):
    x = np.array([[1.0, 0.0, 2.0], [0.0, 3.0, 1.0], [2.0, 1.0, 0.0]])[..., None]
    return lambda lang: cp.why(image(), address, x=x, y=[1], lang=lang, **options)


def of_sequence(lang):
    model = cp.Sequential([cp.Input((2, 1)), L.LSTM(1), L.Dense(1)])
    model = with_steps(model, "sgd", "mse")
    x = [[0.5], [-1.0]]
    return cp.why(model, "lstm/output[0]", x=x, y=[1.0], lang=lang, depth=3)


def adam(lang):
    model = classic()
    model.compile(cp.optimizers.Adam(0.1), "mse")
    return cp.why(model, "w5", x=CLASSIC_X, y=CLASSIC_Y, lang=lang)


def batch(address, loss, **options):
    def ask(lang):
        model = classic()
        model.compile(cp.optimizers.SGD(0.5), loss)
        return cp.why(model, address, x=BATCH, y=np.eye(2)[[0, 1, 1]], lang=lang, **options)

    return ask


def watched(lang):
    model = classic()
    model.compile(cp.optimizers.SGD(0.5, momentum=0.9), "categorical_crossentropy")
    watch = cp.Watch("w5", by="class")
    y = np.eye(2)[[0, 1, 1]]
    model.fit(BATCH, y, epochs=3, batch_size=3, shuffle=False, verbose=0, callbacks=[watch])
    return watch.why("w5", lang=lang, digits=4)


ASKED = {
    "conv_kernel": of_image("conv/kernel[0,1,0,0]"),
    "conv_edge": of_image("conv/output[2,2,0]"),
    "pool": of_image("pool/output[0,0,0]", depth=None),
    "softmax": of_image("class/output[0]", depth=1),
    "lstm": of_sequence,
    "adam_w5": adam,
    "batch_E": batch("E", "half_sse", depth=2),
    "batch_by_class": batch("w5", "categorical_crossentropy", by="class"),
    "watched_by_class": watched,
}


@pytest.mark.parametrize("lang", ["ko", "en"])
@pytest.mark.parametrize("name", ASKED)
def test_what_a_person_reads_is_golden(name, lang):
    file = GOLDEN / f"{name}_{lang}.txt"
    assert ASKED[name](lang).to_text() == file.read_text(encoding="utf-8"), f"see {file.name}"


if __name__ == "__main__":  # python -m tests.explain.test_golden_forms writes them; read each
    for name, ask in ASKED.items():
        for lang in ("ko", "en"):
            (GOLDEN / f"{name}_{lang}.txt").write_text(ask(lang).to_text(), encoding="utf-8")
