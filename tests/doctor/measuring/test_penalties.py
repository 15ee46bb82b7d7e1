"""Penalties on the weights, in the loss and in the gradient."""

import pytest


def more(c, *names):
    return lambda g, s: g | {n: g[n] + c * s.p[n] for n in names}


@pytest.mark.parametrize(
    ("slip", "decay", "name"),
    [
        (more(-0.2, "A", "B"), 0.2, "regularisation-in-loss-only"),
        (more(0.2, "A", "B"), 0.2, "regularisation-factor"),
        (more(-0.1, "A", "B"), 0.2, "regularisation-factor"),
        (more(0.2, "A", "B"), 0.0, "regularisation-in-gradient-only"),
    ],
)
def test_it_is_named(named, slip, decay, name):
    assert named.net(slip, decay=decay) == [name]


def test_sound_with_a_penalty(named):
    assert named.net(lambda g, s: g, decay=0.3) == []


def test_a_penalty_of_the_wrong_sign_has_no_name(named):
    assert named.net(more(-0.4, "A", "B"), decay=0.2) == []
