"""A number that changes again and again is compiled twice, and handed in from then on."""

import os

import numpy as np
import pytest

import clearprop as cp
from clearprop.engines.compiled import programs
from clearprop.engines.compiled.engine import Compiled
from clearprop.engines.compiled.forms import Form
from clearprop.engines.compiled.program import Loop, Program, Value
from clearprop.engines.compiled.running import Interpreted
from clearprop.engines.compiled.trace.step import Traced
from tests.engines.compiled.fitting import CLOSE
from tests.engines.compiled.natively import constant, leaf, made

X = np.random.default_rng(0).standard_normal((12, 3))
Y = X[:, :2] * 2


class Annealed(cp.layers.Layer):
    """Has a share that somebody sets."""

    def __init__(self, share=1.0, power=2, **options):
        super().__init__(**options)
        self.share, self.power = share, power

    def call(self, x):
        return x * self.share + self.share * x**self.power


def net(build=None, **options):
    cp.utils.set_random_seed(2)
    model = cp.Sequential(
        [cp.Input((3,)), cp.layers.Dense(3), Annealed(**options), cp.layers.Dense(2)],
        dtype="float64",
    )
    model.compile(cp.optimizers.Adam(0.01), "mse", metrics=["mae"], engine="eager")
    if build is not None:
        model._setup.engine = Compiled(build)
    return model


def annealing(model, name="share", values=lambda k: 1.0 / (k + 1)):
    return cp.callbacks.LambdaCallback(
        on_epoch_begin=lambda k, logs=None: setattr(model.layers[1], name, values(k))
    )


def annealed(model, **how):
    callbacks = [annealing(model, **how)]
    fit = model.fit(X, Y, 4, epochs=6, verbose=0, seed=1, callbacks=callbacks)
    return fit.history, model.get_weights()


def same(one, other):
    for name in one[0]:
        np.testing.assert_allclose(one[0][name], other[0][name], **CLOSE["float64"])
    for a, b in zip(one[1], other[1], strict=True):
        np.testing.assert_allclose(a, b, **CLOSE["float64"])


@pytest.mark.parametrize("native", [False, True])
def test_a_setting_that_changes_each_epoch_is_compiled_twice(native):
    compiled = net(Interpreted)
    if native:
        compiled._setup.engine = Compiled()
    same(annealed(compiled), annealed(net()))
    assert compiled._setup.engine.programs.made == 2


def test_it_is_so_between_fits_too():
    compiled, eager = net(Interpreted), net()
    for share in (1.0, 0.5, 0.25, 0.25, 2.0, 1.0):
        for model in (compiled, eager):
            model.layers[1].share = share
            model.fit(X, Y, 4, epochs=2, verbose=0, seed=1)
    for a, b in zip(compiled.get_weights(), eager.get_weights(), strict=True):
        np.testing.assert_allclose(a, b, **CLOSE["float64"])
    assert compiled._setup.engine.programs.made == 2


def test_a_change_of_what_is_done_is_compiled_each_time():
    compiled, eager = net(Interpreted), net()
    powers = [3, 2, 4]
    for power in powers:
        for model in (compiled, eager):
            model.layers[1].power = power
            model.fit(X, Y, 4, epochs=2, verbose=0, seed=1)
    for a, b in zip(compiled.get_weights(), eager.get_weights(), strict=True):
        np.testing.assert_allclose(a, b, **CLOSE["float64"])


def test_what_nobody_can_watch_is_handed_in_too(monkeypatch):
    class Outside(cp.layers.Layer):
        def call(self, x):
            return x * float(os.environ["CLEARPROP_TEST_SHARE"])

    models = [net(Interpreted), net()]
    for model in models:
        cp.utils.set_random_seed(3)
        monkeypatch.setenv("CLEARPROP_TEST_SHARE", "1.0")
        made_of = [cp.Input((3,)), Outside(dtype="float64"), cp.layers.Dense(2, dtype="float64")]
        own = cp.Sequential(made_of)
        engine = model._setup.engine
        own.compile(cp.optimizers.SGD(0.1), "mse", engine="eager")
        own._setup.engine = engine
        for share in ("1.0", "0.5", "0.5", "3.0", "1.0"):
            monkeypatch.setenv("CLEARPROP_TEST_SHARE", share)
            own.fit(X, Y, 4, epochs=2, verbose=0, seed=1)
        model.made = own.get_weights()
    for a, b in zip(*(model.made for model in models), strict=True):
        np.testing.assert_allclose(a, b, **CLOSE["float64"])
    assert models[0]._setup.engine.programs.made == 2


def test_not_more_forms_are_kept_than_tasks():
    model = net(Interpreted)
    for rows in range(1, 12):
        model.fit(X[:rows], Y[:rows], batch_size=12, verbose=0)
    assert len(model._setup.engine.programs._forms) == programs.OWNERS


def step(factor=2.0, other=2.0, *, op="multiply", kind="float64"):
    x, w = leaf("data", (3,), kind), leaf("state", (3,), kind)
    scaled = made(op, x, made("broadcast", constant(factor, kind), axes=(), shape=(3,)))
    moved = made("add", scaled, made("broadcast", constant(other, kind), axes=(), shape=(3,)))
    return Traced(Program(data=[x], states=[w], after=[made("add", w, moved)], results=[]))


def built():
    made_of = []

    def build(program):
        made_of.append(program)
        return len(made_of)

    return made_of, build


def test_a_number_is_handed_in_once_it_has_changed():
    made_of, build = built()
    first = step()
    form = Form(first, 0)
    assert form.runner(step(), build) == 0
    changed = step(3.0)
    assert form.runner(changed, build) == 1
    assert [float(each) for each in changed.numbers] == [3.0]
    assert changed.program.states[1] is changed.program.after[1]
    assert all(value.kind != "constant" or value.array != 3.0
               for value in changed.program.values())  # fmt: skip
    again = step(4.0)
    assert form.runner(again, build) == 1
    assert [float(each) for each in again.numbers] == [4.0]
    as_at_first = step()
    assert form.runner(as_at_first, build) == 1
    assert [float(each) for each in as_at_first.numbers] == [2.0]
    both = step(4.0, -1.0)
    assert form.runner(both, build) == 2
    assert [float(each) for each in both.numbers] == [4.0, -1.0]
    assert len(made_of) == 2
    assert first.numbers == []


def test_another_program_is_none_of_the_form():
    form = Form(step(), 0)
    made_of, build = built()
    assert form.runner(step(op="add"), build) is None
    assert form.runner(step(kind="float32"), build) is None
    assert made_of == []


def test_what_stands_in_a_loop_stays_there():
    def looping(factor):
        x, carried = leaf("data", (), "float64"), leaf("carried", (), "float64")
        after = made("multiply", carried, constant(factor))
        body = Loop(data=[x], states=[carried], after=[made("add", after, x)])
        given = leaf("data", (5,), "float64")
        scan = Value("scan", (given,), {"body": body, "length": 5, "reverse": False}, (), "float64")
        return Traced(Program(data=[given], results=[scan]))

    form = Form(looping(2.0), 0)
    assert form.runner(looping(2.0), lambda _: 1) == 0
    assert form.runner(looping(3.0), lambda _: 1) is None
