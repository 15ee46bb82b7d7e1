"""Native code beside the eager engine over the registries: every layer, loss and optimizer."""

import pytest

import clearprop as cp
from clearprop import losses, optim
from clearprop.engines.compiled.engine import Compiled
from clearprop.engines.compiled.machine.memory import VARIABLE
from clearprop.engines.compiled.running import Interpreted
from tests.conformance.layer_examples import EXAMPLES
from tests.engines.compiled.native_steps import native_beside_eager
from tests.engines.compiled.stepping import layer_task, numbers, task_of
from tests.engines.compiled.test_step_losses import model_for
from tests.engines.compiled.test_step_optimizers import trained
from tests.losses.kinds import SETTINGS
from tests.losses.kinds import data as targets
from tests.optim.cases import CASES, made


@pytest.fixture(autouse=True)
def _guarded(monkeypatch):
    """Put zones around every array, and see that nobody writes there."""
    monkeypatch.setenv(VARIABLE, "1")


def sampled(cases, quick):
    """Run the quick ones always, the others where there is time."""
    return [
        pytest.param(case, id=str(case), marks=() if case in quick else pytest.mark.slow)
        for case in cases
    ]


LAYERS = {"Dense", "Dropout", "BatchNormalization", "LayerNormalization", "MultiHeadAttention"}
LOSSES = {"CategoricalCrossentropy", "Huber"}


@pytest.mark.parametrize("name", sampled(EXAMPLES, LAYERS))
def test_layers(name):
    task, data, batch = layer_task(EXAMPLES[name])
    found, engine = native_beside_eager(task, data, batch=batch)
    assert found == []
    assert engine.notes() == []


@pytest.mark.parametrize(
    ("name", "settings"),
    [
        pytest.param(name, settings, id=f"{name} {settings}",
                     marks=() if name in LOSSES and not settings else pytest.mark.slow)
        for name, settings in SETTINGS
    ],
)  # fmt: skip
def test_losses(name, settings):
    y, p = targets(name, settings, "float64")
    model, x = model_for(name, settings, y, p)
    task, given = task_of(model, x, y, batch_size=len(x))
    found, engine = native_beside_eager(task, given, batch=len(x))
    assert found == []
    assert engine.notes() == []
    assert name in losses.LOSSES


@pytest.mark.parametrize(
    "k", [pytest.param(k, id=str(case), marks=() if k in (0, 5) else pytest.mark.slow)
          for k, case in enumerate(CASES)],
)  # fmt: skip
def test_optimizers(k):
    task, data = trained(made(CASES[k]))
    found, engine = native_beside_eager(task, data, batch=4, steps=5)
    assert found == []
    assert engine.notes() == []


@pytest.mark.parametrize("name", sampled(optim.OPTIMIZERS, {"adam"}))
def test_single_precision(name):
    model = cp.Sequential([cp.Input((3,)), cp.layers.Dense(2)])
    model.compile(optimizer=optim.OPTIMIZERS[name](), loss="mse")
    task, data = task_of(model, numbers(12, 3), numbers(12, 2, seed=1), batch_size=4)
    found, _ = native_beside_eager(task, data, batch=4, steps=4, rtol=2e-4)
    assert found == []


class Wrong(Interpreted):
    """Native code as it would be if a primitive were a little off."""

    def run(self, bound, steps):
        super().run(bound, steps)
        bound.states[0][...] *= 1 + 1e-9


def test_what_is_a_little_off_is_noticed():
    task, data = trained("sgd")
    found, _ = native_beside_eager(task, data, batch=4, engine=Compiled(Wrong))
    assert any("kernel" in line for line in found)
