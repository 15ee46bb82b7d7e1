"""Programs that print, keep global state, raise, answer in odd shapes or never end."""

from __future__ import annotations

from dataclasses import dataclass
from textwrap import indent

__all__ = ["UNRULY", "Unruly"]

TANH = "self.y = np.tanh(x)\nreturn self.y"
RIGHT = "return dout * (1 - self.y ** 2)"
SOURCE = """
import numpy as np
{before}

class Layer:
    def forward(self, x):
{forward}

    def backward(self, dout):
{backward}

x = np.array([[0.5, -1.0, 2.0], [1.5, 0.25, -0.75]])
{after}
"""


@dataclass(frozen=True)
class Unruly:
    """
    A layer that misbehaves, and what the doctor should answer.

    Attributes
    ----------
    name : str
        What it does.
    sound : bool, None or a tuple of them
        The verdict, or those that are right; None: it cannot be judged, and the report says why.
    forward, backward, before, after : str
        The bodies of the two methods; what stands before and after the class.
    names : tuple of str
        The ids that are to be found.
    says : str
        What the report must say, in small letters.
    """

    name: str
    sound: bool | tuple[bool | None, ...] | None
    forward: str = TANH
    backward: str = RIGHT
    names: tuple[str, ...] = ()
    says: str = ""
    before: str = ""
    after: str = ""

    @property
    def verdicts(self) -> tuple[bool | None, ...]:
        """The verdicts that are right."""
        return self.sound if isinstance(self.sound, tuple) else (self.sound,)

    @property
    def source(self) -> str:
        """The program."""
        bodies = {
            "forward": indent(self.forward, " " * 8),
            "backward": indent(self.backward, " " * 8),
        }
        return SOURCE.format(before=self.before, after=self.after, **bodies)


UNRULY = (
    Unruly("prints", True, f"print('forward!')\n{TANH}", f"print(dout)\n{RIGHT}"),
    Unruly(
        "prints, and is wrong",
        False,
        f"print('forward!')\n{TANH}",
        "print('backward!')\nreturn dout",
        names=("activation-derivative-missing",),
    ),
    Unruly("warns", True, f"import warnings\nwarnings.warn('old', stacklevel=2)\n{TANH}"),
    Unruly(
        "remembers in a global",
        False,
        "MEMORY['y'] = np.tanh(x)\nreturn MEMORY['y']",
        "return dout * (1 - MEMORY['y'] ** 2)",
        before="MEMORY = {}",
        names=("shared-cache",),
    ),
    Unruly("counts its calls in a global", True, f"COUNT.append(1)\n{TANH}", before="COUNT = []"),
    Unruly(
        "draws from a generator at large",
        (True, None),
        "self.m = (RNG.random(x.shape) > 0.5) * 2.0\nreturn x * self.m",
        "return dout * self.m",
        before="RNG = np.random.default_rng(0)",
    ),
    Unruly("changes its input in place", True, "x *= 2\nreturn x", "return dout * 2"),
    Unruly("raises in forward", None, "raise OSError('no such file: w.csv')", says="no such file"),
    Unruly(
        "raises in backward",
        None,
        backward="raise NotImplementedError('not written yet')",
        says="not written yet",
    ),
    Unruly("a misspelt name", None, backward="return dotu * (1 - self.y ** 2)", says="dotu"),
    Unruly("divides by zero", None, backward="return dout * (1 // 0)", says="zero"),
    Unruly("leaves the program", None, "raise SystemExit(3)"),
    Unruly("asks at the keyboard", None, "return np.tanh(x) * float(input('factor? '))"),
    Unruly("never ends in backward", None, backward="while True:\n    dout = dout + 0", says="1"),
    Unruly("never ends in forward", None, "while True:\n    x = x + 0", says="1"),
    Unruly("calls itself for ever", None, "return self.forward(x)", says="recursion"),
    Unruly("forward gives None", None, "self.y = np.tanh(x)", says="none"),
    Unruly("forward gives a dict", None, "return {'y': np.tanh(x)}", says="dict"),
    Unruly("forward gives text", None, "return str(x)", says="str"),
    Unruly("forward gives ragged rows", None, "return [[1.0, 2.0], [3.0]]", says="lengths"),
    Unruly("ends the process", None, "import os\nos._exit(0)", says="ends the program"),
    Unruly("asks for too much memory", None, "return np.ones((10**6, 10**6))", says="memory"),
    Unruly("fills the memory", None, "l = [0.0] * 10**12\nreturn x", says="memory"),
    Unruly("an attribute misspelt", None, backward="return dout * self.yy", says="mean y?"),
    Unruly("a shape that does not fit", None, "return x @ np.ones((7, 2))", says="(2, 3)"),
    Unruly("a file that is not there", None, "return x * np.load('w.npy')", says="folder"),
    Unruly(
        "leaves a thread behind",
        True,
        f"import threading, time\nthreading.Thread(target=time.sleep, args=(9,)).start()\n{TANH}",
    ),
    Unruly(
        "draws at random, and keeps it",
        True,
        "self.m = np.random.rand(*x.shape)\nreturn x * self.m",
        "return dout * self.m",
    ),
    Unruly("has no backward", None, after="del Layer.backward", says="backward"),
    Unruly(
        "backward gives text",
        False,
        backward="return 'dx'",
        names=("input-gradient-missing",),
    ),
    Unruly("backward gives None", False, backward="pass", names=("input-gradient-missing",)),
    Unruly(
        "backward gives one number",
        False,
        backward="return np.sum(dout * (1 - self.y ** 2))",
        says="shape",
    ),
    Unruly(
        "backward gives it flat",
        False,
        backward="return (dout * (1 - self.y ** 2)).ravel()",
        names=("wrong-shape",),
    ),
)
