"""A two-layer net by minibatches: its gradient checked, then trained on MNIST.

784-50-10 with ReLU, learning rate 0.1, batches of 100, 10,000 steps: test accuracy 0.970, 0.969
and 0.971 with seeds 0, 1 and 2, in 10 s on one core. Analytic and numerical gradients differ by
1e-10 or less on average. A guard of 1e-7 inside the logarithm, which many programs add and `y - t`
knows nothing of, makes that 5e-10 (W1), 3e-9 (b1), 6e-9 (W2) and 1.4e-7 (b2).
`--data digits` needs no download, and reaches 0.967.
"""

import argparse

import numpy as np

import clearprop as cp


def data_of(name: str) -> list[np.ndarray]:
    """Give training images, their labels, test images and theirs; pixels from 0 to 1."""
    (x, t), (x_test, t_test) = getattr(cp.datasets, name)()
    x, x_test = (images.reshape(len(images), -1) / np.float32(x.max()) for images in (x, x_test))
    return [x, t, x_test, t_test]


def first_weights(inputs: int, hidden: int, outputs: int, seed: int) -> dict:
    normal = np.random.default_rng(seed).standard_normal
    return {
        "W1": 0.01 * normal((inputs, hidden)),
        "b1": np.zeros(hidden),
        "W2": 0.01 * normal((hidden, outputs)),
        "b2": np.zeros(outputs),
    }


def scores(w: dict, x: np.ndarray) -> cp.Tensor:
    hidden = cp.relu(x @ w["W1"] + w["b1"])
    return hidden @ w["W2"] + w["b2"]


def loss(w: dict, x: np.ndarray, t: np.ndarray) -> cp.Tensor:
    return cp.softmax_cross_entropy(scores(w, x), np.eye(10)[t]).mean()


def guarded_loss(w: dict, x: np.ndarray, t: np.ndarray) -> cp.Tensor:
    y = cp.softmax(scores(w, x))
    return -cp.log(y[np.arange(len(t)), t] + 1e-7).mean()


def accuracy(w: dict, x: np.ndarray, t: np.ndarray) -> float:
    with cp.no_grad():
        return float((scores(w, x).numpy().argmax(axis=1) == t).mean())


def numerical_gradient(f, w: dict, h: float = 1e-4) -> dict:
    """Move each number a little up and a little down, and see how far `f` follows."""
    slopes = {name: np.zeros_like(values) for name, values in w.items()}
    with cp.no_grad():
        for name, values in w.items():
            for i in np.ndindex(values.shape):
                held = values[i]
                values[i] = held + h
                above = f(w).item()
                values[i] = held - h
                slopes[name][i] = (above - f(w).item()) / (2 * h)
                values[i] = held
    return slopes


def differences(w: dict, x: np.ndarray, t: np.ndarray) -> dict[str, dict[str, float]]:
    """Compare the analytic gradient with two numerical ones: mean absolute differences."""
    analytic = cp.grad(loss)(w, x, t)
    found = {}
    for f in (loss, guarded_loss):
        numerical = numerical_gradient(lambda w, f=f: f(w, x, t), w)
        apart = {name: np.abs(analytic[name].numpy() - numerical[name]) for name in w}
        found[f.__name__] = {name: float(each.mean()) for name, each in apart.items()}
        print(f.__name__, {name: f"{value:.1e}" for name, value in found[f.__name__].items()})
    return found


def main(data="mnist", steps=10_000, hidden=50, rate=0.1, batch=100, seed=0) -> dict:
    x, t, x_test, t_test = data_of(data)
    w = first_weights(x.shape[1], hidden, 10, seed)
    numbers = {"differences": differences(w, x[:3], t[:3])}
    draw = np.random.default_rng(seed)
    slope = cp.value_and_grad(loss)
    for step in range(1, steps + 1):
        rows = draw.choice(len(x), batch)
        value, gradients = slope(w, x[rows], t[rows])
        w = {name: w[name] - rate * gradients[name].numpy() for name in w}
        if step % max(1, steps // 10) == 0:
            print(f"step {step}: loss {value.item():.4f}, test {accuracy(w, x_test, t_test):.4f}")
    return numbers | {"accuracy": accuracy(w, x_test, t_test)}


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", choices=["mnist", "digits"], default="mnist")
    main(parser.parse_args().data)
