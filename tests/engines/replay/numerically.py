"""Programs run by plans, step after step, beside one primitive after another."""

import numpy as np

from clearprop.engines.compiled.interpret import interpret
from clearprop.engines.compiled.running import Bound
from clearprop.engines.replay.running import Replayed
from tests.engines.compiled.natively import close, filled


def beside_primitives(program, *, steps=2, listed=True, seed=0, rtol=None, batch=None):
    """Run steps both ways; compare all results, and what the states become."""
    batch = batch or (program.data[0].shape[0] if program.data else 1)
    rng = np.random.default_rng(seed)
    count = steps * batch + 3
    data = [filled(rng, (count, *v.shape[1:]), v.dtype) for v in program.data]
    for array in data:
        array.flags.writeable = False
    rows = rng.permutation(count)[: steps * batch] if listed else np.arange(1, count)
    draws = [filled(rng, (steps, *v.shape), v.dtype) for v in program.draws]
    scalars = rng.random((steps, len(program.scalars)))
    states = [filled(rng, v.shape, v.dtype) for v in program.states]
    results = [np.empty((steps, *v.shape), v.dtype) for v in program.results]
    want = [state.copy() for state in states]
    bound = Bound(data, rows if listed else None, 1, draws, scalars, states, results)
    replayed = Replayed(program, batch)
    replayed.run(bound, steps)
    for step in range(steps):
        own = rows[step * batch : (step + 1) * batch]
        leaves = {v: x[own].reshape(v.shape) for v, x in zip(program.data, data, strict=True)}
        leaves |= {v: x[step] for v, x in zip(program.draws, draws, strict=True)}
        leaves |= {
            v: np.asarray(x, v.dtype) for v, x in zip(program.scalars, scalars[step], strict=True)
        }
        leaves |= dict(zip(program.states, want, strict=True))
        after, told = interpret(program, leaves)
        want = [*map(np.array, after), *want[len(after) :]]
        for k, (got, expected) in enumerate(zip(results, told, strict=True)):
            close(got[step], expected, rtol, f"result {k} of step {step}")
    for k, (state, expected) in enumerate(zip(states, want, strict=True)):
        close(state, expected, rtol, f"state {k}")
    return replayed
