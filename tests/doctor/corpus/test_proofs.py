"""A listing's own proof accepts what is right and rejects what is not."""

import numpy as np

from tests.doctor.corpus.proofs import departs, differs


class Holder:
    b = 0.3


def test_differs():
    w, held = np.array([[1.0, -2.0], [0.5, 3.0]]), Holder()
    value = lambda: np.sum(w**2) * held.b
    assert not differs(value, lambda: [2 * w * held.b, np.sum(w**2)], [w, (held, "b")])
    assert differs(value, lambda: [2 * w * held.b, -np.sum(w**2)], [w, (held, "b")])
    assert differs(value, lambda: [(2 * w * held.b).ravel(), np.sum(w**2)], [w, (held, "b")])
    assert differs(value, lambda: [2 * w * held.b], [w, (held, "b")])
    assert differs(value, lambda: [None], [w])
    assert (w[0, 0], held.b) == (1.0, 0.3)


def test_departs():
    rule = lambda s, g: s.update(v=0.9 * s.get("v", 0) + g) or 0.1 * s["v"]
    velocity = [0.0]

    def step(w, g, sign=1.0):
        velocity[0] = sign * 0.9 * velocity[0] + g
        return w - 0.1 * velocity[0]

    assert not departs(step, rule)
    assert departs(lambda w, g: step(w, g, -1.0), rule)
