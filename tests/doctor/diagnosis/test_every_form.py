"""Models of every form, many layers and losses: each is judged, or it is said what was not."""

import numpy as np
import pytest

import clearprop as cp
from clearprop import keras
from clearprop.doctor import diagnose
from tests.doctor.diagnosis.making import L, mlp, net
from tests.explain.every_layer import TRIALS, around
from tests.train.forms import FORMS, data_for

EVERY = 9  # so many-th layer; all of them behind `-m slow`
LOSSES = ["mae", "huber", "poisson", "kl_divergence", "hinge", "cosine_similarity", "half_sse",
          "categorical_focal_crossentropy", "dice"]  # fmt: skip


def said_of(model, x, y, loss="mse", epochs=2):
    """Train, diagnose, and see that both languages say it and nothing has changed."""
    model.compile("adam", loss, engine="eager")
    model.fit(x, y, epochs=epochs, seed=0, verbose=0)
    before = model.get_weights()
    report = diagnose(model, x, y)
    for lang in ("en", "ko"):
        assert report.to_text(lang)
        assert report.to_json(lang)
    for old, new in zip(before, model.get_weights(), strict=True):
        assert np.array_equal(old, new)
    return report


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.__name__)
def test_forms(form):
    model = form(keras)
    x, y = data_for(model, np.random.default_rng(0), 40)
    assert said_of(model, x, y).rows == 40


def layer_is_judged(name):
    made = around(name)
    assert said_of(made.model, made.x, made.y).rows == 2


@pytest.mark.parametrize("name", list(TRIALS)[::EVERY])
def test_layers(name):
    layer_is_judged(name)


@pytest.mark.slow
@pytest.mark.parametrize("name", [name for k, name in enumerate(TRIALS) if k % EVERY])
def test_all_other_layers(name):
    layer_is_judged(name)


@pytest.mark.parametrize("loss", LOSSES)
def test_losses(loss):
    rng = np.random.default_rng(0)
    x, y = rng.random((60, 3)), np.eye(3)[rng.integers(0, 3, 60)]
    said_of(mlp(3, [8], 3, "relu", "softmax"), x, y, loss)


def test_masked_sequences_of_classes_are_no_double_softmax():
    rng = np.random.default_rng(0)
    x, y = rng.integers(1, 9, (40, 6)), rng.integers(0, 5, (40, 6))
    model = net((6,), L.Embedding(9, 4, mask_zero=True), L.LSTM(6, return_sequences=True),
                L.Dense(5, activation="softmax"))  # fmt: skip
    report = said_of(model, x, y, "sparse_categorical_crossentropy")
    assert "activation-twice" not in report.ids


def test_pictures_of_answers():
    x = np.random.default_rng(0).random((20, 6, 6, 1))
    model = net((6, 6, 1), L.Conv2D(4, 3, padding="same", activation="relu"),
                L.Conv2D(1, 1, activation="sigmoid"))  # fmt: skip
    assert said_of(model, x, (x > 0.5).astype(float), "binary_crossentropy").rows == 20


def test_a_model_that_judges_itself():
    class Small(cp.layers.Layer):
        def call(self, x):
            self.add_loss(cp.mean(cp.square(x)))
            return x

    x = np.random.default_rng(0).random((30, 3))
    report = said_of(net((3,), L.Dense(4), Small()), x, None, None)
    assert "no_baseline" in {each.name for each in report.not_judged}
