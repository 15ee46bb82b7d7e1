"""A model fitted by the eager engine and by the compiled one, from the same start."""

import numpy as np

import clearprop as cp
from clearprop.core.tree import flatten
from clearprop.engines import choose
from clearprop.engines.compiled.engine import Compiled

CLOSE = {"float64": {"rtol": 1e-10, "atol": 1e-12}, "float32": {"rtol": 2e-4, "atol": 2e-5}}


def fitted(make, x, y, engine, **fit):
    """Make a model anew, and fit it; the engine is a name, or one that is made."""
    cp.utils.set_random_seed(11)
    model = make()
    model._setup.engine = choose(engine) if isinstance(engine, str) else engine
    model.fit(x, y, **{"verbose": 0, "epochs": 3, "seed": 5, **fit})
    return model


def differences(make, x, y, dtype="float64", engine=None, **fit):
    """Fit both, and tell where they differ: figures, weights, states, answers."""
    eager = fitted(make, x, y, "eager", **fit)
    compiled = fitted(make, x, y, Compiled() if engine is None else engine, **fit)
    found = []

    def hold(what, a, b):
        try:
            np.testing.assert_allclose(b, a, **CLOSE[dtype])
        except AssertionError as error:
            found.append(f"{what}: {error}")

    assert eager.history.history.keys() == compiled.history.history.keys()
    assert eager.history.epoch == compiled.history.epoch
    for name, values in eager.history.history.items():
        hold(name, values, compiled.history.history[name])
    for a, b in zip(eager.weights, compiled.weights, strict=True):
        hold(a.path, a.numpy(), b.numpy())
    ours, theirs = (each._setup.memory for each in (eager, compiled))
    assert ours.step == theirs.step
    assert ours.states.keys() == theirs.states.keys()
    for path, state in ours.states.items():
        assert state.keys() == theirs.states[path].keys()
        for name, array in state.items():
            hold(f"{path}: {name}", array, theirs.states[path][name])
    for a, b in zip(_counts(eager), _counts(compiled), strict=True):
        assert a == b
    if isinstance(x, np.ndarray | list | dict):
        answers = [flatten(each.predict(x, batch_size=4))[0] for each in (eager, compiled)]
        for k, (a, b) in enumerate(zip(*answers, strict=True)):
            hold(f"answer {k}", a, b)
        judged = [each.evaluate(x, y, batch_size=4, return_dict=True) for each in (eager, compiled)]
        for name in judged[0]:
            hold(f"judged {name}", judged[0][name], judged[1][name])
    return found, compiled


def _counts(model):
    return [counter.step for counter in model._setup.known(model).beside.counters.values()]


def same(make, x, y, dtype="float64", **fit):
    """Fit both, and see that they are alike and that it was not done eagerly; give the model."""
    found, model = differences(make, x, y, dtype, **fit)
    assert found == []
    assert model.history.note is None
    assert model._setup.engine.programs.made > 0
    return model
