"""Random programs in native code, held to NumPy."""

import numpy as np
import pytest

from clearprop.engines.compiled.codegen import emit, nest
from clearprop.engines.compiled.interpret import interpret
from clearprop.engines.compiled.passes import PASSES
from tests.engines.compiled.natively import TARGETS, beside_numpy, filled
from tests.engines.compiled.random_programs import random_program


def _tolerance(program):
    return 2e-3 if program.data[0].dtype == np.float32 else 1e-9


@pytest.mark.parametrize("seed", range(32))
def test_a_program(seed, monkeypatch):
    monkeypatch.setattr(nest, "ALONE", 0)
    target = list(TARGETS.values())[seed % 4]
    if seed % 3:
        monkeypatch.setattr(emit, "is_tiny", lambda program: False)
    program = random_program(seed)
    rtol = _tolerance(program)
    beside_numpy(program, target, listed=bool(seed % 2), seed=seed, rtol=rtol)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(32, 400))
def test_many_programs(seed, monkeypatch):
    monkeypatch.setattr(nest, "ALONE", 0)
    program = random_program(seed)
    target = list(TARGETS.values())[seed % len(TARGETS)]
    beside_numpy(program, target, listed=bool(seed % 2), seed=seed, rtol=_tolerance(program))


@pytest.mark.parametrize("seed", range(24))
def test_each_pass_leaves_the_numbers_as_they_are(seed):
    program = random_program(seed)
    rng = np.random.default_rng(seed)
    leaves = {leaf: filled(rng, leaf.shape, leaf.dtype) for leaf in program.leaves}
    before = interpret(program, leaves)
    for each in PASSES:
        program = each(program)
        for then, now in zip(before, interpret(program, leaves), strict=True):
            for a, b in zip(then, now, strict=True):
                np.testing.assert_allclose(b, a, 1e-5, 1e-5, err_msg=each.__name__)
