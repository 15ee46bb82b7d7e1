"""Numbers at random under Keras's names: the distributions, the seeds, and bad arguments."""

import numpy as np
import pytest

from clearprop import keras
from clearprop.errors import OptionError

random = keras.random

DRAWS = {
    "normal": lambda seed: random.normal((4000,), mean=1.0, stddev=2.0, seed=seed),
    "uniform": lambda seed: random.uniform((4000,), -1.0, 3.0, seed=seed),
    "truncated_normal": lambda seed: random.truncated_normal((4000,), 1.0, 2.0, seed=seed),
    "randint": lambda seed: random.randint((4000,), 0, 3, seed=seed),
    "categorical": lambda seed: random.categorical(np.log([[0.2, 0.8]]), 4000, seed=seed),
    "gamma": lambda seed: random.gamma((4000,), 2.0, seed=seed),
    "beta": lambda seed: random.beta((4000,), 2.0, 2.0, seed=seed),
    "binomial": lambda seed: random.binomial((4000,), 10, 0.3, seed=seed),
    "dropout": lambda seed: random.dropout(np.ones(4000, "float32"), 0.25, seed=seed),
    "shuffle": lambda seed: random.shuffle(np.arange(4000), seed=seed),
}
MEANS = {
    "normal": 1.0, "uniform": 1.0, "truncated_normal": 1.0, "randint": 1.0, "categorical": 0.8,
    "gamma": 2.0, "beta": 0.5, "binomial": 3.0, "dropout": 1.0, "shuffle": 1999.5,
}  # fmt: skip


@pytest.mark.parametrize("name", DRAWS)
def test_a_seed_fixes_the_numbers(name):
    draw = DRAWS[name]
    first = draw(1).numpy()
    assert first.size == 4000
    assert (draw(1).numpy() == first).all()
    assert (draw(2).numpy() != first).any()
    seeds = random.SeedGenerator(1)
    moving = draw(seeds).numpy()
    assert (draw(seeds).numpy() != moving).any()
    assert (draw(random.SeedGenerator(1)).numpy() == moving).all()
    keras.utils.set_random_seed(5)
    free = draw(None).numpy()
    assert (draw(None).numpy() != free).any()
    keras.utils.set_random_seed(5)
    assert (draw(None).numpy() == free).all()


@pytest.mark.parametrize("name", DRAWS)
def test_the_mean(name):
    drawn = DRAWS[name](3).numpy()
    assert drawn.mean() == pytest.approx(MEANS[name], abs=0.12)
    assert drawn.dtype.name == {"randint": "int32", "categorical": "int32"}.get(
        name, "int64" if name == "shuffle" else "float32"
    )


def test_bounds():
    assert set(DRAWS["randint"](1).numpy()) == {0, 1, 2}
    assert np.abs(DRAWS["truncated_normal"](1).numpy() - 1.0).max() <= 4.0
    assert sorted(DRAWS["shuffle"](1).tolist()) == list(range(4000))
    assert set(DRAWS["dropout"](1).numpy().round(4)) == {0.0, np.float32(1.3333)}
    together = random.dropout(np.ones((50, 3), "float32"), 0.5, noise_shape=(None, 1), seed=1)
    assert (together.numpy().std(axis=1) == 0).all()


def test_numbers_pass_no_gradient_and_layers_draw_anew():
    class Sampling(keras.layers.Layer):
        def __init__(self):
            super().__init__()
            self.seeds = random.SeedGenerator(3)

        def call(self, x):
            return x + random.normal(keras.ops.shape(x), seed=self.seeds)

    x = keras.Input((2,))
    model = keras.Model(x, Sampling()(x))
    zeros = np.zeros((3, 2), "float32")
    assert (model.predict(zeros, verbose=0) != model.predict(zeros, verbose=0)).all()


@pytest.mark.parametrize("seed", [-1, 1.5, "a", True])
def test_bad_seeds(seed):
    with pytest.raises(OptionError, match="seed must be a whole number"):
        random.normal((2,), seed=seed)


def test_a_generator_is_written_down():
    made = random.SeedGenerator.from_config(random.SeedGenerator(4).get_config())
    assert made.seed == 4
