"""Steps that are all the same: taken one by one, unless somebody says otherwise."""

import clearprop as cp
from clearprop.core.looping import rolled, rolling, rolling_by


def turn(parts, states):
    (x,), (total,) = parts, states
    return total + x, [total + x]


def at_once(turn, sequences, states, *, reverse, whole):
    """Take the first step alone, and tell how it was asked for."""
    return turn([x[0] for x in sequences], states), reverse, whole


X, START = cp.tensor([[1.0], [2.0]]), [cp.tensor([10.0])]


def test_by_itself_nobody_takes_them_at_once():
    assert not rolling()
    assert rolled(turn, [X], START, reverse=False, whole=True) is None


def test_another_way_is_asked():
    with rolling_by(at_once):
        assert rolling()
        (result, _), reverse, whole = rolled(turn, [X], START, reverse=True, whole=False)
        with rolling_by(lambda *_, **__: None):
            assert rolled(turn, [X], START, reverse=False, whole=True) is None
    assert result.tolist() == [11.0]
    assert (reverse, whole) == (True, False)
    assert not rolling()
