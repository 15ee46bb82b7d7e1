"""Layers of images and sequences give Keras's outputs and gradients, in both kinds of number."""

import inspect

import numpy as np
import pytest

import clearprop as cp
from clearprop.nn import LAYERS
from tests.oracles import TOLERANCE, agree

FIRST = {"data_format": "channels_first"}
CONVOLUTIONS = {
    "Conv1D": [
        ({"filters": 3, "kernel_size": 2}, (2, 7, 4)),
        ({"filters": 4, "kernel_size": 3, "strides": 2, "padding": "same", "groups": 2}, (2, 7, 4)),
        ({"filters": 3, "kernel_size": 3, "dilation_rate": 2, "padding": "causal"}, (2, 8, 2)),
        ({"filters": 2, "kernel_size": 2, "padding": "causal", "strides": 3, **FIRST}, (2, 3, 8)),
        ({"filters": 5, "kernel_size": 1, "use_bias": False, "activation": "tanh"}, (1, 5, 1)),
    ],
    "Conv2D": [
        ({"filters": 3, "kernel_size": 3}, (2, 6, 5, 2)),
        ({"filters": 2, "kernel_size": (2, 3), "strides": (2, 1), "padding": "same"}, (2, 7, 6, 3)),
        ({"filters": 6, "kernel_size": 3, "groups": 3, "padding": "same"}, (1, 5, 5, 6)),
        ({"filters": 4, "kernel_size": 2, "dilation_rate": (2, 3), "groups": 2}, (2, 6, 7, 4)),
        ({"filters": 4, "kernel_size": 3, "dilation_rate": 2, "padding": "same", **FIRST},
         (2, 3, 6, 7)),
        ({"filters": 2, "kernel_size": 2, "strides": 3, "activation": "softmax", **FIRST},
         (2, 3, 7, 8)),
        ({"filters": 3, "kernel_size": 1, "strides": 2, "use_bias": False}, (2, 5, 5, 2)),
        ({"filters": 3, "kernel_size": 5, "padding": "same", "activation": "relu"}, (1, 3, 3, 2)),
    ],
    "Conv3D": [
        ({"filters": 2, "kernel_size": 2}, (1, 4, 3, 4, 3)),
        ({"filters": 2, "kernel_size": (1, 2, 3), "strides": (1, 2, 2), "padding": "same",
          "groups": 2, **FIRST}, (2, 2, 3, 5, 4)),
    ],
    "Conv1DTranspose": [
        ({"filters": 3, "kernel_size": 2}, (2, 5, 4)),
        ({"filters": 3, "kernel_size": 3, "strides": 2, "padding": "same"}, (2, 5, 4)),
        ({"filters": 3, "kernel_size": 2, "strides": 5, "padding": "same", **FIRST}, (2, 2, 4)),
        ({"filters": 3, "kernel_size": 3, "dilation_rate": 2, "padding": "same"}, (2, 5, 2)),
    ],
    "Conv2DTranspose": [
        ({"filters": 3, "kernel_size": 3}, (2, 3, 4, 2)),
        ({"filters": 2, "kernel_size": (3, 4), "strides": (2, 3)}, (2, 3, 4, 2)),
        ({"filters": 2, "kernel_size": 2, "strides": 3, "activation": "relu"}, (1, 3, 2, 2)),
        ({"filters": 2, "kernel_size": 1, "strides": 3, "padding": "same"}, (1, 3, 2, 2)),
        ({"filters": 3, "kernel_size": 3, "strides": 2, "padding": "same", **FIRST}, (2, 2, 4, 3)),
        ({"filters": 3, "kernel_size": 4, "strides": 3, "padding": "same", "output_padding": 2},
         (1, 3, 4, 2)),
        ({"filters": 3, "kernel_size": 3, "strides": 2, "output_padding": (1, 0)}, (1, 3, 4, 2)),
        ({"filters": 2, "kernel_size": 3, "dilation_rate": 2, "use_bias": False}, (1, 3, 4, 2)),
    ],
    "Conv3DTranspose": [
        ({"filters": 2, "kernel_size": 2, "strides": 2, "padding": "same"}, (1, 2, 3, 2, 2)),
    ],
    "DepthwiseConv1D": [
        ({"kernel_size": 3, "depth_multiplier": 2}, (2, 6, 3)),
        ({"kernel_size": 2, "strides": 2, "padding": "same", **FIRST}, (2, 3, 7)),
    ],
    "DepthwiseConv2D": [
        ({"kernel_size": 3}, (2, 5, 6, 3)),
        ({"kernel_size": (2, 3), "depth_multiplier": 3, "padding": "same"}, (2, 5, 4, 2)),
        ({"kernel_size": 2, "strides": 2, "dilation_rate": 2, "activation": "relu"}, (1, 7, 7, 2)),
        ({"kernel_size": 2, "dilation_rate": (2, 1), "use_bias": False, **FIRST}, (2, 3, 5, 5)),
    ],
    "SeparableConv1D": [
        ({"filters": 3, "kernel_size": 2, "depth_multiplier": 2}, (2, 5, 3)),
        ({"filters": 3, "kernel_size": 3, "strides": 2, "padding": "same", **FIRST}, (2, 2, 6)),
    ],
    "SeparableConv2D": [
        ({"filters": 4, "kernel_size": 3, "padding": "same"}, (2, 5, 4, 3)),
        ({"filters": 2, "kernel_size": 2, "dilation_rate": 2, "depth_multiplier": 2,
          "activation": "tanh", "use_bias": False}, (1, 5, 5, 2)),
    ],
}  # fmt: skip

POOLS = {
    f"{kind}Pooling{rank}D": [
        ({"pool_size": 2}, (*space, 3)),
        ({"pool_size": 3, "strides": 2, "padding": "same"}, (*space, 2)),
        ({"pool_size": 2, "strides": 3, **FIRST}, (space[0], 2, *space[1:])),
        ({"pool_size": 3, "strides": 1}, (*space, 1)),
    ][: 4 if rank < 3 else 2]
    for kind in ("Max", "Average")
    for rank, space in ((1, (2, 7)), (2, (2, 5, 6)), (3, (1, 3, 4, 5)))
}
GLOBAL_POOLS = {
    f"Global{kind}Pooling{rank}D": [({}, (2, *space, 3)), ({"keepdims": True}, (1, *space, 2)),
                                    (FIRST, (2, 3, *space))]
    for kind in ("Max", "Average")
    for rank, space in ((1, (4,)), (2, (3, 2)), (3, (2, 3, 2)))
}  # fmt: skip

SIZES = {
    "UpSampling1D": [({}, (2, 3, 2)), ({"size": 3}, (1, 2, 2))],
    "UpSampling2D": [
        ({}, (2, 3, 2, 2)),
        ({"size": (3, 1), **FIRST}, (2, 2, 2, 3)),
        ({"size": (2, 3), "interpolation": "bilinear"}, (2, 3, 4, 2)),
        ({"size": 3, "interpolation": "bilinear", **FIRST}, (1, 2, 3, 1)),
        ({"interpolation": "bicubic"}, (1, 4, 5, 2)),
    ],
    "UpSampling3D": [({}, (1, 2, 3, 2, 2)), ({"size": (1, 2, 3), **FIRST}, (1, 2, 2, 2, 1))],
    "Resizing": [
        ({"height": 5, "width": 3}, (2, 4, 7, 2)),
        ({"height": 3, "width": 8, "interpolation": "nearest"}, (1, 7, 3, 2)),
        ({"height": 3, "width": 4, "antialias": True, **FIRST}, (1, 2, 7, 9)),
        ({"height": 6, "width": 4, "interpolation": "lanczos3"}, (1, 5, 7, 2)),
        ({"height": 4, "width": 3, "interpolation": "lanczos5", "antialias": True}, (1, 9, 8, 1)),
        ({"height": 4, "width": 4, "crop_to_aspect_ratio": True}, (1, 5, 9, 2)),
        ({"height": 2, "width": 5, "interpolation": "bicubic", "antialias": True}, (1, 5, 4, 1)),
    ],
    "ZeroPadding1D": [({}, (2, 3, 2)), ({"padding": (0, 2), **FIRST}, (2, 2, 3))],
    "ZeroPadding2D": [
        ({}, (2, 3, 2, 2)),
        ({"padding": (2, 1)}, (1, 3, 2, 2)),
        ({"padding": ((1, 0), (0, 3)), **FIRST}, (1, 3, 2, 2)),
    ],
    "ZeroPadding3D": [
        ({}, (1, 2, 3, 2, 2)),
        ({"padding": ((1, 0), (0, 2), (1, 1))}, (1, 2, 3, 2, 2)),
    ],
    "Cropping1D": [
        ({}, (2, 5, 2)),
        ({"cropping": (0, 2)}, (1, 4, 2)),
        ({"cropping": 2}, (1, 5, 1)),
    ],
    "Cropping2D": [
        ({}, (1, 3, 4, 2)),
        ({"cropping": (1, 0)}, (1, 3, 4, 2)),
        ({"cropping": ((1, 0), (0, 2)), **FIRST}, (2, 1, 3, 4)),
    ],
    "Cropping3D": [
        ({}, (1, 3, 4, 5, 2)),
        ({"cropping": ((1, 0), (0, 2), (1, 1)), **FIRST}, (1, 2, 3, 4, 5)),
    ],
}  # fmt: skip

SHAPES = {
    "Reshape": [({"target_shape": (4, 3)}, (2, 2, 6)), ({"target_shape": (-1, 2, 3)}, (3, 4, 3))],
    "Permute": [({"dims": (2, 1)}, (2, 3, 4)), ({"dims": (3, 1, 2)}, (2, 3, 4, 5))],
    "RepeatVector": [({"n": 3}, (2, 4))],
    "Identity": [({}, (2, 3))],
    "Rescaling": [
        ({"scale": 0.25, "offset": -1.5}, (2, 3)),
        ({"scale": [1.0, 2.0, 3.0]}, (2, 4, 3)),
    ],
    "Normalization": [
        ({"mean": 2.0, "variance": 4.0}, (2, 3)),
        ({"mean": [1.0, 2.0, 3.0], "variance": [1.0, 0.5, 0.0]}, (4, 3)),
        ({"mean": [1.0, 2.0], "variance": [1.0, 4.0], "axis": 1, "invert": True}, (3, 2, 4)),
        ({"axis": None}, (2, 3)),
        ({"axis": (1, 2)}, (2, 3, 4)),
    ],
}  # fmt: skip

TRIALS = {
    f"{name}-{i}": (name, settings, shape)
    for family in (CONVOLUTIONS, POOLS, GLOBAL_POOLS, SIZES, SHAPES)
    for name, several in family.items()
    for i, (settings, shape) in enumerate(several)
}


class Oracle:
    """Keras's outputs and gradients for all trials, computed in one compiled function."""

    def __init__(self, keras, dtype):
        import jax

        self.rng, self.dtype = np.random.default_rng(2024), dtype
        self.layers, self.given = {}, {}
        for key, (name, settings, shape) in TRIALS.items():
            kind = getattr(keras.layers, name)
            # Nothing is drawn: JAX would compile the drawing of each shape for half a second.
            zeros = {p: "zeros" for p in inspect.signature(kind).parameters if "_initial" in p}
            layer = kind(**settings, **zeros, dtype=dtype)
            layer.build(shape)
            x = self.draw(shape)
            if "Max" in name:
                x[:, 1] = x[:, 0]  # some that tie
            weights = [self.draw(v.shape) for v in layer.weights if "count" not in v.path]
            if name == "Normalization":
                weights = [abs(w) for w in weights] + [np.zeros((), "int32")] * bool(weights)
            layer.set_weights(weights)
            if name == "Normalization":
                layer.finalize_state()
            upstream = self.draw(layer.compute_output_shape(shape))
            trained = [v.value for v in layer.trainable_variables]
            self.layers[key], self.given[key] = layer, (trained, x, upstream, weights)
        calls = jax.jit(self.all_at_once).lower(self.given)
        fast = {"xla_backend_optimization_level": 0, "xla_llvm_disable_expensive_passes": True}
        self.found = calls.compile(compiler_options=fast)(self.given)

    def draw(self, shape):
        return np.asarray(self.rng.standard_normal(shape), self.dtype)

    def all_at_once(self, given):
        return {key: self.one(key, *of[:3]) for key, of in given.items()}

    def one(self, key, trained, x, upstream):
        import jax

        layer = self.layers[key]
        fixed = [v.value for v in layer.non_trainable_variables]

        def total(trained, x):
            y, _ = layer.stateless_call(trained, fixed, x)
            return (y * upstream).sum(), y

        (_, y), slopes = jax.value_and_grad(total, argnums=(0, 1), has_aux=True)(trained, x)
        return y, slopes[1], slopes[0]


@pytest.fixture(scope="module", params=TOLERANCE)
def oracle(request, keras):
    from keras.src.backend.common import dtypes

    before = keras.config.floatx()
    with pytest.MonkeyPatch.context() as patch:
        # As in `keras_floatx`, which is for one test.
        patch.setitem(dtypes.BIT64_TO_BIT32_DTYPE, "float64", "float64")
        keras.config.set_floatx(request.param)
        yield Oracle(keras, request.param)
        keras.config.set_floatx(before)


def ours(key, oracle, **changed):
    name, settings, shape = TRIALS[key]
    layer = LAYERS[name](**settings | changed, dtype=oracle.dtype)
    layer.build(shape)
    _, x, upstream, weights = oracle.given[key]
    layer.set_weights(weights)
    x = cp.tensor(x, name="x")
    y = layer(x)
    (y * upstream).sum().backward()
    return layer, y, x.grad, [w.grad for w in layer.trainable_weights]


@pytest.mark.parametrize("key", TRIALS)
def test_layer(key, oracle):
    layer, y, by_x, by_weights = ours(key, oracle)
    expected, expected_by_x, expected_by_weights = oracle.found[key]
    assert agree(y, expected, oracle.dtype)
    assert agree(by_x, expected_by_x, oracle.dtype)
    assert len(by_weights) == len(expected_by_weights)
    for g, e in zip(by_weights, expected_by_weights, strict=True):
        assert agree(g, e, oracle.dtype)
    shape = TRIALS[key][2]
    assert layer.output_shape((None, *shape[1:])) == (None, *y.shape[1:])
    names = [w.path.rpartition("/")[2] for w in layer.weights]
    assert names == [v.path.rpartition("/")[2] for v in oracle.layers[key].weights]


@pytest.mark.parametrize(
    ("key", "changed"),
    [
        ("Conv2D-1", {"padding": "valid"}),
        ("Conv2D-3", {"dilation_rate": 1}),
        ("Conv2DTranspose-4", {"padding": "valid"}),
        ("Conv2DTranspose-6", {"output_padding": (0, 1)}),
        ("DepthwiseConv2D-2", {"strides": 1}),
        ("AveragePooling2D-1", {"padding": "valid"}),
        ("UpSampling2D-2", {"interpolation": "nearest"}),
        ("Resizing-5", {"crop_to_aspect_ratio": False}),
        ("Normalization-2", {"invert": False}),
    ],
    ids=str,
)
def test_another_setting_is_noticed(key, changed, oracle):
    name, settings, shape = TRIALS[key]
    layer = LAYERS[name](**settings | changed, dtype=oracle.dtype)
    layer.build(shape)
    layer.set_weights(oracle.given[key][3])
    assert not agree(layer(oracle.given[key][1]), oracle.found[key][0], oracle.dtype)


def test_steps_that_are_masked_are_not_counted(oracle, keras):
    x = oracle.draw((3, 4, 2))
    mask = np.array([[True, True, False, False], [True] * 4, [False, True, False, True]])
    for settings in ({}, {"keepdims": True}):
        expected = keras.layers.GlobalAveragePooling1D(**settings, dtype=oracle.dtype)(x, mask=mask)
        layer = LAYERS["GlobalAveragePooling1D"](**settings, dtype=oracle.dtype)
        assert agree(layer(x, mask=mask), expected, oracle.dtype)
        assert not agree(layer(x), expected, oracle.dtype)


def test_what_normalization_finds(oracle, keras):
    x = 3 + 2 * oracle.draw((7, 3))
    theirs = keras.layers.Normalization(dtype=oracle.dtype)
    mine = LAYERS["Normalization"](dtype=oracle.dtype)
    for layer in (theirs, mine):
        layer.adapt(x)
    assert agree(mine(x), theirs(x), oracle.dtype)
    batches = LAYERS["Normalization"](dtype=oracle.dtype)
    batches.adapt([x[:2], x[2:3], x[3:]])
    assert agree(batches(x), mine(x), oracle.dtype)
