"""Layers that merge inputs: Keras's numbers and masks, and what they refuse."""

import numpy as np
import pytest

import clearprop as cp
from clearprop.errors import OptionError, ShapeError
from clearprop.nn import LAYERS, Add, Concatenate, Dot, Embedding, Subtract, layers
from tests.nn.beside_keras import unlike

RNG = np.random.default_rng(0)
A, B, C = (RNG.standard_normal((2, 3, 4)) for _ in range(3))
ONE = RNG.standard_normal((2, 1, 4))
FLAT = RNG.standard_normal((2, 4))
CASES = [
    *((name, {}, [A, B, C]) for name in ("Add", "Multiply", "Average", "Maximum", "Minimum")),
    ("Subtract", {}, [A, B]),
    ("Add", {}, [A, ONE, FLAT]),
    ("Multiply", {}, [FLAT, A]),
    ("Maximum", {}, [A, ONE]),
    ("Concatenate", {}, [A, B, C]),
    ("Concatenate", {"axis": 1}, [A, ONE]),
    ("Concatenate", {"axis": -2}, [A, ONE]),
    ("Dot", {"axes": 1}, [A, B]),
    ("Dot", {"axes": -1}, [A, ONE]),
    ("Dot", {"axes": (2, 1)}, [A, FLAT]),
    ("Dot", {"axes": (1, 2)}, [A, RNG.standard_normal((2, 5, 3))]),
    ("Dot", {"axes": 1, "normalize": True}, [FLAT, 2 * FLAT + 1]),
    ("Dot", {"axes": (2, -1), "normalize": True}, [A, B]),
    ("Dot", {"axes": 2}, [A, RNG.standard_normal((2, 3, 4, 2))[:, :, :, 0]]),
]


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize(("name", "settings", "inputs"), CASES, ids=str)
def test_keras_gives_the_same(name, settings, inputs, dtype, keras, keras_floatx):
    keras_floatx(dtype)
    given = [x.astype(dtype) for x in inputs]
    ours = LAYERS[name](**settings, dtype=dtype)
    theirs = getattr(keras.layers, name)(**settings, dtype=dtype)
    theirs.build([x.shape for x in given])
    assert unlike(ours, theirs, lambda layer, *x: layer(list(x)), given, dtype) == []
    shapes = [(None, *x.shape[1:]) for x in given]
    assert ours.output_shape(shapes) == tuple(theirs.compute_output_shape(shapes))


def test_what_differs_is_noticed(keras):
    ours, theirs = LAYERS["Average"](), keras.layers.Add()
    theirs.build([A.shape, B.shape])
    found = unlike(
        ours, theirs, lambda f, *x: f(list(x)), [x.astype("float32") for x in (A, B)], "float32"
    )
    assert found == ["output 0", "gradient 0", "gradient 1"]


WORDS = [np.array([[1, 2, 0], [1, 0, 0]]), np.array([[3, 0, 0], [2, 2, 0]])]


@pytest.mark.parametrize("both", [True, False])
@pytest.mark.parametrize(
    "name", ["Add", "Subtract", "Multiply", "Average", "Maximum", "Minimum", "Concatenate"]
)
def test_masks(name, both, keras, keras_floatx):
    keras_floatx("float64")
    table = RNG.standard_normal((4, 2))
    answers = []
    for module in (LAYERS, vars(keras.layers)):
        embeddings = [
            module["Embedding"](4, 2, mask_zero=zero, dtype="float64") for zero in (True, both)
        ]
        given = []
        for layer, words in zip(embeddings, WORDS, strict=True):
            layer.build((None, 3))
            layer.set_weights([table])
            given.append(layer(words))
        y = module[name](dtype="float64")(given)
        mask = getattr(y, "mask", None) if module is LAYERS else getattr(y, "_keras_mask", None)
        answers.append((np.asarray(y), None if mask is None else np.asarray(mask).tolist()))
    (ours, own), (theirs, kept) = answers
    np.testing.assert_allclose(ours, theirs, rtol=1e-10)
    assert own == kept


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: Add()(A), "takes a list"),
        (lambda: Add()([]), "takes a list"),
        (lambda: Add()([A, A[:, :, :3]]), "axis -1"),
        (lambda: Add()([A, A[:1]]), "batches of different sizes"),
        (lambda: Subtract()([A, B, C]), "exactly 2 inputs; got 3"),
        (lambda: Concatenate(axis=1)([A, FLAT]), "agree but for axis 1"),
        (lambda: Concatenate(axis=3)([A, B]), "no axis 3"),
        (lambda: Dot(axes=1)([A, FLAT]), "sizes 3 and 4"),
        (lambda: Dot(axes=3)([A, B]), "no axis 3"),
        (lambda: Dot(axes=1)([A]), "exactly 2 inputs; got 1"),
    ],
)
def test_shapes_that_do_not_fit(call, words):
    with pytest.raises(ShapeError, match=words):
        call()


@pytest.mark.parametrize(
    "call", [lambda: Dot(axes=0), lambda: Dot(axes=(1, 2, 3)), lambda: Concatenate(axis=1.5)]
)
def test_axes_that_are_none(call):
    with pytest.raises(OptionError, match="ax"):
        call()


def test_functions_are_the_layers():
    for name in ("add", "multiply", "average", "maximum", "minimum", "concatenate"):
        made = LAYERS[name.capitalize()](dtype="float64")([A, B])
        np.testing.assert_array_equal(getattr(layers, name)([A, B], dtype="float64"), made)
    np.testing.assert_allclose(cp.layers.subtract([A, B], dtype="float64"), A - B)
    assert cp.layers.dot([FLAT, FLAT], axes=-1).shape == (2, 1)


@pytest.mark.parametrize("layer", [Add(name="sum"), Concatenate(axis=2), Dot((1, -1), True)])
def test_configurations(layer):
    assert type(layer).from_config(layer.get_config()).get_config() == layer.get_config()


def test_a_list_of_placeholders_makes_a_model():
    x, z = cp.Input((4,)), cp.Input((4,))
    y = cp.layers.Dense(1)(cp.layers.concatenate([x, cp.layers.Add()([x, z])]))
    model = cp.Model([x, z], y)
    assert model([FLAT, FLAT]).shape == (2, 1)


def test_embedding_is_among_the_layers():
    assert LAYERS["Embedding"] is Embedding
