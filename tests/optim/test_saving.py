"""Training that goes on from a file takes the steps of training that was never interrupted."""

import numpy as np
import pytest

import clearprop as cp
from clearprop import optim
from clearprop.errors import FormatError

WAYS = {
    "alone": {},
    "with all": {
        "weight_decay": 0.1, "global_clipnorm": 0.5, "use_ema": True, "ema_momentum": 0.9,
        "ema_overwrite_frequency": 4, "gradient_accumulation_steps": 3, "loss_scale_factor": 8.0,
        "name": "mine",
    },
}  # fmt: skip


def model(name, way):
    made = cp.Sequential([cp.Input((3,)), cp.layers.Dense(4, "tanh"), cp.layers.Dense(2)])
    rng = np.random.default_rng(1)
    made.set_weights([rng.standard_normal(w.shape) for w in made.get_weights()])
    rate = optim.schedules.CosineDecay(0.05, 20, warmup_target=0.1, warmup_steps=3)
    rule = optim.OPTIMIZERS[name](rate, **WAYS[way])
    rule.exclude_from_weight_decay(var_names=["bias"])
    made.compile(rule, "mse")
    return made


def train(made, epochs):
    rng = np.random.default_rng(2)
    x, y = rng.standard_normal((8, 3)), rng.standard_normal((8, 2))
    for _ in range(epochs):
        made.fit(x, y, batch_size=2, shuffle=False, verbose=0)
    return made.get_weights()


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("name", optim.OPTIMIZERS)
def test_training_goes_on_from_a_file(name, way, tmp_path):
    whole, half = model(name, way), model(name, way)
    expected = train(whole, 3)
    train(half, 2)
    again = cp.load(half.save(tmp_path / "net.safetensors"))
    assert again.optimizer == half.optimizer
    for a, b in zip(train(again, 1), expected, strict=True):
        np.testing.assert_array_equal(a, b)
    forgetful = model(name, way)
    forgetful.set_weights(half.get_weights())
    assert any((a != b).any() for a, b in zip(train(forgetful, 1), expected, strict=True))


def test_a_state_of_another_shape_is_refused(tmp_path):
    from clearprop.io import read_tensors
    from clearprop.io.tensor_files import open_tensors, write_tensors

    made = model("adafactor", "alone")
    train(made, 1)
    path = made.save(tmp_path / "net.safetensors")
    tensors = dict(read_tensors(path))
    assert tensors["optimizer/dense/kernel/rows"].shape == (3,)
    tensors["optimizer/dense/kernel/rows"] = np.ones((3, 4), np.float32)
    with open_tensors(path) as file:
        metadata = dict(file.metadata)
    write_tensors(path, tensors, metadata)
    with pytest.raises(FormatError, match=r"dense/kernel/rows.*of shape \(3, 4\)"):
        cp.load(path)
