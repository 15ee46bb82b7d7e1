"""The backward walk: in what order, how far, and what it tells on the way."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

import clearprop as cp
from clearprop.core.namespaces import NUMPY
from clearprop.core.tape import Backward, order, plain, unbroadcast, walk
from clearprop.core.tensor import Node, Tensor, leaf
from clearprop.errors import GradientError, ShapeError


def back(root, seed, *targets, **options):
    nodes = [t.node for t in targets]
    return walk(root.node, np.asarray(seed), nodes, NUMPY, plain, **options)


@st.composite
def graphs(draw):
    """Draw results made of earlier ones, each of one or two, some of constants."""
    tensors = [cp.tensor(1.5), cp.tensor(-0.5), cp.tensor(2.0, requires_grad=False)]
    for _ in range(draw(st.integers(1, 25))):
        a, b = (tensors[draw(st.integers(0, len(tensors) - 1))] for _ in range(2))
        tensors.append(draw(st.sampled_from([a + b, a * b * 0.5, cp.sin(a)])))
    return tensors


@given(graphs())
def test_everything_comes_after_what_it_was_made_from(tensors):
    root = tensors[-1].node
    done = order(root)
    place = {node: n for n, node in enumerate(done)}
    assert len(place) == len(done)
    assert done[-1] is root
    for node in done:
        for x in node.inputs:
            if isinstance(x, Node) and x.needs_grad:
                assert place[x] < place[node]
            elif isinstance(x, Node):
                assert x not in place


def forward(root, target):
    """Differentiate the other way round, from the target on, by the rules of school."""
    slopes = {}
    for node in order(root.node):
        values = [x.data if isinstance(x, Node) else x for x in node.inputs]
        d = [slopes.get(x, 0.0) if isinstance(x, Node) else 0.0 for x in node.inputs]
        name = node.op.name if node.op else "leaf"
        slopes[node] = {
            "leaf": lambda v, d: 0.0,
            "add": lambda v, d: d[0] + d[1],
            "multiply": lambda v, d: d[0] * v[1] + d[1] * v[0],
            "sin": lambda v, d: d[0] * np.cos(v[0]),
        }[name](values, d)
        if node is target.node:
            slopes[node] = 1.0
    return slopes[root.node]


@given(graphs(), st.data())
def test_a_target_anywhere_gets_the_derivative_there(tensors, data):
    root = tensors[-1]
    target = tensors[data.draw(st.integers(0, len(tensors) - 1))]
    (g,) = back(root, 1.0, target)
    if target.node in order(root.node):
        assert (0.0 if g is None else float(g)) == pytest.approx(forward(root, target), 1e-12)
    else:
        assert g is None


def test_the_walk_does_not_go_beyond_its_targets():
    def opaque(xp, x):
        return x * 2

    f = cp.op("{x}", "{x}", shape=lambda x: x, cases=[])(opaque)
    x = cp.tensor(3.0)
    h = f(x)
    y = h * h
    assert back(y, 1.0, h) == [12.0]
    with pytest.raises(GradientError, match="opaque has no derivative"):
        back(y, 1.0, x)


def test_targets_that_lie_behind_one_another_all_get_theirs():
    x = cp.tensor(3.0)
    h = x * x
    y = h * h
    assert back(y, 1.0, x, h, y) == [108.0, 18.0, 1.0]


def test_what_is_not_on_the_way_gets_none():
    x, other = cp.tensor(3.0), cp.tensor(1.0)
    assert back(x * x, 1.0, other, x, other * 2) == [None, 6.0, None]
    constant = cp.tensor(2.0, requires_grad=False)
    assert back(constant * 2, 1.0, x) == [None]
    assert back(x * constant, 1.0, constant, x) == [None, 2.0]


def test_the_same_target_twice():
    x = cp.tensor(3.0)
    assert back(x * x, 1.0, x, x) == [6.0, 6.0]


def test_each_node_is_told_of_once_with_its_whole_gradient():
    x = cp.tensor(3.0)
    h = x * 2
    y = h * h + h
    told = []
    back(y, 1.0, x, observe=lambda node, g: told.append((node, float(g))))
    assert told[0] == (y.node, 1.0)
    assert (h.node, 13.0) in told
    assert (x.node, 26.0) in told
    assert len(told) == len({node for node, _ in told}) == 4


def test_a_seed_is_not_written_to():
    x = leaf(np.ones(3), requires_grad=True)
    seed = np.ones(3)
    for y in (x + x, x * 1.0 + x, cp.reshape(x, shape=(3,))):
        back(y, seed, x)
    assert seed.tolist() == [1.0, 1.0, 1.0]


def test_the_gradient_of_one_use_is_not_written_to_by_another():
    x, y = leaf(np.ones(2), requires_grad=True), leaf(np.ones(2), requires_grad=True)
    z = x + y  # both get the very same array
    gx, gy = back(z + x, np.ones(2), x, y)
    assert gx.tolist() == [2.0, 2.0]
    assert gy.tolist() == [1.0, 1.0]


def test_many_uses_are_added_up_in_an_array_that_nobody_else_holds():
    seen = []

    def same_again(xp, x):
        return x * 1.0

    def rule(xp, g, y, x):
        seen.append((g, np.array(g)))
        return g  # itself: the gradient of another

    f = cp.op("{x}", "{x}", shape=lambda x: x, cases=[])(same_again)
    f.vjp(x=rule)
    x, seed = leaf(np.ones((2, 3)), requires_grad=True), np.full((2, 3), 3.0)
    h = f(x)
    gh, gx = back(f(h) + f(h) + h * 2.0 + f(h) + f(x) + x + x, seed, h, x)
    assert (gh == 3.0 * 5).all()
    assert (gx == 3.0 * (5 + 3)).all()
    assert len(seen) == 5
    for array, was in [*seen, (seed, np.full((2, 3), 3.0))]:
        np.testing.assert_array_equal(array, was)


def test_a_recorded_gradient_remembers_whose_it_is():
    w = cp.tensor(3.0, name="w")
    h = w * w
    h.name = "h"
    run = Backward((h * h).node, Tensor(Node(np.float64(1.0))), [w.node])
    (g,) = run.gradients()
    assert run.recorded is None  # nobody has asked
    (made,) = g.node.inputs
    assert run.gradient_of[made].name == "w"
    assert "h" in {node.name for node in run.gradient_of.values()}
    assert run.record(0) is made  # once only


def test_a_gradient_shows_how_it_was_made():
    x = cp.tensor(3.0)
    (x * x).backward()
    node = x.grad.node
    assert node.op.name == "alias"
    assert node.inputs[0].op.name == "add"  # both uses, added up
    assert {n.op.name for n in node.inputs[0].inputs} == {"multiply"}
    assert float(node.inputs[0].data) == float(node.data) == 6.0


@given(
    arrays.mutually_broadcastable_shapes(num_shapes=2, max_dims=4, min_side=0, max_side=3),
    st.integers(0, 2**32 - 1),
)
def test_unbroadcasting_is_the_transpose_of_broadcasting(shapes, seed):
    rng = np.random.default_rng(seed)
    shape, whole = shapes.input_shapes[0], shapes.result_shape
    x, g = rng.standard_normal(shape), rng.standard_normal(whole)
    added = unbroadcast(NUMPY, g, shape) if g.shape != shape else g
    assert added.shape == shape
    np.testing.assert_allclose(np.sum(added * x), np.sum(g * np.broadcast_to(x, whole)), atol=1e-12)


@pytest.mark.parametrize(
    ("g", "shape"),
    [((4, 3), (3, 4)), ((2, 3), (2, 4)), ((5, 2, 3), (2, 4)), ((2,), (3,)), ((0,), (3,))],
)
def test_a_gradient_that_cannot_belong_is_refused(g, shape):
    with pytest.raises(ShapeError, match=r"a gradient of shape .* for an input of shape"):
        unbroadcast(NUMPY, np.ones(g), shape)
