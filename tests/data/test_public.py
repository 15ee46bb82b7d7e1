"""What the package offers is there, and importing it loads no more than it must."""

import subprocess
import sys

import pytest

import clearprop.data

HEAVY = ("csv", "http.client", "urllib.request", "gzip", "rich", "clearprop.data.tables")


@pytest.mark.parametrize("name", clearprop.data.__all__)
def test_each_public_name_is_there(name):
    assert getattr(clearprop.data, name) is not None


def test_another_name_is_not():
    with pytest.raises(AttributeError, match=r"data has no 'read'; did you mean"):
        _ = clearprop.data.read
    with pytest.raises(ImportError):
        from clearprop.data import read_excel  # noqa: F401


def loaded_by(statement: str) -> str:
    program = f"import sys; {statement}; print(*(n for n in {HEAVY!r} if n in sys.modules))"
    child = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    return child.stdout.strip()


def test_what_is_seldom_used_is_loaded_when_used():
    assert loaded_by("import clearprop.data") == ""
    for way in (
        "import clearprop.data.tables",
        "import clearprop.data as d; d.tables",
        "from clearprop.data import read_csv",
    ):
        assert loaded_by(way) == "csv clearprop.data.tables"
