"""No Python file is over 400 lines, and the check that says so can fail."""

from pathlib import Path

import pytest

from scripts.file_lengths import FOLDERS, LIMIT, too_long

ROOT = Path(__file__).parents[2]


def test_no_file_is_too_long():
    assert too_long(ROOT) == []


@pytest.mark.parametrize("folder", FOLDERS)
def test_a_line_too_many_is_refused(tmp_path, folder):
    place = tmp_path / folder / "deep"
    place.mkdir(parents=True)
    (place / "just.py").write_text("x = 1\n" * LIMIT)
    (place / "over.py").write_text("x = 1\n" * (LIMIT + 1))
    (complaint,) = too_long(tmp_path)
    assert complaint.startswith(f"{folder}/deep/over.py: 401 lines")
