"""What does not fit is refused before training, in words: got, expected, how to mend."""

import numpy as np
import pytest

import clearprop as cp
from clearprop import errors

X, Y = np.ones((6, 4), "float32"), np.zeros((6, 2), "float32")


def model(loss="mse", inputs=4, outputs=2, activation=None, **options):
    made = cp.Sequential([cp.Input((inputs,)), cp.layers.Dense(outputs, activation)], **options)
    made.compile("sgd", loss)
    return made


def with_value(array, place, value):
    changed = np.array(array)
    changed[place] = value
    return changed


def test_a_language_that_is_not_spoken_is_refused_before_training(monkeypatch):
    monkeypatch.setenv("CLEARPROP_LANG", "xx")
    one, began = model(), []
    told = cp.callbacks.LambdaCallback(on_train_begin=began.append)
    with pytest.raises(errors.OptionError, match="CLEARPROP_LANG must be 'ko' or 'en'; got 'xx'"):
        one.fit(X, Y, callbacks=[told])
    assert not began


REFUSED = {
    "nan": (
        lambda: model().fit(with_value(X, (3, 1), np.nan), Y),
        errors.NumericsError, ["x[3, 1] is nan (row 3)", "must be finite"],
    ),
    "infinity in two rows": (
        lambda: model().fit(with_value(X, ([1, 4], [0, 2]), [np.inf, np.nan]), Y),
        errors.NumericsError, ["x[1, 0] is inf (row 1), and 1 more row has such numbers"],
    ),
    "nan in the targets": (
        lambda: model().fit(X, with_value(Y, (5, 0), np.nan)),
        errors.NumericsError, ["y[5, 0] is nan (row 5)"],
    ),
    "nan when predicting": (
        lambda: model().predict(with_value(X, (2, 2), np.nan)),
        errors.NumericsError, ["x[2, 2] is nan (row 2)"],
    ),
    "nan when evaluating": (
        lambda: model().evaluate(with_value(X, (2, 2), np.nan), Y),
        errors.NumericsError, ["x[2, 2] is nan (row 2)"],
    ),
    "nan in validation data": (
        lambda: model().fit(X, Y, validation_data=(with_value(X, (0, 3), np.nan), Y)),
        errors.NumericsError, ["validation x[0, 3] is nan (row 0)"],
    ),
    "nan in weights of examples": (
        lambda: model().fit(X, Y, sample_weight=[1, 1, np.nan, 1, 1, 1]),
        errors.NumericsError, ["sample_weight[2] is nan (row 2)"],
    ),
    "too large for float32": (
        lambda: model().fit(with_value(X.astype("float64"), (4, 0), 1e300), Y),
        errors.NumericsError, ["x[4, 0] is 1e+300 (row 4)", "float32", "dtype='float64'"],
    ),
    "other rows": (
        lambda: model().fit(X, Y[:5]), errors.ShapeError, ["x has 6 rows, y has 5 rows"],
    ),
    "no rows": (
        lambda: model().fit(X[:0], Y[:0]), errors.DataError, ["x has no rows", "(0, 4)"],
    ),
    "no data": (lambda: model().fit(), errors.DataError, ["x is missing"]),
    "no targets": (lambda: model().fit(X), errors.DataError, ["y is missing"]),
    "a single number": (lambda: model().fit(3.0, Y), errors.ShapeError, ["x is a single number"]),
    "ragged rows": (
        lambda: model().fit([[1, 2], [3]], Y[:2]), errors.ShapeError, ["same shape"],
    ),
    "text": (
        lambda: model().fit(np.full((6, 4), "a"), Y), errors.DTypeError, ["must hold numbers"],
    ),
    "objects": (
        lambda: model().fit(X.astype(object), Y),
        errors.DTypeError, ["object", "np.asarray(x, 'float32')"],
    ),
    "other features": (
        lambda: model().fit(np.ones((6, 3)), Y),
        errors.ShapeError, ["x has shape (6, 3)", "examples of shape (4,)"],
    ),
    "images, not rows": (
        lambda: model().fit(np.ones((6, 2, 2)), Y),
        errors.ShapeError, ["one example (2, 2)", "x.reshape(-1, 4) would fit"],
    ),
    "one example without a batch": (
        lambda: model().predict(np.ones(4)), errors.ShapeError, ["x[None]"],
    ),
    "targets of another shape": (
        lambda: model().fit(X, np.zeros((6, 3))), errors.ShapeError, ["(6, 3)", "(N, 2)"],
    ),
    "a label that is no class": (
        lambda: model("sparse_categorical_crossentropy", activation="softmax").fit(
            X, [0, 1, 2, 0, 1, 0]
        ),
        errors.RangeError, ["label 2 at y[2]", "0 to 1"],
    ),
    "labels from 1": (
        lambda: model("sparse_categorical_crossentropy", activation="softmax").fit(
            X, [1, 2, 2, 1, 1, 2]
        ),
        errors.RangeError, ["y - 1"],
    ),
    "too few weights of examples": (
        lambda: model().fit(X, Y, sample_weight=np.ones(5)),
        errors.ShapeError, ["sample_weight has 5 rows; x has 6"],
    ),
    "validation data that are no pair": (
        lambda: model().fit(X, Y, validation_data=X),
        errors.OptionError, ["validation_data must be (x, y)", "ndarray"],
    ),
    "validation split of everything": (
        lambda: model().fit(X, Y, validation_split=1.0),
        errors.OptionError, ["validation_split must be between 0 and 1"],
    ),
    "batch size 0": (
        lambda: model().fit(X, Y, batch_size=0), errors.OptionError, ["batch_size", "got 0"],
    ),
    "half an epoch": (
        lambda: model().fit(X, Y, epochs=1.5), errors.OptionError, ["epochs", "got 1.5"],
    ),
    "a negative seed": (
        lambda: model().fit(X, Y, seed=-1), errors.OptionError, ["seed", "got -1"],
    ),
    "verbose 3": (
        lambda: model().fit(X, Y, verbose=3), errors.OptionError, ["verbose", "got 3"],
    ),
    "a callback's class": (
        lambda: model().fit(X, Y, callbacks=[cp.callbacks.EarlyStopping]),
        errors.OptionError, ["EarlyStopping(...)"],
    ),
    "no callback": (
        lambda: model().fit(X, Y, callbacks=["early"]),
        errors.OptionError, ["must hold callbacks; got 'early'"],
    ),
    "an optimizer misspelt": (
        lambda: model().compile("adan", "mse"), errors.OptionError, ["did you mean 'adam'?"],
    ),
    "a loss misspelt": (
        lambda: model().compile("sgd", "mean_square_error"),
        errors.OptionError, ["did you mean 'mean_squared_error'?"],
    ),
    "a metric misspelt": (
        lambda: model().compile("sgd", "mse", ["acuracy"]),
        errors.OptionError, ["did you mean 'accuracy'?"],
    ),
    "two metrics of one name": (
        lambda: model().compile("sgd", "mse", ["mae", "mae"]),
        errors.OptionError, ["called 'mae'"],
    ),
    "metrics that are no list": (
        lambda: model().compile("sgd", "mse", 3), errors.OptionError, ["metrics must be a list"],
    ),
    "no loss": (
        lambda: [it := model(), it.compile("sgd"), it.fit(X, Y, verbose=0)],
        errors.OptionError, ["needs a loss"],
    ),
    "a loss that is no one number": (
        lambda: model().compile("sgd", cp.losses.MeanSquaredError(reduction="none")),
        errors.OptionError, ["reduction 'none'"],
    ),
    "an engine to come": (
        lambda: model().compile("sgd", "mse", engine="jax"),
        errors.OptionError, ["'jax' is not available in this version", "'eager'"],
    ),
    "an engine misspelt": (
        lambda: model().compile("sgd", "mse", engine="eagre"),
        errors.OptionError, ["did you mean 'eager'?"],
    ),
    "fit before compile": (
        lambda: cp.Sequential([cp.layers.Dense(1)]).fit(X, Y),
        errors.StateError, ["fit comes after compile", "model.compile("],
    ),
    "evaluate before compile": (
        lambda: cp.Sequential([cp.layers.Dense(1)]).evaluate(X, Y),
        errors.StateError, ["evaluate comes after compile"],
    ),
    "optimizer before compile": (
        lambda: cp.Sequential([cp.layers.Dense(1)]).optimizer,
        errors.StateError, ["optimizer comes after compile"],
    ),
    "examples of another width": (
        lambda: model().fit(X[:, :2], Y), errors.ShapeError, ["begin the model with Input((2,))"],
    ),
    "numbers instead of rows": (
        lambda: model().fit(X[:, 0], Y), errors.ShapeError, ["Give an array of shape (N, 4)."],
    ),
    "rows of different lengths": (
        lambda: model().fit([[1, 2, 3], [1, 2]], [[0], [1]]),
        errors.ShapeError, ["x[0] has length 3, x[1] has length 2"],
    ),
    "classes as text": (
        lambda: model().fit(X, ["cat", "dog"] * 3),
        errors.DTypeError, ["got list of text", "np.unique(y, return_inverse=True)[1]"],
    ),
    "numbers as text": (
        lambda: model().fit(X.astype(str), Y), errors.DTypeError, ["np.asarray(x, 'float32')"],
    ),
    "a layer that is no list": (
        lambda: cp.Sequential(cp.layers.Dense(1)), errors.OptionError, ["list of layers", "[...]"],
    ),
    "a figure misspelt": (
        lambda: cp.callbacks.EarlyStopping("val_los"),
        errors.OptionError, ["did you mean 'val_loss'?"],
    ),
    "a rate in quotes": (
        lambda: cp.optimizers.SGD("0.1"), errors.OptionError, ["Write 0.1 without quotes."],
    ),
    "a layer that is not there": (
        lambda: model().get_layer("dens"), errors.AddressError, ["Did you mean 'dense'?"],
    ),
    "a layer by name and index": (
        lambda: model().get_layer("dense", 0), errors.OptionError, ["one of the two"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", REFUSED)
def test_refused_in_words(what):
    act, kind, words = REFUSED[what]
    with pytest.raises(kind) as caught:
        act()
    message = "\n".join([str(caught.value), *getattr(caught.value, "__notes__", [])])
    for part in words:
        assert part in message, message


@pytest.mark.parametrize(
    ("call", "code"),
    [
        (lambda bad: model().fit(X, bad(Y)), "y"),
        (lambda bad: model().fit(X, Y, sample_weight=bad(np.ones((6, 1)))), "sample_weight"),
        (lambda bad: model().fit(X, Y, validation_data=(bad(X), Y)), "val_x"),
        (lambda bad: model().fit(X, Y, validation_data=(X, bad(Y))), "val_y"),
        (lambda bad: model().fit(X, Y, validation_data=(X, Y, bad(np.ones((6, 1))))),
         "val_sample_weight"),
    ],
)  # fmt: skip
def test_the_advice_is_for_the_array_that_has_the_gap(call, code):
    with pytest.raises(
        errors.NumericsError, match=rf"np\.isfinite\({code}\)\.reshape\(len\({code}"
    ):
        call(lambda array: with_value(array, (3, 0), np.nan))


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: model().fit(X, Y, epohs=3), "fit has no argument 'epohs'; did you mean 'epochs'"),
        (lambda: model().compile("sgd", "mse", metric=[]),
         "compile has no argument 'metric'; did you mean 'metrics'"),
        (lambda: cp.callbacks.EarlyStopping(patiense=3),
         "EarlyStopping has no argument 'patiense'; did you mean 'patience'"),
    ],
)  # fmt: skip
def test_a_misspelt_argument_is_told(call, said):
    with pytest.raises(errors.OptionError, match=said):
        call()


@pytest.mark.parametrize(
    ("part", "name", "meant"),
    [("layers", "Dens", "Dense"), ("optimizers", "Sdg", "SGD"), ("metrics", "Accurcy", "Accuracy"),
     ("losses", "MeanSquareError", "MeanSquaredError"), ("callbacks", "EarlyStoping",
     "EarlyStopping"), ("initializers", "Zeroes", "Zeros")],
)  # fmt: skip
def test_a_misspelt_name_is_told(part, name, meant):
    for library in (cp, cp.keras):
        with pytest.raises(AttributeError, match=f"^{part} has no '{name}'; did you .* '{meant}'"):
            getattr(getattr(library, part), name)


def test_a_refusal_changes_nothing():
    one = model()
    before = one.get_weights()
    with pytest.raises(errors.NumericsError):
        one.fit(with_value(X, (5, 3), np.nan), Y, batch_size=1)
    for got, want in zip(one.get_weights(), before, strict=True):
        np.testing.assert_array_equal(got, want)


def test_large_finite_numbers_are_not_taken_for_infinite_ones():
    big = np.full((6, 4), 3e38, "float32")  # their sum is not finite
    one = model()
    one.set_weights([np.full((4, 2), 0.1), np.zeros(2)])
    assert np.isfinite(one.predict(big)).all()


def test_numbers_in_rows_of_one_may_come_as_a_flat_list():
    one = model(inputs=1, outputs=1)
    one.fit([1.0, 2.0], [3.0, 4.0])
    assert one.predict([1.0, 2.0, 3.0]).shape == (3, 1)


def test_whole_numbers_and_booleans_are_taken():
    for kind in ("uint8", "int64", "bool"):
        assert model().predict(np.ones((2, 4), kind)).dtype == np.float32


def test_data_that_are_fine_are_not_refused():
    history = model().fit(X, Y, validation_data=(X, Y, np.ones(6)), sample_weight=np.ones(6))
    assert np.isfinite(history.history["val_loss"]).all()
