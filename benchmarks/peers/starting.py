"""
From the start of a process to the first trained step: ``python -m benchmarks.peers.starting``.

Each library builds a 2-2-2 network and takes one step on one sample, in a process of its own, round
by round, which then tells what it took: how an interpreter ends is not counted. Ours does so three
times: eagerly, with native code that must be compiled, and with native code that an earlier
process left on disk.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping

__all__ = ["main"]

OURS = """
import clearprop as cp, numpy as np
model = cp.Sequential([cp.Input((2,)), cp.layers.Dense(2), cp.layers.Dense(2)])
model.compile("sgd", "mse", engine="{engine}")
model.fit(np.array([[0.05, 0.1]]), np.array([[0.01, 0.99]]), verbose=0)
"""
KERAS = """
import os
os.environ["KERAS_BACKEND"] = "{backend}"
import keras, numpy as np
model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(2), keras.layers.Dense(2)])
model.compile("sgd", "mse")
model.fit(np.array([[0.05, 0.1]]), np.array([[0.01, 0.99]]), verbose=0)
"""
TORCH = """
import torch
model = torch.nn.Sequential(torch.nn.Linear(2, 2), torch.nn.Linear(2, 2))
rule = torch.optim.SGD(model.parameters(), 0.01)
x, t = torch.tensor([[0.05, 0.1]]), torch.tensor([[0.01, 0.99]])
torch.nn.functional.mse_loss(model(x), t).backward()
rule.step()
"""
JAX = """
import jax, jax.numpy as jnp
def loss(p, x, t):
    return jnp.mean(((x @ p[0] + p[1]) @ p[2] + p[3] - t) ** 2)
@jax.jit
def step(p, x, t):
    return [w - 0.01 * g for w, g in zip(p, jax.grad(loss)(p, x, t))]
p = [jnp.ones((2, 2)), jnp.zeros(2), jnp.ones((2, 2)), jnp.zeros(2)]
step(p, jnp.array([[0.05, 0.1]]), jnp.array([[0.01, 0.99]]))[0].block_until_ready()
"""
NUMPY = """
import numpy as np
w1, b1, w2, b2 = np.ones((2, 2)), np.zeros(2), np.ones((2, 2)), np.zeros(2)
x, t = np.array([0.05, 0.1]), np.array([0.01, 0.99])
h = x @ w1 + b1
e = h @ w2 + b2 - t
w2 -= 0.01 * np.outer(h, e); b2 -= 0.01 * e
w1 -= 0.01 * np.outer(x, w2 @ e); b1 -= 0.01 * (w2 @ e)
"""
MARK = "seconds of the processor:"
TOLD = f"""
import time
print("{MARK}", time.process_time(), flush=True)
"""
PROGRAMS: Mapping[str, str] = {
    "numpy": NUMPY,
    "import clearprop": "import clearprop",
    "clearprop, eager": OURS.format(engine="eager"),
    "clearprop, compiled anew": OURS.format(engine="compiled"),
    "clearprop, compiled before": OURS.format(engine="compiled"),
    "jax": JAX,
    "torch": TORCH,
    "keras-jax": KERAS.format(backend="jax"),
    "tf.keras": KERAS.format(backend="tensorflow"),
}


def once(program: str, python: str, cache: str) -> tuple[float, float, float] | None:
    """Run a program; give the seconds on the clock, of the processor, and the memory in MiB."""
    environment = os.environ | {
        "CLEARPROP_CACHE": cache, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1",
        "TF_CPP_MIN_LOG_LEVEL": "3", "CUDA_VISIBLE_DEVICES": "",
    }  # fmt: skip
    environment.pop("PYTHONDONTWRITEBYTECODE", None)  # what is installed has its bytecode
    begin = time.perf_counter()
    process = subprocess.Popen(
        [python, "-c", program + TOLD], env=environment, stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL, text=True,
    )  # fmt: skip
    assert process.stdout is not None
    told = next((line for line in process.stdout if line.startswith(MARK)), "")
    took = time.perf_counter() - begin
    with process.stdout as rest:
        rest.read()
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = status
    if status or not told:
        return None
    return took, float(told.removeprefix(MARK)), used.ru_maxrss / 1024


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--python", nargs="*", default=[], metavar="LIBRARY=PATH")
    asked = parser.parse_args()
    pythons = dict(each.split("=", 1) for each in asked.python)
    found: dict[str, list[tuple[float, float, float]]] = {name: [] for name in PROGRAMS}
    with tempfile.TemporaryDirectory() as kept:
        for _ in range(asked.rounds + 1):  # the first one warms the disk, and fills what is kept
            for name, program in PROGRAMS.items():
                with tempfile.TemporaryDirectory() as empty:
                    cache = empty if name.endswith("anew") else kept
                    answer = once(program, pythons.get(name, sys.executable), cache)
                if answer is not None:
                    found[name].append(answer)
    print("| from the start of a process | s | s of the processor | MiB |")
    print("|---|---|---|---|")
    for name, runs in found.items():
        if len(runs) > 1:
            columns = (
                " | ".join(f"{statistics.median(c):.3g} [{min(c):.3g} to {max(c):.3g}]"
                           for c in list(zip(*runs[1:], strict=True))[:2])
            )  # fmt: skip
            print(f"| {name} | {columns} | {statistics.median(r[2] for r in runs[1:]):.0f} |")


if __name__ == "__main__":
    main()
