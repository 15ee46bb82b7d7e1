"""Data that cannot be learnt from are refused in words; their form in memory changes nothing."""

import numpy as np
import pytest

import clearprop as cp
from clearprop import errors
from tests.conformance.hard import LABELS, X, Y, net

L = cp.layers
NAN, INF = float("nan"), float("inf")


def two():
    """A model of two inputs, a and b, and two outputs, p and q."""
    cp.set_seed(0)
    a, b = cp.Input((4,), name="a"), cp.Input((3,), name="b")
    h = L.Concatenate()([L.Dense(3)(a), L.Dense(2)(b)])
    model = cp.Model([a, b], [L.Dense(1, name="p")(h), L.Dense(2, name="q")(h)])
    model.compile("sgd", "mse")
    return model


def with_value(array, place, value):
    changed = np.array(array, dtype=float)
    changed[place] = value
    return changed


def batches(*arrays, size=4):
    return ([each[i : i + size] for each in arrays] for i in range(0, len(arrays[0]), size))


A, B, P, Q = X, X[:, :3], np.ones((8, 1)), np.ones((8, 2))
WEIGHT = np.ones(8)

REFUSED = {
    "nan in a generator": (
        lambda: net().fit(batches(with_value(X, (5, 1), NAN), Y)),
        errors.NumericsError, ["x[1, 1] is nan (row 1)"],
    ),
    "infinite targets in a generator": (
        lambda: net().fit(batches(X, with_value(Y, (5, 1), INF))),
        errors.NumericsError, ["y[1, 1] is inf (row 1)"],
    ),
    "nan in a generator's weights": (
        lambda: net().fit(batches(X, Y, with_value(WEIGHT, 6, NAN))),
        errors.NumericsError, ["sample_weight[2] is nan (row 2)"],
    ),
    "nan as a weight in a generator": (
        lambda: net().fit(batches(X, Y, with_value(WEIGHT, 6, NAN))),
        errors.NumericsError, ["sample_weight[2] is nan"],
    ),
    "nan in validation batches": (
        lambda: net().fit(X, Y, validation_data=next(batches(with_value(X, 0, NAN), Y))),
        errors.NumericsError, ["validation x[0, 0] is nan"],
    ),
    "nan in a batch": (
        lambda: net().train_on_batch(with_value(X, (3, 1), NAN), Y),
        errors.NumericsError, ["x[3, 1] is nan"],
    ),
    "nan in the second input": (
        lambda: two().fit([A, with_value(B, (2, 2), NAN)], [P, Q]),
        errors.NumericsError, ["x[1][2, 2] is nan"],
    ),
    "nan in the second targets": (
        lambda: two().fit([A, B], {"p": P, "q": with_value(Q, (2, 1), NAN)}),
        errors.NumericsError, ["y['q'][2, 1] is nan"],
    ),
    "targets too large for float32": (
        lambda: net().fit(X, Y.astype("float64") * 1e300),
        errors.NumericsError, ["y[0, 0] is", "too large for float32"],
    ),
    "numbers of words that are nan": (
        lambda: [it := cp.Sequential([L.Embedding(5, 2), L.Flatten(), L.Dense(2)]),
                 it.compile("sgd", "mse"), it.fit(with_value(X, (2, 2), NAN), Y)],
        errors.NumericsError, ["x[2, 2] is nan"],
    ),
    "a class weight that is nan": (
        lambda: net("sparse_categorical_crossentropy").fit(X, LABELS, class_weight={0: NAN}),
        errors.OptionError, ["class_weight[0]", "nan"],
    ),
    "a loss weight that is nan": (
        lambda: two().compile("sgd", "mse", loss_weights=[1.0, NAN]),
        errors.OptionError, ["loss_weights must be finite numbers; got nan"],
    ),
    "a learning rate that is nan": (
        lambda: net(optimizer=cp.optimizers.SGD(NAN)), errors.OptionError, ["learning_rate", "nan"],
    ),
    "values marked as missing": (
        lambda: net().fit(np.ma.masked_greater(X, 1.0), Y),
        errors.DataError, ["x is a masked array with", "x.filled(0)"],
    ),
    "no batches": (lambda: net().fit(iter([])), errors.DataError, ["x gives no batches"]),
    "a batch of nothing": (
        lambda: net().fit(iter([(X[:0], Y[:0])])), errors.DataError, ["x has no rows"],
    ),
    "nothing to predict": (lambda: net().predict(X[:0]), errors.DataError, ["x has no rows"]),
    "nothing to validate by": (
        lambda: net().fit(X, Y, validation_data=(X[:0], Y[:0])),
        errors.DataError, ["validation x has no rows"],
    ),
    "rows of nothing": (
        lambda: net().fit(X[:, :0], Y), errors.DataError, ["shape (8, 0)", "not one number"],
    ),
    "sequences of nothing": (
        lambda: net().predict(np.zeros((8, 0, 3))), errors.DataError, ["not one number in a row"],
    ),
    "complex numbers": (
        lambda: net().fit(X.astype(complex), Y), errors.DTypeError, ["complex128"],
    ),
    "dates": (
        lambda: net().fit(np.zeros((8, 4), "M8[s]"), Y), errors.DTypeError, ["datetime64"],
    ),
    "half classes": (
        lambda: net("sparse_categorical_crossentropy").fit(X, np.full(8, 0.5)),
        errors.DTypeError, ["target 0.5 at [0] is no class number"],
    ),
    "a class below 0": (
        lambda: net("sparse_categorical_crossentropy").fit(X, LABELS - 1),
        errors.RangeError, ["label -1 at y[0]"],
    ),
    "a class too large in a later batch": (
        lambda: net("sparse_categorical_crossentropy").fit(
            batches(X, with_value(LABELS, 5, 5).astype(int))
        ),
        errors.RangeError, ["label 5 at y[1]", "6 units"],
    ),
    "answers of 2": (
        lambda: net("binary_crossentropy").fit(X, np.full((8, 2), 2.0)),
        errors.RangeError, ["target 2 at [0, 0] is outside 0 to 1"],
    ),
    "one input for two": (
        lambda: two().fit(A, [P, Q]), errors.ShapeError, ["takes 2 inputs (a, b); got 1"],
    ),
    "three inputs for two": (
        lambda: two().fit([A, B, A], [P, Q]), errors.ShapeError, ["takes 2 inputs (a, b); got 3"],
    ),
    "inputs in the wrong order": (
        lambda: two().fit([B, A], [P, Q]),
        errors.ShapeError, ["x[0] has shape (8, 3)", "examples of shape (4,)"],
    ),
    "an input misspelt": (
        lambda: two().fit({"a": A, "bb": B}, [P, Q]), errors.ShapeError, ["without 'b'"],
    ),
    "an input misspelt when asked": (
        lambda: two().predict({"a": A, "bb": B}), errors.ShapeError, ["without 'b'"],
    ),
    "an input misspelt in a later batch": (
        lambda: two().fit(iter([({"a": A, "b": B}, [P, Q]), ({"a": A, "bb": B}, [P, Q])])),
        errors.ShapeError, ["without 'b'"],
    ),
    "targets for one output of two": (
        lambda: two().fit([A, B], P), errors.ShapeError, ["2 outputs (p, q)"],
    ),
    "targets for three outputs of two": (
        lambda: two().fit([A, B], [P, Q, P]), errors.OptionError, ["y has 3 entries", "2 outputs"],
    ),
    "an output misspelt": (
        lambda: two().fit([A, B], {"p": P, "qq": Q}),
        errors.OptionError, ["no output 'qq'", "Did you mean 'q'?"],
    ),
    "an output left out": (
        lambda: two().fit([A, B], {"p": P}),
        errors.DataError, ["y has no targets for the output 'q'"],
    ),
    "targets in the wrong order": (
        lambda: two().fit([A, B], [Q, P]), errors.ShapeError, ["y_true has shape (8, 2)"],
    ),
    "a loss misspelt": (
        lambda: [it := two(), it.compile("sgd", {"p": "mse", "qq": "mse"}), it.fit([A, B], [P, Q])],
        errors.OptionError, ["loss: the model has no output 'qq'"],
    ),
    "weights of an output misspelt": (
        lambda: two().fit([A, B], [P, Q], sample_weight={"pp": WEIGHT}),
        errors.OptionError, ["sample_weight: the model has no output 'pp'"],
    ),
    "another number of rows in the second input": (
        lambda: two().fit([A, B[:5]], [P, Q]), errors.ShapeError, ["x[1] has 5 rows"],
    ),
    "batches that are none": (
        lambda: net().fit(iter([1, 2])), errors.DataError, ["x gives a int", "(x, y)"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", REFUSED)
def test_refused_in_words(what):
    attempt, error, words = REFUSED[what]
    with pytest.raises(error) as caught:
        attempt()
    for part in words:
        assert part in str(caught.value)


def test_which_batch_it_was_is_said():
    with pytest.raises(errors.NumericsError) as caught:
        net().fit(batches(with_value(X, (5, 1), NAN), Y))
    assert "in batch 1, counted from 0, of those that x gives" in caught.value.__notes__


def test_which_output_targets_were_for_is_said():
    with pytest.raises(errors.ShapeError) as caught:
        two().fit([A, B], [Q, P])
    assert "in the targets of the output 'p'" in caught.value.__notes__


FORMS = {
    "Fortran's order": np.asfortranarray(X),
    "every other row": np.repeat(X, 2, axis=0)[::2],
    "backwards": X[::-1].copy()[::-1],
    "the other byte order": X.astype(">f4"),
    "double": X.astype("float64"),
    "long double": X.astype(np.longdouble),
    "a list": X.tolist(),
    "tuples": tuple(map(tuple, X.tolist())),
    "a tensor": cp.tensor(X),
    "nothing is missing": np.ma.masked_array(X),
}


def learnt(x, y=Y):
    model = net()
    model.fit(x, y, epochs=2, batch_size=3, seed=1, verbose=0)
    return [*model.get_weights(), model.predict(x)]


def same(one, other):
    return all(np.array_equal(a, b) for a, b in zip(one, other, strict=True))


@pytest.mark.parametrize("form", FORMS)
def test_the_form_of_an_array_changes_nothing(form):
    assert same(learnt(FORMS[form]), learnt(X))
    assert not same(learnt(FORMS[form]), learnt(1.0001 * X))


def test_whole_numbers_half_precision_and_what_cannot_be_written_to():
    whole = np.round(4 * X)
    assert same(learnt(whole.astype("int8")), learnt(whole))
    assert same(learnt(whole.astype(">i4")), learnt(whole))
    assert same(learnt(whole.astype("float16")), learnt(whole))
    assert same(learnt(X > 0), learnt((X > 0).astype("float32")))
    fixed, targets = X.copy(), Y.astype(">f8")
    fixed.flags.writeable = targets.flags.writeable = False
    assert same(learnt(fixed, targets), learnt(X))


def test_more_inputs_by_name_than_are_needed_are_left_out():
    model = two()
    assert np.array_equal(
        model.predict({"c": A, "b": B, "a": A})[0], model.predict({"a": A, "b": B})[0]
    )
