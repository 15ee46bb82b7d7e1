"""
Steps of each optimizer, in each configuration, give the weights that Keras gives.

The weights are several leaves, of 0 to 3 axes, so that what is done leaf by leaf and what is done
over all of them are told apart.
"""

import inspect
import warnings

import numpy as np
import pytest

from clearprop import optim
from clearprop.core.namespaces import NUMPY
from tests.optim.cases import CASES, COMMON, every_case, every_common, made, title

STEPS = 7
TOLERANCE = {"float32": 1e-5, "float64": 1e-10}
SHAPES = {"dense/kernel": (3, 5), "dense/bias": (5,), "cell/kernel": (2, 3, 4), "cell/scale": ()}


class Leaf:
    constraint = None

    def __init__(self, path, data):
        self.path, self.data = path, data

    def hold(self, data):
        assert data.shape == self.data.shape
        assert data.dtype == self.data.dtype
        self.data = data


def start(dtype):
    rng = np.random.default_rng(5)
    return [np.asarray(rng.standard_normal(shape), dtype) for shape in SHAPES.values()]


def gradients(dtype):
    """Give gradients of several sizes, zeros among them, for every step."""
    rng = np.random.default_rng(7)
    size = {5: [0.0, 1e-6, 1e-2, 1.0, 50.0], 4: [1e-3, 0.0, 3.0, 1.0]}
    return [
        [
            np.asarray(rng.standard_normal(s) * size.get(s[-1] if s else 0, 0.5), dtype)
            for s in SHAPES.values()
        ]
        for _ in range(STEPS)
    ]


def ours(optimizer, dtype, steps=STEPS):
    """Train, and give the weights after the last steps and at the end."""
    leaves = [Leaf(path, w) for path, w in zip(SHAPES, start(dtype), strict=True)]
    states, seen = {}, []
    for step, gs in enumerate(gradients(dtype)[:steps]):
        weights = [leaf.data for leaf in leaves]
        gs = [
            g / np.dtype(dtype).type(optimizer.loss_scale_factor or 1) for g in gs
        ]  # an engine's task
        lr = optimizer.rate(step)
        for i, w, state in optimizer.moves(NUMPY, leaves, weights, gs, states, step, lr):
            leaves[i].hold(np.asarray(w))
            states[leaves[i].path] = state
            assert all(each.dtype == dtype for each in state.values())
        seen.append([leaf.data for leaf in leaves])
    optimizer.finalize_variable_values(leaves, states)
    return [*seen[-4:], [leaf.data for leaf in leaves]]


def theirs(keras, name, settings, dtype, exclude=None):
    optimizer = getattr(keras.optimizers, optim.OPTIMIZERS[name].__name__)(**settings)
    variables = [
        keras.Variable(w, dtype=dtype, name=path.rpartition("/")[2])
        for path, w in zip(SHAPES, start(dtype), strict=True)
    ]
    if exclude:
        optimizer.exclude_from_weight_decay(**exclude(variables))
    optimizer.build(variables)
    seen = []
    for gs in gradients(dtype):
        optimizer.apply([keras.ops.convert_to_tensor(g) for g in gs], variables)
        seen.append([v.value for v in variables])
    optimizer.finalize_variable_values(variables)
    return [*seen[-4:], [v.value for v in variables]]


def difference(one, other):
    """Give the largest difference of all weights, relative to the largest of each leaf."""
    return max(
        float(np.max(np.abs(a - np.asarray(b))) / max(1.0, float(np.max(np.abs(b)))))
        for step_a, step_b in zip(one, other, strict=True)
        for a, b in zip(step_a, step_b, strict=True)
    )


@pytest.mark.parametrize("dtype", TOLERANCE)
@every_case
def test_steps_are_keras_s(keras, keras_floatx, case, dtype):
    keras_floatx(dtype)  # Keras keeps its learning rate in this kind of number
    assert difference(ours(made(case), dtype), theirs(keras, *case, dtype)) <= TOLERANCE[dtype]


@pytest.mark.parametrize("dtype", TOLERANCE)
@every_common
def test_common_settings_are_keras_s(keras, keras_floatx, common, dtype):
    keras_floatx(dtype)
    for name in optim.OPTIMIZERS if dtype == "float64" else ["sgd", "adamw"]:
        rate = 0.01 if name == "adafactor" else 0.1
        settings = {"learning_rate": rate, **({"momentum": 0.9} if name == "sgd" else {}), **common}
        own = ours(optim.OPTIMIZERS[name](**settings), dtype)
        assert difference(own, theirs(keras, name, settings, dtype)) <= TOLERANCE[dtype], name


@pytest.mark.parametrize(
    "exclude", [{"var_names": ["bia", "scale"]}, {"var_list": [0, 2]}], ids=str
)
def test_weights_that_do_not_decay_are_keras_s(keras, keras_floatx, exclude):
    keras_floatx("float64")
    settings = {"learning_rate": 0.1, "weight_decay": 0.2}
    paths = list(SHAPES)

    def chosen(of):
        return (
            {"var_list": [of[i] for i in exclude["var_list"]]} if "var_list" in exclude else exclude
        )

    rule = optim.AdamW(**settings)
    rule.exclude_from_weight_decay(**chosen([Leaf(path, None) for path in paths]))
    expected = theirs(keras, "adamw", settings, "float64", exclude=chosen)
    assert difference(ours(rule, "float64"), expected) <= 1e-10
    assert difference(ours(optim.AdamW(**settings), "float64"), expected) > 1e-3
    again = optim.get(optim.serialize(rule))
    assert difference(ours(again, "float64"), expected) <= 1e-10


def test_a_schedule_s_steps_are_keras_s(keras, keras_floatx):
    keras_floatx("float64")
    for settings in ({}, {"gradient_accumulation_steps": 2, "weight_decay": 0.1}):
        rates = [
            schedules.ExponentialDecay(0.1, decay_steps=2, decay_rate=0.5)
            for schedules in (optim.schedules, keras.optimizers.schedules)
        ]
        own = ours(optim.Adam(rates[0], **settings), "float64")
        expected = theirs(keras, "adam", {"learning_rate": rates[1], **settings}, "float64")
        assert difference(own, expected) <= 1e-10


class WrongAdam(optim.Adam):
    """Adam with the slip that a test must not let through."""

    slip = ""

    def update(self, xp, w, g, state, step, lr):
        if self.slip == "no bias correction":
            step = 10**6
        if self.slip == "a step late":
            step = step + 1
        w, after = super().update(xp, w, g, state, step, lr)
        if self.slip == "the average before":
            after["m"] = state["m"]
        return w, after


@pytest.mark.parametrize("slip", ["no bias correction", "a step late", "the average before"])
def test_a_wrong_adam_is_caught(keras, keras_floatx, slip, monkeypatch):
    keras_floatx("float32")
    expected = theirs(keras, "adam", {}, "float32")
    assert difference(ours(WrongAdam(), "float32"), expected) <= TOLERANCE["float32"]
    monkeypatch.setattr(WrongAdam, "slip", slip)
    assert difference(ours(WrongAdam(), "float32"), expected) > 10 * TOLERANCE["float32"]


def wrongly(name, monkeypatch):
    """Do one of the common things in a wrong order or measure."""
    from clearprop.optim import clipping, moves

    if name == "global_clipnorm":
        monkeypatch.setattr(
            clipping, "scaled_together",
            lambda xp, gs, limit: [clipping.scaled(xp, g, limit) for g in gs],
        )  # fmt: skip
    if name == "weight_decay":
        monkeypatch.setattr(moves.LeafRule, "update", _decay_afterwards)
    if name == "use_ema":
        monkeypatch.setattr(moves.LeafRule, "averaged", lambda self, xp, w, state: w)


def _decay_afterwards(self, xp, w, g, state, step, lr):
    w, after = self.optimizer.update(xp, w, g, state, step, lr)
    return w - w * self.optimizer.weight_decay * lr, after


@pytest.mark.parametrize("name", ["weight_decay", "global_clipnorm", "use_ema"])
def test_a_common_setting_done_wrong_is_caught(keras, keras_floatx, name, monkeypatch):
    keras_floatx("float64")
    settings = {"learning_rate": 0.1, **next(c for c in COMMON if name in c)}
    expected = theirs(keras, "adam", settings, "float64")
    assert difference(ours(optim.Adam(**settings), "float64"), expected) <= 1e-10
    wrongly(name, monkeypatch)
    assert difference(ours(optim.Adam(**settings), "float64"), expected) > 1e-6


@pytest.mark.parametrize(
    ("case", "other"),
    [
        (("sgd", {"momentum": 0.9}), {"momentum": 0.9, "nesterov": True}),
        (("sgd", {"momentum": 0.9}), {"momentum": 0.89}),
        (("adam", {}), {"epsilon": 1e-6}),
        (("adam", {}), {"beta_2": 0.99}),
        (("adam", {}), {"amsgrad": True, "beta_2": 0.99}),
    ],
    ids=str,
)
def test_another_setting_is_told_apart(keras, keras_floatx, case, other):
    keras_floatx("float64")
    different = ours(optim.OPTIMIZERS[case[0]](**other), "float64")
    assert difference(different, theirs(keras, *case, "float64")) > 1e-7


def test_every_optimizer_is_compared():
    assert {name for name, _ in CASES} == set(optim.OPTIMIZERS)
    assert len({title(case) for case in CASES}) == len(CASES)


@pytest.mark.parametrize("name", optim.OPTIMIZERS)
def test_names_and_defaults_are_keras_s(keras, name):
    kind = optim.OPTIMIZERS[name]
    other = getattr(keras.optimizers, kind.__name__)
    ours, theirs = (
        {
            p.name: p.default
            for p in inspect.signature(each.__init__).parameters.values()
            if p.kind is not p.VAR_KEYWORD and p.name != "self"
        }
        for each in (kind, other)
    )
    assert ours == theirs
    own = [
        p.name for p in inspect.signature(kind).parameters.values() if p.kind is not p.KEYWORD_ONLY
    ]
    assert own == list(theirs)[: len(own)]  # and given without names, they mean the same
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # of NumPy's, in Keras's own code
        written = other().get_config()
    assert set(kind().get_config()) == set(written)
    other(**kind().get_config())
    again = optim.get({"class_name": kind.__name__, "config": written})
    assert again.rate(0) == pytest.approx(kind().rate(0))
