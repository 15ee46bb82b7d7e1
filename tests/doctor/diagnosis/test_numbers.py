"""The numbers behind a diagnosis are the library's own: held to definitions, and to slopes."""

import numpy as np
import pytest

import clearprop as cp
from clearprop.doctor import diagnose
from clearprop.doctor.diagnosis.case import Case
from clearprop.doctor.diagnosis.course import Course, trend
from clearprop.doctor.diagnosis.table import Table, alike
from clearprop.errors import OptionError
from tests.doctor.diagnosis.making import L, blobs, fit, line, mlp, net, one_hot, wave

MSE = cp.losses.get("mse")


def case(made, **options):
    return Case(made.model, made.x, made.y, made.history, options.get("batch_size"))


@pytest.fixture(scope="module")
def trained():
    x, y = wave(100, seed=5)
    return fit(mlp(3, [8], 1, "tanh", None), x, y, "mse", cp.optimizers.SGD(0.01), 3)


def test_what_a_step_should_do_is_the_squared_gradient_times_the_rate(trained):
    known = case(trained, batch_size=len(trained.x))
    model = cp.Sequential.from_config(trained.model.get_config())
    model.set_weights(trained.model.get_weights())
    model.compile(cp.optimizers.SGD(0.01), "mse", engine="eager")
    x, y = trained.x, trained.y
    before = model.evaluate(x, y, verbose=0)
    old = model.get_weights()
    model.train_on_batch(x, y)
    pairs = zip(old, model.get_weights(), strict=True)
    squares = sum(float((((a - b) / 0.01) ** 2).sum()) for a, b in pairs)
    assert known.step_here["foretold"] == pytest.approx(0.01 * squares, rel=1e-4)
    after = model.evaluate(x, y, verbose=0)
    assert known.step_here["actual"] == pytest.approx(before - after, rel=1e-3)
    assert known.step_here["actual"] != pytest.approx(1.1 * (before - after), rel=1e-3)


def test_a_gradient_is_the_measured_slope(trained):
    known = case(trained)
    weight = trained.model.weights[0]
    kernel = known.now.kernels[0]
    rows = trained.x, trained.y
    kept, slopes = np.array(weight.data), np.zeros(weight.shape)
    for at in np.ndindex(weight.shape):
        for sign in (1, -1):
            moved = kept.copy()
            moved[at] += sign * 1e-2
            weight.assign(moved)
            slopes[at] += sign * trained.model.evaluate(*rows, verbose=0) / 2e-2
    weight.assign(kept)
    assert kernel.gradient == pytest.approx(float(np.sqrt((slopes**2).mean())), rel=1e-3)


CONSTANTS = [
    ("mse", lambda y: y, lambda y: y.var()),
    ("mae", lambda y: y, lambda y: np.abs(y - np.median(y)).mean()),
    ("half_sse", lambda y: y, lambda y: y.var() / 2),
]


@pytest.mark.parametrize(("loss", "targets", "expected"), CONSTANTS)
def test_what_a_constant_answer_costs(loss, targets, expected):
    x, y = wave(80, seed=6)
    known = case(fit(mlp(3, [4], 1, "relu", None), x, targets(y), loss, epochs=1))
    assert known.baseline == pytest.approx(expected(y), rel=1e-5)


@pytest.mark.parametrize("from_logits", [False, True])
@pytest.mark.parametrize("kind", ["sparse", "one-hot", "binary"])
def test_what_a_constant_answer_costs_of_classes(kind, from_logits):
    x, y = blobs(90, 2 if kind == "binary" else 3, 4, seed=7)
    y[:20] = 0
    last = None if from_logits else "sigmoid" if kind == "binary" else "softmax"
    losses = {
        "sparse": cp.losses.SparseCategoricalCrossentropy,
        "one-hot": cp.losses.CategoricalCrossentropy,
        "binary": cp.losses.BinaryCrossentropy,
    }
    model = mlp(4, [4], 1 if kind == "binary" else 3, "relu", last)
    targets = one_hot(y) if kind == "one-hot" else y
    known = case(fit(model, x, targets, losses[kind](from_logits=from_logits), epochs=1))
    p = np.bincount(y) / len(y)
    assert known.baseline == pytest.approx(-(p * np.log(p)).sum(), rel=1e-4)


def test_the_loss_reached_is_that_of_evaluate_without_penalties():
    x, y = wave(80, seed=8)
    plain = fit(mlp(3, [6], 1, "tanh", None), x, y, "mse", epochs=2)
    assert case(plain).reached == pytest.approx(plain.model.evaluate(x, y, verbose=0), rel=1e-5)
    weighed = fit(mlp(3, [6], 1, "tanh", None, kernel_regularizer="l2"), x, y, "mse", epochs=2)
    assert case(weighed).reached < 0.99 * weighed.model.evaluate(x, y, verbose=0)


@pytest.mark.parametrize(("classes", "last"), [(3, "softmax"), (5, "softmax"), (1, "sigmoid")])
@pytest.mark.parametrize("own", [False, True])
def test_how_low_a_loss_can_be_under_an_activation_applied_twice(classes, last, own):
    x, y = blobs(60, max(classes, 2), 4, seed=11)
    kind = cp.losses.BinaryCrossentropy if classes == 1 else cp.losses.SparseCategoricalCrossentropy
    model = mlp(4, [4], classes, "relu", last)
    if own:
        inner = model

        class Own(cp.Model):
            def __init__(self):
                super().__init__()
                self.inner = inner

            def call(self, x):
                return self.inner(x)

        model = Own()
        model(x[:1])
    report = diagnose(*fit(model, x, y, kind(from_logits=True), epochs=1).asked)
    (finding,) = [each for each in report.findings if each.id == "activation-twice"]
    sure = np.eye(classes)[:1] if classes > 1 else [[1.0]]
    best = kind(from_logits=True)([0] if classes > 1 else [[1.0]], sure).item()
    assert finding.evidence["lowest"] == pytest.approx(best)


def test_units_are_counted():
    x = np.random.default_rng(0).uniform(0.5, 1, (40, 2))
    model = net((2,), L.Dense(4, activation="relu", use_bias=False), L.Dense(1))
    model.set_weights([[[1, -1, 1, -1], [1, -1, 0, 1e-9]], [[1]] * 4, [0]])
    made = fit(model, x, x[:, 0], "mse", cp.optimizers.SGD(0.0), epochs=1)
    (units,) = case(made).now.units
    assert (units.kind, units.units, units.dead) == ("relu", 4, 0.5)


def test_saturation_is_counted():
    model = net((1,), L.Dense(2, activation="tanh", use_bias=False), L.Dense(1))
    model.set_weights([[[0.1, 9.0]], [[1], [1]], [0]])
    x = np.ones((30, 1))
    made = fit(model, x, x[:, 0], "mse", cp.optimizers.SGD(0.0), epochs=1)
    (units,) = case(made).now.units
    assert units.flat == 0.5


def test_dependence_is_found_and_chance_is_chance():
    x, y = line(200, [1.0, 0.5], seed=9)
    found = Table(x, y[:, None], None).dependence
    assert found.straight > 0.95
    assert found.beyond_chance(found.best) > 5
    shuffled = np.random.default_rng(1).permutation(y)
    none = Table(x, shuffled[:, None], None).dependence
    assert abs(none.best) < 0.3
    assert none.beyond_chance(none.best) < 2.5
    moved = Table(x, np.roll(y, 2)[:, None], None).dependence
    assert moved.shift == -2
    assert moved.shifted > 0.9
    assert Table(x[:50], y[:50, None], None).dependence is None  # too few to say


def test_alike_is_correlation():
    a, b = np.random.default_rng(2).standard_normal((2, 50, 1))
    assert alike(a, b) == pytest.approx(np.corrcoef(a[:, 0], b[:, 0])[0, 1])


@pytest.mark.parametrize(
    ("y", "loss", "classes"),
    [
        ([0, 1, 2, 1], cp.losses.SparseCategoricalCrossentropy(), [0, 1, 2, 1]),
        ([[1, 0], [0, 1]], MSE, [0, 1]),
        ([[1.0], [0.0]], MSE, [1, 0]),
        ([[1, 1], [0, 1]], MSE, None),
        ([[0.5], [2.0]], MSE, None),
    ],
)
def test_classes_are_told_from_numbers(y, loss, classes):
    found = Table(np.zeros((len(y), 2)), np.array(y), loss).classes
    assert (None if found is None else found.tolist()) == classes


def test_a_course_is_read():
    course = Course(
        {"loss": [4.0, 3.0, 2.0, 2.0, 1.0], "accuracy": [0.1] * 5, "val_acc": [0.2] * 5}
    )
    assert course.epochs == 5
    assert course.still_falling == 0.5
    assert not course.erratic
    assert course.accuracy() == [0.1] * 5
    assert course.accuracy("val_") == [0.2] * 5
    assert Course({"loss": [9, 1, 8, 1, 9, 1, 9.0]}).erratic
    assert Course({"loss": [1.0, float("nan")]}).not_finite == 2
    assert Course(None).epochs == 0
    assert trend([3.0, 2.0, 1.0]) == pytest.approx(-1)


def test_what_is_no_history():
    with pytest.raises(OptionError, match="history must be what fit returns"):
        Course([0.3, 0.2])
