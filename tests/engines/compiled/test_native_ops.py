"""Every operation and its rules in native code, on each of its cases, beside NumPy."""

import numpy as np
import pytest

from tests.conformance.trials import OPS
from tests.engines.compiled.natively import machine
from tests.engines.compiled.op_programs import families, hold_family, hold_wrong_cosh

QUICK = {"arithmetic", "reductions", "gathering"}


@pytest.mark.parametrize("kind", [np.float64, np.float32])
@pytest.mark.parametrize(
    "family",
    [pytest.param(f, marks=() if f in QUICK else pytest.mark.slow) for f in sorted(families())],
)
def test_operations_in_native_code(family, kind):
    hold_family(family, kind, machine)


def test_a_wrong_lowering_is_noticed(monkeypatch):
    hold_wrong_cosh(monkeypatch, machine)


def test_every_operation_is_in_a_family():
    assert sum(map(len, families().values())) == len(OPS)
    assert set(families()) >= QUICK
