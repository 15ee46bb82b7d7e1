"""Models as things: single steps, figures, kinds of number, memory, what is written down."""

import gc
import json
import tracemalloc
from types import SimpleNamespace

import numpy as np
import pytest

import clearprop as cp
from clearprop import errors
from tests.train.nets import X, Y, model, same_weights


def test_steps_by_hand_are_the_steps_of_fit():
    by_fit, by_hand = model(optimizer="adam"), model(optimizer="adam")
    history = by_fit.fit(X, Y, epochs=3, batch_size=20, shuffle=False)
    assert history.history["loss"] == [by_hand.train_on_batch(X, Y) for _ in range(3)]
    assert same_weights(by_fit, by_hand)
    assert by_hand.test_on_batch(X, Y) == by_hand.evaluate(X, Y, batch_size=20)
    assert np.array_equal(by_hand.predict_on_batch(X), by_hand.predict(X))


def test_figures_by_name_or_in_a_list():
    one = model(metrics=["mae"])
    loss, mae = one.evaluate(X, Y)
    assert one.evaluate(X, Y, return_dict=True) == {"loss": loss, "mae": mae}
    assert mae == pytest.approx(np.abs(one.predict(X) - Y).mean(), rel=1e-6)
    assert one.train_on_batch(X, Y, return_dict=True) == {"loss": loss, "mae": mae}
    assert isinstance(model().evaluate(X, Y), float)


def test_batches_of_any_size_predict_and_judge_the_same():
    one = model(metrics=["mae"])
    for size in (1, 7, 20, 100):
        np.testing.assert_allclose(one.predict(X, batch_size=size), one.predict(X), rtol=1e-5)
        np.testing.assert_allclose(one.evaluate(X, Y, size), one.evaluate(X, Y, 20), rtol=1e-6)


def test_weights_of_examples_count_in_the_loss_alone():
    one, weight = model(metrics=["mse"]), np.linspace(0, 2, 20)
    loss, mse = one.evaluate(X, Y, sample_weight=weight)
    errors_ = (one.predict(X) - Y)[:, 0] ** 2
    assert loss == pytest.approx((weight * errors_).mean(), rel=1e-5)
    assert mse == pytest.approx(errors_.mean(), rel=1e-5)


def test_float32_unless_told_otherwise():
    made = cp.Sequential([cp.layers.Dense(2)])
    made.compile("adam", "mse")
    made.fit(X, np.zeros((20, 2)))
    assert {w.dtype for w in made.get_weights()} == {np.dtype("float32")}
    assert made.predict(X).dtype == np.float32
    memory = made.setup_for("test").memory
    assert {a.dtype for state in memory.states.values() for a in state.values()} == {
        np.dtype("float32")
    }


def test_float64_by_layer_model_or_for_all():
    def kinds(**options):
        made = cp.Sequential([cp.layers.Dense(1, **options.get("layer", {}))],
                             **options.get("model", {}))  # fmt: skip
        made.compile("sgd", "mse")
        made.fit(X, Y)
        return {w.dtype.name for w in made.get_weights()} | {made.predict(X).dtype.name}

    assert kinds(layer={"dtype": "float64"}) == {"float64"}
    assert kinds(model={"dtype": "float64"}) == {"float64"}
    cp.config.set_floatx("float64")
    try:
        assert kinds() == {"float64"}
    finally:
        cp.config.set_floatx("float32")
    assert kinds() == {"float32"}


@pytest.mark.parametrize("engine", ["eager", "compiled"])
def test_memory_does_not_grow_over_steps(engine):
    one = model(optimizer="adam", metrics=["mae"], engine=engine)
    one.fit(X, Y, epochs=100, batch_size=1)  # after which all is loaded and planned
    held = []
    tracemalloc.start()
    try:
        for epochs in (10, 100):
            one.fit(X, Y, epochs=epochs, batch_size=1)
            gc.collect()
            held.append(tracemalloc.get_traced_memory()[0])
    finally:
        tracemalloc.stop()
    # NumPy keeps some small blocks for later; one object a step would be 100,000 bytes and more.
    assert held[1] - held[0] < 50_000, f"{held} bytes after 200 and 2200 steps"


def test_nothing_waits_for_the_collector():
    one = model(optimizer="adam", metrics=["mae"])
    one.fit(X, Y, epochs=2)
    gc.collect()
    gc.disable()
    try:
        one.fit(X, Y, epochs=5, validation_split=0.2, batch_size=1)
        one.evaluate(X, Y)
        one.predict(X)
        assert gc.collect() < 50  # a few for the run as a whole, none a step
    finally:
        gc.enable()


def test_a_record_made_before_training_stays_true():
    one = model(optimizer=cp.optimizers.SGD(0.5))
    y = one(X)
    before, first = y.numpy().copy(), one.weights[0].node
    one.fit(X, Y, epochs=3)
    assert np.array_equal(y.numpy(), before)
    assert one.weights[0].node is not first
    np.testing.assert_array_equal(first.data, model().get_weights()[0])


def test_the_setting_up_is_written_down_and_made_again():
    one = model(
        optimizer=cp.optimizers.SGD(0.02, momentum=0.9), loss=cp.losses.get("half_sse"),
        metrics=["mae", cp.metrics.MeanSquaredError(name="squares")], engine="eager",
    )  # fmt: skip
    written = json.loads(json.dumps(one.get_compile_config()))
    other = cp.Sequential.from_config(json.loads(json.dumps(one.get_config())))
    assert other.get_compile_config() is None
    other.compile_from_config(written)
    other.set_weights(one.get_weights())
    assert other.get_compile_config() == one.get_compile_config()
    histories = [each.fit(X, Y, epochs=3, seed=1).history for each in (one, other)]
    assert histories[0] == histories[1]
    assert list(histories[0]) == ["loss", "mae", "squares"]


@pytest.mark.parametrize(
    "config", [{}, {"optimizer": "sgd", "loss": "mse", "metrics": [], "engine": "auto", "x": 1}]
)
def test_a_strange_description_of_the_setting_up_is_refused(config):
    with pytest.raises(errors.OptionError, match="a training set-up has"):
        model().compile_from_config(config)


def test_a_function_cannot_be_written_down():
    with pytest.raises(errors.OptionError, match="function"):
        model(loss=lambda t, y: (t - y) * (t - y)).get_compile_config()


def test_a_model_is_saved_by_whoever_knows_files(monkeypatch, tmp_path):
    from clearprop.train import saving

    one = model()
    monkeypatch.setattr(saving, "_find", None)
    with pytest.raises(errors.StateError, match=r"saved by clearprop\.io"):
        one.save(tmp_path / "net")
    saved = []
    keeper = SimpleNamespace(save=lambda *args, **options: saved.append((args, options)))
    saving.install(lambda: keeper)
    one.save(tmp_path / "net", overwrite=False)
    assert saved == [((one, tmp_path / "net"), {"overwrite": False})]


def test_the_history_says_what_it_holds():
    history = model().fit(X, Y, epochs=2)
    assert repr(history).startswith("History(2 epochs, loss ")
    assert json.loads(json.dumps(history.get_config()))["epoch"] == [0, 1]
    assert history is history.model.history
