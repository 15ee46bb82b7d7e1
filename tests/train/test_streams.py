"""Batches from generators and data sets train as the same examples from arrays do."""

import itertools

import numpy as np
import pytest

import clearprop as cp
from clearprop import errors
from tests.train.nets import X, Y, model, same_weights

BATCH = 5


class Sequence:
    """A sequence of batches by number, without `__iter__`."""

    def __init__(self):
        self.epochs = 0

    def __len__(self):
        return len(X) // BATCH

    def __getitem__(self, k):
        if k >= len(self):
            raise IndexError
        return X[k * BATCH : (k + 1) * BATCH], Y[k * BATCH : (k + 1) * BATCH]

    def on_epoch_end(self):
        self.epochs += 1


class Anew:
    """Gone through anew each time, of a length that is not known."""

    def __iter__(self):
        return (Sequence()[k] for k in range(len(Sequence())))


def endless():
    return itertools.cycle(list(Anew()))


@pytest.fixture(scope="module")
def expected():
    made = model()
    history = made.fit(X, Y, epochs=3, batch_size=BATCH, shuffle=False, verbose=0)
    return made, history.history["loss"]


@pytest.mark.parametrize(
    ("source", "steps"),
    [(Sequence, None), (Anew, None), (Anew, 4), (endless, 4), (lambda: list(Anew()) * 3, None)],
    ids=["sequence", "iterable", "iterable in steps", "generator", "list of batches"],
)
def test_batches_train_as_arrays_do(source, steps, expected):
    made, given = model(), source()
    epochs = 3
    if isinstance(given, list):
        given, epochs = iter(given), 1
    history = made.fit(given, epochs=epochs, steps_per_epoch=steps, verbose=0)
    assert same_weights(made, expected[0])
    if epochs == 3:
        assert history.history["loss"] == expected[1]
    if isinstance(given, Sequence):
        assert given.epochs == 3


def test_validation_evaluation_and_prediction_by_batches(expected):
    made = model()
    history = made.fit(
        X, Y, epochs=3, batch_size=BATCH, shuffle=False, verbose=0, validation_data=Anew()
    )
    assert same_weights(made, expected[0])
    assert history.history["val_loss"][-1] == made.evaluate(X, Y, batch_size=BATCH, verbose=0)
    assert made.evaluate(Anew(), verbose=0) == history.history["val_loss"][-1]
    assert made.evaluate(endless(), steps=4, verbose=0) == history.history["val_loss"][-1]
    np.testing.assert_allclose(made.predict(Anew()), made.predict(X, batch_size=BATCH), rtol=1e-6)
    inputs_alone = (x for x, _ in Anew())
    assert made.predict(inputs_alone, steps=2).shape == (2 * BATCH, 1)


def test_weights_of_examples_come_with_their_batch():
    weighted = [(x, y, np.arange(BATCH)) for x, y in Anew()]
    streamed, whole = model(), model()
    streamed.fit(iter(weighted), verbose=0)
    whole.fit(X, Y, batch_size=BATCH, shuffle=False, verbose=0,
              sample_weight=np.tile(np.arange(BATCH), 4))  # fmt: skip
    assert same_weights(streamed, whole)
    assert not same_weights(streamed, model())


def test_a_generator_that_ends_ends_training_and_says_so():
    made = model()
    with pytest.warns(UserWarning, match="gave 4 batches in epoch 1; steps_per_epoch is 6"):
        history = made.fit(iter(list(Anew())), epochs=5, steps_per_epoch=6, verbose=0)
    assert history.epoch == [0]


def test_nothing_is_read_ahead_after_the_last_epoch():
    source = endless()
    model().fit(source, steps_per_epoch=4, epochs=2, verbose=0)
    x, _ = next(source)
    assert np.array_equal(x, Sequence()[0][0])


def test_predictions_for_no_batches_and_no_steps():
    with pytest.raises(errors.DataError, match="gives no batches"):
        model().predict(iter([]))
    for ask in (model().predict, lambda x, steps: model().evaluate(x, Y, steps=steps)):
        with pytest.raises(errors.OptionError, match="steps"):
            ask(X, steps=0)
    with pytest.raises(errors.OptionError, match="validation_steps"):
        model().fit(X, Y, validation_data=Anew(), validation_steps=0, verbose=0)


def test_steps_per_epoch_of_arrays():
    short, batch_by_batch = model(), model()
    short.fit(X, Y, batch_size=BATCH, shuffle=False, steps_per_epoch=2, verbose=0)
    for k in range(2):
        batch_by_batch.train_on_batch(*Sequence()[k])
    assert same_weights(short, batch_by_batch)


@pytest.mark.parametrize(
    ("given", "options", "error", "words"),
    [
        (lambda: iter([]), {}, errors.DataError, "gives no batches"),
        (Anew, {"y": Y}, errors.OptionError, "no y="),
        (Anew, {"sample_weight": np.ones(5)}, errors.OptionError, "no sample_weight="),
        (Anew, {"validation_split": 0.2}, errors.OptionError, "Give validation_data instead"),
        (lambda: iter([7]), {}, errors.DataError, r"a batch is \(x, y\)"),
        (lambda: iter([(X, Y[:3])]), {}, errors.ShapeError, "rows"),
        (lambda: iter([(X * np.nan, Y)]), {}, errors.NumericsError, "finite"),
        (lambda: iter([(X[:, :2], Y)]), {}, errors.ShapeError, "examples of shape"),
        (Anew, {"steps_per_epoch": 0}, errors.OptionError, "steps_per_epoch"),
    ],
)
def test_refused_in_words(given, options, error, words):
    with pytest.raises(error, match=words):
        model().fit(given(), verbose=0, **options)


# -- what classes count -------------------------------------------------------------------------


def classifier():
    made = cp.Sequential([cp.Input((3,)), cp.layers.Dense(2, "softmax")])
    made.set_weights([np.full((3, 2), 0.1) * [[1], [-1], [2]], [0.0, 0.1]])
    return made


@pytest.mark.parametrize("one_hot", [False, True])
def test_class_weight_is_a_weight_of_each_example(one_hot):
    labels = (Y[:, 0] > 0).astype(int)
    kind = "categorical" if one_hot else "sparse_categorical"
    y = np.eye(2)[labels] if one_hot else labels
    by_class, by_example = classifier(), classifier()
    for made, options in (
        (by_class, {"class_weight": {1: 5.0}}),
        (by_example, {"sample_weight": np.where(labels == 1, 5.0, 1.0)}),
    ):
        made.compile("sgd", f"{kind}_crossentropy")
        made.fit(X, y, shuffle=False, verbose=0, **options)
    assert same_weights(by_class, by_example)
    plain = classifier()
    plain.compile("sgd", f"{kind}_crossentropy")
    plain.fit(X, y, shuffle=False, verbose=0)
    assert not same_weights(plain, by_class)


def test_class_weight_is_for_training_alone():
    y, half = np.arange(len(X)) % 2, len(X) // 2
    made = classifier()
    made.compile(cp.optimizers.SGD(0.0), "sparse_categorical_crossentropy")
    options = {"validation_split": 0.5, "class_weight": {0: 9.0, 1: 9.0}, "verbose": 0}
    figures = made.fit(X, y, **options).history
    assert np.allclose(figures["loss"], 9 * made.evaluate(X[:half], y[:half], verbose=0))
    assert np.allclose(figures["val_loss"], made.evaluate(X[half:], y[half:], verbose=0))


@pytest.mark.parametrize(
    ("weight", "words"), [({0: -1}, "at least 0"), ([1, 2], "is a dict"), ({0: "a"}, "at least 0")]
)
def test_class_weights_that_are_none(weight, words):
    made = classifier()
    made.compile("sgd", "sparse_categorical_crossentropy")
    with pytest.raises(errors.OptionError, match=words):
        made.fit(X, (Y[:, 0] > 0).astype(int), class_weight=weight, verbose=0)


def test_from_an_example_of_negative_weight_training_goes_away():
    start, toward, away = model().get_weights(), model(), model()
    toward.train_on_batch(X[:1], Y[:1])
    away.train_on_batch(X[:1], Y[:1], sample_weight=np.array([-1.0]))
    for w, a, b in zip(start, toward.get_weights(), away.get_weights(), strict=True):
        np.testing.assert_allclose(a - w, w - b, atol=1e-7)
        assert np.abs(a - w).max() > 1e-4


# -- sequences of several lengths -----------------------------------------------------------


class Reader(cp.Model):
    """A model of a user's own, which no shape was said of."""

    def __init__(self):
        super().__init__()
        self.words = cp.layers.Embedding(5, 2, mask_zero=True)
        self.memory, self.answer = cp.layers.LSTM(3), cp.layers.Dense(1)

    def call(self, x):
        return self.answer(self.memory(self.words(x)))


def test_batches_of_several_lengths_for_a_model_of_ones_own():
    made = Reader()
    made.compile("sgd", "mse")
    made.fit(((np.ones((2, T), int), np.ones((2, 1))) for T in (3, 5, 4)), verbose=0)
    short, long = np.array([[1, 2, 0]]), np.array([[1, 2, 0, 0]])
    assert np.allclose(made.predict(short), made.predict(long))
    with pytest.raises(errors.ShapeError, match="shape"):
        made.predict(np.ones((2, 3, 4), int))
