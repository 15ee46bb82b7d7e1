"""What an element is said to be made of makes the element."""

import numpy as np

from clearprop.core.namespaces import NUMPY
from clearprop.core.reading import evaluate
from clearprop.core.shapes import within
from clearprop.core.tape import Backward
from clearprop.core.tensor import RECORDED, Tensor, leaf
from tests.conformance.trials import TRIALS, close, each_op, each_trial

READ = [t for t in TRIALS if t.op.reading is not None]
COMPOSED = [t for t in TRIALS if t.op.composition is not None]


def check_explained(op):
    ways = [op.elementwise, op.reading is not None, op.composition is not None]
    assert any(ways), f"{op.name} is not elementwise and has neither a reading nor a composition"


def check_reading(trial):
    y = np.asarray(trial.forward(NUMPY, trial.arrays))
    for index in np.ndindex(y.shape):
        reading = trial.op.reading(index, *trial.arrays, **trial.params)
        got = evaluate(reading, trial.arrays)
        assert np.shape(got) == (), f"{trial} at {index}: {got!r} is no single number"
        close(got, y[index], 1e-12, f"{trial} at {index}")


def check_elementwise(trial):
    """An element's own inputs alone move it."""
    y = np.asarray(trial.forward(NUMPY, trial.arrays))
    rng = trial.rng(7)
    for i in trial.floating:
        x = trial.arrays[i]
        if not x.size:
            continue
        place = tuple(int(rng.integers(n)) for n in x.shape)
        other = x.copy()
        other[place] += 0.01
        arrays = [other if k == i else a for k, a in enumerate(trial.arrays)]
        now = np.asarray(trial.forward(NUMPY, arrays))
        for index in np.argwhere(now != y):
            at = within(tuple(index), x.shape)
            assert at == place, f"{trial}: {place} of input {i} moves {tuple(map(int, index))}"


def check_composition(trial):
    """The composition gives the same numbers, and so do its derivatives."""
    op, params = trial.op, trial.params
    y = np.asarray(trial.forward(NUMPY, trial.arrays))
    close(op.composition(NUMPY, *trial.arrays, **params), y, 1e-12, f"{trial}, composition")
    x = [leaf(a, requires_grad=k in trial.ruled) for k, a in enumerate(trial.arrays)]
    composed = op.composition(RECORDED, *x, **params)
    assert isinstance(composed, Tensor), f"{trial}: its composition leaves the record"
    if not trial.ruled:
        return
    g = trial.rng(3).standard_normal(y.shape)
    back = Backward(composed.node, leaf(g, requires_grad=False), [x[i].node for i in trial.ruled])
    for i, found in zip(trial.ruled, back.gradients(), strict=True):
        rule = trial.pull(NUMPY, i, g, y, trial.arrays)
        got = np.zeros_like(trial.arrays[i]) if found is None else found.numpy()
        close(got, rule, 1e-11, f"{trial}, gradient {i} of the composition")


@each_op
def test_every_operation_can_be_explained(op):
    check_explained(op)


@each_trial
def test_elements(trial):
    if trial.op.reading is not None:
        check_reading(trial)
    if trial.op.elementwise:
        check_elementwise(trial)
    if trial.op.composition is not None:
        check_composition(trial)
