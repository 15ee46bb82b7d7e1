"""Derivatives by definition: how fast a number changes, measured on both sides of a point."""

import numpy as np

from clearprop.core.namespaces import NUMPY
from clearprop.core.tape import Backward, plain, walk
from clearprop.core.tensor import Node, Tensor, leaf

STEP = 2e-3
WEIGHTS = {1: 45 / 60, 2: -9 / 60, 3: 1 / 60}  # the central difference of sixth order
RTOL = 1e-7


def slope(phi):
    """Measure how fast ``phi(t)`` changes at 0; the error is some ``STEP**6``."""
    return sum(c * (phi(k * STEP) - phi(-k * STEP)) for k, c in WEIGHTS.items()) / STEP


def agree(analytic, numeric, size, what):
    """Hold two slopes equal, but for what rounding numbers of `size` does to the measured one."""
    allowed = RTOL * max(abs(analytic), abs(numeric)) + 30 * np.finfo(float).eps * size / STEP
    error = abs(analytic - numeric)
    assert error <= allowed, f"{what}: {analytic!r} by the rule, {numeric!r} measured"


def directions(rng, arrays):
    """Draw a direction for each array: no element moves more than by 3 steps."""
    return [rng.uniform(-1, 1, x.shape) for x in arrays]


def moved(arrays, places, along, t):
    """Move the arrays at `places` by `t` along their directions."""
    out = list(arrays)
    for i, u in zip(places, along, strict=True):
        out[i] = out[i] + t * u
    return out


def check_first_order(trial, i, times=2):
    """Hold the i-th input's gradient to ``d/dt <v, f(x + t u)>`` for random `u` and `v`."""
    x = [leaf(a, requires_grad=k == i) if k in trial.floating else a
         for k, a in enumerate(trial.arrays)]  # fmt: skip
    y = trial.op(*([x] if trial.op.variadic else x), **trial.params)
    for n in range(times):
        rng = trial.rng(i, n)
        v = rng.standard_normal(y.shape)
        (u,) = directions(rng, [trial.arrays[i]])
        (g,) = walk(y.node, v, [x[i].node], NUMPY, plain)

        def phi(t, v=v, u=u):
            return np.sum(v * trial.forward(NUMPY, moved(trial.arrays, [i], [u], t)))

        agree(
            float(np.sum(g * u)), slope(phi), np.sum(np.abs(v * y.data)),
            f"{trial}, derivative with respect to {trial.op.inputs[0 if trial.op.variadic else i]}",
        )  # fmt: skip


def check_second_order(trial, times=2):
    """Hold the gradient of the recorded gradients to measured slopes of the unrecorded ones."""
    places = trial.ruled
    for n in range(times):
        rng = trial.rng(1000, n)
        y = np.asarray(trial.forward(NUMPY, trial.arrays))
        g = rng.standard_normal(y.shape)
        w = directions(rng, [trial.arrays[i] for i in places])
        along = directions(rng, [trial.arrays[i] for i in places])
        along_g = rng.uniform(-1, 1, y.shape)

        def h(t, g=g, w=w, along=along, along_g=along_g):
            arrays = moved(trial.arrays, places, along, t)
            now = trial.forward(NUMPY, arrays)
            pulled = [trial.pull(NUMPY, i, g + t * along_g, now, arrays) for i in places]
            return sum(np.sum(a * b) for a, b in zip(w, pulled, strict=True))

        x = [leaf(a, requires_grad=True) if k in places else a for k, a in enumerate(trial.arrays)]
        upstream = leaf(g, requires_grad=True)
        result = trial.op(*([x] if trial.op.variadic else x), **trial.params)
        nodes = [x[i].node for i in places]
        gradients = Backward(result.node, upstream, nodes).gradients()
        total = sum((a * b).sum() for a, b in zip(w, gradients, strict=True))
        one = Tensor(Node(np.ones_like(total.data)))
        found = Backward(total.node, one, [*nodes, upstream.node]).gradients()
        analytic = sum(
            float(np.sum(f.data * u))
            for f, u in zip(found, [*along, along_g], strict=True)
            if f is not None
        )
        size = sum(np.sum(np.abs(a * b.data)) for a, b in zip(w, gradients, strict=True))
        agree(analytic, slope(h), size, f"{trial}, second derivative")
