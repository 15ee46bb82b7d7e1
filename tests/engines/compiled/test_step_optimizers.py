"""A whole step by every optimizer, traced, against the eager engine's."""

import pytest

import clearprop as cp
from clearprop import optim
from tests.engines.compiled.stepping import beside_eager, numbers, task_of
from tests.optim.cases import CASES, every_case, every_common, made

X, Y = numbers(12, 3), numbers(12, 2, seed=1)


def trained(optimizer, **options):
    model = cp.Sequential(
        [
            cp.Input((3,)),
            cp.layers.Dense(4, activation="tanh", dtype="float64", **options),
            cp.layers.Dense(2, dtype="float64"),
        ]
    )
    model.compile(optimizer=optimizer, loss="mse")
    return task_of(model, X, Y, batch_size=4)


@every_case
def test_steps_of_each_optimizer(case):
    beside_eager(*trained(made(case)), batch=4, steps=4)


@every_common
@pytest.mark.parametrize("name", ["sgd", "adam", "adafactor", "nadam"])
def test_steps_with_what_all_have(name, common):
    beside_eager(*trained(optim.OPTIMIZERS[name](learning_rate=0.1, **common)), batch=4, steps=7)


@pytest.mark.parametrize("name", optim.OPTIMIZERS)
def test_single_precision_stays_single(name):
    model = cp.Sequential([cp.Input((3,)), cp.layers.Dense(2)])
    model.compile(optimizer=optim.OPTIMIZERS[name](), loss="mse")
    task, data = task_of(model, X, Y, batch_size=4)
    beside_eager(task, data, batch=4, steps=4, rtol=2e-4)


def test_a_schedule_is_a_number_of_each_step():
    rate = optim.schedules.ExponentialDecay(0.5, 2, 0.5, staircase=True)
    traced = beside_eager(*trained(optim.SGD(rate)), batch=4, steps=5)
    assert traced.scalars == ["lr"]


def test_weights_are_put_through_their_constraints():
    options = {"kernel_constraint": "max_norm", "kernel_regularizer": "l2"}
    beside_eager(*trained(optim.SGD(0.5), **options), batch=4)


def test_an_optimizer_that_has_begun_goes_on():
    task, data = trained(optim.Adam(0.1))
    beside_eager(task, data, batch=4)
    assert task.memory.step == 3
    beside_eager(task, data, batch=4)
    assert task.memory.step == 6


def test_every_optimizer_is_among_the_cases():
    assert {name for name, _ in CASES} == set(optim.OPTIMIZERS)
