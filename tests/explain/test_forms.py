"""Networks of every form can be asked why: branches, shared and nested layers, models by hand."""

import numpy as np
import pytest

import clearprop as cp
from clearprop.errors import AddressError, OptionError
from clearprop.explain.formula import leaves
from clearprop.explain.verify import claims, verify
from tests.explain.nets import CLASSIC_X, CLASSIC_Y, classic

L = cp.layers


@pytest.fixture(scope="module")
def branched():
    """Two inputs through one shared layer, a nested model, and two outputs."""
    rng = np.random.default_rng(0)
    left, right = cp.Input((3,), name="left"), cp.Input((3,), name="right")
    shared = L.Dense(2, activation="tanh", name="shared")
    block = cp.Sequential([cp.Input((4,)), L.Dense(3, activation="relu")], name="block")
    both = L.Concatenate(name="both")([shared(left), shared(right)])
    price = L.Dense(1, name="price")(block(both))
    kind = L.Dense(3, activation="softmax", name="kind")(both)
    model = cp.Model([left, right], [price, kind])
    model.set_weights([rng.normal(size=w.shape) * 0.5 for w in model.weights])
    model.compile(cp.optimizers.SGD(1.0), ["mse", "sparse_categorical_crossentropy"])
    x = [rng.normal(size=(4, 3)), rng.normal(size=(4, 3))]
    y = [rng.normal(size=(4, 1)), rng.integers(0, 3, 4)]
    return model, x, y


def symbols(e, step=0):
    return [q.symbol for q in leaves(e.steps[step].formula)]


@pytest.mark.parametrize(
    "address",
    ["shared/kernel[0,1]", "block/dense/kernel[0,1]", "price/bias[0]", "kind/kernel[2,1]"],
)
def test_every_weight_of_a_graph_has_the_engines_gradient(branched, address):
    model, x, y = branched
    e = cp.why(model, address, x=x, y=y)
    before = model.get_weights()
    model.train_on_batch(x, y)
    k = [w.path for w in model.weights].index(address.partition("[")[0])
    index = tuple(map(int, address.partition("[")[2][:-1].split(",")))
    moved = float(before[k][index]) - float(model.get_weights()[k][index])
    model.set_weights(before)
    assert e.value == pytest.approx(moved, rel=1e-4, abs=1e-6)
    for lang in ("ko", "en"):
        assert verify(e.to_text(lang=lang)) == []
        assert list(claims(e.to_text(lang=lang)))


def test_a_shared_layers_calls_are_told_apart(branched):
    model, x, y = branched
    e = cp.why(model, "shared/kernel[0,1]", x=x, y=y, top=9)
    named = symbols(e)
    assert {"left[0,0]", "right[0,0]", "δ shared@1[0,1]", "δ shared@2[0,1]"} <= set(named)
    values = [cp.why(model, f"shared/output@{k}[1]", x=x, y=y).value for k in (1, 2)]
    assert values[0] != values[1]
    with pytest.raises(AddressError, match="shared/output@1"):
        cp.why(model, "shared/output[1]", x=x, y=y)


def test_what_is_nested_is_asked_by_its_path_and_the_block_by_its_own(branched):
    model, x, _ = branched
    inner = cp.why(model, "block/dense/output[1]", x=x)
    whole = cp.why(model, "block/output[1]", x=x)
    assert whole.value == inner.value
    assert whole.steps[0].formula.symbol == inner.steps[0].symbol


def test_the_losses_of_outputs_make_up_the_loss(branched):
    model, x, y = branched
    e = cp.why(model, "loss", x=x, y=y)
    assert symbols(e) == ["price_loss", "kind_loss"]
    parts = [cp.why(model, f"{name}_loss", x=x, y=y).value for name in ("price", "kind")]
    assert e.value == pytest.approx(sum(parts))


def test_inputs_are_called_by_their_names_and_may_come_as_a_dict(branched):
    model, x, y = branched
    by_list = cp.why(model, "left[2].gradient", x=x, y=y, sample=1)
    by_name = cp.why(model, "left[2].gradient", x={"left": x[0], "right": x[1]}, y=y, sample=1)
    assert by_list.value == by_name.value != 0


def test_asking_changes_nothing_of_a_model(branched):
    _, x, y = branched
    dropping = cp.Sequential([cp.Input((3,)), L.BatchNormalization(), L.Dropout(0.5), L.Dense(1)])
    dropping.compile("adam", "mse")
    held = [(w.node, w.dtype) for w in dropping.weights]
    state = [dict(vars(layer)) for layer in dropping.layers]
    cp.why(dropping, "dense/kernel[0,0]", x=x[0], y=y[0], training=True)
    with pytest.raises(AddressError):
        cp.why(dropping, "nothing", x=x[0], y=y[0], training=True)
    assert all(
        w.node is n and w.dtype == d for w, (n, d) in zip(dropping.weights, held, strict=True)
    )
    assert [dict(vars(layer)) for layer in dropping.layers] == state


class ByHand(cp.Model):
    """A model written as a class."""

    def __init__(self):
        super().__init__()
        self.hidden = L.Dense(3, activation="tanh")
        self.last = L.Dense(1)

    def call(self, x):
        return self.last(self.hidden(x)) + x[:, :1]


def test_a_model_of_ones_own_can_be_asked():
    model = ByHand()
    model.compile(cp.optimizers.SGD(1.0), "mse")
    x, y = np.array([[1.0, 2.0], [0.5, -1.0]]), np.array([[1.0], [0.0]])
    model.train_on_batch(x, y)
    path = next(w.path for w in model.weights if w.path.endswith("kernel"))
    e = cp.why(model, f"{path}[0,1]", x=x, y=y)
    before = model.get_weights()
    model.train_on_batch(x, y)
    k = [w.path for w in model.weights].index(path)
    moved = float(before[k][0, 1]) - float(model.get_weights()[k][0, 1])
    assert e.value == pytest.approx(moved, rel=1e-4)
    assert cp.why(model, "loss", x=x, y=y).steps


def test_an_activation_of_its_own_makes_a_hidden_unit():
    apart = cp.Sequential(
        [
            cp.Input((2,)),
            L.Dense(2),
            L.Activation("sigmoid"),
            L.Dense(2),
            L.Activation("sigmoid"),
        ]
    )
    within = classic()
    apart.set_weights(within.get_weights())
    apart.compile(cp.optimizers.SGD(0.5), "half_sse")
    for address in ("w5", "w1", "h1", "o2", "h2.delta", "h1.sum", "E"):
        a, b = (
            cp.why(model, address, x=CLASSIC_X, y=CLASSIC_Y, lang="en", depth=None)
            for model in (apart, within)
        )
        assert [s.symbol for s in a.steps] == [s.symbol for s in b.steps], address
        assert a.to_text().replace("dense_1/output", "") == b.to_text().replace(
            "dense_1/output", ""
        )


def test_a_reshaped_input_is_called_what_it_is():
    model = cp.Sequential([cp.Input((2, 2)), L.Flatten(), L.Dense(2)])
    model.compile("sgd", "mse")
    x, y = [[1.0, 2.0], [3.0, 4.0]], [0.5, 1.0]
    assert "x3" in symbols(cp.why(model, "dense/kernel[2,1]", x=x, y=y))
    assert symbols(cp.why(model, "flatten/output[2]", x=x)) == ["x3"]
    scaled = cp.Sequential([cp.Input((2,)), L.Rescaling(0.5), L.Dense(2)])
    scaled.compile("sgd", "mse")
    asked = cp.why(scaled, "dense/kernel[1,0]", x=[1.0, 2.0], y=y)
    assert "rescaling/output[1]" in symbols(asked)  # half of it is another number


def test_one_sentence_and_more():
    model = classic()
    said = [
        str(cp.why(model, "w5", x=CLASSIC_X, y=CLASSIC_Y, lang=lang, depth=0))
        for lang in ("en", "ko")
    ]
    assert said == [
        "The gradient of w5 is the delta of o1 times h1, its input: 0.0821670.\n",
        "w5의 기울기는 o1의 델타에 입력 h1을 곱한 값, 0.0821670입니다.\n",
    ]
    counts = [
        len(cp.why(model, "w1", x=CLASSIC_X, y=CLASSIC_Y, depth=depth).steps)
        for depth in (0, 1, 2, 3, None)
    ]
    assert counts[0] == 1
    assert counts == sorted(set(counts))
    html = cp.why(model, "w5", x=CLASSIC_X, y=CLASSIC_Y, lang="en", depth=0).to_html()
    assert "<li" not in html


def test_a_dead_unit_is_said_in_one_sentence():
    model = classic(activation="relu")
    model.set_weights([-w if i == 1 else w for i, w in enumerate(model.get_weights())])
    e = cp.why(model, "h1.delta", x=CLASSIC_X, y=CLASSIC_Y, lang="en", depth=0)
    assert str(e) == "δ_h1 is 0: 0 because ReLU is off (z = −0.322500).\n"


@pytest.mark.parametrize("lang", ["ko", "en"])
def test_the_settings_of_an_optimizer_are_named(lang):
    model = classic()
    model.compile(cp.optimizers.Adam(0.1), "mse")
    e = cp.why(model, "w5", x=CLASSIC_X, y=CLASSIC_Y, lang=lang)
    text = str(e)
    assert "c1 = 1 − β1^t = 1 − 0.9¹ = 0.1" in text
    assert {"ko": "편향 보정", "en": "bias correction"}[lang] in text
    assert "(1 − β1) · (∂E/∂w5 − " in text
    assert "+ ε)" in text
    assert verify(text) == []


@pytest.mark.parametrize("name", sorted(cp.optimizers.OPTIMIZERS))
def test_every_optimizers_step_is_the_engines(name):
    rule = cp.optimizers.OPTIMIZERS[name](0.01)
    model = cp.Sequential([cp.Input((2,)), L.Dense(2, "tanh"), L.Dense(1)], dtype="float64")
    model.compile(rule, "mse")
    x, y = np.array([[0.5, -1.0], [0.3, 0.2]]), np.array([[1.0], [0.5]])
    model.train_on_batch(x, y)
    e = cp.why(model, "w3", x=x, y=y, lang="en")
    model.train_on_batch(x, y)
    assert e.facts["next"] == pytest.approx(float(model.get_weights()[0][0, 1]), rel=1e-12)
    assert verify(str(e)) == []


def test_an_argument_is_called_as_its_parameter():
    def cost(price, count):
        return price**2 * count

    e = cp.why(cp.grad(cost)(3.0, 2.0), lang="en")
    assert "∂L/∂price = 4 · price = 4 × 3 = 12" in str(e)
    named = cp.tensor(3.0, name="p")
    assert "∂L/∂p" in str(cp.why(cp.grad(cost)(named, 2.0), lang="en"))


def test_a_chain_of_calls_is_numbered_by_the_book_and_branches_are_not():
    start = cp.Input((2,))
    chain = cp.Model(start, L.Dense(2)(L.Dense(2, "sigmoid")(start)))
    halves = [L.Dense(2)(start), L.Dense(2)(start)]
    branches = cp.Model(start, L.Add()(halves))
    for model in (chain, branches):
        model.compile("sgd", "mse")
    x, y = [1.0, 2.0], [0.5, 1.0]
    assert cp.why(chain, "w1", x=x, y=y).steps[0].symbol == "∂E/∂w1"
    assert cp.formulas(chain, x, y, lr=0.1) is not None
    assert cp.why(chain, "w1", x=x, y=y, paths=True).steps[1].role == "paths"
    with pytest.raises(AddressError):
        cp.why(branches, "w1", x=x, y=y)
    with pytest.raises(OptionError):
        cp.formulas(branches, x, y, lr=0.1)


def test_paths_are_not_told_where_they_would_be_wrong(branched):
    model, x, y = branched
    scaled = cp.Sequential([cp.Input((3,)), L.Dense(2), L.Rescaling(2.0), L.Dense(1)])
    scaled.compile("sgd", "mse")
    for asked, given, address in (
        (model, (x, y), "shared/kernel[0,1]"), (scaled, (x[0], y[0]), "w1"),
    ):  # fmt: skip
        with pytest.raises(OptionError):
            cp.why(asked, address, x=given[0], y=given[1], paths=True)


@pytest.mark.parametrize(
    ("shape", "make"),
    [
        ((3,), lambda: [L.Dense(2), L.Activation("tanh"), L.Dense(1)]),
        ((3,), lambda: [L.Dense(2, "tanh"), L.Dropout(0.5), L.Dense(1), L.Activation("sigmoid")]),
        ((1, 3), lambda: [L.Flatten(), L.Dense(2, "relu"), L.Dense(2, "softmax")]),
    ],
)
def test_paths_go_through_activations_of_their_own_and_what_changes_nothing(shape, make):
    layers, rng = make(), np.random.default_rng(3)
    model = cp.Sequential([cp.Input(shape), *layers])
    model.set_weights([rng.normal(size=w.shape) for w in model.weights])
    softmax = layers[-1].final_activation == "softmax"
    model.compile("sgd", "categorical_crossentropy" if softmax else "mse")
    x, y = rng.normal(size=(1, *shape)), np.eye(2)[:1] if softmax else np.ones((1, 1))
    for index in ("0,0", "2,1"):
        e = cp.why(model, f"dense/kernel[{index}]", x=x, y=y, paths=True, top=50)
        paths = e.steps[1].formula
        total = sum(part.value for part in paths.parts)
        assert paths.rest_count == 0
        assert total == pytest.approx(e.value, rel=1e-9, abs=1e-12)


@pytest.mark.parametrize("lang", ["ko", "en"])
def test_the_loss_of_a_batch_is_made_up_of_its_samples_losses(lang):
    model, rng = classic(), np.random.default_rng(0)
    x, y = rng.normal(size=(3, 2)), rng.random((3, 2))
    e = cp.why(model, "E", x=x, y=y, lang=lang)
    assert set(symbols(e)) == {"E⁽⁰⁾", "E⁽¹⁾", "E⁽²⁾"}
    each = [cp.why(model, "E", x=x[k], y=y[k]).value for k in range(3)]
    assert e.value == pytest.approx(np.mean(each))
    one = cp.why(model, "sample_loss", x=x, y=y, sample=1)
    assert one.value == pytest.approx(each[1])
    assert verify(str(e)) == []
    gradient = cp.why(model, "o1.delta", x=x, y=y, sample=1, depth=None)
    assert not any("∂E/∂E" in s.symbol for s in gradient.steps)


def test_several_inputs_are_pushed_by_and_changed(branched):
    model, x, y = branched
    e = cp.pushes(model, "price/output[0]", x=x)
    assert sum(e.facts["pushes"]) + e.facts["rest"] == pytest.approx(e.value)
    answer = cp.what_if(model, {"left[0]": 0.5, "price/bias[0]": 0.1}, x=x, y=y, sample=1)
    start = model.get_weights()
    other = [np.array(each) for each in x]
    other[0][1, 0] += 0.5
    at = next(k for k, w in enumerate(model.weights) if w.path == "price/bias")
    model.set_weights([w + 0.1 * (k == at) for k, w in enumerate(start)])
    after = cp.why(model, "loss", x=other, y=y).value
    model.set_weights(start)
    assert answer.before == pytest.approx(cp.why(model, "loss", x=x, y=y).value)
    assert answer.after == pytest.approx(after, rel=1e-6)
    assert abs(answer.remainder) < abs(answer.exact)


def test_what_has_no_class_labels_is_told_so(branched):
    model, x, y = branched
    with pytest.raises(OptionError, match="class labels"):
        cp.why(model, "price/bias[0]", x=x, y=y, by="class")


def test_a_word_has_no_slope():
    layers = [cp.layers.Embedding(4, 2), cp.layers.Flatten(), cp.layers.Dense(1)]
    model = cp.Sequential([cp.Input((3,), dtype="int32"), *layers])
    model.compile("sgd", "mse")
    with pytest.raises(OptionError, match="no slope"):
        cp.what_if(model, {"x[0]": 1}, x=[1, 2, 3], y=[0.5])


def test_a_branched_model_is_watched_by_sample(branched):
    model, x, y = branched
    start = model.get_weights()
    watch = cp.Watch("shared/kernel[0,1]", by="sample")
    model.optimizer.learning_rate = 0.05
    model.fit(x, y, batch_size=2, epochs=2, verbose=0, callbacks=[watch])
    model.optimizer.learning_rate = 1.0
    moved = watch.updates("shared/kernel[0,1]").sum()
    shares = watch.shares("shared/kernel[0,1]")
    model.set_weights(start)
    assert set(shares) == {0, 1, 2, 3}
    assert sum(shares.values()) == pytest.approx(moved, rel=1e-4, abs=1e-7)
    e = cp.why(model, "shared/kernel[0,1]", x=x, y=y, by="sample")
    parts = e.steps[1].formula.parts
    assert sum(part.value for part in parts) == pytest.approx(e.value)


def test_a_number_of_a_model_of_several_inputs_is_compared(branched):
    model, x, y = branched
    value = cp.why(model, "price/bias[0]", x=x, y=y).value
    assert cp.compare(model, "price/bias[0]", x=x, y=y, yours=value).same == "same"
    turned = cp.compare(model, "price/bias[0]", x=x, y=y, yours=-value)
    assert "sign" in {finding.key for finding in turned.findings}


def test_a_chain_made_of_calls_is_calculated_by_hand_too():
    start = cp.Input((2,))
    hidden = cp.layers.Dense(2, activation="sigmoid")(start)
    model = cp.Model(start, cp.layers.Dense(1)(hidden))
    model.compile("sgd", "mse")
    asked = {"x": [1.0, 2.0], "y": [3.0]}
    gradient = cp.why(model, "w5", **asked).value
    assert cp.formulas(model, [1.0, 2.0], [3.0])["w5E"] == pytest.approx(gradient / 2)
    found = cp.compare(model, "w5", **asked, yours=gradient / 2)
    assert [finding.key for finding in found.findings] == ["convention"]


def test_the_last_level_does_not_end_at_a_mere_renaming():
    layers = [cp.layers.Bidirectional(cp.layers.GRU(2, return_sequences=True))]
    model = cp.Sequential([cp.Input((3, 2)), *layers])
    e = cp.why(model, "bidirectional/output[1,3]", x=np.ones((1, 3, 2)), depth=2, lang="en")
    assert e.steps[-1].symbol.startswith("bidirectional/backward_gru/state")
    assert "update_gate" in e.to_text()


@pytest.mark.parametrize("lang", ["en", "ko"])
def test_losses_of_several_outputs_are_not_called_a_mean(lang):
    x = cp.Input((2,))
    model = cp.Model(x, [cp.layers.Dense(1, name="a")(x), cp.layers.Dense(1, name="b")(x)])
    model.compile("sgd", "mse", loss_weights=[1.0, 0.5])
    given = {"x": np.ones((1, 2)), "y": [np.zeros((1, 1)), np.ones((1, 1))]}
    said = cp.why(model, "a/kernel[0,0]", lang=lang, **given).to_text()
    assert {"en": "added up", "ko": "곱해 더합니다"}[lang] in said
    single = cp.Sequential([cp.Input((2,)), cp.layers.Dense(1, name="a")])
    single.compile("sgd", "mse")
    one = cp.why(single, "a/kernel[0,0]", x=np.ones((1, 2)), y=np.zeros((1, 1)), lang=lang)
    assert {"en": "a mean over outputs", "ko": "평균입니다"}[lang] in one.to_text()
