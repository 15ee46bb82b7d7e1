"""`compare`: each slip's own number is named by that slip; numbers beside it are named by none."""

from pathlib import Path

import numpy as np
import pytest

import clearprop as cp
from clearprop.errors import AddressError, OptionError
from clearprop.explain.conventions import own_scale
from clearprop.explain.dense import dense_layers, loss_by_hand
from clearprop.explain.hand import Calculation
from clearprop.explain.slips import SLIPS
from clearprop.explain.verify import claims, verify
from tests.explain.nets import CLASSIC_X, CLASSIC_Y, classic, random_dense

GOLDEN = Path(__file__).parent.parent / "golden" / "compare"
X, Y = [0.35, 0.9], [0.25, 0.8]
# What is asked of the classic network with Keras's mean squared error, or with the book's ½Σ.
GOLDEN_CASES = {
    "same": ("half_sse", "w5", "0.08217"),
    "cut_off": ("half_sse", "w5", "0.0821"),
    "no_slope": ("half_sse", "w5", "0.4398"),
    "one_path": ("half_sse", "w1", "0.000668"),
    "sign": ("half_sse", "w5", "-0.08217"),
    "sklearn": ("mse", "E", "0.14919"),
    "step": ("half_sse", "w5.next", "0.44108"),
    "few_digits": ("half_sse", "w5", "0.4"),
    "nothing": ("half_sse", "w5", "0.12345"),
}


# By kind: the activations of the hidden units and of the outputs, and the loss.
KINDS = {
    "sigmoid": ("sigmoid", "sigmoid", "half_sse"),
    "tanh": ("tanh", "tanh", "half_sse"),
    "classes": ("elu", "softmax", "categorical_crossentropy"),
    "binary": ("gelu", "sigmoid", "binary_crossentropy"),
    "shares": ("softmax", "sigmoid", "half_sse"),
}


def net(kind="sigmoid", loss="", lr=0.4):
    """A 2-2-2 network none of whose numbers are alike."""
    hidden, last, own = KINDS.get(kind, (kind, kind, "half_sse"))
    layers = [cp.layers.Dense(2, activation=a, dtype="float64") for a in (hidden, last)]
    model = cp.Sequential([cp.Input((2,)), *layers])
    model.set_weights(
        [
            np.array([[0.17, 0.42], [0.83, -0.36]]),
            np.array([0.23, 0.55]),
            np.array([[0.31, -0.74], [0.64, 0.58]]),
            np.array([-0.19, 0.47]),
        ]
    )
    model.compile(cp.optimizers.SGD(lr), loss or own)
    return model


def targets(kind):
    return [0.0, 1.0] if kind in ("classes", "binary") else Y


def by_hand(kind):
    kind_of_loss, layers = loss_by_hand(net(kind), dense_layers(net(kind)))
    scale = own_scale(net(kind).setup_for("test").loss)
    return Calculation(layers, X, targets(kind), 0.4, scale, kind=kind_of_loss)


def asked(name):
    loss, address, yours = GOLDEN_CASES[name]
    return cp.compare(classic(loss=loss), address, x=CLASSIC_X, y=CLASSIC_Y, yours=yours)


@pytest.mark.parametrize("lang", ["ko", "en"])
@pytest.mark.parametrize("name", GOLDEN_CASES)
def test_what_a_person_reads_is_golden(name, lang):
    text = asked(name).to_text(lang=lang)
    file = GOLDEN / f"{name}_{lang}.txt"
    assert text == file.read_text(encoding="utf-8"), f"differs from {file.name}"
    assert verify(text) == []


def address_of(name):
    """Write a hand calculation's name as an address."""
    if name.startswith("dE/d") and name[4] in "ho":
        return f"{name[4:]}.gradient"
    if name.startswith("dE/d"):
        return name[4:]
    if name.startswith("delta_"):
        return f"{name[6:]}.delta"
    if name.startswith("sum_"):
        return f"{name[4:]}.sum"
    return f"{name[:-1]}.next" if name.endswith("+") else name


def fixtures():
    """For each slip, numbers that it gives: in its own line, and in what follows from that."""
    seen = set()  # of the further kinds, what the first two do not have
    for slip in SLIPS:
        for kind in KINDS:
            hand = by_hand(kind)
            for line in hand.lines:
                for formula, mentioned in slip.at(hand, line):
                    instead = {line.name: formula}
                    value = hand.run(instead)[line.name][0]
                    askable = not line.name.startswith(("do", "dh")) and line.kind != "error"
                    later = kind not in ("sigmoid", "tanh")
                    if later and (slip.key, line.kind) in seen:
                        continue
                    if askable and not np.isclose(value, hand.values[line.name][0]):
                        seen.add((slip.key, line.kind))
                        yield slip.key, kind, line.name, value, mentioned


FIXTURES = list(fixtures())
# Slopes are not numbers of the network by themselves; one asks for what is made of them.
INDIRECT = {
    "other_class_forgotten",
    "log_to_base_10",
    "slope_at_sum",
    "slope_of_output",
    "other_slope",
    "half_forgotten",
    "not_squared",
}


def test_every_slip_has_a_fixture():
    assert {key for key, *_ in FIXTURES} | INDIRECT == {slip.key for slip in SLIPS}


@pytest.mark.parametrize(("key", "kind", "name", "value", "mentioned"), FIXTURES)
def test_each_slips_own_number_is_named(key, kind, name, value, mentioned):
    model, y = net(kind), targets(kind)
    found = cp.compare(model, address_of(name), x=X, y=y, yours=f"{value:.6g}", lang="en")
    named = [f for f in found.findings if f.key == key and mentioned.items() <= f.mentioned.items()]
    assert named, [f.key for f in found.findings]
    assert found.value != pytest.approx(value)
    for lang in ("en", "ko"):
        assert verify(found.to_text(lang=lang)) == []
    beside = cp.compare(model, address_of(name), x=X, y=y, yours=f"{value * 1.00317:.6g}")
    assert key not in [f.key for f in beside.findings]


@pytest.mark.parametrize(
    ("key", "kind", "asked"),
    [
        *[(key, kind, asked)
          for key, kind in [("slope_at_sum", "sigmoid"), ("slope_of_output", "tanh"),
                            ("other_slope", "sigmoid")]
          for asked in ["dE/dw5", "dE/dw2", "delta_h1"]],
        ("log_to_base_10", "classes", "E"), ("slope_kept", "binary", "dE/dw1"),
        ("other_outputs_forgotten", "shares", "dE/dw1"),
        ("slope_of_output", "binary", "dE/dw2"),
    ],
)  # fmt: skip
def test_a_habit_is_followed_through_the_network(key, kind, asked):
    model, y = net(kind), targets(kind)
    hand = by_hand(kind)
    slip = next(s for s in SLIPS if s.key == key)
    instead = {line.name: f for line in hand.lines for f, _ in slip.at(hand, line)}
    value = hand.run(instead)[asked][0]
    found = cp.compare(model, address_of(asked), x=X, y=y, yours=f"{value:.6g}", lang="en")
    assert key in [f.key for f in found.findings]
    assert verify(str(found)) == []
    assert list(claims(str(found)))


def test_the_example_of_half_keras():
    model = cp.Sequential([cp.Input((2,)), cp.layers.Dense(1, dtype="float64")])
    model.set_weights([np.array([[0.5], [0.3]]), np.array([0.1])])
    model.compile("sgd", "mse")
    found = cp.compare(model, "E", x=[1, 2], y=[-0.0177], yours=0.7414, lang="en")
    assert [f.key for f in found.findings] == ["convention"]
    assert str(found) == (
        "Your E is 0.7414; the network's is 1.48279.\n"
        f"Of {found.tried} ways of calculating that were tried, one gives 0.7414:\n"
        "  • Your 0.7414 is Keras's 1.4828 divided by 2, because n_out = 1:"
        " the convention of the book, bpnn, scikit-learn.\n"
        "      E = E (keras) · n_out / 2 = 1.482793×1 / 2 ≈ 0.7413966\n"
    )
    assert found.to_text(lang="ko").splitlines()[2] == (
        "  • 0.7414는 Keras의 1.4828을 2로 나눈 값입니다(n_out = 1)."
        " book(책), bpnn, scikit-learn 기준의 값입니다."
    )


@pytest.mark.parametrize("lang", ["en", "ko"])
def test_agreement_is_said(lang):
    model = classic()
    found = cp.compare(model, "w5", x=CLASSIC_X, y=CLASSIC_Y, yours="0.0822", lang=lang)
    assert (found.same, found.findings, found.tried) == ("same", (), 0)
    found = cp.compare(model, "w5", x=CLASSIC_X, y=CLASSIC_Y, yours="0.0821", lang=lang)
    assert found.same == "cut_off"
    assert ("cut off" in str(found)) == (lang == "en")


def test_what_fits_nothing_is_not_explained():
    found = cp.compare(classic(), "w5", x=CLASSIC_X, y=CLASSIC_Y, yours=0.123456, lang="en")
    assert found.findings == ()
    assert found.tried > 40
    assert "None of the" in str(found)


def test_signs_fit_several_and_all_are_listed():
    found = cp.compare(classic(), "w5", x=CLASSIC_X, y=CLASSIC_Y, yours="-0.082167", lang="en")
    assert [f.key for f in found.findings] == ["convention", "error_sign", "sign"]
    assert found.findings[0].mentioned["names"] == "bpnn"
    assert "does not tell which it was" in str(found)


def test_few_digits_are_no_proof():
    found = cp.compare(classic(), "w1", x=CLASSIC_X, y=CLASSIC_Y, yours="0.0007", lang="en")
    assert found.findings
    assert "With so few digits a coincidence is possible" in str(found)


def test_another_number_of_the_network_is_recognized():
    found = cp.compare(net(), "w5", x=X, y=Y, lang="en",
                       yours=f"{cp.why(net(), 'w8', x=X, y=Y).value:.6g}")  # fmt: skip
    assert [f.key for f in found.findings] == ["another_number"]
    assert "if ∂E/∂w8 is taken for ∂E/∂w5" in str(found)


def test_rounding_on_the_way_is_found():
    hand = Calculation(dense_layers(net()), X, Y, 0.4)
    coarse = hand.run(after=lambda v: np.round(v, 3))
    name = next(
        line.name for line in hand.lines if line.kind == "gradient"
        and coarse[line.name][0] != round(hand.values[line.name][0], 3)
    )  # fmt: skip
    yours = f"{coarse[name][0]:.3f}"
    found = cp.compare(net(), address_of(name), x=X, y=Y, yours=yours, lang="en")
    assert "rounded_on_the_way" in [f.key for f in found.findings]
    assert "rounded to 3 decimals" in str(found)


def test_a_slip_in_the_books_convention_is_told_from_one_in_keras():
    layers = [cp.layers.Dense(1, activation="sigmoid", dtype="float64")]
    model = cp.Sequential([cp.Input((2,)), *layers])
    model.set_weights([np.array([[0.5], [0.3]]), np.array([0.1])])
    model.compile(cp.optimizers.SGD(0.5), "mse")
    book = Calculation(dense_layers(model), X, [0.25], 0.5)
    value = book.values["dE/do1"][0] * 0.35  # no slope, and no 2 of Keras's square
    found = cp.compare(model, "w1", x=X, y=[0.25], yours=f"{value:.6g}", lang="en")
    assert [(f.key, f.by) for f in found.findings] == [("no_slope", "book")]
    assert "by the convention of the book if the slope" in str(found)


def test_a_batch_knows_its_number_of_samples():
    x = np.array([X, [0.1, 0.2], [0.7, 0.4]])
    y = np.array([Y, [0.3, 0.4], [0.9, 0.1]])
    model = net(loss="mse")
    own = cp.why(model, "w5", x=x, y=y).value
    found = cp.compare(model, "w5", x=x, y=y, yours=f"{own * 3:.6g}", lang="en")
    assert "because n_out = 2, N = 3" in str(found) or "because N = 3" in str(found)
    assert verify(str(found)) == []


def test_the_transposed_place_is_pytorchs():
    model = net()
    there = cp.why(model, "dense/kernel[1,0]", x=X, y=Y).value
    found = cp.compare(model, "dense/kernel[0,1]", x=X, y=Y, yours=f"{there:.6g}", lang="en")
    assert "layout" in [f.key for f in found.findings]
    assert "PyTorch keeps weights as (units, inputs)" in str(found)


def test_networks_that_nobody_calculates_by_hand_are_compared_by_convention_alone():
    layers = [cp.layers.Dense(30, activation="tanh"), cp.layers.Dense(2)]
    model = cp.Sequential([cp.Input((20,)), *layers])
    model.compile("adam", "mse")
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(4, 20)), rng.normal(size=(4, 2))
    own = cp.why(model, "E", x=x, y=y).value
    found = cp.compare(model, "E", x=x, y=y, yours=f"{own / 2:.6g}", lang="en")
    assert [f.key for f in found.findings] == ["convention"]
    assert found.findings[0].mentioned["names"] == "sklearn"
    none = cp.compare(model, "E", x=x, y=y, yours=f"{own * 1.234:.6g}", lang="en")
    assert none.findings == ()
    assert "only conventions and signs were tried" in str(none)
    assert not none.slips


def test_what_a_hand_calculation_does_not_know_is_not_taken_for_a_slip():
    """Adam's step is none of w − lr · g: no slip of that is looked for."""
    model = net()
    model.compile(cp.optimizers.Adam(0.1), "half_sse")
    own = cp.why(model, "w5.next", x=X, y=Y).value
    found = cp.compare(model, "w5.next", x=X, y=Y, yours=f"{own + 0.2:.6g}")
    assert not found.slips
    assert cp.compare(model, "w5", x=X, y=Y, yours=1.5).slips  # its gradient is like any


def trained(optimizer):
    """Train the network by one step, so that its optimizer remembers something."""
    model = net()
    model.compile(optimizer, "half_sse")
    model.train_on_batch(np.array([X]), np.array([Y]))
    return model


def test_what_momentum_means_is_told_apart():
    optimizer = cp.optimizers.SGD(0.4, momentum=0.9)
    before = cp.why(net(), "w5", x=X, y=Y).value
    model = trained(optimizer)
    now, own = cp.why(model, "w5", x=X, y=Y), cp.why(model, "w5.next", x=X, y=Y).value
    weight = now.facts["value"]
    plain = weight - 0.4 * now.value
    assert own == pytest.approx(plain - 0.9 * 0.4 * before, rel=1e-6)
    others = {
        "momentum_forgotten": plain,
        "previous_gradient": plain - 0.9 * before,
        "nesterov": plain - 0.9 * (0.9 * 0.4 * before + 0.4 * now.value),
    }
    for key, value in others.items():
        found = cp.compare(model, "w5.next", x=X, y=Y, yours=f"{value:.6f}", lang="en")
        assert [f.key for f in found.findings] == [key]
        for lang in ("ko", "en"):
            assert found.to_text(lang=lang)
    assert cp.compare(model, "w5.next", x=X, y=Y, yours=f"{own:.6f}").same == "same"


def test_a_later_step_no_longer_knows_the_gradient_before():
    model = trained(cp.optimizers.SGD(0.4, momentum=0.9))
    model.train_on_batch(np.array([X]), np.array([Y]))
    found = cp.compare(model, "w5.next", x=X, y=Y, yours=0.123456)
    assert found.findings == ()


def test_which_adam_it_is_is_told():
    """By definitions written out here: the paper's algorithm 1, and one without corrections."""
    rate, b1, b2, eps = 0.1, 0.8, 0.9, 0.05
    model = trained(cp.optimizers.Adam(rate, beta_1=b1, beta_2=b2, epsilon=eps))
    m, v = (float(model.setup_for("test").memory.states["dense_1/kernel"][key][0, 0])
            for key in "mv")  # fmt: skip
    now, own = cp.why(model, "w5", x=X, y=Y), cp.why(model, "w5.next", x=X, y=Y).value
    w, g = now.facts["value"], now.value
    m, v = b1 * m + (1 - b1) * g, b2 * v + (1 - b2) * g * g
    others = {
        "adam_epsilon": w - rate * (m / (1 - b1**2)) / ((v / (1 - b2**2)) ** 0.5 + eps),
        "adam_uncorrected": w - rate * m / (v**0.5 + eps),
    }
    for key, value in others.items():
        assert value != pytest.approx(own, rel=1e-4)
        found = cp.compare(model, "w5.next", x=X, y=Y, yours=f"{value:.6f}", lang="en")
        assert [f.key for f in found.findings] == [key]
        assert found.to_text(lang="ko")
    assert cp.compare(model, "w5.next", x=X, y=Y, yours=f"{own:.6f}").same == "same"


def test_a_classifier_is_compared_by_what_is_known_of_it():
    rng = np.random.default_rng(2)
    model, x, y = random_dense(
        rng, activation="tanh", loss="categorical_crossentropy", optimizer="adam"
    )
    own = cp.why(model, "o1.delta", x=x, y=y).value
    found = cp.compare(model, "o1.delta", x=x, y=y, yours=f"{-own:.6g}", lang="en")
    assert [f.key for f in found.findings] == ["error_sign", "sign"]
    summed = cp.compare(model, "w5", x=x, y=y, lang="en",
                        yours=f"{cp.why(model, 'w5', x=x, y=y).value * 3:.6g}")  # fmt: skip
    assert [f.key for f in summed.findings] == ["factor"]
    assert "because N = 3" in str(summed)
    for lang in ("ko", "en"):  # a weight's next value has no convention with Adam
        assert cp.compare(model, "w1.next", x=x, y=y, yours=0.5, lang=lang).to_text()


@pytest.mark.parametrize("kind", ["classes", "binary"])
def test_half_a_cross_entropy_is_nobodys(kind):
    value = cp.why(net(kind), "E", x=X, y=targets(kind)).value
    found = cp.compare(net(kind), "E", x=X, y=targets(kind), yours=f"{value / 2:.6g}")
    assert [f.by for f in found.findings if f.by] == []
    assert "convention" not in [f.key for f in found.findings]


def test_a_number_from_nowhere_is_seldom_explained():
    """With four digits, some ninety ways of calculating hardly ever meet by chance."""
    rng, met = np.random.default_rng(0), 0
    for name in ("w5", "w1", "E", "h1.delta", "w3.next"):
        value = cp.why(net(), name, x=X, y=Y).value
        for share in rng.uniform(-3, 3, size=20):
            found = cp.compare(net(), name, x=X, y=Y, yours=f"{value * share:.4g}")
            met += bool(found.findings)
    assert met <= 2  # of 100


def test_json_is_plain():
    import json

    found = cp.compare(classic(), "w5", x=CLASSIC_X, y=CLASSIC_Y, yours=0.4398)
    data = json.loads(json.dumps(found.to_json()))
    assert [f["key"] for f in data["findings"]] == ["no_slope"]
    assert data["yours"] == {"text": "0.4398", "value": 0.4398}


def test_wrong_use_is_said():
    with pytest.raises(OptionError, match="expected a number such as"):
        cp.compare(classic(), "w5", x=CLASSIC_X, y=CLASSIC_Y, yours="about half")
    with pytest.raises(AddressError, match="nothing is called"):
        cp.compare(classic(), "w99", x=CLASSIC_X, y=CLASSIC_Y, yours=1.5)
