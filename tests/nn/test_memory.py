"""What the machine cannot hold is refused before anything is made."""

import time

import numpy as np
import pytest

import clearprop as cp
from clearprop.errors import MemoryLimitError
from clearprop.nn import Chain, Dense, Input, memory


def test_a_container_has_less_than_its_machine(tmp_path):
    limit = tmp_path / "memory.max"
    limit.write_text("1048576\n")
    assert memory.machine_memory([str(limit)]) == 2**20
    limit.write_text("max\n")
    whole = memory.machine_memory([str(limit), str(tmp_path / "missing")])
    assert whole == memory.machine_memory([]) > 2**20


def test_what_is_free_is_less_than_what_there_is(tmp_path):
    meminfo = tmp_path / "meminfo"
    meminfo.write_text("MemTotal:       24000000 kB\nMemAvailable:       2048 kB\n")
    assert memory.free_memory(str(meminfo)) == 2**21
    meminfo.write_text("MemTotal:       24000000 kB\n")
    assert memory.free_memory(str(meminfo)) == memory.machine_memory()
    assert memory.free_memory(str(tmp_path / "missing")) == memory.machine_memory()


def test_layers_that_fit_one_by_one_but_not_together_are_refused(monkeypatch):
    monkeypatch.setattr(memory, "machine_memory", lambda: 2**36)
    monkeypatch.setattr(memory, "free_memory", lambda: 2**29)
    with pytest.raises(MemoryLimitError, match=r"64\.0 GiB, of which 512\.0 MiB is free"):
        memory.ensure_fits(2**30, "training dense_3/kernel", "Give the layer fewer units.")
    memory.ensure_fits(2**29, "training dense_3/kernel", "")
    memory.ensure_fits(memory.LARGE - 1, "a small one", "")


@pytest.mark.parametrize(
    ("size", "words"),
    [(12, "12 bytes"), (2048, "2.0 KiB"), (3.5 * 2**30, "3.5 GiB"), (2**62, "4096.0 PiB")],
)
def test_sizes_in_words(size, words):
    assert memory.in_words(size) == words


@pytest.fixture
def machine(monkeypatch):
    """Make the machine seem to have this much memory."""

    def has(size):
        for module in (memory, cp.nn.core_layers):
            monkeypatch.setattr(module, "machine_memory", lambda: size)

    return has


@pytest.mark.parametrize("inputs", [784, 1])
def test_a_billion_units_are_refused_at_once(inputs, machine):
    machine(64 * 2**30)
    start = time.perf_counter()
    with pytest.raises(MemoryLimitError) as caught:
        Chain([Input((inputs,)), Dense(10**9)])
    assert time.perf_counter() - start < 0.5
    words = str(caught.value)
    assert "would take" in words
    assert "this machine has 64.0 GiB" in words
    assert "fewer units" in words


def test_a_billion_units_are_refused_on_data_too_and_leave_nothing_behind():
    layer = Dense(10**9)
    with pytest.raises(MemoryLimitError, match=r"would take \d+\.\d TiB") as caught:
        layer(np.zeros((1, 784)))
    assert "in layer 'dense' (Dense, ? → 1000000000)" in caught.value.__notes__[0]
    assert not layer.built
    assert layer.weights == []


def test_the_most_that_the_message_names_does_fit(machine):
    machine(10 * 2**20)
    with pytest.raises(MemoryLimitError, match=r"10\.0 MiB") as caught:
        Dense(10**6)(np.zeros((1, 10)))
    most = int(str(caught.value).split("units: ")[1].split()[0])
    Dense(most)(np.zeros((1, 10)))
    with pytest.raises(MemoryLimitError):
        Dense(most + 1)(np.zeros((1, 10)))


def test_any_layers_weight_is_weighed(machine):
    class Big(cp.nn.Layer):
        def build(self, input_shape):
            self.add_weight((1000, 1000), name="table")

        def call(self, x):
            return x

    machine(15_000_000)
    with pytest.raises(MemoryLimitError, match="training big/table of shape"):
        Big()(np.zeros((1, 2)))
    machine(17_000_000)
    Big()(np.zeros((1, 2)))


def test_where_not_even_one_unit_fits_the_message_says_so(machine):
    machine(2**20)
    with pytest.raises(MemoryLimitError, match=r"fewer inputs: not even one unit would fit\."):
        Dense(3)(np.zeros((1, 10**5), "float32"))
