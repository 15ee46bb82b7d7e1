"""Random networks: parts add up to values, values are the engine's, and what is printed is true."""

import numpy as np
import pytest

import clearprop as cp
from clearprop.explain.formula import evaluate, leaves
from clearprop.explain.verify import claims, verify
from tests.draw.why_checks import derivations, latex_faults, mathml_faults, table_lines
from tests.explain.random_networks import KINDS, LOSSES, network


def assert_adds_up(e):
    for step in e.steps:
        if step.formula is None:
            continue
        size = max([abs(q.value) for q in leaves(step.formula)], default=1.0)
        again = evaluate(step.formula)
        assert again == pytest.approx(step.value, rel=1e-10, abs=1e-13 * max(1.0, size)), step


def assert_true_as_printed(e, lang):
    """Recompute every number of every display from what stands there."""
    text, mathml = e.to_text(lang=lang), e.to_mathml(lang=lang)
    assert verify(text) == []
    count = len(list(claims(text)))
    for lines in (derivations(e.to_html(lang=lang)), table_lines(mathml)):
        assert verify("\n".join(lines)) == []
        assert len(list(claims("\n".join(lines)))) == count
    assert latex_faults(e.to_latex(lang=lang)) == []
    assert mathml_faults(mathml) == []
    return count


@pytest.mark.parametrize("seed", range(len(LOSSES)))
@pytest.mark.parametrize("kind", KINDS)
def test_every_explanation_is_the_engines_number_and_true(kind, seed):
    model, x, y, chosen = network(kind, seed)
    rng, lang = np.random.default_rng(seed), ("ko", "en")[seed % 2]
    depth = None if seed == KINDS.index(kind) else 2  # all the way once: it is long
    model.train_on_batch(x, y)  # so that the optimizer remembers something
    explained = {}
    for k in rng.choice(len(model.trainable_weights), 2, replace=False):
        w = model.trainable_weights[int(k)]
        index = tuple(int(rng.integers(n)) for n in w.shape)
        address = f"{w.path}[{','.join(map(str, index))}]"
        e = cp.why(model, address, x=x, y=y, training=True, depth=depth, top=3)
        assert_adds_up(e)
        assert assert_true_as_printed(e, lang) > 0 or e.value == 0
        explained[w.path] = index, e
    loss = cp.why(model, "loss", x=x, y=y, training=True, depth=2, top=3)
    assert_adds_up(loss)
    assert_true_as_printed(loss, lang)
    assert loss.value == pytest.approx(model.train_on_batch(x, y), rel=1e-12), chosen
    for w in model.trainable_weights:
        if w.path in explained:
            index, e = explained[w.path]
            assert e.facts["next"] == pytest.approx(float(w.data[index]), rel=1e-12), chosen


@pytest.mark.parametrize("kind", KINDS)
def test_a_wrong_rule_is_noticed(kind, monkeypatch):
    """The check can fail: sums that are told one term short do not add up."""
    from clearprop.explain.reader import Reader

    whole = Reader._sum

    def short(self, node, total, value):
        made = whole(self, node, total, value)
        parts = getattr(made, "parts", ())
        return made if len(parts) < 2 else type(made)(parts[1:], 0, 0.0, 1.0, value)

    monkeypatch.setattr(Reader, "_sum", short)
    model, x, y, _ = network(kind, 1)
    addresses = [f"{w.path}[{','.join('0' * w.data.ndim)}]" for w in model.trainable_weights]
    with pytest.raises(AssertionError):
        [assert_adds_up(cp.why(model, address, x=x, y=y)) for address in addresses]
