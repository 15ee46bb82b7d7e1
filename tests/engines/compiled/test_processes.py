"""Training in native code in several threads, in copied processes, and from one empty cache."""

import os
import threading

import numpy as np
import pytest

import clearprop as cp
from clearprop.engines.compiled import code
from clearprop.engines.compiled.machine.blas import blas
from clearprop.engines.compiled.machine.cache import VARIABLE
from clearprop.engines.compiled.machine.threads import Team

X = np.random.default_rng(0).normal(size=(12, 70))
Y = X[:, :3] * 2


def losses():
    """Train the same network from the same weights."""
    model = cp.Sequential([cp.Input((70,)), cp.layers.Dense(33, "tanh"), cp.layers.Dense(3)])
    rng = np.random.default_rng(1)
    model.set_weights([0.1 * rng.normal(size=w.shape) for w in model.get_weights()])
    model.compile("adam", "mse", engine="compiled")
    history = model.fit(X, Y, epochs=2, batch_size=5, shuffle=False, verbose=0)
    assert history.note is None
    return history.history["loss"]


@pytest.mark.parametrize("count", ["1", "2"])
def test_models_train_in_threads_at_the_same_time(monkeypatch, count):
    monkeypatch.setenv("CLEARPROP_THREADS", count)
    monkeypatch.setattr(code, "SHARED", 0)
    expected, got = losses(), []
    threads = [threading.Thread(target=lambda: got.append(losses())) for _ in range(3)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert got == [expected] * 3


def test_while_a_team_runs_the_library_of_products_has_one_thread(monkeypatch):
    monkeypatch.setenv("CLEARPROP_THREADS", "2")
    monkeypatch.setattr(code, "SHARED", 0)
    counts, run, before = [], Team.run, blas().threads

    def counted(team, work):
        counts.append(blas().threads)
        run(team, work)

    monkeypatch.setattr(Team, "run", counted)
    losses()
    assert set(counts) == {1}
    assert blas().threads == before


@pytest.mark.filterwarnings("ignore:os.fork:RuntimeWarning")  # JAX, if another test loaded it
@pytest.mark.skipif(not hasattr(os, "fork"), reason="other systems copy no processes")
@pytest.mark.parametrize("count", ["1", "2"])
def test_models_train_in_a_copied_process(monkeypatch, count):
    monkeypatch.setenv("CLEARPROP_THREADS", count)
    monkeypatch.setattr(code, "SHARED", 0)
    expected = losses()
    child = os.fork()
    if child == 0:
        os._exit(0 if losses() == expected else 1)
    assert os.waitpid(child, 0)[1] == 0
    assert losses() == expected


@pytest.mark.filterwarnings("ignore:os.fork:RuntimeWarning")  # JAX, if another test loaded it
@pytest.mark.skipif(not hasattr(os, "fork"), reason="other systems copy no processes")
def test_processes_fill_one_empty_cache_at_the_same_time(monkeypatch, tmp_path):
    expected = losses()
    monkeypatch.setenv(VARIABLE, str(tmp_path))
    children = []
    for _ in range(3):
        children.append(os.fork())
        if children[-1] == 0:
            os._exit(0 if losses() == expected else 1)
    assert [os.waitpid(child, 0)[1] for child in children] == [0] * 3
    kept = {each.name for each in (tmp_path / "native").iterdir()}
    assert losses() == expected
    assert {each.name for each in (tmp_path / "native").iterdir()} == kept
    assert len(kept) == 4  # of steps of 5 rows, and of the 2 that are left: code, and what it is of
