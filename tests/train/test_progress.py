"""What a person sees: nothing in a file, a line an epoch if asked, a bar in a terminal."""

import os
import pty
import re
import subprocess
import sys
import textwrap
import time

import numpy as np
import pytest

import clearprop as cp
from clearprop.train.progress import figures

X, Y = np.ones((10, 2)), np.ones((10, 1))


def model():
    made = cp.Sequential([cp.Input((2,)), cp.layers.Dense(1)])
    made.compile("sgd", "mse", metrics=["mae"])
    return made


@pytest.mark.parametrize("verbose", ["auto", 0])
def test_nothing_is_written_where_there_is_no_terminal(capsys, verbose):
    one = model()
    one.fit(X, Y, epochs=3, verbose=verbose)
    one.evaluate(X, Y, verbose=verbose)
    one.predict(X, verbose=verbose)
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("lang", "line"),
    [
        ("en", r"epoch {}/2  loss \S+  mae \S+  val_loss \S+  val_mae \S+  \(\d+\.\d s\)"),
        ("ko", r"에포크 {}/2  loss \S+  mae \S+  val_loss \S+  val_mae \S+  \(\d+\.\d초\)"),
    ],
)
def test_a_line_an_epoch(capsys, monkeypatch, lang, line):
    monkeypatch.setenv("CLEARPROP_LANG", lang)
    one = model()
    one.fit(X, Y, epochs=2, verbose=2, validation_split=0.5)
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 2
    for i, written in enumerate(lines):
        assert re.fullmatch(line.format(i + 1), written), written
    one.evaluate(X, Y, verbose=2)
    assert re.fullmatch(r"loss \S+  mae \S+  \(\d+\.\d(초| s)\)\n", capsys.readouterr().out)


def test_whoever_asks_for_a_bar_where_there_is_no_terminal_gets_lines(capsys):
    model().fit(X, Y, epochs=1, verbose=1)
    assert capsys.readouterr().out.startswith("epoch 1/1  loss ")


def test_figures_are_written_with_four_digits_that_count():
    logs = {"a": 0.123456, "b": 8.19e-12, "c": 0.0, "d": 123456.0, "e": float("nan"), "f": 99.0}
    assert figures(logs) == "a 0.1235  b 8.19e-12  c 0.0000  d 1.235e+05  e nan  f 99.0000"


def in_a_terminal(program, timeout=60):
    """Run a program with a terminal for its output; give what a person would see scroll by."""
    terminal, end = pty.openpty()
    child = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(program)],
        stdout=end,
        stderr=end,
        env=os.environ | {"TERM": "xterm", "COLUMNS": "100"},
    )
    os.close(end)
    seen, deadline = b"", time.monotonic() + timeout
    while time.monotonic() < deadline:
        try:
            part = os.read(terminal, 4096)
        except OSError:  # the other end is closed
            break
        if not part:
            break
        seen += part
    os.close(terminal)
    assert child.wait(timeout=10) == 0, seen.decode()
    return re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", seen.decode())


def test_a_bar_in_a_terminal():
    seen = in_a_terminal("""
        import time
        import numpy as np, clearprop as cp
        model = cp.Sequential([cp.Input((2,)), cp.layers.Dense(1)])
        model.compile("sgd", "mse")
        wait = cp.callbacks.LambdaCallback(on_train_batch_end=lambda step, logs: time.sleep(0.06))
        model.fit(np.ones((8, 2)), np.ones((8, 1)), batch_size=1, epochs=2, callbacks=[wait])
        model.evaluate(np.ones((8, 2)), np.ones((8, 1)))
    """)
    assert re.search(r"epoch 1/2 +━", seen), seen  # the bar, with its epoch
    assert re.search(r"[1-7]/8 +loss \d", seen), seen  # steps and figures so far
    assert re.search(r"\n?epoch 1/2  loss [\d.e-]+ *\r?\n", seen), seen  # what an epoch leaves
    assert re.search(r"epoch 2/2  loss [\d.e-]+ *\r?\n", seen), seen
    assert "Traceback" not in seen


def test_a_thousand_quick_epochs_are_no_thousand_lines():
    seen = in_a_terminal("""
        import numpy as np, clearprop as cp
        model = cp.Sequential([cp.Input((2,)), cp.layers.Dense(1)])
        model.compile("sgd", "mse")
        model.fit(np.ones((1, 2)), np.ones((1, 1)), epochs=1000)
    """)
    lines = re.findall(r"epoch (\d+)/1000  loss", seen)
    assert len(lines) < 200
    assert lines[-1] == "1000"


def test_nothing_is_written_in_a_terminal_if_not_asked():
    seen = in_a_terminal("""
        import numpy as np, clearprop as cp
        model = cp.Sequential([cp.Input((2,)), cp.layers.Dense(1)])
        model.compile("sgd", "mse")
        model.fit(np.ones((1, 2)), np.ones((1, 1)), epochs=3, verbose=0)
        model.predict(np.ones((1, 2)))
    """)
    assert seen == ""
