"""Examples in docstrings and pages are run, and a wrong one fails."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = """\
# A page

```python
>>> 1 / 3
0.33
>>> open("left behind", "w").close()
>>> print("An empty line", "", 1 + 1, sep=chr(10))
An empty line

{result}
```

Words after the fence are not output.
"""


@pytest.fixture
def project(tmp_path):
    """A project with this one's pytest settings and nothing to test yet."""
    for name in ("pyproject.toml", "conftest.py"):
        shutil.copy(ROOT / name, tmp_path)
    (tmp_path / "tests").mkdir()
    shutil.copy(ROOT / "tests" / "isolation.py", tmp_path / "tests")
    return tmp_path


def run(project):
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
    return subprocess.run(command, cwd=project, capture_output=True, text=True, timeout=120)


@pytest.mark.parametrize(("result", "verdict"), [("2", "1 passed"), ("3", "1 failed")])
@pytest.mark.parametrize("place", ["README.ko.md", "docs/page.md", "src/module.py"])
def test_an_example_is_run_wherever_it_stands(project, place, result, verdict):
    page = PAGE.format(result=result)
    path = project / place
    path.parent.mkdir(exist_ok=True)
    path.write_text(f"'''{page}'''" if path.suffix == ".py" else page)
    outcome = run(project)
    assert verdict in outcome.stdout, outcome.stdout + outcome.stderr
    assert not (project / "left behind").exists()


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("@pytest.mark.misspelt\ndef test_a(): pass", "'misspelt' not found in `markers`"),
        ("import warnings\ndef test_a(): warnings.warn('careful')", "UserWarning: careful"),
        ("@pytest.mark.xfail\ndef test_a(): pass", "XPASS(strict)"),
    ],
)
def test_carelessness_is_an_error(project, body, words):
    (project / "tests" / "test_careless.py").write_text(f"import pytest\n{body}\n")
    outcome = run(project)
    assert outcome.returncode != 0
    assert words in outcome.stdout


def test_no_tests_at_all_is_a_failure(project):
    assert run(project).returncode == pytest.ExitCode.NO_TESTS_COLLECTED
