"""Layers that normalise: what they do to numbers, what they remember, and what they refuse."""

import warnings

import numpy as np
import pytest

import clearprop as cp
from clearprop import nn
from clearprop.core.namespaces import ArrayNamespace, computing_with
from clearprop.core.tensor import Node, Tensor
from clearprop.errors import OptionError, ShapeError
from clearprop.nn.effects import replacing_by
from clearprop.nn.masking import mask_of, masked

RNG = np.random.default_rng(4)
X = 3 * RNG.standard_normal((8, 3)) + 5


def batch_norm(**settings):
    return nn.BatchNormalization(dtype="float64", **settings)


def test_a_batch_is_moved_to_mean_0_and_stretched_to_variance_1():
    y = batch_norm(epsilon=0)(X, training=True).numpy()
    assert np.allclose(y.mean(0), 0, atol=1e-12)
    assert np.allclose(y.var(0), 1, atol=1e-12)


def test_averages_move_in_training_only_and_are_what_predictions_take():
    layer = batch_norm(momentum=0.75)
    layer(X, training=True)
    mean, variance = layer.moving_mean.numpy(), layer.moving_variance.numpy()
    assert np.allclose(mean, 0.25 * X.mean(0))
    assert np.allclose(variance, 0.75 + 0.25 * X.var(0))
    y = layer(X).numpy()
    assert np.allclose(y, (X - mean) / np.sqrt(variance + 1e-3))
    assert np.array_equal(layer.moving_mean.numpy(), mean)


def test_a_frozen_layer_predicts_in_training_too():
    layer = batch_norm()
    layer(X, training=True)
    before = [w.tolist() for w in layer.weights]
    layer.trainable = False
    assert np.array_equal(layer(X, training=True).numpy(), layer(X).numpy())
    assert [w.tolist() for w in layer.weights] == before


def test_averages_are_not_trained_and_gradients_pass_through_the_moments():
    layer = batch_norm()
    x = cp.tensor(X, name="x")
    y = layer(x, training=True)
    (y * RNG.standard_normal(y.shape)).sum().backward()
    assert [w.path for w in layer.trainable_weights] == [
        "batch_normalization/gamma", "batch_normalization/beta"
    ]  # fmt: skip
    assert layer.moving_mean.grad is None
    assert np.allclose(x.grad.numpy().sum(0), 0, atol=1e-12)  # a shift of all changes nothing
    assert not layer.moving_mean.requires_grad


def test_an_engine_may_keep_the_averages_itself():
    layer = batch_norm(momentum=0.5)
    kept = {}
    with replacing_by(lambda variable, value: kept.update({variable.path: value})):
        layer(X, training=True)
    assert layer.moving_mean.tolist() == [0.0] * 3
    assert np.allclose(kept["batch_normalization/moving_mean"].numpy(), X.mean(0) / 2)
    assert not any(value.requires_grad for value in kept.values())


def test_memory_does_not_grow_with_steps():
    layer = batch_norm()
    for _ in range(3):
        layer(X, training=True)
        assert layer.moving_mean.node.op is None


@pytest.mark.parametrize(("x", "warns"), [(X[:1], True), (X[:2], False), (X[:1, None, :], True)])
def test_one_value_to_a_channel_is_warned_of_once(x, warns):
    layer = batch_norm(name="bn")
    layer(x)  # predictions of one example are as good as of many
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        y = layer(x, training=True)
        layer(x, training=True)
    assert len(caught) == warns
    if warns:
        assert "'bn' (BatchNormalization)" in str(caught[0].message)
        assert "Train with larger batches" in str(caught[0].message)
        assert caught[0].filename == __file__
        assert (y.numpy() == 0).all()  # beta, as the warning says


def test_an_image_alone_has_many_values_to_a_channel():
    batch_norm()(RNG.standard_normal((1, 4, 4, 3)), training=True)


def test_no_examples_have_no_variance():
    with pytest.raises(ShapeError, match="no mean of no examples"):
        batch_norm()(np.zeros((0, 3)), training=True)
    assert batch_norm()(np.zeros((0, 3))).shape == (0, 3)


def test_masks_go_through():
    mask = cp.tensor(np.array([[True, False, True]]))
    x = masked(cp.tensor(RNG.standard_normal((1, 3, 2))), mask)
    for layer in (nn.BatchNormalization(), nn.LayerNormalization(), nn.UnitNormalization(),
                  nn.GroupNormalization(1), nn.ReLU(), nn.PReLU(), nn.ELU(), nn.Dropout(0.1),
                  nn.GaussianNoise(0.1), nn.AlphaDropout(0.1), nn.SpatialDropout1D(0.1),
                  nn.ActivityRegularization(), nn.Dense(2), nn.Activation("relu")):  # fmt: skip
        assert mask_of(layer(x)) is not None, layer


def test_a_mask_that_comes_along_counts():
    mask = np.array([[True, False]])
    x = np.array([[[1.0], [99.0]]])
    layer = batch_norm(momentum=0.0)
    layer(masked(cp.tensor(x), cp.tensor(mask)), training=True)
    assert np.allclose(layer.moving_mean.numpy(), [1.0])
    with pytest.raises(ShapeError, match=r"less than the input, \(1, 2\).*got \(1, 2, 1\)"):
        layer(x, mask=mask[..., None], training=True)


def test_a_batch_that_is_masked_altogether_is_warned_of():
    x = masked(cp.tensor(np.ones((2, 2, 1))), cp.tensor(np.zeros((2, 2), bool)))
    layer = batch_norm()
    with pytest.warns(UserWarning, match="every step is masked"):
        layer(x, training=True)
    layer(x, training=True)  # once is enough


def test_a_row_of_zeros_stays_one_and_has_a_slope():
    x = cp.tensor(np.zeros((1, 3)))
    y = nn.UnitNormalization(dtype="float64")(x)
    y[0, 0].backward()
    assert y.tolist() == [[0.0, 0.0, 0.0]]
    assert np.isfinite(x.grad.numpy()).all()


def test_groups_are_known_after_building():
    layer = nn.GroupNormalization(-1)
    layer.build((None, 4, 6))
    assert layer.groups == 6


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: nn.BatchNormalization(axis=[1]), "axis must be a whole number; got"),
        (lambda: nn.BatchNormalization(momentum=1.5), "momentum must be from 0 to 1"),
        (lambda: nn.BatchNormalization(momentum="0.9"), "momentum must be a number"),
        (lambda: nn.BatchNormalization(epsilon=-1), "epsilon must be finite and at least 0"),
        (lambda: nn.BatchNormalization(synchronized=True), "several devices"),
        (lambda: nn.BatchNormalization(renorm_clipping={"max": 1}), "unknown argument 'max'"),
        (lambda: nn.BatchNormalization(renorm_clipping=3), "must be a dict"),
        (lambda: nn.BatchNormalization(renorm_clipping={"rmin": 2, "rmax": 1}), "not be above"),
        (lambda: nn.BatchNormalization(fused=True), "no argument 'fused'"),
        (lambda: nn.LayerNormalization(axis=0.5), "a whole number or a list of such; got 0.5"),
        (lambda: nn.LayerNormalization(epsilon=float("nan")), "epsilon must be finite"),
        (lambda: nn.GroupNormalization(0), "groups must be a positive whole number, or -1"),
        (lambda: nn.GroupNormalization(2.0), "groups must be"),
        (lambda: nn.RMSNormalization(axis="last"), "axis must be"),
        (lambda: nn.UnitNormalization(axis=()), "axis must be"),
        (lambda: nn.GaussianNoise(-0.1), "stddev must be finite and at least 0"),
        (lambda: nn.GaussianDropout(1.0), "GaussianDropout: rate must be at least 0 and less"),
        (lambda: nn.AlphaDropout(30), r"For 30 % give 0\.3"),
        (lambda: nn.AlphaDropout(0.3, noise_shape=[0, 1]), "positive whole numbers"),
        (lambda: nn.Dropout(0.3, noise_shape="rows"), "noise_shape must be a tuple"),
        (lambda: nn.SpatialDropout2D(0.3, data_format="middle"), "unknown data_format"),
        (lambda: nn.ActivityRegularization(l1=-1), "l1 must be finite and at least 0"),
        (lambda: nn.PReLU(shared_axes=["a"]), "shared_axes must be a whole number or a list"),
        (lambda: nn.ELU(alpha=None), "alpha must be a number"),
        (lambda: nn.Softmax(axis=[]), "axis must be"),
    ],
)
def test_arguments_that_make_no_sense(make, words):
    with pytest.raises(OptionError, match=words):
        make()


@pytest.mark.parametrize(
    ("layer", "x", "words"),
    [
        (nn.BatchNormalization(axis=3), X, "there is no axis 3 in inputs of shape"),
        (nn.BatchNormalization(axis=0), X, "The batch axis has none"),
        (nn.LayerNormalization(axis=-4), X, "there is no axis -4"),
        (nn.GroupNormalization(2), X, "3 channels do not divide into 2 groups; 1, 3 would do"),
        (nn.GroupNormalization(), X, "3 channels do not divide into 32 groups"),
        (nn.UnitNormalization(axis=2), X, "there is no axis 2"),
        (nn.PReLU(shared_axes=[2]), X, "there is no axis 2"),
        (nn.PReLU(shared_axes=[0]), X, "must not have the batch axis"),
        (nn.SpatialDropout1D(0.5), X, r"inputs of shape \(N, T, C\); got \(8, 3\)"),
        (nn.SpatialDropout2D(0.5, "channels_first"), X, r"\(N, C, H, W\)"),
    ],
    ids=lambda x: repr(x) if isinstance(x, nn.Layer) else "",
)
def test_inputs_that_do_not_fit(layer, x, words):
    with pytest.raises(ShapeError, match=words):
        layer(x)


def test_sizes_that_are_not_known_yet():
    with pytest.raises(ShapeError, match=r"size of axis 1.*Say it in Input"):
        nn.LayerNormalization().build((None, None))
    with pytest.raises(ShapeError, match="size of axis 1"):
        nn.PReLU().build((None, None, 3))


@pytest.mark.parametrize(
    "layer",
    [nn.BatchNormalization(), nn.LayerNormalization(), nn.RMSNormalization(), nn.PReLU()],
    ids=repr,
)
@pytest.mark.parametrize("training", [False, True])
def test_inputs_of_another_size_are_not_stretched_to_fit(layer, training):
    layer(X)
    for size in (1, 4):
        with pytest.raises(ShapeError, match=r"\(3,\)"):
            layer(np.ones((8, size)), training=training)


def test_a_mask_that_does_not_fit_softmax():
    for shape in ((2, 2, 3), (4,)):
        with pytest.raises(ShapeError, match=r"(?s)must be that of the inputs|do not broadcast"):
            nn.Softmax()(np.zeros((2, 3)), mask=np.ones(shape, bool))


def test_an_older_name_of_the_slope_is_taken_with_a_warning():
    with pytest.warns(UserWarning, match="older name of negative_slope"):
        assert nn.LeakyReLU(alpha=0.1).negative_slope == 0.1


def test_normalisation_can_be_asked_why():
    layer = nn.LayerNormalization(dtype="float64", name="norm")
    x = cp.tensor([[1.0, 3.0]], name="x")
    y = layer(x)
    text = cp.why(y[0, 1]).to_text()
    assert "(x[0,1] − norm/mean[0,0]) · (norm/gamma[1] / √(norm/variance[0,0] + 0.001))" in text
    assert "norm/mean[0,0] = (x[0,0] + x[0,1])/2 = (1 + 3) / 2 = 2" in text
    model = cp.Sequential([cp.Input((3,)), nn.Dense(2), nn.BatchNormalization(), nn.Dense(1)])
    model.compile("sgd", "mse")
    model.fit(X, X[:, :1], epochs=1, verbose=0)
    told = cp.why(model, "batch_normalization/gamma[1]", x=X, y=X[:, :1]).to_text()
    assert "gamma" in told


@pytest.mark.parametrize("training", [False, True])
def test_under_jit_the_numbers_are_the_same(training):
    import jax
    import jax.numpy as jnp

    layers = [
        nn.Dense(6), nn.BatchNormalization(momentum=0.5), nn.PReLU("ones"), nn.LayerNormalization(),
        nn.GroupNormalization(2), nn.AlphaDropout(0.2, seed=1), nn.GaussianNoise(0.1, seed=1),
        nn.RMSNormalization(), nn.BatchNormalization(renorm=True), nn.UnitNormalization(),
    ]  # fmt: skip
    chain = nn.Chain(layers, dtype="float64")
    chain(X)
    weights = [w.data for w in chain.weights]
    kept = {}

    def keep(variable, value):
        kept[variable.path] = value.data

    @jax.jit
    def traced(weights, x):
        kept.clear()
        with computing_with(ArrayNamespace(jnp, "jax")), replacing_by(keep):
            for variable, w in zip(chain.weights, weights, strict=True):
                variable.hold(w)
            return chain(Tensor(Node(x)), training=training).data, dict(kept)

    y, states = traced(weights, X)
    for variable, w in zip(chain.weights, weights, strict=True):
        variable.hold(w)
    for layer in layers[5:7]:
        layer.step = 0
    kept.clear()
    with replacing_by(keep):
        expected = chain(X, training=training).numpy()
    assert np.allclose(y, expected, rtol=1e-12, atol=1e-12)
    assert len(states) == len(kept) == (7 if training else 0)
    for path, value in kept.items():
        assert np.allclose(states[path], value, rtol=1e-12), path


def test_training_normalises_and_the_file_keeps_the_averages(tmp_path):
    model = cp.Sequential([cp.Input((3,)), nn.BatchNormalization(), nn.Dense(1)])
    model.compile(cp.optimizers.SGD(0.05), "mse")
    history = model.fit(X, X.sum(1, keepdims=True), epochs=30, batch_size=4, verbose=0)
    assert history.history["loss"][-1] < history.history["loss"][0]
    assert abs(model.layers[0].moving_mean.numpy() - 0).min() > 0.5
    model.save(tmp_path / "net.safetensors")
    again = cp.load(tmp_path / "net.safetensors")
    assert np.array_equal(again.predict(X), model.predict(X))
    assert [w.tolist() for w in again.weights] == [w.tolist() for w in model.weights]
