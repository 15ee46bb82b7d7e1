"""Every line of the recurrent cells' derivations against slopes of their forward pass."""

from __future__ import annotations

import numpy as np
import pytest

from clearprop.doctor.catalogue import recurrent, recurrent_weights
from clearprop.doctor.derivations.cells import GATES, Operand, cell_link
from clearprop.doctor.derivations.chain import Chain, Part, Ref

T, N, D, H = 3, 2, 2, 3
FORMS = [
    ("rnn", {"activation": "tanh"}),
    ("rnn", {"activation": "sigmoid"}),
    ("lstm", {"shows": "h"}),
    ("lstm", {"shows": "hc"}),
    ("gru", {"reset": "before", "keeps": True}),
    ("gru", {"reset": "before", "keeps": False}),
    ("gru", {"reset": "after", "keeps": True}),
]
HOW = ["apart", "joined", "with ones", "two biases", "by gate"]


def operands(cell: str, how: str) -> list[Operand]:
    gates = GATES[cell]
    if how == "by gate":
        kinds = (("Wx", "x"), ("Wh", "h"), ("b", "1"))
        return [Operand(f"{role}.{g}", (source,), (g,)) for g in gates for role, source in kinds]
    b = [Operand("b", ("1",), gates)]
    if how == "joined":
        return [Operand("Wxh", ("h", "x"), gates[::-1]), *b]
    if how == "with ones":
        return [Operand("Wxh", ("x", "h", "1"), gates)]
    more = [Operand("bh", ("1h",), gates)] if how == "two biases" else []
    return [Operand("Wx", ("x",), gates), Operand("Wh", ("h",), gates), *b, *more]


def a_chain(cell: str, form: dict, how: str) -> tuple[Chain, dict, np.ndarray]:
    rng = np.random.default_rng(3)
    size = {"x": D, "h": H, "1": 1, "1h": 1}
    own = operands(cell, how)
    values = {"x": rng.normal(size=(T, N, D)), "h0": rng.normal(size=(N, H))}
    for o in own:
        shape = (sum(size[s] for s in o.sources), H * len(o.gates))
        bias = o.sources[0] in ("1", "1h")
        values[o.role] = rng.normal(size=shape[1:] if bias else shape)
    if cell == "lstm":
        values["c0"] = rng.normal(size=(N, H))
    roles = {name: Ref(name) for name in values if name != "x"}
    chain = Chain((Part(cell_link(cell, own, form), roles),), Ref("x"))
    return chain, values, rng.normal(size=chain.forward(values).shape)


def slopes(chain: Chain, values: dict, g: np.ndarray, name: str) -> np.ndarray:
    found = np.zeros(values[name].shape)
    for i in np.ndindex(found.shape):
        ends = []
        for step in (1e-6, -1e-6):
            moved = values[name].copy()
            moved[i] += step
            ends.append(np.sum(g * chain.forward({**values, name: moved})))
        found[i] = (ends[0] - ends[1]) / 2e-6
    return found


def off(cell: str, form: dict, how: str, changes: dict | None = None) -> list[str]:
    """Name the gradients that are not the slopes."""
    chain, values, g = a_chain(cell, form, how)
    found = chain.gradients(values, g, changes)
    assert set(found) == set(values)
    return [n for n in values if not np.allclose(found[n], slopes(chain, values, g, n), atol=1e-6)]


@pytest.mark.parametrize(("cell", "form"), FORMS)
def test_every_gradient_is_the_slope(cell, form):
    assert off(cell, form, "apart") == []


@pytest.mark.parametrize("how", HOW)
@pytest.mark.parametrize("cell", [1, 3, 6])
def test_however_the_weights_are_laid_out(cell, how):
    assert off(*FORMS[cell], how) == []


def test_a_changed_line_is_seen():
    cut = {(0, "carry h"): lambda e, right: 0.0}
    assert set(off("rnn", {"activation": "tanh"}, "apart", cut)) == {"x", "h0", "Wx", "Wh", "b"}


def test_weights_of_other_sizes_are_refused():
    chain, values, _ = a_chain("lstm", {"shows": "h"}, "joined")
    with pytest.raises(ValueError, match="rows of the weights"):
        chain.forward({**values, "x": np.zeros((T, N, D + 1))})


@pytest.mark.parametrize("mistake", [*recurrent.MISTAKES, *recurrent_weights.MISTAKES])
def test_every_mistake_changes_something(mistake):
    forms = [*FORMS, ("rnn", {"activation": "relu"})]
    given = [a_chain(cell, form, how) for cell, form in forms for how in ("apart", "by gate")]
    right = [chain.gradients(values, g) for chain, values, g in given]
    changed = 0
    for edit in mistake.edits:
        for (chain, values, g), r in zip(given, right, strict=True):
            link = chain.parts[0].link
            if edit.kind == "recurrent" and edit.where(link, 0, 1):
                after = {n: v * 0.9 for n, v in values.items()}
                places = {(0, place): change for place, change in edit.changes.items()}
                wrong = chain.gradients(values, g, places, after)
                changed += any(
                    np.shape(wrong[n]) != np.shape(r[n]) or not np.allclose(wrong[n], r[n])
                    for n in r
                )
        if changed:
            return
    raise AssertionError(f"{mistake.id}: no form of it makes a difference")
