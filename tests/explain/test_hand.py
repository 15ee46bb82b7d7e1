"""The calculation by hand gives the network's numbers, for any activation, loss and batch."""

import numpy as np
import pytest

import clearprop as cp
from clearprop.errors import OptionError
from clearprop.explain.conventions import Convention, own_scale
from clearprop.explain.dense import Dense, dense_layers, loss_by_hand
from clearprop.explain.formula import evaluate
from clearprop.explain.hand import Calculation
from clearprop.explain.lines import bound
from tests.explain.nets import CLASSIC_X, CLASSIC_Y, classic, random_dense


@pytest.mark.parametrize("activation", ["linear", "sigmoid", "tanh", "relu"])
@pytest.mark.parametrize("loss", ["mse", "half_sse"])
@pytest.mark.parametrize("samples", [1, 4])
def test_it_agrees_with_the_network(activation, loss, samples):
    rng = np.random.default_rng(7)
    model, x, y = random_dense(
        rng, activation=activation, loss=loss, optimizer=cp.optimizers.SGD(0.3),
        sizes=(3, 2, 4, 2), samples=samples,
    )  # fmt: skip
    scale = own_scale(model.setup_for("test").loss)
    hand = Calculation(dense_layers(model), x, y, 0.3, scale)
    linear = activation == "linear"
    asked = {
        "E": "E", "w1": "dE/dw1", "w9": "dE/dw9", "w20": "dE/dw20", "b3": "dE/db3",
        "h4": "h4", "o2": "o2", "w13.next": "w13+", "b1.next": "b1+",
        "h2.delta": "dE/dh2" if linear else "delta_h2", "h5.gradient": "dE/dh5",
        "h3.sum": "h3" if linear else "sum_h3",
    }  # fmt: skip
    for address, name in asked.items():
        for sample in range(samples):
            value = cp.why(model, address, x=x, y=y, sample=sample).value
            got = hand.values[name][sample if len(hand.values[name]) > 1 else 0]
            assert got == pytest.approx(value, rel=1e-9, abs=1e-12), (address, sample)


def test_every_formula_gives_its_number():
    hand = Calculation(dense_layers(classic()), CLASSIC_X, CLASSIC_Y, 0.5)
    for line in hand.lines:
        assert evaluate(line.formula) == pytest.approx(line.quantity.value, rel=1e-14)
        assert line.quantity.value == pytest.approx(hand.values[line.name][0], rel=1e-14)


def test_the_classic_factors():
    values = Calculation(dense_layers(classic()), CLASSIC_X, CLASSIC_Y, 0.5).values
    by_hand = {
        "E1": 0.274811083, "E2": 0.023560026, "E": 0.298371109, "dE/do1": 0.741365069,
        "do1/dsum_o1": 0.186815602, "h1": 0.593269992, "dE/dw5": 0.082167041, "w5+": 0.358916480,
    }  # fmt: skip
    for name, value in by_hand.items():
        assert values[name][0] == pytest.approx(value, rel=2e-6), name


def test_a_line_may_be_calculated_otherwise():
    hand = Calculation(dense_layers(classic()), CLASSIC_X, CLASSIC_Y, 0.5)
    assert {name: v[0] for name, v in hand.run().items()} == {
        name: v[0] for name, v in hand.values.items()
    }
    arriving = hand.by_name["delta_o1"].formula.args["x1"]
    changed = hand.run({"delta_o1": arriving})
    assert changed["dE/dw5"][0] == pytest.approx(0.741365 * 0.593270, rel=1e-5)
    assert changed["dE/dw7"][0] == hand.values["dE/dw7"][0]  # another output's
    again = bound(hand.by_name["dE/dw5"], changed)
    assert again.quantity.value == pytest.approx(changed["dE/dw5"][0])


def test_what_a_number_needs_is_listed_in_order():
    hand = Calculation(dense_layers(classic()), CLASSIC_X, CLASSIC_Y, 0.5)
    needed = [line.name for line in hand.needs("dE/dw5")]
    assert needed == [
        "sum_h1", "h1", "sum_h2", "h2", "sum_o1", "o1", "dE/do1", "do1/dsum_o1", "delta_o1",
        "dE/dw5",
    ]  # fmt: skip


def test_weights_are_numbered_as_addresses_are():
    model = classic()
    hand = Calculation(dense_layers(model), CLASSIC_X, CLASSIC_Y, 0.5)
    for name in ("w2", "w5", "w8", "b3"):
        own = cp.why(model, f"{name}.next", x=CLASSIC_X, y=CLASSIC_Y).value
        assert hand.values[f"{name}+"][0] == pytest.approx(own)


def test_layers_without_bias_have_none():
    layer = Dense(np.array([[3.0], [4.0]]), None, "linear")
    hand = Calculation([layer], [2, 3], [27], 0.01, Convention.keras.losses["squared"])
    assert not [line.name for line in hand.lines if "b" in line.name]
    assert hand.values["dE/dw1"][0] == 2 * (18 - 27) * 2


ENDS = [
    ("softmax", "categorical_crossentropy"), ("softmax", "mse"), ("sigmoid", "binary_crossentropy"),
    ("log_softmax", "half_sse"), ("sparsemax", "half_sse"),
]  # fmt: skip


@pytest.mark.parametrize(("last", "loss"), ENDS)
@pytest.mark.parametrize("hidden", ["gelu", "softmax"])
def test_it_agrees_where_outputs_hang_together(hidden, last, loss):
    rng = np.random.default_rng(3)
    model = chain((hidden, last), rng)
    model.compile(cp.optimizers.SGD(0.3), loss)
    samples = 1 if last == "sparsemax" else 3  # which units it chooses differs by sample
    x, y = rng.normal(size=(samples, 3)), np.eye(3)[rng.integers(0, 3, samples)]
    kind, layers = loss_by_hand(model, dense_layers(model))
    scale = own_scale(model.setup_for("test").loss)
    hand = Calculation(layers, x, y, 0.3, scale, kind=kind)
    assert hand.values["E"] == pytest.approx(cp.why(model, "E", x=x, y=y).value, rel=1e-9)
    for k in (1, 7, 12, 18, 24):
        value = cp.why(model, f"w{k}", x=x, y=y).value
        assert hand.values[f"dE/dw{k}"] == pytest.approx(value, rel=1e-9, abs=1e-12)
        value = cp.why(model, f"w{k}.next", x=x, y=y).value
        assert hand.values[f"w{k}+"] == pytest.approx(value, rel=1e-9)
    lines = {line.name: line.kind for line in hand.lines}
    assert lines["delta_o1"] == {"squared": "whole_delta"}.get(kind, "end")


def chain(activations, rng):
    layers = [cp.layers.Dense(n, activation=a) for n, a in zip((4, 3), activations, strict=True)]
    model = cp.Sequential([cp.Input((3,)), *layers], dtype="float64")
    model.set_weights([rng.normal(size=w.shape) for w in model.weights])
    return model


def test_activations_that_nobody_calculates_by_hand_are_refused():
    with pytest.raises(OptionError, match=r"as many outputs as sums.*got 'glu'"):
        Calculation([Dense(np.ones((2, 2)), None, "glu")], [1, 2], [1], 0.1)
    with pytest.raises(OptionError, match="got 'sparsemax'"):
        Calculation([Dense(np.ones((1, 2)), None, "sparsemax")], [[1], [2]], [[1, 0]] * 2, 0.1)
    model = cp.Sequential([cp.Input((2,)), cp.layers.Dense(2), cp.layers.PReLU()])
    with pytest.raises(OptionError, match="learn nothing"):
        Calculation(dense_layers(model), [1, 2], [1, 0], 0.1)
