"""XOR one pattern at a time: a "momentum" that only half works, and the true one beside it.

In 5000 iterations the error falls from 0.66537 to 0.00014 although each step climbs the gradient of
its own pattern: four times as far it goes down that of the pattern before. True momentum is at
0.00031 by then, and depends on no such luck.
"""

import random
from collections.abc import Callable

import numpy as np

import clearprop as cp

PATTERNS = [([0, 0], [0]), ([0, 1], [1]), ([1, 0], [1]), ([1, 1], [0])]
RATE, MOMENTUM = 0.1, 0.4


def first_weights(seed: int) -> list[np.ndarray]:
    """Draw 3×2 weights (two inputs and a constant 1) and 2×1, each even in [0, 1)."""
    generator = random.Random(seed)
    return [
        np.array([[generator.random() for _ in range(columns)] for _ in range(rows)])
        for rows, columns in ((3, 2), (2, 1))
    ]


def predict(weights: list, inputs: list[int]) -> cp.Tensor:
    hidden = cp.tanh(np.array([[*inputs, 1.0]]) @ weights[0])
    return cp.tanh(hidden @ weights[1])


def error(weights: list, inputs: list[int], target: list[int]) -> cp.Tensor:
    return 0.5 * ((np.array([target]) - predict(weights, inputs)) ** 2).sum()


def climbing(gradient: np.ndarray, memory: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Go *up* the gradient a little, and down that of the pattern before, four times as far."""
    return RATE * gradient - MOMENTUM * memory, gradient


def descending(gradient: np.ndarray, memory: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Momentum proper: what is kept is the step, and the gradient is gone down."""
    step = MOMENTUM * memory - RATE * gradient
    return step, step


def train(rule: Callable, iterations: int, seed: int = 777) -> tuple[list[float], list[float]]:
    weights = first_weights(seed)
    memory = [np.zeros_like(w) for w in weights]
    slope = cp.value_and_grad(error)
    errors = []
    for iteration in range(iterations):
        total = 0.0
        for inputs, target in PATTERNS:
            value, gradients = slope(weights, inputs, target)
            total += value.item()
            for i, gradient in enumerate(gradients):
                step, memory[i] = rule(gradient.numpy(), memory[i])
                weights[i] = weights[i] + step
        if iteration % 500 == 0:
            errors.append(total)
    return errors, [predict(weights, inputs).item() for inputs, _ in PATTERNS]


def main(iterations: int = 5000) -> dict[str, tuple[list[float], list[float]]]:
    results = {}
    for name, rule in [("raw gradient as momentum", climbing), ("true momentum", descending)]:
        errors, outputs = results[name] = train(rule, iterations)
        print(name)
        print("  error:", " ".join(f"{e:.5f}" for e in errors))
        print("  00 01 10 11:", " ".join(f"{o:.8f}" for o in outputs))
    return results


if __name__ == "__main__":
    main()
