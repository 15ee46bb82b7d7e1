"""Layers build once, convert their input, name what they make and say where an error was."""

import numpy as np
import pytest

import clearprop as cp
from clearprop import nn
from clearprop.errors import (
    DTypeError,
    MemoryLimitError,
    OptionError,
    ShapeError,
    StateError,
)
from clearprop.nn import Dense, Layer

X = np.arange(6.0).reshape(2, 3)


class Scale(Layer):
    """A user's layer, in Keras's manner: weights in build, operations in call."""

    def __init__(self, factor=2.0, **options):
        super().__init__(**options)
        self.factor = factor

    def build(self, input_shape):
        self.scale = self.add_weight((input_shape[-1],), "ones", name="scale")
        self.count = self.add_weight((), "zeros", trainable=False, name="count")

    def call(self, x):
        return x * self.scale * self.factor


class Louder(Scale):
    """A subclass whose build calls its base's."""

    def build(self, input_shape):
        super().build(input_shape)
        self.extra = self.add_weight((2,), "zeros", name="extra")


class OnlyInTraining(Layer):
    def call(self, x, training=False):
        return x * 2.0 if training else x


class Careless(Layer):
    """Forgets that it might be built twice."""

    def build(self, input_shape):
        self.w = self.add_weight((1,))
        self.v = self.add_weight((1,))

    def call(self, x):
        return x + self.w


@pytest.mark.parametrize("use", [lambda one: one(X), lambda one: one.weights, lambda one: one.name])
def test_an_init_that_does_not_begin_with_that_of_the_layer(use):
    class Hasty(Layer):
        def __init__(self):
            self.factor = 2

        def call(self, x):
            return x * self.factor

    with pytest.raises(AttributeError, match=r"^Hasty: its __init__ must begin with super\(\)"):
        use(Hasty())
    with pytest.raises(AttributeError, match=r"^'Dense' object has no attribute 'kernle'$"):
        Dense(3).kernle  # noqa: B018


def test_the_first_call_builds():
    layer = Scale()
    assert not layer.built
    assert layer.weights == []
    assert layer(X).tolist() == (2 * X).tolist()
    assert (layer.built, layer.built_for) == (True, (None, 3))


def test_it_builds_once_whoever_asks():
    layer = Louder()
    layer.build((None, 3))
    layer.build((32, 3))
    layer(X)
    assert [w.path for w in layer.weights] == ["louder/scale", "louder/extra", "louder/count"]


def test_building_for_another_shape_is_refused():
    layer = Dense(2)
    layer(X)
    with pytest.raises(ShapeError, match=r"built for inputs of shape \(None, 3\).*\(None, 4\)"):
        layer.build((None, 4))
    with pytest.raises(ShapeError, match="last axis") as caught:
        layer(np.zeros((5, 4)))
    assert caught.value.__notes__ == [
        "in layer 'dense' (Dense, 3 → 2), given an input of shape (5, 4)"
    ]


@pytest.mark.parametrize(
    ("shape", "words"),
    [(784, r"such as \(None, 784\).*got 784"), ("ab", "got 'ab'"), ((None, 2.5), "got"),
     (None, "got None"), ((), "needs a batch axis")],
)  # fmt: skip
def test_what_is_no_shape_is_refused(shape, words):
    with pytest.raises(ShapeError, match=words):
        Dense(2).build(shape)


def test_a_layer_without_weights_takes_any_shape():
    layer = nn.Activation("tanh")
    assert layer(X).shape == (2, 3)
    layer.build((None, 7))
    assert layer(np.zeros((1, 7))).shape == (1, 7)


def test_a_build_that_fails_leaves_nothing():
    class Fails(Layer):
        def build(self, input_shape):
            self.add_weight((2,))
            raise ShapeError("no")

        def call(self, x):
            return x

    layer = Fails()
    for _ in range(2):
        with pytest.raises(ShapeError, match="no"):
            layer(X)
    assert layer.weights == []


def test_weights_without_a_name_are_numbered():
    layer = Careless()
    layer(X)
    assert [w.path for w in layer.weights] == ["careless/variable", "careless/variable_1"]


def test_two_weights_of_one_name_are_refused():
    layer = Scale()
    layer(X)
    with pytest.raises(OptionError, match="'scale' already"):
        layer.add_weight((1,), name="scale")


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("given", ["float32", "float64", "int64", "uint8", "bool"])
def test_inputs_become_the_layers_kind_of_number(dtype, given):
    layer = Dense(2, dtype=dtype)
    assert layer(np.ones((2, 3), given)).dtype == dtype
    assert layer(cp.tensor(np.ones((2, 3), given))).dtype == dtype
    assert layer([[1, 2, 3]]).dtype == dtype
    assert {str(w.dtype) for w in layer.weights} == {dtype}


def test_conversion_of_a_recorded_input_is_recorded():
    x = cp.tensor(X)
    Dense(1, kernel_initializer="ones")(x).sum().backward()
    assert x.grad.tolist() == [[1.0] * 3] * 2
    assert x.grad.dtype == np.float64


def test_whole_numbers_are_left_alone_where_the_layer_says_so():
    class Table(Layer):
        converts_integers = False

        def call(self, x):
            return x

    assert Table()(np.array([[1, 2]])).dtype == np.int64
    assert Table()(np.array([[1.0, 2.0]])).dtype == np.float32


def test_text_is_refused():
    with pytest.raises(DTypeError, match="takes numbers"):
        Dense(2)(np.array([["a", "b"]]))


def test_float16_is_no_kind_of_layer():
    with pytest.raises(OptionError, match="'float32' or 'float64'; got 'float16'"):
        Dense(2, dtype="float16")
    with pytest.raises(OptionError, match="'float32' or 'float64'"):
        Dense(2, dtype="mixed_float16")


def test_the_default_kind_of_number_can_be_chosen():
    nn.set_floatx("float64")
    try:
        assert nn.floatx() == "float64"
        assert Dense(2)(X).dtype == np.float64
    finally:
        nn.set_floatx("float32")
    assert Dense(2)(X).dtype == np.float32
    with pytest.raises(OptionError, match="float16"):
        nn.set_floatx("float16")


def test_training_reaches_only_those_who_ask():
    assert OnlyInTraining()(X, training=True).tolist() == (2 * X).tolist()
    assert OnlyInTraining()(X).tolist() == X.tolist()
    assert Scale()(X, training=True).tolist() == (2 * X).tolist()


def test_outputs_are_named():
    assert Scale()(X).name == "scale/output"
    y = Dense(2, activation="tanh")(X)
    assert y.name == "dense/output"
    assert y.node.inputs[0].name == "dense/sum"


def test_an_input_passed_on_keeps_its_name():
    x = cp.tensor(X, name="x", dtype="float32")
    assert OnlyInTraining()(x).name == "x"


def test_a_user_may_return_a_plain_array_or_several():
    class Pair(Layer):
        def call(self, x):
            return x, x * 2.0

    first, second = Pair()(X)
    assert second.tolist() == (2 * first.numpy()).tolist()


@pytest.mark.parametrize("error", [ShapeError, ValueError, TypeError, MemoryLimitError])
def test_every_error_says_where_it_was(error):
    class Breaks(Layer):
        def call(self, x):
            raise error("broken")

    with pytest.raises(error, match="broken") as caught:
        Breaks(name="third")(X)
    assert caught.value.__notes__ == ["in layer 'third' (Breaks), given an input of shape (2, 3)"]


def test_weights_come_trainable_first():
    layer = Louder()
    layer(X)
    assert [w.path for w in layer.trainable_weights] == ["louder/scale", "louder/extra"]
    assert [w.path for w in layer.non_trainable_weights] == ["louder/count"]
    assert layer.variables == layer.weights
    assert layer.count_params() == 3 + 2 + 1


def test_freezing_and_thawing():
    layer = Scale()
    layer(X)
    layer.trainable = False
    assert layer.trainable_weights == []
    layer.trainable = True
    assert [w.path for w in layer.trainable_weights] == ["scale/scale"]
    frozen = Scale(trainable=False)
    frozen(X)
    assert frozen.trainable_weights == []
    frozen.trainable = True
    assert [w.path for w in frozen.trainable_weights] == ["scale/scale"]


def test_counting_before_building_is_too_early():
    with pytest.raises(StateError, match="no weights yet"):
        Dense(3).count_params()


def test_weights_are_got_and_set():
    layer = Dense(2)
    layer(X)
    values = [np.ones((3, 2)), np.zeros(2)]
    layer.set_weights(values)
    got = layer.get_weights()
    assert [w.tolist() for w in got] == [v.tolist() for v in values]
    got[0][:] = 7  # a copy
    assert layer.kernel.numpy()[0, 0] == 1


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ([np.ones((3, 2))], r"has 2 weights \(dense/kernel \(3, 2\), dense/bias \(2,\)\); got 1"),
        ([np.zeros((3, 2)), np.zeros(3)], r"dense/bias has shape \(2,\); got \(3,\)"),
        ([np.zeros((2, 3)), np.zeros(2)], r"dense/kernel has shape \(3, 2\); got \(2, 3\)"),
    ],
)
def test_weights_that_do_not_fit_change_nothing(values, words):
    layer = Dense(2, kernel_initializer="ones")
    layer(X)
    with pytest.raises(ShapeError, match=words):
        layer.set_weights(values)
    assert layer.kernel.tolist() == [[1.0, 1.0]] * 3


def test_the_output_shape_of_a_users_layer_is_found_by_trying():
    assert Scale().output_shape((None, 5)) == (None, 5)


@pytest.mark.parametrize(
    ("made", "said"),
    [
        (lambda: nn.Dense(3, activaton="relu"),
         r"^Dense has no argument 'activaton'; did you mean 'activation'\? It has: units, activat"),
        (lambda: nn.Dense(3, colour="red"), r"^Dense has no argument 'colour'\. It has: units"),
        (lambda: nn.Flatten(nam="flat"), r"^Flatten has no argument 'nam'; did you mean 'name'\?"),
    ],
)  # fmt: skip
def test_an_argument_that_no_layer_has_is_refused(made, said):
    with pytest.raises(OptionError, match=said):
        made()


@pytest.mark.parametrize(
    "name", ["", "a/b", "a[0]", "a'b", ' "', " a", "3", "a\nb", "a\\b", 5, "\u200b"]
)
def test_names_that_addresses_could_not_hold(name):
    with pytest.raises(OptionError, match="name"):
        Dense(2, name=name)


@pytest.mark.parametrize("name", ["은닉층", "h1", "conv 2", "a.b", "x-y_z"])
def test_names_of_all_scripts(name):
    assert Dense(2, name=name).name == name


@pytest.mark.parametrize(
    ("cls", "name"),
    [("Dense", "dense"), ("LeakyReLU", "leaky_re_lu"), ("Conv2DTranspose", "conv2d_transpose"),
     ("SimpleRNN", "simple_rnn"), ("LSTM", "lstm"), ("ReLU", "re_lu"), ("GRUCell", "gru_cell")],
)  # fmt: skip
def test_automatic_names_are_keras_names(cls, name, keras):
    from keras.src.utils.naming import to_snake_case

    assert nn.naming.auto_name(type(cls, (), {})) == name == to_snake_case(cls)
