"""What the suite runs over: every operation of the library, on each of its cases."""

import zlib
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pytest

import clearprop  # noqa: F401 - fills the registry
from clearprop.core.cases import Case
from clearprop.core.op import REGISTRY, Op
from clearprop.core.tape import unbroadcast

# The library's own. (What the examples in docstrings define comes later, and is not meant.)
OPS = {name: op for name, op in sorted(REGISTRY.items()) if op.__module__.startswith("clearprop.")}


@dataclass(frozen=True)
class Trial:
    """One call of an operation: a case with its numbers drawn."""

    op: Op
    case: Case
    number: int = 0

    @cached_property
    def arrays(self):
        """The inputs, in double precision where they are no whole numbers."""
        seed = [zlib.crc32(self.op.name.encode()), self.number]
        return self.case.arrays(np.random.default_rng(seed))

    @property
    def params(self):
        return self.case.params

    @cached_property
    def floating(self):
        """Which inputs are real numbers."""
        return [i for i, x in enumerate(self.arrays) if x.dtype.kind == "f"]

    @property
    def ruled(self):
        """Which inputs a gradient can be asked of."""
        return [i for i in self.floating if self.op.rule(i) is not None]

    def rng(self, *keys):
        """Open a random stream for directions and upstream gradients."""
        return np.random.default_rng([zlib.crc32(self.op.name.encode()), self.number, 1, *keys])

    def forward(self, xp, arrays):
        return self.op.compute(xp, *arrays, **self.params)

    def pull(self, xp, i, g, y, arrays):
        """Ask the i-th input's rule, and add up over what broadcasting repeated."""
        found = self.op.rule(i)(xp, g, y, *arrays, **self.params)
        shape = tuple(arrays[i].shape)
        return found if tuple(found.shape) == shape else unbroadcast(xp, found, shape)

    def __str__(self):
        inside = repr(self.case).removeprefix("case(").removesuffix(")")
        return f"{self.op.name}({inside})"


def trials_of(op):
    """Draw all of an operation's cases."""
    return [Trial(op, case, number) for number, case in enumerate(op.cases)]


TRIALS = [trial for op in OPS.values() for trial in trials_of(op)]
RULED = [trial for trial in TRIALS if trial.ruled]

each_op = pytest.mark.parametrize("op", OPS.values(), ids=OPS)
each_trial = pytest.mark.parametrize("trial", TRIALS, ids=str)
each_ruled_trial = pytest.mark.parametrize("trial", RULED, ids=str)


def close(got, expected, rtol, what):
    """Compare arrays: shape, places of NaN and infinity, and numbers, relative to the largest."""
    got, expected = np.asarray(got), np.asarray(expected)
    assert got.shape == expected.shape, f"{what}: shape {got.shape}, expected {expected.shape}"
    finite = expected[np.isfinite(expected)] if expected.dtype.kind == "f" else expected
    scale = float(np.max(np.abs(finite.astype(float)), initial=1e-300))
    np.testing.assert_allclose(got, expected, rtol=rtol, atol=rtol * scale, err_msg=what)
