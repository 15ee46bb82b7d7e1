"""An optimizer of any form is run, and what it changed in between is put back."""

import numpy as np
import pytest

from clearprop.doctor.optimizer_runs import is_step_of_gradients, run
from clearprop.doctor.submitted.guard import Budget, Failed


class OnDicts:
    def update(self, params, grads):
        for k in params:
            params[k] -= 0.1 * grads[k]


class OnLists:
    def update(self, params, grads):
        return [p - 0.1 * g for p, g in zip(params, grads, strict=True)]


class TurnedRound:
    def step(self, grads, params):
        return {k: params[k] - 0.1 * grads[k] for k in params}


class AsksForMore:
    def step(self, w, g, lr, t):
        return w - lr / t * g


def functional(w, g, m, v):
    return w - 0.1 * (m + g), m + g, v


@pytest.mark.parametrize("thing", [OnDicts(), OnLists(), TurnedRound(), AsksForMore(), functional])
def test_first_step(thing):
    ran = run(thing, 0.1, 0, Budget(5.0))
    for name, path in ran.path.items():
        assert np.allclose(ran.first[name] - path[0], 0.1 * ran.gradients[0][name])


def test_a_state_is_handed_on():
    ran = run(functional, None, 0, Budget(5.0))
    second = ran.before("W", 2) - ran.path["W"][1]
    assert np.allclose(second, 0.1 * (ran.gradients[0]["W"] + ran.gradients[1]["W"]))


def test_what_was_counted_is_put_back():
    class Counting(OnDicts):
        count = 0

        def update(self, params, grads):
            self.count += 1
            super().update(params, grads)

    one = Counting()
    run(one, None, 0, Budget(5.0))
    assert one.count == 0


def test_what_cannot_be_run_is_told():
    class Refuses:
        def update(self, params, grads):
            raise ValueError("no")

    with pytest.raises(Failed, match="raised"):
        run(Refuses(), None, 0, Budget(5.0))
    with pytest.raises(Failed, match="no_step"):
        run(object(), None, 0, Budget(5.0))


def test_functions_of_weights_and_gradients():
    assert is_step_of_gradients(functional)
    assert is_step_of_gradients(lambda grads, params: None)
    assert not is_step_of_gradients(lambda x, t: None)
    assert not is_step_of_gradients(lambda params: None)
