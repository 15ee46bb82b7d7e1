"""Recurrent layers by themselves: one operation or many, states, cells of one's own, bad input."""

import numpy as np
import pytest

import clearprop as cp
from clearprop.errors import OptionError, ShapeError, StateError
from clearprop.nn import (
    GRU,
    LSTM,
    RNN,
    Bidirectional,
    Dense,
    GRUCell,
    Layer,
    LSTMCell,
    SimpleRNN,
    SimpleRNNCell,
    TimeDistributed,
)
from clearprop.nn.chance import drawing_from
from clearprop.nn.recurrent import Recurrent

RNG = np.random.default_rng(0)
X = RNG.standard_normal((3, 5, 2))
KINDS = [SimpleRNN, LSTM, GRU]


@pytest.mark.parametrize("backwards", [False, True])
@pytest.mark.parametrize(
    ("kind", "settings"),
    [(SimpleRNN, {}), (SimpleRNN, {"activation": "relu"}), (LSTM, {}), (GRU, {})],
)
def test_one_operation_gives_what_the_steps_give(kind, settings, backwards):
    layer = kind(
        4, **settings, return_sequences=True, return_state=True, go_backwards=backwards,
        dtype="float64",
    )  # fmt: skip
    layer(X)
    answers = []
    for way in (type(layer)._through, Recurrent._through):
        x = cp.tensor(X)
        for w in layer.weights:
            w.grad = None
        y, states = way(layer, x, layer.get_initial_state(3), None, False)
        (y * y).sum().backward()
        answers.append([y, *states, x.grad, *(w.grad for w in layer.weights)])
    assert len(answers[0]) == len(answers[1])
    for a, b in zip(*answers, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-12, atol=1e-13)


def test_an_operation_that_differs_is_noticed(monkeypatch):
    layer = GRU(2, return_sequences=True, dtype="float64")
    plain = layer(X).numpy()
    monkeypatch.setitem(cp.ops.gru.impl, "numpy", lambda xp, x, *rest, **how: np.zeros((5, 10, 3)))
    assert not np.allclose(layer(X), plain)


@pytest.mark.parametrize("kind", KINDS)
def test_weights_have_the_cells_names(kind):
    layer = kind(3, name="layer")
    layer.build((None, None, 2))
    cell = {"SimpleRNN": "simple_rnn_cell", "LSTM": "lstm_cell", "GRU": "gru_cell"}[kind.__name__]
    assert [w.path for w in layer.weights] == [
        f"layer/{cell}/{name}" for name in ("kernel", "recurrent_kernel", "bias")
    ]
    assert layer.units == 3
    assert layer.count_params() == sum(w.size for w in layer.weights)


def test_the_forget_gate_starts_open():
    layer = LSTM(2)
    layer.build((None, 4, 1))
    assert layer.weights[2].tolist() == [0, 0, 1, 1, 0, 0, 0, 0]


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: LSTM(2)(X[:, :, 0]), r"\(N, time steps, features\).*x\[..., None\]"),
        (lambda: GRU(2)(X[:, :0]), "at least one time step"),
        (lambda: SimpleRNN(2)(X[:, :, :0]), "at least one"),
        (lambda: LSTM(2)(X[..., None]), "time steps, features"),
        (lambda: LSTM(2)(X, initial_state=[np.zeros((3, 2))]), "list of 2 of shapes"),
        (lambda: GRU(2)(X, initial_state=[np.zeros((3, 4))]), r"shapes \[\(3, 2\)\]"),
        (lambda: GRU(2)(X, mask=np.ones((3, 4), bool)), r"must be \(3, 5\)"),
        (lambda: Bidirectional(GRU(2))(X, initial_state=[np.zeros((3, 2))]), "list of 2"),
        (lambda: TimeDistributed(Dense(2))(X[:, :, 0]), "None"),
        (lambda: SimpleRNNCell(2)(X, [np.zeros((3, 2))]), "one time step"),
        (lambda: TimeDistributed(Dense(2))(X, mask=np.ones((3, 4), bool)), "begin with"),
    ],
)
def test_shapes_that_do_not_fit(call, words):
    with pytest.raises(ShapeError, match=words):
        call()


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: LSTM(0), "LSTM: units must be a positive whole number; got 0"),
        (lambda: GRU(2.5), "units"),
        (lambda: SimpleRNN(2, dropout=20), "0.2"),
        (lambda: LSTM(2, recurrent_dropout=1), "less than 1"),
        (lambda: LSTM(2, "tan"), "tanh"),
        (lambda: LSTM(2, return_sequence=True), "return_sequences"),
        (lambda: LSTM(2, implementation=3), "implementation"),
        (lambda: LSTM(2, use_cudnn="yes"), "use_cudnn"),
        (lambda: RNN(Dense(2)), "state_size"),
        (lambda: RNN([]), "at least one cell"),
        (lambda: RNN([Dense(2)]), "state_size"),
        (lambda: Bidirectional(Dense(2)), "recurrent layer"),
        (lambda: Bidirectional(GRU(2), merge_mode="add"), "merge_mode"),
        (lambda: Bidirectional(GRU(2), backward_layer=GRU(2)), "opposite directions"),
        (
            lambda: Bidirectional(
                GRU(2), backward_layer=GRU(2, go_backwards=True, return_state=True)
            ),
            "return_state must be the same",
        ),
        (lambda: TimeDistributed(3), "takes a layer"),
    ],
)
def test_options_that_are_none(call, words):
    with pytest.raises(OptionError, match=words):
        call()


@pytest.mark.parametrize("kind", KINDS)
def test_a_stateful_layer_goes_on_where_it_stopped(kind):
    layer = kind(3, stateful=True, dtype="float64")
    layer(X[:, :3])
    in_two = layer(X[:, 3:]).numpy()
    layer.reset_states()
    in_one = layer(X).numpy()
    np.testing.assert_allclose(in_two, in_one, rtol=1e-12)
    assert not np.allclose(layer(X), in_one)
    with pytest.raises(StateError, match="batch of 3; got one of 2"):
        layer(X[:2])
    layer.forget_batch()
    assert layer(X[:2]).shape == (2, 3)


def test_states_get_no_gradient():
    layer = GRU(2, stateful=True)
    layer(X)
    layer(X).sum().backward()
    assert all(state.grad is None for state in layer.states)
    assert layer.weights[0].grad is not None


@pytest.mark.parametrize("kind", KINDS)
def test_drawn_masks_hold_for_a_sequence(kind):
    layer = kind(4, dropout=0.5, recurrent_dropout=0.5, dtype="float64")
    shapes = []

    def kept(path, seed, step, kind, shape, rate):
        shapes.append(shape)
        return np.ones(shape, bool)

    with drawing_from(kept):
        layer(X, training=True)
    assert shapes == [(3, 2)] * layer.cell.gates + [(3, 4)] * layer.cell.gates
    assert not np.allclose(layer(X, training=True), layer(X, training=True))
    np.testing.assert_array_equal(layer(X), layer(X))


class Sum(Layer):
    """A cell that adds its inputs up."""

    state_size = 2

    def call(self, x, states):
        total = states[0] + x
        return total * 2.0, [total]


def test_a_cell_of_ones_own():
    y, total = RNN(Sum(dtype="float64"), return_sequences=True, return_state=True, dtype="float64")(
        X
    )
    np.testing.assert_allclose(y, 2 * np.cumsum(X, axis=1))
    np.testing.assert_allclose(total, X.sum(axis=1))
    masked = RNN(Sum(dtype="float64"), dtype="float64")(
        X, mask=np.array([[True] * 3 + [False] * 2] * 3)
    )
    np.testing.assert_allclose(masked, X[:, :3].sum(axis=1))  # the first state, as in Keras


def test_a_cell_that_gives_too_many_states():
    class Two(Sum):
        def call(self, x, states):
            return x, [x, x]

    with pytest.raises(ShapeError, match="gave 2 states"):
        RNN(Two())(X)


@pytest.mark.parametrize(
    "layer",
    [
        SimpleRNN(2, "relu", dropout=0.1, return_sequences=True),
        LSTM(2, unit_forget_bias=False, stateful=True, kernel_initializer="zeros"),
        GRU(2, reset_after=False, recurrent_activation="hard_sigmoid", go_backwards=True),
        RNN([LSTMCell(2), GRUCell(3)], return_state=True),
        Bidirectional(LSTM(2, name="inner"), merge_mode="sum"),
        Bidirectional(LSTM(2), backward_layer=LSTM(2, go_backwards=True, name="back")),
        TimeDistributed(Dense(3, name="inner")),
    ],
)
def test_configurations(layer):
    again = type(layer).from_config(layer.get_config())
    assert again.get_config() == layer.get_config()
    paths = [[w.path for w in each.weights] for each in (layer, again) if each(X) is not None]
    assert paths[0] == [path.replace(again.name, layer.name) for path in paths[1]]


def test_shapes_are_known_beforehand():
    assert LSTM(4).output_shape((None, None, 2)) == (None, 4)
    assert LSTM(4, return_sequences=True).output_shape((None, 5, 2)) == (None, 5, 4)
    y, h, c = LSTM(4, return_state=True).output_shape((None, 5, 2))
    assert (y, h, c) == ((None, 4),) * 3
    both = Bidirectional(GRU(4, return_sequences=True, return_state=True))
    assert both.output_shape((None, 5, 2)) == [(None, 5, 8), (None, 4), (None, 4)]


def test_parts_of_a_sequence_add_up_in_place():
    """Gradients of many parts of one array, some of which overlap, and of the whole."""
    x = cp.tensor(X)
    total = sum((x[:, t] * float(t)).sum() for t in range(5)) + (x[:, 1:3] ** 2).sum() + x.sum()
    total.backward()
    expected = np.ones_like(X) * np.arange(5.0)[None, :, None] + 1
    expected[:, 1:3] += 2 * X[:, 1:3]
    np.testing.assert_allclose(x.grad, expected)


@pytest.mark.parametrize(
    ("kind", "parts"),
    [
        (SimpleRNN, ["h_1", "h_0"]),
        (LSTM, ["out_1", "forget_1", "input_1", "candidate_1", "c_0", "h_0"]),
        (GRU, ["update_1", "reset_1", "candidate_1", "h_0"]),
    ],
)
def test_why_goes_gate_by_gate_and_time_step_by_time_step(kind, parts):
    layer = kind(2, name="layer", dtype="float64")
    y = layer(cp.tensor(X[:1, :2], name="x"))
    told = str(cp.why(y[0, 1], depth=6))
    for part in parts:
        assert f"layer/{part}[0,1] = " in told, part
    assert "x[0,0,1]" in told
    loss = (y * y).sum()
    loss.name = "L"
    loss.backward()
    told = str(cp.why(layer.weights[1].grad[0, 1]))
    assert "layer/h_0[0,0] · layer/delta_1[0,1]" in told
    assert "layer/delta_1[0,1] = " in told


def test_gradients_of_gradients():
    layer = LSTM(2, dtype="float64")
    layer.build((None, 2, 1))
    x = X[:1, :2, :1]

    def f(x):
        return (layer(x) ** 2).sum()

    def bent(x):
        return (cp.grad(f)(x) ** 2).sum()

    slope = cp.grad(bent)(x).numpy()
    step = np.zeros_like(x)
    step[0, 1, 0] = 1e-6
    rise = (bent(x + step).item() - bent(x - step).item()) / 2e-6
    np.testing.assert_allclose(slope[0, 1, 0], rise, rtol=1e-6)


@pytest.mark.parametrize("layer", [*KINDS, lambda n: RNN([GRUCell(2), LSTMCell(n)])])
def test_a_batch_of_no_examples(layer):
    assert layer(4)(X[:0]).shape == (0, 4)
