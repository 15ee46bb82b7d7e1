"""Imports point down only: a copy of the package passes, and each planted offence is refused."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LINT = "from importlinter.cli import lint_imports_command; lint_imports_command()"

# where the offence is planted, what it says, the contract that must refuse it
OFFENCES = {
    "core knows train": ("core/planted.py", "import clearprop.train", "layers"),
    "late import counts": ("ops/planted.py", "def f():\n    import clearprop.nn", "layers"),
    "ops know engines": ("ops/planted.py", "from clearprop import engines", "layers"),
    "siblings": ("nn/planted.py", "import clearprop.optim", "layers"),
    "words know the core": ("lang/planted.py", "import clearprop.core", "layers"),
    "the door leads everywhere": ("lang/planted.py", "from clearprop import tensor", "layers"),
    "part without a layer": ("stray.py", "", "layers"),
    "scipy in the core": ("core/planted.py", "import scipy", "core-numpy-only"),
    "jax in the core": ("core/planted.py", "def f():\n    import jax", "core-numpy-only"),
    "jax in the operations": ("ops/planted.py", "import jax.numpy", "optional-stays-optional"),
    "onnx in training": ("train/planted.py", "import onnx", "optional-stays-optional"),
    "torch in the engines": ("engines/planted.py", "import torch", "no-peer"),
}


def lint(package_copy: Path, contract: str | None = None) -> subprocess.CompletedProcess:
    """Run import-linter with the project's own contracts on the package below `package_copy`."""
    only = ["--contract", contract] if contract else []
    return subprocess.run(
        [sys.executable, "-c", LINT, "--no-cache", "--config", "pyproject.toml", *only],
        cwd=package_copy,
        env=os.environ | {"PYTHONPATH": str(package_copy / "src")},
        capture_output=True,
        text=True,
        timeout=120,
    )


@pytest.fixture
def package_copy(tmp_path):
    no_bytecode = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "src", tmp_path / "src", ignore=no_bytecode)
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def test_the_package_keeps_its_contracts(package_copy):
    verdict = lint(package_copy)
    assert verdict.returncode == 0, verdict.stdout + verdict.stderr
    assert "4 kept, 0 broken" in verdict.stdout


@pytest.mark.parametrize("offence", OFFENCES)
def test_a_planted_offence_is_refused(package_copy, offence):
    place, text, contract = OFFENCES[offence]
    planted = package_copy / "src" / "clearprop" / place
    assert not planted.exists()
    planted.write_text(f'"""Planted."""\n{text}\n')
    verdict = lint(package_copy, contract)
    words = verdict.stdout + verdict.stderr
    assert verdict.returncode == 1, words
    assert "BROKEN" in words or "not listed as layers" in words, words
    assert planted.stem in words
