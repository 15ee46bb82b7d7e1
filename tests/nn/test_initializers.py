"""First values have Keras's distributions, are the same for a seed, and differ between weights."""

import math

import numpy as np
import pytest
from scipy.stats import ks_2samp, kstest

import clearprop as cp
from clearprop.core.random import set_seed
from clearprop.errors import OptionError, ShapeError
from clearprop.nn import INITIALIZERS, Dense, get_initializer, initializers, serialize
from clearprop.nn.initializers.scaling import fans

DRAWN = [
    ("RandomNormal", {}),
    ("RandomNormal", {"mean": 1.0, "stddev": 0.3}),
    ("RandomUniform", {}),
    ("RandomUniform", {"minval": -2.0, "maxval": 1.0}),
    ("TruncatedNormal", {}),
    ("TruncatedNormal", {"mean": -1.0, "stddev": 2.0}),
    ("GlorotUniform", {}),
    ("GlorotNormal", {}),
    ("HeUniform", {}),
    ("HeNormal", {}),
    ("LecunUniform", {}),
    ("LecunNormal", {}),
    *(
        ("VarianceScaling", {"scale": 1.7, "mode": mode, "distribution": distribution})
        for mode in ("fan_in", "fan_out", "fan_avg")
        for distribution in ("truncated_normal", "untruncated_normal", "uniform")
    ),
]
FIXED = [("Zeros", {}), ("Ones", {}), ("Constant", {"value": 0.3}), ("Identity", {"gain": 2.0})]
OTHER = [("Orthogonal", {}), ("Orthogonal", {"gain": 0.5})]


def title(case):
    return f"{case[0]}({', '.join(f'{k}={v}' for k, v in case[1].items())})"


def same_distribution(ours, theirs):
    """Whether two samples look drawn from one distribution, its tails included."""
    tails = [np.quantile(sample, [0.005, 0.995]) for sample in (ours, theirs)]
    return (
        ks_2samp(ours.ravel(), theirs.ravel()).pvalue > 1e-4
        and abs(ours.std() / theirs.std() - 1) < 0.03
        and np.abs(tails[0] - tails[1]).max() < 0.05 * np.ptp(tails[1])
    )


def ours():
    """List the library's own; examples and other tests define more."""
    return {n for n, cls in INITIALIZERS.items() if cls.__module__.startswith("clearprop.")}


def test_every_initializer_is_tried():
    assert {name for name, _ in DRAWN + FIXED + OTHER} == ours()


def test_keras_has_no_others(keras):
    theirs = {
        name for name in dir(keras.initializers)
        if isinstance(cls := getattr(keras.initializers, name), type) and cls.__name__ == name
    }  # fmt: skip
    assert theirs - {"Initializer", "STFT"} == ours()


# Of a convolution 3 times 3 (or 5 long), from 20 channels to 30; and its transpose.
OF_CONVOLUTION = [c for c in DRAWN if c[1].get("distribution") == "uniform"]
BY_FANS = [c for c in DRAWN if c[0].startswith(("Glorot", "He", "Lecun"))]
OF_AXES = [
    ("HeUniform", {"input_axes": [2], "output_axes": [0, 1]}),
    ("VarianceScaling", {"mode": "fan_avg", "input_axes": [0, 1], "output_axes": [2]}),
]


@pytest.mark.parametrize(
    ("case", "shape"),
    [
        *((c, (90, 130)) for c in DRAWN),
        *((c, (3, 3, 20, 30)) for c in OF_CONVOLUTION),
        *((c, (5, 40, 60)) for c in BY_FANS),
        *((c, (10, 20, 60)) for c in OF_AXES),
    ],
    ids=lambda x: title(x) if isinstance(x[0], str) else str(x),
)
def test_drawn_as_keras_draws(case, shape, keras):
    name, settings = case
    ours = getattr(initializers, name)(**settings, seed=1)(shape)
    theirs = np.asarray(getattr(keras.initializers, name)(**settings, seed=1)(shape))
    assert ours.dtype == np.float32
    assert same_distribution(ours, theirs)


@pytest.mark.parametrize("scale", [0.9, 1.1])
def test_a_scale_a_tenth_off_is_noticed(scale, keras):
    theirs = np.asarray(keras.initializers.GlorotUniform(seed=1)((90, 130)))
    ours = initializers.GlorotUniform(seed=1)((90, 130))
    assert same_distribution(ours, theirs)
    assert not same_distribution(scale * ours, theirs)


@pytest.mark.parametrize(
    ("name", "variance", "bound"),
    [
        ("GlorotUniform", 2 / 220, math.sqrt(6 / 220)),
        ("GlorotNormal", 2 / 220, 2 * math.sqrt(2 / 220) / 0.87962566),
        ("HeUniform", 2 / 90, math.sqrt(6 / 90)),
        ("HeNormal", 2 / 90, 2 * math.sqrt(2 / 90) / 0.87962566),
        ("LecunUniform", 1 / 90, math.sqrt(3 / 90)),
        ("LecunNormal", 1 / 90, 2 * math.sqrt(1 / 90) / 0.87962566),
    ],
)
def test_moments_and_bounds_are_those_of_the_papers(name, variance, bound):
    values = getattr(initializers, name)(seed=3)((90, 130), "float64")
    assert abs(values.mean()) < 4 * math.sqrt(variance / values.size)
    assert abs(values.var() / variance - 1) < 0.05
    assert 0.97 * bound < abs(values).max() <= bound


def test_truncated_normal_is_the_normal_cut_at_two_deviations():
    from scipy.stats import truncnorm

    values = initializers.TruncatedNormal(stddev=1.0, seed=4)((200, 100), "float64").ravel()
    assert kstest(values, truncnorm(-2, 2).cdf).pvalue > 1e-3
    assert kstest(values * 1.15, truncnorm(-2, 2).cdf).pvalue < 1e-6


@pytest.mark.parametrize("case", FIXED, ids=title)
def test_fixed_values_are_keras_values(case, keras):
    name, settings = case
    ours = getattr(initializers, name)(**settings)((3, 4))
    assert np.array_equal(ours, getattr(keras.initializers, name)(**settings)((3, 4)))


@pytest.mark.parametrize("shape", [(6, 4), (4, 6), (2, 3, 4), (5, 5)], ids=str)
def test_orthogonal_is_orthogonal(shape):
    q = initializers.Orthogonal(gain=3.0, seed=1)(shape, "float64").reshape(-1, shape[-1])
    gram = q.T @ q if q.shape[0] >= q.shape[1] else q @ q.T
    assert np.allclose(gram, 9 * np.eye(len(gram)), atol=1e-12)
    signs = [np.sign(initializers.Orthogonal(seed=s)((3, 3))[0, 0]) for s in range(40)]
    assert 8 < signs.count(1.0) < 32  # LAPACK alone would give one sign nearly always


@pytest.mark.parametrize("case", DRAWN + FIXED + OTHER, ids=title)
def test_written_down_and_read_again_it_draws_the_same(case):
    name, settings = case
    seeded = settings if (name, settings) in FIXED else {**settings, "seed": 11}
    first = getattr(initializers, name)(**seeded)
    again = get_initializer(serialize(first))
    assert again.get_config() == first.get_config()
    assert np.array_equal(first((4, 4)), again((4, 4)))


@pytest.mark.parametrize(
    ("name", "cls"),
    [
        ("glorot_uniform", "GlorotUniform"), ("he_normal", "HeNormal"), ("zeros", "Zeros"),
        ("lecun_uniform", "LecunUniform"), ("random_normal", "RandomNormal"), ("Ones", "Ones"),
        ("normal", "RandomNormal"), ("uniform", "RandomUniform"), ("zero", "Zeros"),
        ("one", "Ones"), ("variance_scaling", "VarianceScaling"), ("orthogonal", "Orthogonal"),
        ("truncated_normal", "TruncatedNormal"), ("identity", "Identity"),
    ],
)  # fmt: skip
def test_names_find_what_keras_finds(name, cls, keras):
    assert type(get_initializer(name)).__name__ == cls
    assert type(keras.initializers.get(name)).__name__ == cls


def test_the_seed_fixes_every_weight_and_no_two_are_alike():
    def weights():
        return [Dense(4), Dense(4)], np.ones((1, 4))

    def drawn():
        layers, x = weights()
        for layer in layers:
            layer(x)
        return [layer.kernel.numpy() for layer in layers]

    set_seed(5)
    first, second = drawn()
    assert not np.array_equal(first, second)  # one name, but two layers
    set_seed(5)
    again = drawn()
    assert np.array_equal(first, again[0])
    assert np.array_equal(second, again[1])
    set_seed(6)
    assert not np.array_equal(first, drawn()[0])


def test_another_layer_changes_nothing_in_the_first():
    def kernels(*units):
        set_seed(5)
        chain = cp.nn.Chain([cp.nn.Input((3,)), *(cp.nn.Dense(n) for n in units)])
        return [layer.kernel.numpy() for layer in chain.layers]

    assert np.array_equal(kernels(4, 2)[0], kernels(4, 7, 7)[0])


def test_a_seed_of_its_own_overrules():
    set_seed(1)
    one = initializers.HeNormal(seed=9)((3, 3), rng=np.random.default_rng(1))
    set_seed(2)
    other = initializers.HeNormal(seed=9)((3, 3), rng=np.random.default_rng(2))
    assert np.array_equal(one, other)


def test_one_of_a_user_s_own_may_be_written_as_for_keras():
    class Rising(initializers.Initializer, listed=False):
        def __init__(self, by=1.0):
            self.by = by

        def __call__(self, shape, dtype=None):
            return self.by * np.arange(math.prod(shape), dtype=dtype).reshape(shape)

    layer = Dense(2, kernel_initializer=Rising(0.5))
    layer(np.ones((1, 3)))
    assert layer.kernel.tolist() == [[0.0, 0.5], [1.0, 1.5], [2.0, 2.5]]
    assert layer.get_config()["kernel_initializer"] == {
        "class_name": "Rising", "config": {"by": 0.5}
    }  # fmt: skip

    class Empty(initializers.Initializer, listed=False):
        pass

    with pytest.raises(OptionError, match="Empty has no rule; define draw"):
        Empty()((2,))

    class Short(initializers.Initializer, listed=False):
        def __call__(self, shape, dtype=None):
            return np.zeros(2)

    with pytest.raises(ShapeError, match=r"asked for shape \(3, 2\); it gave \(2,\)"):
        Short()((3, 2))


def test_values_serve_as_initializer():
    values = np.arange(6.0).reshape(3, 2)
    layer = Dense(2, kernel_initializer=values, bias_initializer=cp.tensor([1.0, 2.0]))
    layer(np.ones((1, 3)))
    values[:] = 0
    assert layer.kernel.tolist() == [[0.0, 1.0], [2.0, 3.0], [4.0, 5.0]]
    assert layer.bias.tolist() == [1.0, 2.0]
    with pytest.raises(OptionError, match=r"array of shape \(3, 2\) as an initializer"):
        layer.get_config()
    with pytest.raises(ShapeError, match=r"has shape \(3, 2\); the weight has \(4, 2\)"):
        Dense(2, kernel_initializer=values)(np.ones((1, 4)))


def test_keras_spellings(keras):
    for name in ("glorot_uniform", "he_normal", "variance_scaling", "zeros", "orthogonal"):
        ours, theirs = (getattr(k.initializers, name) for k in (cp.keras, keras))
        assert ours.__name__ == theirs.__name__
    for name in ("OrthogonalInitializer", "IdentityInitializer"):
        assert type(get_initializer(name)).__name__ == name.removesuffix("Initializer")
    assert repr(get_initializer("he_normal")) == "HeNormal()"


def test_a_function_serves_as_initializer():
    layer = Dense(2, kernel_initializer=lambda shape, dtype: np.full(shape, 0.5, dtype))
    layer(np.ones((1, 3)))
    assert layer.kernel.tolist() == [[0.5, 0.5]] * 3
    with pytest.raises(OptionError, match="cannot be saved"):
        layer.get_config()
    with pytest.raises(ShapeError, match=r"asked for shape \(3, 2\)"):
        Dense(2, kernel_initializer=lambda shape, dtype: np.zeros(7))(np.ones((1, 3)))


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: get_initializer("glorot_unform"), "did you mean 'glorot_uniform'"),
        (lambda: get_initializer(3), "must be a name"),
        (lambda: get_initializer({"class_name": "os.system", "config": {}}), "unknown initializer"),
        (lambda: get_initializer({"class_name": "Zeros", "config": {"x": 1}}), "unknown argument"),
        (lambda: initializers.RandomNormal(stddev=-1), "at least 0"),
        (lambda: initializers.RandomNormal(mean=float("nan")), "finite"),
        (lambda: initializers.RandomNormal(mean="0"), "must be a number"),
        (lambda: initializers.RandomUniform(1.0, 0.0), "at least 1"),
        (lambda: initializers.VarianceScaling(0), "greater than 0"),
        (lambda: initializers.VarianceScaling(mode="fan"), "unknown mode"),
        (lambda: initializers.VarianceScaling(distribution="gauss"), "unknown distribution"),
        (lambda: initializers.HeNormal(input_axes=[0]), "both input_axes and output_axes"),
        (lambda: initializers.HeNormal(None, [0.5], [1]), "input_axes must be a whole number"),
        (lambda: get_initializer({"class_name": "FromFunction", "config": {"function": 1}}),
         "unknown initializer"),
        (lambda: initializers.HeNormal(seed=-1), "seed must be"),
        (lambda: initializers.HeNormal(seed=True), "seed must be"),
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_refused(make, words):
    with pytest.raises(OptionError, match=words):
        make()


@pytest.mark.parametrize(("name", "shape"), [("identity", (3,)), ("orthogonal", (3,))])
def test_matrices_only(name, shape):
    with pytest.raises(ShapeError, match="makes matrices"):
        get_initializer(name)(shape)


def test_fans_of_shapes_without_two_axes():
    assert fans(()) == (1, 1)
    assert fans((7,)) == (7, 7)


def test_fans_by_axes():
    assert fans((3, 4, 5), [0, 1], [2]) == (12, 5)
    with pytest.raises(ShapeError, match="no axis 3"):
        initializers.HeNormal(None, [3], [0])((2, 2))
