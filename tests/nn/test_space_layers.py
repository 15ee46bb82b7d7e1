"""Layers of images and sequences: what they accept, refuse and say."""

import numpy as np
import pytest

import clearprop as cp
from clearprop.errors import OptionError, ShapeError
from clearprop.nn import LAYERS, Chain, Input, layers
from clearprop.nn.interpolation import METHODS, resize_matrix

IMAGES = np.random.default_rng(0).standard_normal((2, 6, 7, 4))


def made(name, /, *arguments, **options):
    return LAYERS[name](*arguments, **options)


REFUSED_ARGUMENTS = {
    "no filters": (lambda: made("Conv2D", 0, 3), "filters must be a positive whole number; got 0"),
    "half a filter": (lambda: made("Conv1D", 2.5, 3), "filters must be a positive"),
    "no window": (lambda: made("Conv2D", 2, (3, 0)), r"kernel_size must be .*2 such.*got \(3, 0\)"),
    "three for two": (lambda: made("Conv2D", 2, (3, 3, 3)), "kernel_size must be"),
    "a word": (lambda: made("Conv2D", 2, "33"), "kernel_size must be"),
    "no strides": (lambda: made("Conv2D", 2, 3, strides=0), "strides must be"),
    "true": (lambda: made("Conv2D", 2, 3, dilation_rate=True), "dilation_rate must be"),
    "strides and dilation": (
        lambda: made("Conv2D", 2, 3, strides=2, dilation_rate=(1, 2)),
        r"strides \(2, 2\) and dilation_rate \(1, 2\) cannot both be above 1"),
    "transposed too": (
        lambda: made("Conv1DTranspose", 2, 3, strides=2, dilation_rate=2), "cannot both"),
    "groups": (
        lambda: made("Conv2D", 6, 3, groups=4), "divide filters; got groups=4 for filters=6"),
    "no groups": (lambda: made("Conv2D", 6, 3, groups=0), "groups must be a positive"),
    "padding": (lambda: made("Conv2D", 2, 3, padding="smae"), "unknown padding.*'same'"),
    "causal images": (lambda: made("Conv2D", 2, 3, padding="causal"), "unknown padding"),
    "causal transposed": (lambda: made("Conv1DTranspose", 2, 3, padding="causal"), "unknown pad"),
    "data format": (lambda: made("Conv2D", 2, 3, data_format="last"), "unknown data_format"),
    "activation": (lambda: made("Conv2D", 2, 3, activation="rleu"), "did you mean 'relu'"),
    "misspelt": (lambda: made("Conv2D", 2, 3, stride=2), "did you mean 'strides'"),
    "more out than strides": (
        lambda: made("Conv2DTranspose", 2, 3, strides=2, output_padding=2), "below strides"),
    "depth": (lambda: made("DepthwiseConv2D", 3, depth_multiplier=0), "depth_multiplier must"),
    "pool": (lambda: made("MaxPooling2D", (2, 2, 2)), "pool_size must be"),
    "pool padding": (lambda: made("MaxPooling1D", 2, padding="causal"), "unknown padding"),
    "upsampling": (lambda: made("UpSampling2D", -1), "size must be"),
    "interpolation": (lambda: made("UpSampling2D", 2, interpolation="bilinaer"), "'bilinear'"),
    "resizing": (lambda: made("Resizing", 0, 3), "height must be a positive"),
    "padded": (lambda: made("Resizing", 2, 2, pad_to_aspect_ratio=True), "ZeroPadding2D before"),
    "negative margin": (lambda: made("ZeroPadding2D", -1), "0, 2 such numbers, or 2 pairs"),
    "triple": (lambda: made("ZeroPadding2D", ((1, 2, 3), (1, 2))), "pairs"),
    "one axis": (lambda: made("ZeroPadding1D", (1, 2, 3)), r"or a pair \(before, after\)"),
    "crop": (lambda: made("Cropping2D", "1"), "cropping must be"),
}  # fmt: skip


@pytest.mark.parametrize(("make", "words"), REFUSED_ARGUMENTS.values(), ids=REFUSED_ARGUMENTS)
def test_arguments_refused(make, words):
    with pytest.raises(OptionError, match=words):
        make()


CONV = (3, 3)
REFUSED_INPUTS = {
    "no channels": (
        made("Conv2D", *CONV), (64, 28, 28),
        r"width, channels\); got \(None, 28, 28\), 3 axes instead of 4.*x\[..., None\].*x\[None\]"),
    "no channels first": (
        made("Conv2D", *CONV, data_format="channels_first"), (64, 28, 28), r"x\[:, None\]"),
    "one row": (made("Conv2D", *CONV), (64, 784), r"got \(None, 784\), 2 axes"),
    "steps": (made("Conv1D", *CONV), (5, 7), r"\(N, steps, channels\)"),
    "too small": (made("Conv2D", *CONV), (2, 5, 2, 1), "3 does not fit 2 places.*padding='same'"),
    "too far apart": (made("Conv1D", 3, 3, dilation_rate=4), (2, 8, 1), "9 does not fit 8"),
    "groups": (
        made("Conv2D", 4, 3, groups=2), (2, 5, 5, 3), "groups=2 must divide.*the input has 3"),
    "nothing": (made("Conv2D", *CONV), (2, 0, 5, 1), "does not fit 0 places"),
    "pool": (made("MaxPooling2D"), (2, 1, 5, 1), "2 does not fit 1 places"),
    "pool row": (made("AveragePooling1D", 2), (2, 4), r"\(N, steps, channels\)"),
    "global": (made("GlobalAveragePooling2D"), (2, 4, 4), "takes batches of shape"),
    "global nothing": (made("GlobalAveragePooling2D"), (2, 0, 4, 3), "nothing to pool"),
    "cropped away": (made("Cropping1D", 2), (2, 4, 1), "leaves nothing of an input whose space"),
    "depthwise": (made("DepthwiseConv2D", 3), (2, 5, 5), "takes batches"),
}  # fmt: skip


@pytest.mark.parametrize(("layer", "shape", "words"), REFUSED_INPUTS.values(), ids=REFUSED_INPUTS)
def test_inputs_refused(layer, shape, words):
    with pytest.raises(ShapeError, match=words) as caught:
        layer(np.ones(shape))
    assert any(f"in layer {layer.name!r}" in note for note in caught.value.__notes__)
    assert layer.weights == []


def test_other_channels_than_it_was_built_for():
    layer = made("Conv2D", 2, 3)
    layer(IMAGES)
    with pytest.raises(ShapeError, match=r"so it has 3 channels.*is for 4") as caught:
        layer(IMAGES[..., :3])
    assert "Conv2D 3×3, 4 → 2" in caught.value.__notes__[-1]


def test_the_number_of_channels_must_be_known():
    for name in ("Conv2D", "SeparableConv2D"):
        with pytest.raises(ShapeError, match="how many channels"):
            made(name, 2, 3).build((None, 5, 5, None))


def test_sizes_that_are_not_known_stay_so():
    shape = (None, None, 8, 3)
    assert made("Conv2D", 5, 3, strides=2).output_shape(shape) == (None, None, 3, 5)
    assert made("Conv2DTranspose", 5, 3, strides=2).output_shape(shape) == (None, None, 17, 5)
    assert made("DepthwiseConv2D", 3).output_shape((None, 8, 8, None)) == (None, 6, 6, None)
    assert made("MaxPooling2D").output_shape(shape) == (None, None, 4, 3)
    assert made("UpSampling2D", 3).output_shape(shape) == (None, None, 24, 3)
    assert made("ZeroPadding2D").output_shape(shape) == (None, None, 10, 3)
    assert made("Cropping2D", 1).output_shape(shape) == (None, None, 6, 3)
    first = made("MaxPooling2D", data_format="channels_first")
    assert first.output_shape((None, 3, 8, None)) == (None, 3, 4, None)


def test_a_window_too_large_is_known_before_there_is_data():
    with pytest.raises(ShapeError, match="5 does not fit 4"):
        Chain([Input((4, 4, 1)), layers.Conv2D(2, 5)])


PENALTIES = {"regularizer": "l2", "constraint": "non_neg"}


@pytest.mark.parametrize(
    ("name", "roles"),
    [
        ("Conv2D", {"kernel": "kernel", "bias": "bias"}),
        ("Conv2DTranspose", {"kernel": "kernel", "bias": "bias"}),
        ("DepthwiseConv2D", {"depthwise": "kernel", "bias": "bias"}),
        ("SeparableConv2D", {"depthwise": "depthwise_kernel", "pointwise": "pointwise_kernel"}),
    ],
)
@pytest.mark.parametrize("end", PENALTIES)
def test_each_weight_has_its_own_penalty_and_bound(name, roles, end):
    arguments = (3,) if name == "DepthwiseConv2D" else (2, 3)
    for role, weight in roles.items():
        layer = made(name, *arguments, **{f"{role}_{end}": PENALTIES[end]})
        layer.build(IMAGES.shape)
        having = [w.path.rpartition("/")[2] for w in layer.weights if getattr(w, end) is not None]
        assert having == [weight]
        again = type(layer).from_config(layer.get_config())
        assert again.get_config() == layer.get_config()


def test_what_comes_before_the_activation():
    layer = made("Conv2D", 2, 3, activation="relu", name="c")
    z = layer.pre_activation(IMAGES)
    assert z.name == "c/sum"
    assert layer.final_activation == "relu"
    assert np.array_equal(layer(IMAGES).numpy(), np.maximum(z.numpy(), 0))
    assert (z.numpy() < 0).any()


def test_a_causal_output_sees_no_later_step():
    layer = made("Conv1D", 2, 3, padding="causal", dilation_rate=2)
    x = np.random.default_rng(0).standard_normal((1, 9, 2))
    changed = x.copy()
    changed[:, 5:] += 1
    same = made("Conv1D", 2, 3, padding="same", dilation_rate=2)
    for each, equal in ((layer, True), (same, False)):
        assert np.array_equal(each(x).numpy()[:, :5], each(changed).numpy()[:, :5]) is equal


def test_a_pixel_of_a_result_can_be_asked_why():
    model = cp.Sequential(
        [cp.Input((3, 3, 1)), layers.Conv2D(1, 2, kernel_initializer="ones", name="c"),
         layers.MaxPool2D(2), layers.Flatten()], dtype="float64",
    )  # fmt: skip
    model.compile("sgd", loss="mse")
    x = np.arange(9.0).reshape(3, 3, 1)
    explanation = cp.why(model, "c/kernel[0,0,0,0]", x=x, y=[20.0])
    # The largest sum, 4 + 5 + 7 + 8, is 4 too large, and the kernel's first element sees the 4.
    assert explanation.value == pytest.approx(2 * 4 * 4)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(("n", "size"), [(1, 4), (5, 5), (3, 7), (7, 3), (100, 10)])
def test_resizing_weighs_as_if_an_even_image_stayed_even(method, n, size):
    for antialias in (False, True):
        matrix = resize_matrix(n, size, method, antialias=antialias)
        assert matrix.shape == (size, n)
        np.testing.assert_allclose(matrix.sum(axis=1), 1, rtol=1e-12)
    if n == size:
        np.testing.assert_allclose(matrix, np.eye(n), atol=1e-12)


def test_second_names_are_the_same_layers():
    assert layers.MaxPool2D is layers.MaxPooling2D
    assert layers.Convolution1DTranspose is layers.Conv1DTranspose
    assert cp.keras.layers.GlobalAvgPool3D is layers.GlobalAveragePooling3D


@pytest.mark.parametrize("name", ["Conv2D", "MaxPooling2D", "UpSampling2D", "ZeroPadding2D"])
def test_channels_first_is_channels_last_moved(name):
    arguments = {"Conv2D": (3, 2)}.get(name, (2,))
    last, first = made(name, *arguments), made(name, *arguments, data_format="channels_first")
    y = last(IMAGES)
    moved = np.moveaxis(IMAGES, -1, 1)
    first.build(moved.shape)
    first.set_weights(last.get_weights())
    np.testing.assert_allclose(
        np.moveaxis(first(moved).numpy(), 1, -1), y.numpy(), rtol=1e-5, atol=1e-6
    )


def test_all_of_it_runs_under_jit_and_gives_the_same():
    from tests.nn.under_jit import jitted  # loads JAX

    chain = Chain(
        [
            layers.Rescaling(0.5), layers.Normalization(mean=0.1, variance=2.0),
            layers.Conv2D(4, 3, activation="relu"), layers.MaxPooling2D(padding="same"),
            layers.SeparableConv2D(4, 2, padding="same"),
            layers.Conv2DTranspose(2, 3, strides=2, padding="same"),
            layers.AveragePooling2D(3, strides=2, padding="same"),
            layers.UpSampling2D(2, interpolation="bilinear"), layers.ZeroPadding2D(1),
            layers.DepthwiseConv2D(2, data_format="channels_first"), layers.Cropping2D(1),
            layers.Permute((3, 1, 2)), layers.Reshape((-1, 2)), layers.Lambda(lambda x: 2 * x),
            layers.Conv1D(3, 2, padding="causal"), layers.GlobalAveragePooling1D(),
            layers.RepeatVector(2),
        ],
        dtype="float64",
    )  # fmt: skip
    expected = chain(IMAGES).numpy()
    traced, weights = jitted(chain)
    np.testing.assert_allclose(traced(weights, IMAGES), expected, rtol=1e-10, atol=1e-12)
    assert not np.allclose(traced([w / 2 for w in weights], IMAGES), expected, rtol=1e-3)
