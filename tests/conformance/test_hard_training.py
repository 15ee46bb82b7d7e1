"""Hard training: one example, nothing that counts, steps far too long, classes that are missing."""

import warnings

import numpy as np
import pytest

import clearprop as cp
from clearprop import errors
from tests.conformance.hard import X, Y, finite, net

L = cp.layers
RNG = np.random.default_rng(0)

# -- batches of one, and what is masked altogether ------------------------------------------------


def test_a_batch_of_one_is_said_once_and_harms_nothing():
    model = cp.Sequential([cp.Input((4,)), L.BatchNormalization(), L.Dense(2)])
    model.compile("sgd", "mse")
    with pytest.warns(UserWarning, match="a batch of shape .1, 4., with one value to a channel"):
        history = model.fit(X, Y, batch_size=7, epochs=2, verbose=0).history
    assert np.isfinite(history["loss"]).all()
    assert finite(model)


IDS = RNG.integers(1, 7, (6, 5))
IDS[2] = IDS[0, 3:] = IDS[5, :4] = 0
ROWS = np.where(IDS[..., None] > 0, RNG.standard_normal((6, 5, 3)), 0.0)
YES = np.array([[1.0], [0.0]] * 3)

OVER_TIME = {
    "LSTM": lambda: [L.LSTM(3)],
    "GRU backwards": lambda: [L.GRU(3, go_backwards=True, dropout=0.2, recurrent_dropout=0.2)],
    "SimpleRNN both ways": lambda: [L.Bidirectional(L.SimpleRNN(3))],
    "pooling": lambda: [L.GlobalAveragePooling1D()],
    "pooling states": lambda: [L.GRU(3, return_sequences=True), L.GlobalAveragePooling1D()],
    "layers in each step": lambda: [L.TimeDistributed(L.Dense(2)), L.LSTM(2)],
    "normalising": lambda: [L.LayerNormalization(), L.GRU(2)],
}


def read(make, x):
    """Learn from sequences of which some are masked, and then from such alone."""
    cp.set_seed(2)
    entrance = L.Embedding(7, 3, mask_zero=True) if x.ndim == 2 else L.Masking()
    model = cp.Sequential([entrance, *make(), L.Dense(1, activation="sigmoid")])
    model.compile("adam", "binary_crossentropy", metrics=["accuracy"])
    losses = model.fit(x, YES, epochs=2, batch_size=4, verbose=0).history["loss"]
    losses += model.fit(np.zeros_like(x), YES, epochs=2, verbose=0).history["loss"]
    return model, [*losses, *model.evaluate(np.zeros_like(x), YES, verbose=0)]


@pytest.mark.parametrize("x", [IDS, ROWS], ids=["Embedding", "Masking"])
@pytest.mark.parametrize("reading", OVER_TIME)
def test_sequences_of_which_nothing_counts(reading, x):
    model, figures = read(OVER_TIME[reading], x)
    assert np.isfinite(figures).all()
    assert finite(model)
    assert np.isfinite(model.predict(np.zeros_like(x))).all()


class MeanOfNothing(cp.nn.Layer):
    """A pooling that divides by the number of steps that count, which may be none."""

    def call(self, x, mask=None):
        if mask is None:
            return x.mean(1)
        counted = mask.astype(x.dtype)[..., None]
        return (x * counted).sum(1) / counted.sum(1)


def test_a_pooling_that_divides_by_nothing_is_caught():
    said = pytest.warns(RuntimeWarning, match="The loss was nan from the first step on")
    refused = pytest.raises(errors.NumericsError, match="since an earlier training went astray")
    with said, refused:
        read(lambda: [MeanOfNothing()], IDS)


def test_attention_to_nothing():
    cp.set_seed(2)
    x = cp.Input((5,), dtype="int32")
    e = L.Embedding(7, 4, mask_zero=True)(x)
    each = [L.MultiHeadAttention(2, 2)(e, e), L.Attention()([e, e]), L.AdditiveAttention()([e, e])]
    y = L.GlobalAveragePooling1D()(L.Concatenate()(each))
    model = cp.Model(x, L.Dense(1, activation="sigmoid")(y))
    model.compile("adam", "binary_crossentropy")
    losses = model.fit(IDS, YES, epochs=2, verbose=0).history["loss"]
    losses += model.fit(0 * IDS, YES, epochs=1, verbose=0).history["loss"]
    assert np.isfinite(losses).all()
    assert finite(model)


@pytest.mark.parametrize("metrics", ["metrics", "weighted_metrics"])
def test_losses_and_metrics_of_steps_that_do_not_count(metrics):
    layers = [L.Embedding(7, 3, mask_zero=True), L.LSTM(3, return_sequences=True)]
    model = cp.Sequential([*layers, L.Dense(4, activation="softmax")])
    model.compile("adam", "sparse_categorical_crossentropy", **{metrics: ["accuracy"]})
    y = RNG.integers(0, 4, IDS.shape)
    model.fit(IDS, y, epochs=2, batch_size=2, verbose=0)
    with pytest.warns(UserWarning, match="the mask leaves nothing in; the loss is 0"):
        assert model.evaluate(0 * IDS, y, verbose=0)[0] == 0.0
    assert np.isfinite(model.evaluate(IDS, y, verbose=0)).all()
    assert finite(model)


# -- training that goes astray --------------------------------------------------------------------


def test_a_learning_rate_far_too_large_is_said_once():
    model = net(optimizer=cp.optimizers.SGD(1e10))
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        history = model.fit(X, Y, epochs=6, verbose=0)
    assert [str(w.message) for w in said] == [
        "The loss became inf at epoch 3; a smaller learning rate may help."
    ]
    assert "The loss became inf" in history.note
    assert not finite(model)
    astray = r"dense/kernel\[0, 0\] is nan, since an earlier training went astray\. Make the model"
    with pytest.raises(errors.NumericsError, match=astray):
        model.fit(X, Y)
    with pytest.warns(RuntimeWarning, match=rf"Some of the predictions are not finite\. {astray}"):
        model.predict(X)
    with pytest.warns(RuntimeWarning, match=rf"The loss is not finite\. {astray}"):
        model.evaluate(X, Y, verbose=0)


def test_what_went_astray_can_be_mended():
    model = net(optimizer=cp.optimizers.SGD(1e10))
    before = model.get_weights()
    with pytest.warns(RuntimeWarning, match="The loss became"):
        model.fit(X, Y, epochs=6, verbose=0)
    model.set_weights(before)
    model.compile("sgd", "mse")
    assert np.isfinite(model.fit(X, Y, epochs=2, verbose=0).history["loss"]).all()


def test_a_loss_that_stays_a_number_but_means_nothing_is_said_too():
    model = net(optimizer=cp.optimizers.Adam(1e10))
    with pytest.warns(RuntimeWarning, match=r"The loss grew from 0\.7469 to .*goes astray"):
        model.fit(X, Y, epochs=6, verbose=0)
    assert finite(model)


@pytest.mark.parametrize(("loss", "y"), [("poisson", np.ones_like(Y)), ("mse", 1e38 * abs(Y))])
def test_a_loss_that_was_never_a_number_is_not_blamed_on_the_learning_rate(loss, y):
    with pytest.warns(RuntimeWarning, match=r"The loss was (nan|inf) from the first step on"):
        net(loss).fit(X, y, verbose=0)


def test_weights_of_which_none_counts():
    model = net()
    with pytest.warns(UserWarning, match="sample_weight is 0 for every example: the loss is 0"):
        model.fit(X, Y, sample_weight=np.zeros(8), verbose=0)
    assert finite(model)


def test_predictions_beyond_all_numbers_are_not_blamed_on_the_weights():
    model = cp.Sequential([cp.Input((1,)), L.Lambda(cp.log)])
    with pytest.warns(RuntimeWarning, match="a function was asked outside its domain"):
        model.predict([[0.0]])
    assert np.isfinite(model.predict([[1.0]])).all()


# -- classes that are not there -------------------------------------------------------------------


def test_a_class_that_is_missing():
    """Curves say that they have no ends; shares of nothing are 0, as in Keras."""
    cp.set_seed(1)
    model = cp.Sequential([L.Dense(1, activation="sigmoid")])
    share = ["precision", "recall", "accuracy", cp.metrics.F1Score(threshold=0.5)]
    model.compile("sgd", "binary_crossentropy", metrics=["auc", *share])
    with pytest.warns(UserWarning, match="all targets so far are 0; the curve needs both"):
        history = model.fit(X, np.zeros((8, 1)), verbose=0).history
    assert history["recall"] == [0.0]
    assert all(np.isfinite(figures).all() for figures in history.values())
    mixed = (np.arange(8) > 3)[:, None]
    assert 0 < model.evaluate(X, mixed, verbose=0, return_dict=True)["auc"] < 1


def test_a_class_that_no_batch_has():
    model = cp.Sequential([L.Dense(3, activation="softmax")])
    figures = ["accuracy", cp.metrics.SparseTopKCategoricalAccuracy(2)]
    model.compile("sgd", "sparse_categorical_crossentropy", metrics=figures)
    history = model.fit(X, np.zeros(8, int), batch_size=3, verbose=0).history
    assert all(np.isfinite(values).all() for values in history.values())
    assert finite(model)
