"""The command line as a process of its own: exit codes, pipes, Ctrl-C, terminals, imports."""

import os
import pty
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import clearprop as cp
from tests.cli.calling import flowers, good, start

WAIT = 60  # seconds that a busy machine may need


@pytest.fixture(autouse=True)
def elsewhere(tmp_path, monkeypatch):
    """Work in an empty folder."""
    monkeypatch.chdir(tmp_path)


def ended(child, stdin=None):
    """Wait for a process, and give what it printed and its exit code."""
    out, err = child.communicate(stdin, timeout=WAIT)
    return out, err, child.returncode


def seen(child, words):
    """Read what a process prints up to these words."""
    text = ""
    while words not in text:
        line = child.stdout.readline()
        assert line, text + child.stderr.read()
        text += line
    return text


def wait_until_it_reads(child):
    """Wait until a process waits for its standard input."""
    call, end = Path(f"/proc/{child.pid}/syscall"), time.monotonic() + WAIT
    while time.monotonic() < end:
        time.sleep(0.05)
        if call.read_text().split()[1:2] == ["0x0"]:  # the first argument: which file is read
            return
    raise AssertionError("it never read")


def test_ctrl_c_while_it_is_being_loaded_is_quiet():
    program = (
        "import sys, builtins\n"
        "def interrupted(name, *rest, real=builtins.__import__):\n"
        "    if name.startswith('clearprop.cli.root'): raise KeyboardInterrupt\n"
        "    return real(name, *rest)\n"
        "builtins.__import__ = interrupted\n"
        "from clearprop.cli import main\n"
        "main()\n"
    )
    child = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=WAIT
    )
    assert (child.returncode, child.stdout, child.stderr) == (130, "", "")


def test_exit_codes_reach_the_shell():
    out, err, code = ended(start("data"))
    assert (code, err) == (0, "")
    assert out.startswith("Data sets")
    out, err, code = ended(start("train", "none.csv", "-t", "y"))
    assert (code, out) == (2, "")
    assert err == "clearprop: cannot read 'none.csv': No such file or directory.\n"


def test_the_installed_program_is_the_same():
    program = Path(sys.executable).with_name("clearprop")
    child = subprocess.run([program, "--version"], capture_output=True, text=True, timeout=WAIT)
    assert (child.returncode, child.stdout) == (0, f"clearprop {cp.__version__}\n")


def test_a_reader_that_leaves_is_no_error(tmp_path):
    flowers("iris.csv", rows=30)
    good("train", "iris.csv", "-t", "species", "--epochs", 1)
    flowers("long.csv", rows=20000)
    child = start("predict", "iris.safetensors", "long.csv")
    first = child.stdout.readline()
    child.stdout.close()
    assert first.startswith("length,width")
    assert child.wait(WAIT) == 141
    lines = [line for line in child.stderr.read().splitlines() if not line.startswith("Accuracy")]
    child.stderr.close()
    assert lines == []


def test_a_reader_that_left_before_anything_was_written_is_no_error():
    child = start("data", "digits")
    child.stdout.close()
    assert child.wait(WAIT) == 141
    assert child.stderr.read() == ""
    child.stderr.close()


def test_ctrl_c_keeps_what_was_learnt(tmp_path):
    flowers("iris.csv")
    call = ("train", "iris.csv", "-t", "species", "--epochs", 10**6, "--patience", 0)
    child = start(*call)
    seen(child, "rows to learn from")
    time.sleep(1)
    child.send_signal(signal.SIGINT)
    out, err, code = ended(child)
    assert code == 130
    assert "Interrupted: what was learnt so far is kept." in out
    assert "Model saved to iris.safetensors." in out
    assert "Traceback" not in err
    assert cp.load("iris.safetensors").predict([[0.0, 0.0, 1.0, 0.0]]).shape == (1, 3)
    assert good("predict", "iris.safetensors", "iris.csv")


def test_ctrl_c_ends_the_demonstration_in_a_usable_state(tmp_path):
    child = start("demo", "--epochs", 10**5)
    seen(child, "others to test on")
    time.sleep(1)
    child.send_signal(signal.SIGINT)
    out, err, code = ended(child)
    assert (code, err) == (130, "")
    assert "Interrupted: what was learnt so far is kept." in out
    assert (tmp_path / "report.html").exists()


def test_ctrl_c_before_there_is_anything_to_keep():
    child = start("train", "-", "-t", "y", stdin=subprocess.PIPE)
    wait_until_it_reads(child)
    child.send_signal(signal.SIGINT)
    assert child.wait(WAIT) == 130
    assert child.stderr.read() == "\nInterrupted.\n"
    for stream in (child.stdin, child.stdout, child.stderr):
        stream.close()


HEAVY = (
    "rich", "safetensors", "jax", "clearprop.nn", "clearprop.train", "clearprop.draw",
    "clearprop.data", "clearprop.io", "clearprop.explain", "clearprop.engines",
)  # fmt: skip


@pytest.mark.parametrize("call", [["--help"], ["--version"], ["train", "--help"], ["trian"]])
def test_help_is_quick_because_it_loads_little(call):
    program = (
        "import sys\n"
        "from clearprop.cli.root import root\n"
        f"root.main({call!r}, standalone_mode=False)\n"
        f"print('loaded', *[name for name in {HEAVY!r} if name in sys.modules])\n"
    )
    child = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=WAIT
    )
    assert child.stdout.splitlines()[-1] == "loaded"


def on_terminal(*args, **env):
    """Run a command whose standard error is a terminal; give what it wrote there, and the rest."""
    here, there = pty.openpty()
    child = subprocess.Popen(
        [sys.executable, "-m", "clearprop", *map(str, args)],
        env=os.environ | {"TERM": "xterm-256color"} | env,
        stdout=subprocess.PIPE, stderr=there, text=True,
    )  # fmt: skip
    os.close(there)
    shown = b""
    while True:
        try:
            piece = os.read(here, 4096)
        except OSError:  # so Linux says that the other end is closed
            break
        if not piece:
            break
        shown += piece
    os.close(here)
    out, _ = child.communicate(timeout=WAIT)
    return shown.decode(), out, child.returncode


def test_a_bar_shows_progress_where_there_is_a_terminal():
    shown, out, code = on_terminal("demo", "--epochs", 60, "--no-report")
    assert code == 0
    assert "epoch " in shown
    assert "val_accuracy" in shown
    assert "━" in shown
    assert shown.rstrip().endswith(("\x1b[2K", "\x1b[?25h"))  # and it is gone at the end
    assert "\x1b" not in out
    assert "epoch 1" not in out
    assert shown.index("\x1b[?25h") < shown.index("epoch ")  # the cursor stays, come what may


def test_no_color_is_obeyed():
    shown, _, _ = on_terminal("demo", "--epochs", 60, "--no-report", NO_COLOR="1")
    assert "epoch " in shown
    assert "\x1b[38" not in shown
    assert "\x1b[3" not in shown


def test_without_a_terminal_there_is_no_bar():
    out, err, code = ended(start("demo", "--epochs", 5, "--no-report"))
    assert (code, err) == (0, "")
    assert "\x1b" not in out


def test_letters_that_a_terminal_lacks_are_no_error():
    out, err, code = ended(
        start(
            "data",
            "digits",
            "--lang",
            "ko",
            encoding="latin-1",
            env={"PYTHONIOENCODING": "latin-1"},
        )
    )
    assert (code, err) == (0, "")
    assert "1,797" in out
    assert "?" in out


def test_what_it_advises_to_call_can_be_called(monkeypatch, tmp_path):
    """A program that the shell does not find by its name is named by its place."""
    there = tmp_path / "env" / "bin"
    there.mkdir(parents=True)
    (there / "clearprop").symlink_to(Path(sys.executable).with_name("clearprop"))
    flowers("iris.csv", rows=30)
    for path, place, expected in (
        ("/usr/bin", there / "clearprop", "  env/bin/clearprop why iris.safetensors\n"),
        ("/usr/bin", "env/bin/clearprop", "  env/bin/clearprop why iris.safetensors\n"),
        (f"{there}:/usr/bin", "clearprop", "  clearprop why iris.safetensors\n"),
    ):
        monkeypatch.setenv("PATH", path)
        call = [place, "train", "iris.csv", "-t", "species", "--epochs", "1"]
        child = subprocess.run(call, capture_output=True, text=True, timeout=WAIT)
        assert expected in child.stdout, child.stderr
    child = start("train", "iris.csv", "-t", "species", "--epochs", 1, env={"PATH": "/usr/bin"})
    assert "  python -m clearprop why iris.safetensors\n" in ended(child)[0]
