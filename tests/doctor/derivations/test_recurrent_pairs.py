"""Two cells: one above the other, and one from each end."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from clearprop.doctor.derivations.recurrent_pairs import chains


def steps(x, w, u, b):
    h, out = np.zeros((x.shape[1], len(u))), []
    for one in x:
        h = np.tanh(one @ w + h @ u + b)
        out.append(h)
    return np.array(out)


def above(x, p):
    return steps(steps(x, *p[:3]), *p[3:])


def both_ends(x, p):
    return np.concatenate([steps(x, *p[:3]), steps(x[::-1], *p[3:])[::-1]], axis=2)


def the_ends_alone(x, p):
    return np.concatenate([steps(x, *p[:3])[-1], steps(x[::-1], *p[3:])[-1]], axis=1)


def seen(program, second):
    out = []
    for seed in (1, 2):
        rng = np.random.default_rng(seed)
        shapes = [(2, 3), (3, 3), (3,), (second, 3), (3, 3), (3,)]
        values = {f"p{k}": rng.normal(size=s) * 0.6 for k, s in enumerate(shapes)}
        values["x"] = rng.normal(size=(4, 2, 2))
        out.append((values, program(values["x"], [values[f"p{k}"] for k in range(6)])))
    return out


SUBJECT = SimpleNamespace(
    inputs=("x",), parameters=tuple(f"p{k}" for k in range(6)), target=None, is_loss=False
)


@pytest.mark.parametrize(
    ("program", "second"), [(above, 3), (both_ends, 2), (the_ends_alone, 2)]
)  # fmt: skip
def test_two_cells_are_found_with_the_slopes_that_they_have(program, second):
    observed = seen(program, second)
    chain = next(chains(SUBJECT, observed))
    values, y = observed[0]
    g = np.random.default_rng(3).normal(size=y.shape)
    found = chain.gradients(values, g)
    for name in ("x", "p1", "p4", "p5"):
        moved = {**values, name: values[name] + 1e-6}
        rise = np.sum(g * (chain.forward(moved) - y)) / 1e-6
        assert abs(rise - np.sum(found[name])) < 1e-4


def test_another_way_of_stepping_is_not_two_cells():
    observed = [(v, np.sin(y)) for v, y in seen(above, 3)]
    assert list(chains(SUBJECT, observed)) == []
