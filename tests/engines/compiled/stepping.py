"""A step traced and run by NumPy beside the eager engine's, from the same start."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np

from clearprop.core.namespaces import NUMPY
from clearprop.core.tree import flatten
from clearprop.engines import Data, Eager, Task, Watch
from clearprop.engines.compiled.interpret import check, interpret
from clearprop.engines.compiled.trace.step import trace_training
from clearprop.optim import SGD
from clearprop.train.beside import beside

STANDING = SimpleNamespace(holds=lambda: True, foreign=(), open=False)


def task_of(model, x, y, **fit):
    """Give the task and the data that `fit` hands to an engine."""
    handed = {}

    class AskedError(Exception):
        pass

    def taking(task, data, *_):
        handed.update(task=task, data=data)
        raise AskedError

    setup = model.setup_for("fit")
    engine = setup.engine
    setup.engine = Eager()
    setup.engine.train = setup.engine.train_through = taking
    try:
        model.fit(x, y, verbose=0, **fit)
    except AskedError:
        pass
    finally:
        setup.engine = engine
    return handed["task"], handed["data"]


def task_for(layer, forward, rule=None):
    """Make a task of a layer alone: its results' squares, weighted, are to become small."""

    def loss(y, output, weight):
        squares = [(each * each * (1.0 + 0.1 * k)).mean() for k, each in enumerate(_floats(output))]
        return sum(squares[1:], squares[0])

    return Task(
        forward=forward, loss=loss, predict=lambda output: output,
        leaves=layer.trainable_weights, rule=SGD(0.05, momentum=0.5) if rule is None else rule,
        beside=beside(layer, STANDING),
    )  # fmt: skip


def layer_task(example, layer=None):
    """Make a task of an example of a layer; give its data and the rows of a batch as well."""
    layer, inputs = layer or example.made(), example.inputs()
    example.call(layer, inputs, training=False)  # which builds it

    def forward(x, training):
        return example.call(layer, x if isinstance(x, list) else [x], training=training)

    data = Data(inputs[0] if len(inputs) == 1 else inputs)
    return task_for(layer, forward), data, len(inputs[0])


def _floats(output):
    return [each for each in flatten(output)[0] if each.dtype.kind == "f"]


def starting(traced, task):
    """Give the arrays of a program's states."""
    arrays = []
    leaves = {leaf.path: leaf for leaf in task.leaves}
    for held in traced.states:
        if held.leaf is not None:
            arrays.append(held.leaf.node.data)
            continue
        known = task.memory.states.get(held.path)
        if known is None:
            known = task.rule.start(NUMPY, leaves[held.path].node.data)
        arrays.append(known[held.name])
    return [np.array(array) for array in arrays]


def leaves_of(traced, task, batch, step, states, counts):
    """Give the array of every leaf of a program in one step."""
    program = traced.program
    given = dict(zip(program.data, flatten(batch)[0], strict=True))
    given |= zip(program.states, states, strict=True)
    numbers = {"lr": task.rule.rate(step), "step": float(step)}
    given |= {
        s: np.float64(numbers[n]) for s, n in zip(program.scalars, traced.scalars, strict=True)
    }
    for value, d in zip(program.draws, traced.draws, strict=True):
        number = counts[d.path] + step * traced.drawn_per_step[d.path] + d.offset
        drawn = task.beside.draw(d.path, d.seed, number, d.kind, d.shape, d.rate)
        assert (drawn.shape, drawn.dtype) == (value.shape, value.dtype)
        given[value] = drawn
    return given


def beside_eager(task, data, *, batch, steps=3, rtol=1e-10):
    """Take steps both ways; compare losses, and whatever lasts. Give what was traced."""
    size = len(data) - batch + 1
    rows = [slice(k * batch % size, k * batch % size + batch) for k in range(steps)]
    counts = {path: counter.step for path, counter in task.beside.counters.items()}
    before = [(leaf.node, leaf.node.data) for leaf in task.beside.variables]
    traced = trace_training(task, *data.take(rows[0]))
    assert counts == {path: counter.step for path, counter in task.beside.counters.items()}
    assert all(
        leaf.node is node and node.data is array
        for leaf, (node, array) in zip(task.beside.variables, before, strict=True)
    )
    check(traced.program.outputs)
    states, losses = starting(traced, task), []
    for step, own in enumerate(rows, task.memory.step):
        given = leaves_of(traced, task, data.take(own), step, states, counts)
        states, results = interpret(traced.program, given)
        losses.append(float(results[0]))
    eager = replace(task, meters=())
    epochs = [
        epoch
        for step, own in enumerate(rows)
        for epoch in Eager().train(eager, data, [step], lambda _, own=own: [own], Watch())
    ]
    np.testing.assert_allclose(losses, [epoch.logs["loss"] for epoch in epochs], rtol=rtol)
    assert traced.unreached == set().union(*(epoch.unreached for epoch in epochs))
    for held, got in zip(traced.states, states, strict=True):
        own = (
            held.leaf.node.data
            if held.leaf is not None
            else task.memory.states[held.path][held.name]
        )
        expected = np.asarray(own)
        assert (got.shape, got.dtype) == (expected.shape, expected.dtype), held
        scale = np.max(np.abs(expected.astype(float)), initial=1e-30)
        np.testing.assert_allclose(got, expected, rtol=rtol, atol=rtol * scale, err_msg=str(held))
    return traced


def told(traced, task, batch):
    """Give the results of one step, the first."""
    counts = dict.fromkeys(traced.drawn_per_step, 0)
    given = leaves_of(traced, task, batch, 0, starting(traced, task), counts)
    return interpret(traced.program, given)[1]


def numbers(*shape, seed=0):
    return np.random.default_rng(seed).standard_normal(shape)


__all__ = [
    "Data",
    "beside_eager",
    "layer_task",
    "leaves_of",
    "numbers",
    "starting",
    "task_for",
    "task_of",
    "told",
]
