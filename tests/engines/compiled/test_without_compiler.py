"""Native code without the compiler: kept from before, not imported until needed, not installed."""

import os
import subprocess
import sys
from types import SimpleNamespace

import pytest

from clearprop.engines.compiled.machine import native
from clearprop.engines.compiled.machine.cache import VARIABLE
from tests.engines.compiled.test_native import adding, linux_x86


def python(source, *args, **environment):
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", source, *args],
        capture_output=True, text=True, env={**os.environ, **environment}, timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return SimpleNamespace(out=done.stdout, err=done.stderr)


RUN = """
import sys, ctypes
from clearprop.engines.compiled.machine.native import host_target, load
text = sys.argv[1]
print(load(text, host_target())(0, 0, 41), "llvmlite.binding" in sys.modules)
"""


def test_kept_code_runs_without_the_compiler(tmp_path):
    if not linux_x86:
        return
    where = {VARIABLE: str(tmp_path / "c")}
    assert python(RUN, adding(1), **where).out.split() == ["42", "True"]
    assert python(RUN, adding(1), **where).out.split() == ["42", "False"]


def test_the_library_does_not_import_the_compiler():
    source = """
import sys
import clearprop as cp, numpy as np
import clearprop.engines.compiled.machine.native, clearprop.engines.compiled.math.mathlib
model = cp.Sequential([cp.layers.Dense(2)])
model.compile("sgd", "mse", engine="eager")
model.fit(np.ones((4, 2)), np.ones((4, 2)), epochs=1, verbose=0)
print([name for name in sys.modules if name.startswith("llvmlite")])
"""
    assert python(source).out.strip() == "[]"


BLOCKED = """
import sys
class Nothing:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] == "llvmlite":
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
sys.meta_path.insert(0, Nothing())
"""


def test_a_compiler_that_is_not_installed_is_named():
    source = (
        BLOCKED
        + """
from clearprop.engines.compiled.machine.native import available, host_target
from clearprop.engines.compiled.program import NotCompilable
assert not available()
try:
    host_target()
except NotCompilable as error:
    print(error)
"""
    )
    assert "llvmlite" in python(source).out


@pytest.mark.parametrize(
    ("version", "usable"),
    [("0.44.0", False), ("0.45.0rc1", True), ("0.50.0", True), ("1.0", True), ("0+unknown", False)],
)
def test_a_compiler_that_is_too_old_is_none(monkeypatch, version, usable):
    monkeypatch.setattr("llvmlite.__version__", version)
    assert (native._version.__wrapped__() != "") == usable


def test_without_it_training_runs_step_by_step_and_that_is_said_once():
    source = (
        BLOCKED
        + """
import numpy as np, clearprop as cp
x = np.arange(12.0).reshape(6, 2)
losses = []
for engine in ("eager", "compiled", "auto", "compiled"):
    cp.set_seed(1)
    model = cp.Sequential([cp.layers.Dense(2, "tanh"), cp.layers.Dense(1)])
    model.compile("sgd", "mse", engine=engine)
    history = model.fit(x, x[:, :1], epochs=2, batch_size=2, verbose=0)
    losses.append(history.history["loss"])
    model.predict(x), model.evaluate(x, x[:, :1], verbose=0)
    print(engine, history.note)
assert losses == losses[:1] * 4
"""
    )
    lines = python(source).out.splitlines()
    assert lines[0] == "eager None"
    assert lines[1].startswith("compiled Ran step by step, not compiled: llvmlite")
    assert lines[2:] == ["auto None", "compiled None"]


TRAINING = """
import sys, numpy as np, clearprop as cp
cp.set_seed(1)
x = np.arange(12.0).reshape(6, 2)
model = cp.Sequential([cp.layers.Dense(2, "tanh"), cp.layers.Dense(1)])
model.compile("sgd", "mse", engine="compiled")
print(model.fit(x, x[:, :1], epochs=2, batch_size=3, verbose=0).history["loss"])
"""


def test_with_it_training_is_the_same_from_the_cache_and_without_one(tmp_path):
    source = TRAINING + 'print("llvmlite.binding" in sys.modules)'
    kept = {VARIABLE: str(tmp_path / "kept")}
    first, second = (python(source, **kept).out.splitlines() for _ in range(2))
    (tmp_path / "file").write_text("in the way of a folder")
    third = python(source, **{VARIABLE: str(tmp_path / "file")}).out.splitlines()
    assert first[0] == second[0] == third[0]
    assert first[1] == third[1] == "True"
    assert second[1] == str(not linux_x86)
