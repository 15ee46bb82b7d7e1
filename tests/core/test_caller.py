"""What warnings point at: the line of the program that called the library."""

import warnings
from pathlib import Path

import numpy as np
import pytest

import clearprop as cp
from clearprop.core import caller


def test_a_warning_from_deep_within_points_at_the_program():
    model = cp.Sequential([cp.Input((1,)), cp.layers.Dense(1)])
    model.compile(cp.optimizers.SGD(1e30), "mse")
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        model.fit(np.ones((4, 1)), np.ones(4), epochs=9, callbacks=[cp.callbacks.EarlyStopping()])
    kinds = {warning.category for warning in said}
    assert kinds == {RuntimeWarning, UserWarning}  # a loss that is none; no val_loss to look at
    assert {Path(warning.filename) for warning in said} == {Path(__file__)}


def test_a_warning_of_a_callback_of_ones_own_is_not_moved():
    class Mine(cp.callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            caller.warn("mine", FutureWarning)

    model = cp.Sequential([cp.Input((1,)), cp.layers.Dense(1)])
    model.compile("sgd", "mse")
    with pytest.warns(FutureWarning, match="mine") as said:
        model.fit(np.ones((4, 1)), np.ones(4), callbacks=[Mine()])
    assert said[0].filename == __file__


def test_who_asks():
    def asked():
        return caller.called_from_outside()

    assert asked()
    code = compile("def within(f): return f()", caller.OURS + "made_up.py", "exec")
    made = {}
    exec(code, made)
    assert not made["within"](asked)
