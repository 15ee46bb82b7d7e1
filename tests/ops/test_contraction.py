"""Products: einsum gives what NumPy's gives, and shapes that do not fit are refused in words."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import clearprop as cp
from clearprop.core.namespaces import NUMPY
from clearprop.core.op import REGISTRY
from clearprop.errors import OptionError, ShapeError
from clearprop.ops import contraction

SIZES = {"a": 2, "b": 3, "c": 1, "d": 4}


@st.composite
def subscripts(draw):
    """Draw up to three groups of letters, and some of them in an output."""
    terms = draw(st.lists(st.text("abcd", max_size=3), min_size=1, max_size=3))
    letters = sorted(set("".join(terms)))
    out = draw(st.permutations(letters))[: draw(st.integers(0, len(letters)))]
    ellipsis = draw(st.booleans())
    groups = [t + "..." * (ellipsis and draw(st.booleans())) for t in terms]
    dots = "..." * any("..." in g for g in groups)
    return f"{','.join(groups)}->{''.join(out)}{dots}"


def arrays_for(text):
    rng = np.random.default_rng(len(text))
    shapes = []
    for i, term in enumerate(text.split("->")[0].split(",")):
        shape = [SIZES[c] for c in term.replace("...", "")]
        shapes.append(shape + ([1 + 4 * (i % 2), 5][i % 2 :] if "..." in term else []))
    return [rng.standard_normal(shape) for shape in shapes]


def check_einsum(op, text):
    arrays = arrays_for(text)
    expected = np.einsum(text, *arrays)
    found = op.compute(NUMPY, *arrays, subscripts=text)
    np.testing.assert_allclose(found, expected, rtol=1e-12, atol=1e-12)
    assert op.shape(*(x.shape for x in arrays), subscripts=text) == expected.shape
    g = np.random.default_rng(1).standard_normal(expected.shape)
    for i, x in enumerate(arrays):  # it is linear in each: <g, f(x)> = <rule(g), x>
        share = op.rule(i)(NUMPY, g, found, *arrays, subscripts=text)
        got = np.sum(np.broadcast_to(x, share.shape) * share)
        np.testing.assert_allclose(got, np.sum(g * expected), rtol=1e-10, atol=1e-10)


@settings(max_examples=300, deadline=None)
@given(subscripts(), st.sampled_from([0, 10**6]))
def test_einsum(text, few):
    before, contraction.FEW_PRODUCTS = contraction.FEW_PRODUCTS, few
    try:
        check_einsum(REGISTRY["einsum"], text)
    finally:
        contraction.FEW_PRODUCTS = before


def test_a_forgotten_letter_is_rejected(monkeypatch):
    op = REGISTRY["einsum"]
    rule = op.rules["operands"]
    monkeypatch.setitem(
        op.rules,
        "operands",
        lambda xp, g, y, i, *x, **p: rule(xp, g[..., :1] + 0 * g, y, i, *x, **p),
    )
    with pytest.raises(AssertionError):
        check_einsum(op, "ab,bd->ad")


def test_without_an_arrow_letters_that_come_once_are_left():
    x, y = np.arange(6.0).reshape(2, 3), np.arange(6.0).reshape(3, 2)
    assert cp.einsum("ij,jk", x, y).tolist() == (x @ y).tolist()
    assert cp.einsum("ba", x).tolist() == x.T.tolist()
    assert cp.einsum("ii", x[:, :2]).item() == 4.0


def test_spaces_do_not_matter():
    assert cp.einsum(" i j , j -> i ", np.ones((2, 3)), np.ones(3)).tolist() == [3.0, 3.0]


X = np.ones((2, 3))
REFUSED = {
    "sizes": (lambda: cp.einsum("ij,jk->ik", X, X), ShapeError, "'j' is 3, but 2 in array 1"),
    "size 1 is not repeated": (
        lambda: cp.einsum("ij,j->i", X, np.ones(1)), ShapeError, "'j' is 3, but 1"),
    "unknown output": (lambda: cp.einsum("ij->k", X), OptionError, "must name letters"),
    "output twice": (lambda: cp.einsum("ij->ii", X), OptionError, "each once"),
    "too many arrays": (lambda: cp.einsum("ij", X, X), ShapeError, "speaks of 1 arrays; got 2"),
    "too many letters": (lambda: cp.einsum("ijk->i", X), ShapeError, "for an array of 2 axes"),
    "too few letters": (lambda: cp.einsum("i->i", X), ShapeError, "for an array of 2 axes"),
    "no letters": (lambda: cp.einsum("i!->i", X), OptionError, "write letters"),
    "an ellipsis summed away": (lambda: cp.einsum("...j->", X), OptionError, "an ellipsis"),
    "tensordot": (lambda: cp.tensordot(X, X, axes=1), ShapeError, "axis 1 of x1 .* has size 3"),
    "tensordot of too many": (lambda: cp.tensordot(X, X, axes=3), ShapeError, "axes=3"),
    "tensordot unpaired": (
        lambda: cp.tensordot(X, X, axes=((0, 1), (0,))), ShapeError, "2 and 1 axes"),
    "vecdot": (lambda: cp.vecdot(X, np.ones((2, 1))), ShapeError, "must be equal"),
    "vecdot from the front": (lambda: cp.vecdot(X, X, axis=0), ShapeError, "count from the end"),
    "outer": (lambda: cp.outer(X, X), ShapeError, "tensordot with axes=0"),
    "matmul": (lambda: cp.matmul(X, X), ShapeError, r"must equal .* x2.T would fit"),
    "matmul, no mend": (lambda: cp.matmul(X, np.ones((4, 5))), ShapeError, r"must equal [^.]*\.$"),
    "matmul of a number": (lambda: cp.matmul(X, 2.0), ShapeError, r"Use \* instead"),
    "matmul of stacks": (
        lambda: cp.matmul(np.ones((2, 3, 4)), np.ones((3, 4, 5))), ShapeError, "do not broadcast"),
}  # fmt: skip


@pytest.mark.parametrize(("call", "kind", "words"), REFUSED.values(), ids=REFUSED)
def test_refused(call, kind, words):
    with pytest.raises(kind, match=words):
        call()


STACKS = [(), (1,), (3,), (2, 1), (2, 3)]


@pytest.mark.parametrize("left", STACKS)
@pytest.mark.parametrize("right", STACKS)
@pytest.mark.parametrize(("one", "two"), [("v", "v"), ("v", "m"), ("m", "v"), ("m", "m")])
def test_matmul_of_all_ranks(left, right, one, two):
    """Value and gradient of every combination of vector, matrix and stack that broadcasts."""
    if (one == "v" and left) or (two == "v" and right):
        left = () if one == "v" else left
        right = () if two == "v" else right
    rng = np.random.default_rng(0)
    x1 = rng.standard_normal((*left, *(() if one == "v" else (2,)), 4))
    x2 = rng.standard_normal((*right, 4, *(() if two == "v" else (5,))))
    y, pull = cp.vjp(cp.matmul, x1, x2)
    expected = np.matmul(x1, x2)
    np.testing.assert_allclose(y.numpy(), expected)
    g = rng.standard_normal(expected.shape)
    for share, x in zip(pull(g), (x1, x2), strict=True):
        assert share.shape == x.shape
        np.testing.assert_allclose((share.numpy() * x).sum(), (g * expected).sum(), rtol=1e-12)
