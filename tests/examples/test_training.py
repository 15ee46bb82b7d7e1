"""Examples that train: XOR, digits, and MNIST at the size of a test."""

import math
import random

import numpy as np
import pytest

from tests.data.datasets.idx_files import idx_bytes
from tests.examples.running import SMALL, example, result


def test_xor_with_a_raw_gradient_as_momentum():
    errors, outputs = result("xor_momentum")["raw gradient as momentum"]
    assert [round(e, 5) for e in errors] == [
        0.66537, 0.00263, 0.00088, 0.00051, 0.00036, 0.00027, 0.00022, 0.00018, 0.00016, 0.00014,
    ]  # fmt: skip
    assert [round(o, 8) for o in outputs] == [0.00061834, 0.98896965, 0.98899705, 0.00214493]


def test_xor_with_true_momentum():
    errors, outputs = result("xor_momentum")["true momentum"]
    assert errors[-1] < 0.001
    assert np.round(outputs).tolist() == [0, 1, 1, 0]


def test_digits():
    numbers = result("digits")
    assert numbers["accuracy"] >= 0.96
    assert numbers["same"]
    assert math.isfinite(numbers["why"])


def test_the_two_layer_net_learns():
    assert result("two_layer_net")["accuracy"] > 0.5
    assert example("two_layer_net").main(**SMALL["two_layer_net"] | {"steps": 0})["accuracy"] < 0.3


def test_the_two_layer_nets_gradient_is_right():
    apart = result("two_layer_net")["differences"]
    assert max(apart["loss"].values()) < 1e-8
    # Only the guard inside the logarithm is in the way, and moves b2 most: by about 1e-7.
    assert apart["guarded_loss"]["b2"] == pytest.approx(1.4e-7, rel=0.5)
    assert max(apart["guarded_loss"][name] for name in ("W1", "b1", "W2")) < 1e-8


def test_a_gradient_that_is_one_hundredth_too_large_is_seen():
    net = example("two_layer_net")
    x, t, *_ = net.data_of("digits")
    w = net.first_weights(64, 4, 10, seed=0)
    right = net.loss
    net.loss = lambda w, x, t: 1.01 * right(w, x, t)
    assert net.differences(w, x[:3], t[:3])["guarded_loss"]["b2"] > 1e-4


def test_the_convolutional_net_learns():
    numbers = result("mnist_convnet")
    assert numbers["accuracy"] > 0.9
    assert numbers["misread"] == round(360 * (1 - numbers["accuracy"]))
    untaught = example("mnist_convnet").main(**SMALL["mnist_convnet"] | {"rate": 0.0, "epochs": 1})
    assert untaught["accuracy"] < 0.3


@pytest.fixture
def few_digits(tmp_path, monkeypatch):
    """A folder of 12 and 5 made-up images in MNIST's form."""
    rng = np.random.default_rng(0)
    arrays = {}
    for part, count in (("train", 12), ("t10k", 5)):
        images = rng.integers(0, 256, (count, 28, 28)).astype(np.uint8)
        labels = rng.permutation(np.arange(count) % 10).astype(np.uint8)
        (tmp_path / f"{part}-images-idx3-ubyte").write_bytes(idx_bytes(images))
        (tmp_path / f"{part}-labels-idx1-ubyte").write_bytes(idx_bytes(labels))
        arrays[part] = images.reshape(count, 784) / 255, labels
    monkeypatch.setenv("CLEARPROP_DATA", str(tmp_path))
    return arrays


def by_hand(arrays, slope, epochs, rate):
    """Train as one would with NumPy alone, and give each epoch's raw error and accuracy."""
    (x, labels), (x_test, test_labels) = arrays["train"], arrays["t10k"]
    rng = np.random.default_rng(884736743)
    w1, w2 = 0.2 * rng.random((784, 100)) - 0.1, 0.2 * rng.random((100, 10)) - 0.1
    table = []
    for _ in range(epochs):
        for image, label in zip(x, labels, strict=True):
            z = image @ w1
            h = z * (z > 0)
            e = np.exp(h @ w2)
            missing = np.eye(10)[label] - e / e.sum()
            back = (w2 @ missing) * slope(z)
            w2 = w2 + rate * np.outer(h, missing)
            w1 = w1 + rate * np.outer(image, back)
        row = []
        for inputs, digits in ((x, labels), (x_test, test_labels)):
            scores = np.maximum(inputs @ w1, 0) @ w2
            row += [((np.eye(10)[digits] - scores) ** 2).sum() / len(inputs)]
            row += [(scores.argmax(axis=1) == digits).mean()]
        table.append(row)
    return table


@pytest.mark.filterwarnings("ignore:.*not the original MNIST")
def test_mnist_by_hand(few_digits):
    results = result("mnist_by_hand")
    size = SMALL["mnist_by_hand"]
    wanted = {
        "as written": by_hand(few_digits, lambda z: 1.0, size["epochs"], size["rate"]),
        "corrected": by_hand(few_digits, lambda z: z > 0, size["epochs"], size["rate"]),
    }
    got = {
        name: [[row[0], row[2], row[3], row[5]] for row in table] for name, table in results.items()
    }
    for name, table in wanted.items():
        np.testing.assert_allclose(got[name], table, rtol=1e-9)
    assert abs(got["as written"][-1][0] - got["corrected"][-1][0]) > 1e-3  # the slip is seen


def test_first_weights_are_python_s_own_draws():
    generator = random.Random(777)
    drawn = [generator.random() for _ in range(8)]
    first, second = example("xor_momentum").first_weights(777)
    assert [*first.ravel(), *second.ravel()] == drawn
