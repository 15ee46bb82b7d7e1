"""
What a step of a convolutional network costs: forward and back, against PyTorch.

    python -m benchmarks.convolution               # with as many threads as there are cores
    OMP_NUM_THREADS=1 python -m benchmarks.convolution

28 by 28 pixels, 64 images: kernels of 3 by 3 (32), relu, the largest of 2 by 2, the same with 64
kernels, and 10 outputs. Both sides compute the same loss and gradients, which is checked first,
and run in turns; given are medians and, in brackets, the smallest and the largest.
"""

from __future__ import annotations

import argparse
from functools import partial
from typing import Any

import numpy as np

import clearprop as cp
from benchmarks.eager_overhead import in_turns, spread

IMAGES, CLASSES, STEPS = 64, 10, 5


def start() -> tuple[dict[str, np.ndarray], np.ndarray, np.ndarray]:
    """Draw weights, images and labels."""
    rng = np.random.default_rng(0)
    shapes = {"w1": (3, 3, 1, 32), "b1": (32,), "w2": (3, 3, 32, 64), "b2": (64,),
              "w3": (1600, CLASSES), "b3": (CLASSES,)}  # fmt: skip
    w = {name: 0.1 * rng.standard_normal(s).astype(np.float32) for name, s in shapes.items()}
    x = rng.random((IMAGES, 28, 28, 1), dtype=np.float32)
    return w, x, rng.integers(0, CLASSES, IMAGES)


def loss(w: dict[str, Any], x: np.ndarray, t: np.ndarray) -> cp.Tensor:
    h = cp.max_pool(cp.relu(cp.conv(x, w["w1"]) + w["b1"]), window=2)
    h = cp.max_pool(cp.relu(cp.conv(h, w["w2"]) + w["b2"]), window=2)
    scores = h.reshape(IMAGES, -1) @ w["w3"] + w["b3"]
    return cp.softmax_cross_entropy(scores, t).mean()


class Peer:
    """The same network in PyTorch, whose channels come first."""

    def __init__(self, w: dict[str, np.ndarray], x: np.ndarray, t: np.ndarray) -> None:
        import torch

        self.torch = torch
        self.w = {
            name: torch.tensor(a.transpose(3, 2, 0, 1) if a.ndim == 4 else a).requires_grad_()
            for name, a in w.items()
        }
        self.x, self.t = torch.tensor(x.transpose(0, 3, 1, 2)), torch.tensor(t)

    def step(self) -> tuple[Any, tuple[Any, ...]]:
        f, w = self.torch.nn.functional, self.w
        h = f.max_pool2d(f.relu(f.conv2d(self.x, w["w1"], w["b1"])), 2)
        h = f.max_pool2d(f.relu(f.conv2d(h, w["w2"], w["b2"])), 2)
        scores = h.permute(0, 2, 3, 1).flatten(1) @ w["w3"] + w["b3"]
        value = f.cross_entropy(scores, self.t)
        return value, self.torch.autograd.grad(value, list(w.values()))


def check_same(ours: tuple[Any, Any], theirs: tuple[Any, Any]) -> None:
    """Raise unless both sides have the same loss and gradients."""
    np.testing.assert_allclose(ours[0].item(), theirs[0].item(), rtol=1e-5)
    for own, other in zip(ours[1].values(), theirs[1], strict=True):
        g = other.numpy()
        g = g.transpose(2, 3, 1, 0) if g.ndim == 4 else g
        np.testing.assert_allclose(own.numpy(), g, rtol=1e-4, atol=1e-5 * np.abs(g).max())


def main(rounds: int) -> None:
    w, x, t = start()
    targets = np.eye(CLASSES, dtype=np.float32)[t]
    ours = partial(cp.value_and_grad(loss), w, x, targets)
    try:
        peer = Peer(w, x, t)
    except ImportError:
        print("PyTorch is not installed: nothing to compare convolution with")
        return
    for _ in range(3):
        check_same(ours(), peer.step())
    sides = [partial(_several, work) for work in (ours, peer.step)]
    own, other = ([1e3 * t / STEPS for t in side] for side in in_turns(rounds, *sides))
    ratio = [a / b for a, b in zip(own, other, strict=True)]
    print("a step of a convolutional network, 64 images, ms: eager, PyTorch, ratio")
    columns = (spread(own, ".1f"), spread(other, ".1f"), spread(ratio, ".2f"))
    name = f"threads: {peer.torch.get_num_threads()}"
    print(f"  {name:<20}" + "".join(f"{column:<24}" for column in columns))


def _several(work: Any) -> None:
    for _ in range(STEPS):
        work()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[1])
    parser.add_argument("--rounds", type=int, default=15)
    main(parser.parse_args().rounds)
