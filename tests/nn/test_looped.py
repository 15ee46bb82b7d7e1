"""What layers do with steps that are all the same."""

import clearprop as cp
from clearprop.core.looping import rolling_by
from clearprop.nn.effects import adding_losses_to
from clearprop.nn.looped import at_once, time_first

X = cp.tensor([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])


def test_time_comes_first_and_goes_back():
    assert time_first(X).tolist() == [[1.0, 3.0, 5.0], [2.0, 4.0, 6.0]]
    assert time_first(time_first(cp.tensor(X.numpy()[..., None]))).shape == (3, 2, 1)


def once(turn, sequences, states, **_):
    return turn([x[0] for x in sequences], states)


def test_steps_that_raise_the_loss_are_taken_one_by_one():
    """A penalty would be raised once, for all steps."""
    penalties = []

    def costly(parts, states):
        penalties.append(cp.sum(parts[0]))
        return parts[0], states

    with adding_losses_to(penalties), rolling_by(once):
        made = at_once(lambda parts, states: (parts[0], states), [X], [])
        assert made[0].tolist() == [1.0, 2.0]
        assert at_once(costly, [X], []) is None
    assert penalties == []


def test_nobody_is_asked_who_is_not_there():
    assert at_once(lambda parts, states: 1 / 0, [X], []) is None
