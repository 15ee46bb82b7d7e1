"""Pictures of models and runs: they show the model's own numbers, and refuse what they cannot."""

from __future__ import annotations

import re

import numpy as np
import pytest

import clearprop as cp
from clearprop.draw import (
    computation,
    decisions,
    first_layer,
    history,
    mistakes,
    network,
    pushed,
    weights,
)
from clearprop.draw.numerals import shown
from clearprop.errors import DataError, OptionError, ShapeError, StateError
from tests.draw.checks import all_faults, form_faults, placed_texts
from tests.explain.nets import CLASSIC_X, CLASSIC_Y, classic


def texts(picture):
    return [text.words for text in placed_texts(str(picture))]


@pytest.fixture(scope="module")
def quadrants():
    """A net that tells two pairs of quadrants apart, trained a little, with its data."""
    rng = np.random.default_rng(0)
    x = rng.normal(size=(120, 2))
    y = (x[:, 0] * x[:, 1] > 0).astype(int)
    cp.utils.set_random_seed(1)
    model = cp.Sequential(
        [
            cp.Input((2,)),
            cp.layers.Dense(6, activation="tanh"),
            cp.layers.Dense(1, activation="sigmoid"),
        ]
    )
    model.compile(cp.optimizers.Adam(0.05), "binary_crossentropy", metrics=["accuracy"])
    run = model.fit(x, y, epochs=12, verbose=0, validation_split=0.25)
    return model, x, y, run


@pytest.fixture(scope="module")
def images():
    cp.utils.set_random_seed(3)
    model = cp.Sequential(
        [
            cp.Input((4, 4)),
            cp.layers.Flatten(),
            cp.layers.Dense(5),
            cp.layers.Activation("relu"),
            cp.layers.Dense(3, activation="softmax"),
        ]
    )
    model.compile("sgd", "sparse_categorical_crossentropy")
    return model


@pytest.mark.parametrize("lang", ["ko", "en"])
def test_every_picture_of_a_model_is_sound(quadrants, images, lang):
    model, x, y, run = quadrants
    pictures = [
        network(model, x[0], lang=lang),
        network(images, np.ones((4, 4)), lang=lang),
        history(run, lang=lang),
        history(run, ["accuracy"], lang=lang),
        weights(model, lang=lang),
        first_layer(images, lang=lang),
        decisions(model, x, y, classes=["안", "밖"], lang=lang),
        mistakes(model, x, y, lang=lang),
        computation(model, x[:5], y[:5], lang=lang),
        computation(model, x[:5], y[:5], collapsed=(), lang=lang),
        computation(images, np.ones((2, 4, 4)), [0, 2], down=True, lang=lang),
    ]
    for picture in pictures:
        assert all_faults(str(picture)) == []


def test_the_network_shows_weights_biases_and_what_every_unit_gives():
    picture = network(classic(), CLASSIC_X, lang="en")
    words = texts(picture)
    for number in (0.05, 0.1, 0.5933, 0.5969, 0.7514, 0.7729, 0.35, 0.6, 0.15, 0.55):
        assert any(shown(number, 3) in text for text in words), number
    assert any("dense_1" in text for text in words)
    assert network(classic(), lang="en").desc == picture.desc


def test_an_activation_layer_gives_what_the_unit_gives(images):
    x = np.linspace(-1, 1, 16).reshape(4, 4)
    hidden = np.maximum(x.reshape(1, 16) @ images.get_weights()[0] + images.get_weights()[1], 0)
    words = texts(network(images, x, lang="en"))
    for value in hidden[0]:
        assert shown(float(value), 3) in words


def test_outputs_bear_the_names_of_the_classes():
    model = classic()
    model.class_names = ("고양이", "개")
    words = texts(network(model, lang="ko"))
    assert "고양이" in words
    assert "h1" in words
    named = network(model, units=[["a", "b"], ["c", "d"], ["e", "f"]], lang="en")
    assert "e" in texts(named)


def test_the_apples_graph_has_values_forward_and_gradients_backward():
    price, count = cp.tensor(100.0, name="사과 가격"), cp.tensor(2.0, name="사과 개수")
    tax = cp.tensor(1.1, name="소비세")
    total = price * count * tax
    total.name = "지불 금액"
    desc = computation(total, lang="ko").desc.splitlines()
    assert desc == [
        "노드 5개, 화살표 4개. 사과 가격, 사과 개수, 소비세에서 지불 금액 · ×까지.",
        "사과 가격: 값 100, 기울기 2.2.",
        "사과 개수: 값 2, 기울기 110.",
        "×: 값 200, 기울기 1.1.",
        "소비세: 값 1.1, 기울기 200.",
        "지불 금액 · ×: 값 220, 기울기 1.",
    ]
    assert all_faults(str(computation(total, lang="ko"))) == []


def test_asking_for_a_picture_leaves_no_gradient_behind():
    w = cp.tensor([1.0, 2.0], name="w")
    computation((w * w).sum(), lang="en")
    assert w.grad is None


def test_the_loss_of_a_model_is_drawn_with_the_engines_gradients():
    picture = computation(classic(), CLASSIC_X, CLASSIC_Y, collapsed=(), lang="en")
    e = cp.why(classic(), "w5", x=CLASSIC_X, y=CLASSIC_Y)
    bias = [cp.why(classic(), f"dense_1/bias[{j}]", x=CLASSIC_X, y=CLASSIC_Y) for j in (0, 1)]
    told = picture.desc
    assert f"gradient [{', '.join(shown(b.value, 3) for b in bias)}]" in told
    assert "value 0.2984, gradient 1." in told
    kernel = np.array(
        [cp.why(classic(), w, x=CLASSIC_X, y=CLASSIC_Y).value for w in ("w5", "w6", "w7", "w8")]
    )
    assert f"gradient ‖·‖ {shown(float(np.linalg.norm(kernel)))}" in told
    assert e.value == kernel[0]


def test_layers_are_boxes_until_they_are_opened(images):
    x, y = np.ones((2, 4, 4)), [0, 1]
    closed = texts(computation(images, x, y, lang="en"))
    assert {"flatten", "dense", "dense_1"} <= set(closed)
    assert not any("kernel" in text for text in closed)
    opened = texts(computation(images, x, y, collapsed=["dense"], lang="en"))
    assert any("dense_1/kernel" in text for text in opened)


def test_without_targets_the_graph_ends_at_the_outputs(images):
    picture = computation(images, np.ones((2, 4, 4)), lang="en")
    assert picture.desc.endswith("x: 2×4×4.")
    assert "gradient" not in str(picture)
    assert "gradient" in str(computation(images, np.ones((2, 4, 4)), [0, 1], lang="en"))
    assert picture.desc.splitlines()[0].endswith("to dense_1.")


def test_a_run_is_drawn_by_the_epochs_that_it_had(quadrants):
    run = quadrants[3]
    desc = history(run, lang="en").desc
    losses = run.history["loss"]
    assert f"loss: 12 values from {shown(losses[0])} to {shown(losses[-1])}" in desc
    assert "val_loss" in desc
    assert "val_accuracy" in history(run, "accuracy", lang="en").desc
    with pytest.raises(OptionError, match="did you mean 'accuracy'"):
        history(run, "acuracy")


def test_weights_are_counted_by_layer(quadrants):
    desc = weights(quadrants[0], lang="en").desc
    assert "dense/kernel: 12 values" in desc
    assert "dense_1/bias: 1 value" in desc


def test_mistakes_are_those_of_the_model(quadrants):
    model, x, y, _ = quadrants
    right = int(((model.predict(x)[:, 0] > 0.5) == y).sum())
    assert mistakes(model, x, y, lang="en").desc.startswith(f"{right} of 120 right")
    one_hot = np.eye(3)[[0, 1, 2, 1]]
    net = cp.Sequential([cp.Input((3,)), cp.layers.Dense(3, activation="softmax")])
    net.set_weights([np.eye(3) * 9, np.zeros(3)])
    assert mistakes(net, one_hot, one_hot, lang="en").desc.startswith("4 of 4 right")
    assert mistakes(net, one_hot, [0, 1, 2, 0], lang="en").desc.startswith("3 of 4 right")


def test_decisions_follow_the_model():
    model = cp.Sequential([cp.Input((2,)), cp.layers.Dense(1, activation="sigmoid")])
    model.set_weights([[[9.0], [0.0]], [0.0]])  # all that matters is on which side of 0 x1 is
    x = np.array([[-1.0, -1.0], [1.0, 1.0]])
    told = decisions(model, x, [0, 1], classes=["left", "right"], lang="en").desc
    shares = [float(s) for s in re.findall(r"([\d.]+) % is answered", told)]
    assert shares == pytest.approx([50, 50], abs=0.5)


def test_images_take_the_shape_of_the_inputs(images):
    assert "4 by 4" in first_layer(images, lang="en").desc
    flat = cp.Sequential([cp.Input((6,)), cp.layers.Dense(2)])
    with pytest.raises(ShapeError, match=r"6 inputs are no square; give shape=\(H, W\)"):
        first_layer(flat)
    assert "2 by 3" in first_layer(flat, (2, 3), lang="en").desc


L = cp.layers


def branching():
    image, words = cp.Input((12,), name="image"), cp.Input((5,), name="words")
    both = L.Add(name="both")([L.Dense(8, activation="relu")(image), L.Dense(8)(words)])
    kind = L.Dense(3, activation="softmax", name="kind")(both)
    price = L.Dense(1, name="price")(L.Concatenate(name="joined")([both, words]))
    return cp.Model([image, words], [kind, price])


def convolving():
    layers = [L.Conv2D(3, (3, 2), activation="relu"), L.MaxPooling2D(2), L.Flatten(), L.Dense(2)]
    return cp.Sequential([cp.Input((9, 8, 2)), *layers])


def recurrent():
    return cp.Sequential([cp.Input((None,), dtype="int32"), L.Embedding(50, 4), L.LSTM(3)])


NETWORKS = {
    "branching": (
        branching,
        ["image: 12.", "both: 8, Add.", "joined: 13, Concatenate.", "8 nodes and 8 arrows",
         "from image, words to kind, price", "kind: 3, Dense, softmax, 27 weights."],
    ),
    "convolving": (
        convolving,
        ["input: 9×8×2.", "conv2d: 7×7×3, Conv2D 3×2, relu, 39 weights.",
         "max_pooling2d: 3×3×3, MaxPooling2D 2×2.", "from input to dense"],
    ),
    "recurrent": (
        recurrent,
        ["input: ?.", "embedding: ?×4, Embedding, 200 weights.", "lstm: 3, LSTM, 96 weights."],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", NETWORKS)
def test_other_networks_are_drawn_as_their_layers(name):
    build, told = NETWORKS[name]
    model = build()
    for lang in ("ko", "en"):
        assert all_faults(str(network(model, lang=lang))) == []
    desc = network(model, lang="en").desc
    for words in told:
        assert words in desc, (words, desc)
    written = texts(network(model, lang="en"))
    assert all(layer.name in written for layer in model.layers)


def test_dense_layers_that_branch_are_no_chain_of_neurons():
    x = cp.Input((4,))
    model = cp.Model(x, L.Add()([L.Dense(4)(x), L.Dense(4)(x)]))
    assert "4 nodes and 4 arrows" in network(model, lang="en").desc
    steps = cp.Sequential([cp.Input((3, 4)), L.Dense(2)])  # of every step its own
    assert "dense: 3×2, Dense, 10 weights." in network(steps, lang="en").desc


def test_an_example_shows_from_where_to_where_the_numbers_go():
    model, x = convolving(), np.linspace(-1, 1, 144).reshape(9, 8, 2)
    picture = network(model, x, lang="en")
    y = model.predict(x[None], verbose=0)
    assert "−1 to 1" in picture.desc
    assert f"{shown(float(y.min()), 3)} to {shown(float(y.max()), 3)}" in picture.desc
    assert all_faults(str(picture)) == []
    with pytest.raises(ShapeError, match="one example"):
        network(model, np.ones((2, 9, 8, 2)))


def test_a_model_of_ones_own_is_drawn_as_it_ran():
    class Own(cp.Model):
        def __init__(self):
            super().__init__()
            self.first, self.second = L.Conv1D(2, 3), L.Dense(1)

        def call(self, x):
            return self.second(cp.mean(self.first(x), axis=1))

    model = Own()
    model(np.ones((1, 6, 2)))
    with pytest.raises(OptionError, match="only a run tells; give x"):
        network(model)
    picture = network(model, np.ones((6, 2)), lang="en")
    assert all_faults(str(picture)) == []
    assert any("conv1d" in words for words in texts(picture))


def test_filters_are_drawn_channel_by_channel():
    model = convolving()
    picture = first_layer(model, lang="en")
    assert picture.desc.startswith("Weights of 3 filters of 2 channels as images of 3 by 2")
    assert {"f1 c1", "f3 c2"} <= set(texts(picture))
    assert all_faults(str(picture)) == []
    steps = cp.Sequential([cp.Input((9, 3)), L.Conv1D(4, 5)])
    assert "4 filters of 3 channels as images of 3 by 5" in first_layer(steps, lang="en").desc
    alone = cp.Sequential([cp.Input((9, 9, 1)), L.DepthwiseConv2D(3)])
    assert "f1" in texts(first_layer(alone))
    with pytest.raises(OptionError, match="dense and convolutional layers are images"):
        first_layer(recurrent())


def test_what_pushed_a_prediction_adds_up_in_the_picture(images):
    x = np.linspace(0, 1, 16).reshape(4, 4)
    answer = cp.pushes(images, "dense_1/output[2]", x=x, lang="en")
    picture = pushed(answer, x[..., None], lang="en")
    assert all_faults(str(picture)) == []
    assert shown(answer.value) in picture.desc
    with pytest.raises(ShapeError, match="16 pushes need an image"):
        pushed(answer, x[:3])
    with pytest.raises(OptionError, match=r"cp\.pushes"):
        pushed(cp.why(images, "dense/output[0]", x=x), x)
    with pytest.raises(OptionError, match=r"cp\.pushes"):
        pushed(images, x)  # the model itself


def test_what_cannot_be_drawn_is_refused(quadrants, images):
    model, x, y, _ = quadrants
    unbuilt = cp.Sequential([cp.layers.Dense(2)])
    for draw in (network, weights, first_layer):
        with pytest.raises(StateError, match="no weights yet"):
            draw(unbuilt)
    with pytest.raises(OptionError, match="needs inputs"):
        computation(model)
    with pytest.raises(ShapeError, match="shows one example"):
        network(model, x)
    with pytest.raises(ShapeError, match=r"x must have shape \(N, 2\)"):
        decisions(model, np.ones((3, 3)))
    linear = cp.Sequential([cp.Input((2,)), cp.layers.Dense(1)])
    linear.set_weights([[[1.0], [0.0]], [0.0]])
    with pytest.raises(OptionError, match="shares from 0 to 1"):
        decisions(linear, x)
    with pytest.raises(OptionError, match="knows the classes 0 to 1"):
        mistakes(model, x, y + 1)
    with pytest.raises(ShapeError, match="120 examples, but 3 classes"):
        mistakes(model, x, [0, 1, 1])
    with pytest.raises(DataError):
        history({"loss": [[1.0]]})
    long = w = cp.tensor(1.0, name="w")
    for _ in range(401):
        long = long + w
    with pytest.raises(OptionError, match="too many for a picture"):
        computation(long)


def test_the_check_would_see_a_picture_that_is_not_sound():
    broken = str(network(classic(), lang="en")).replace('role="img"', "")
    assert form_faults(broken) == ["no role"]


def test_a_constant_of_a_layer_is_in_its_box():
    model = cp.Sequential([cp.Input((2,)), cp.layers.BatchNormalization(name="norm")])
    picture = computation(model, [[1.0, 2.0]], lang="en")
    assert "constant" not in picture.desc
    opened = computation(model, [[1.0, 2.0]], collapsed=(), lang="en")
    assert "constant" in opened.desc
