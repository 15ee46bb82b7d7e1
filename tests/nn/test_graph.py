"""Layers put together by calls: what a graph is made of, and what it refuses."""

import copy
import json

import numpy as np
import pytest

import clearprop as cp
from clearprop import nn
from clearprop.errors import AddressError, OptionError, ShapeError
from clearprop.nn import Dense, Dropout, Graph, Input

RNG = np.random.default_rng(4)
X = RNG.standard_normal((5, 4))


def diamond():
    x = Input((4,))
    left, right = Dense(3, "tanh", name="left")(x), Dense(3, name="right")(x)
    return Graph(x, Dense(2, name="last")(left * right + 0.5))


def changed(**parts):
    """Read a description of which parts were changed."""
    return Graph.from_config(diamond().get_config() | parts)


def by_hand(graph, x):
    left, right, last = (graph.layer(name) for name in ("left", "right", "last"))
    return last(left(x) * right(x) + 0.5)


def test_a_graph_computes_what_its_calls_say():
    graph = diamond()
    np.testing.assert_allclose(graph(X).numpy(), by_hand(graph, X).numpy(), rtol=1e-6)
    assert graph.output_shape((None, 4)) == (None, 2)
    assert graph.weights[0].path == "left/kernel"


def test_every_weight_gets_a_gradient():
    graph = diamond()
    cp.sum(graph(X)).backward()
    assert all(w.grad is not None and np.any(w.grad.numpy()) for w in graph.weights)


@pytest.mark.parametrize(
    "build",
    [
        lambda x: x[:, 1:3] @ np.ones((2, 2)),
        lambda x: cp.concat([x, cp.sigmoid(x)], axis=-1)[..., ::2],
        lambda x: 1.0 - x / 2 + np.arange(4.0),
        lambda x: cp.where(x > 0, x, 0.1 * x),
        lambda x: -(abs(x) ** 2.0),
        lambda x: cp.sum(x, axis=-1, keepdims=True),
    ],
)
def test_operations_are_noted_and_written_down(build):
    x = Input((4,))
    graph = Graph(x, build(x))
    expected = build(cp.tensor(X)).numpy()
    np.testing.assert_allclose(graph(X.astype("float32")).numpy(), expected, rtol=1e-5, atol=1e-6)
    again = Graph.from_config(json.loads(json.dumps(graph.get_config())))
    assert np.array_equal(again(X).numpy(), graph(X).numpy())


def test_written_down_and_read_again():
    graph = diamond()
    again = Graph.from_config(json.loads(json.dumps(graph.get_config())))
    assert not np.array_equal(again(X).numpy(), graph(X).numpy())  # weights are drawn anew
    again.set_weights(graph.get_weights())
    assert np.array_equal(again(X).numpy(), graph(X).numpy())
    assert [layer.name for layer in again.layers] == [layer.name for layer in graph.layers]


def test_a_copy_stands_alone():
    graph = diamond()
    twin = copy.deepcopy(graph)
    before = graph(X).numpy()
    assert np.array_equal(twin(X).numpy(), before)
    twin.set_weights([w * 0 for w in twin.get_weights()])
    assert np.array_equal(graph(X).numpy(), before)
    assert not np.array_equal(twin(X).numpy(), before)


def test_training_reaches_what_was_not_told_otherwise():
    x = Input((40,))
    dropping = Graph(x, Dropout(0.5, seed=1)(x))
    never = Graph(x, Dropout(0.5, seed=1)(x, training=False))
    ones = np.ones((1, 40))
    assert 0.0 in dropping(ones, training=True).numpy()
    assert 0.0 not in dropping(ones).numpy()
    assert 0.0 not in never(ones, training=True).numpy()
    again = Graph.from_config(never.get_config())
    assert 0.0 not in again(ones, training=True).numpy()


def test_inputs_by_order_and_by_name():
    a, b = Input((2,), name="a"), Input((3,), name="b")
    graph = Graph([a, b], cp.concat([a, b], axis=-1))
    one, three = np.ones((1, 2)), np.full((1, 3), 3.0)
    expected = [[1, 1, 3, 3, 3]]
    assert graph([one, three]).tolist() == expected
    assert graph({"b": three, "a": one}).tolist() == expected
    with pytest.raises(ShapeError, match=r"takes 2 inputs \(a, b\); got 1"):
        graph(one)
    with pytest.raises(ShapeError, match="without 'b'"):
        graph({"a": one, "c": three})


def test_outputs_in_the_form_they_were_given():
    x = Input((4,))
    y = Dense(2)(x)
    assert isinstance(Graph(x, [y, x])(X), list)
    assert Graph(x, [y])(X).shape == (5, 2)  # one output is that output
    assert Graph(x, {"y": y, "x": x})(X).keys() == {"y", "x"}


def test_a_shared_layer_is_one_layer():
    a, b = Input((4,)), Input((4,))
    shared = Dense(3)
    graph = Graph([a, b], shared(a) - shared(b))
    assert graph.count_params() == 15
    assert graph([X, X]).numpy().tolist() == np.zeros((5, 3)).tolist()


def test_weights_of_a_layer_in_two_models_are_listed_once():
    shared = Dense(4, kernel_regularizer="l2", activity_regularizer="l2")
    x, y, z = Input((4,)), Input((4,)), Input((4,))
    both = Graph(z, Graph(y, shared(y))(Graph(x, shared(x))(z)))
    assert [w.path for w in both.weights] == [w.path for w in shared.weights]
    assert both.count_params() == 20
    both(X)
    assert len(both.losses) == 1 + len(shared._added())


def test_masks_of_inputs_given_by_name_go_with_their_inputs():
    class Told(nn.Layer):
        def call(self, x, mask=None):
            return x * cp.astype(mask, x.dtype)[..., None]

    a, b = Input((3, 1), name="a"), Input((3, 1), name="b")
    graph = Graph({"a": a, "b": b}, {"a": Told()(a), "b": Told()(b)})
    hide = nn.layers.Masking()
    given = {"b": hide(np.array([[[1.0], [1], [0]]])), "a": hide(np.array([[[1.0], [0], [0]]]))}
    made = graph(given)
    assert made["a"].numpy().ravel().tolist() == [1, 0, 0]
    assert made["b"].numpy().ravel().tolist() == [1, 1, 0]


def test_a_graph_is_a_layer():
    inner = diamond()
    x = Input((4,))
    outer = Graph(x, Dense(1)(inner(x)))
    np.testing.assert_allclose(outer(X).numpy(), outer.layers[-1](inner(X)).numpy(), rtol=1e-6)
    assert [w.path for w in outer.weights][:2] == ["graph/left/kernel", "graph/left/bias"]
    chain = nn.Chain([Input((4,)), diamond(), Dense(1)])
    assert chain(X).shape == (5, 1)


def test_layers_are_found():
    graph = diamond()
    assert graph.layer("left") is graph.layer(1)
    with pytest.raises(AddressError, match="Did you mean 'left'"):
        graph.layer("lefd")


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: Graph(Input((4,)), Dense(2)(Input((4,)))), "not among the inputs"),
        (lambda: Graph(Input((4,)), cp.tensor([1.0])), "outputs takes what layers gave"),
        (lambda: Graph([], Dense(2)(Input((4,)))), "inputs is empty"),
        (lambda: Graph(cp.tensor([1.0]), Dense(2)(Input((4,)))), "inputs takes cp.Input"),
        (lambda: (lambda x: Graph([x, x], Dense(2)(x)))(Input((4,))), "one Input twice"),
        (lambda: bool(Input((4,)) > 0), "neither true nor false"),
        (lambda: np.asarray(Input((4,))), "has no values"),
        (lambda: list(Input((4,))), "cannot be gone through"),
        (lambda: Input((4,), batch_shape=(1, 4)), "not both"),
        (lambda: Input((4,), dtype="object"), "inputs are numbers"),
        (lambda: Input((4,), dtype="float65"), "inputs are numbers"),
        (lambda: Graph.from_config({"layers": []}), "does not fit together"),
        (lambda: Graph.from_config({"code": "x"}), "is described by"),
        (lambda: changed(outputs={"tensor": {"call": [9, 0]}}), "no call before this one 9"),
        (lambda: changed(outputs={"run": "x"}), "no kind of argument"),
    ],
)  # fmt: skip
def test_refused_in_words(make, words):
    with pytest.raises(OptionError, match=words):
        make()


def test_shapes_that_do_not_fit_are_told_when_the_call_is_noted():
    x, y = Input((4,)), Input((5,))
    with pytest.raises(ShapeError, match="do not broadcast") as caught:
        x + y
    assert any("called on [(None, 4), (None, 5)]" in note for note in caught.value.__notes__)
    with pytest.raises(ShapeError):
        Dense(2, name="d")(Input((None,)))
