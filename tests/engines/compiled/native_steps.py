"""Steps of a task in native code, with zones around every array, beside the eager engine's."""

import numpy as np

from clearprop.core.tree import flatten
from clearprop.engines import Eager, Watch
from clearprop.engines.compiled.engine import Compiled


def native_beside_eager(task, data, *, batch, steps=3, rtol=1e-10, engine=None):
    """Train both ways from the same start; tell where losses, weights or states differ."""
    size = len(data) - batch + 1
    rows = [slice(k * batch % size, k * batch % size + batch) for k in range(steps)]
    ran, found = [], []
    start = _kept(task)
    compiled = Compiled() if engine is None else engine
    for one in (Eager(), compiled):
        _put_back(task, start)
        epochs = [
            epoch
            for step, own in enumerate(rows)
            for epoch in one.train(task, data, [step], lambda _, own=own: [own], Watch())
        ]
        ran.append((epochs, _kept(task)))
    (expected, after), (got, ours) = ran

    def hold(what, a, b):
        a, b = np.asarray(a), np.asarray(b)
        scale = np.max(np.abs(a.astype(float)), initial=1e-30) if a.size else 0
        scale = max(scale, 1e-4) if np.isfinite(scale) else 1.0  # what is 0 but for rounding is 0
        try:
            assert (a.shape, a.dtype) == (b.shape, b.dtype), f"{b.dtype}{b.shape}"
            np.testing.assert_allclose(b, a, rtol=rtol, atol=rtol * scale)
        except AssertionError as error:
            found.append(f"{what}: {error}")

    for a, b in zip(expected, got, strict=True):
        for name in a.logs:
            hold(name, a.logs[name], b.logs[name])
        assert a.unreached == b.unreached
    for leaf, a, b in zip(task.beside.variables, after[0], ours[0], strict=True):
        hold(leaf.path, a, b)
    assert after[1].keys() == ours[1].keys()
    for path, state in after[1].items():
        assert state.keys() == ours[1][path].keys()
        for name, array in state.items():
            hold(f"{path}: {name}", array, ours[1][path][name])
    assert after[2:] == ours[2:]
    return found, compiled


def _kept(task):
    memory = {path: dict(state) for path, state in task.memory.states.items()}
    counts = {path: counter.step for path, counter in task.beside.counters.items()}
    return [leaf.node.data for leaf in task.beside.variables], memory, task.memory.step, counts


def _put_back(task, kept):
    weights, memory, step, counts = kept
    for leaf, array in zip(task.beside.variables, weights, strict=True):
        leaf.hold(np.array(array))
    task.memory.states.clear()
    task.memory.states.update({path: dict(state) for path, state in memory.items()})
    task.memory.step = step
    for path, count in counts.items():
        task.beside.counters[path].step = count


def answers(forward, beside, data, batch):
    """Give what the compiled engine and the eager one answer, as lists of arrays."""
    rows = [slice(k, min(k + batch, len(data))) for k in range(0, len(data), batch)]
    return [
        flatten(engine.predict(forward, data, rows, Watch(), beside))[0]
        for engine in (Eager(), Compiled())
    ]
