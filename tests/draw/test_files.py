"""Files are whole or not there."""

from __future__ import annotations

import os
import stat

import pytest

from clearprop.draw.files import write_text


def test_writes_and_replaces(tmp_path):
    path = tmp_path / "한글 이름.html"
    assert write_text(path, "하나\r\n") == path
    write_text(str(path), "둘")
    assert path.read_bytes() == "둘".encode()
    assert list(tmp_path.iterdir()) == [path]


def test_a_failure_leaves_the_old_file_and_no_draft(tmp_path, monkeypatch):
    path = write_text(tmp_path / "page.html", "old")

    def fail(source, target):
        raise OSError("no space")

    monkeypatch.setattr(os, "replace", fail)
    with pytest.raises(OSError, match="no space"):
        write_text(path, "new")
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_text_that_cannot_be_written_leaves_nothing(tmp_path):
    with pytest.raises(UnicodeEncodeError):
        write_text(tmp_path / "page.html", "\ud800")
    assert list(tmp_path.iterdir()) == []


def test_permissions_are_those_of_the_old_file(tmp_path):
    path = write_text(tmp_path / "page.html", "old")
    path.chmod(0o640)
    write_text(path, "new")
    assert stat.S_IMODE(path.stat().st_mode) == 0o640


def test_a_link_stays_a_link(tmp_path):
    real = write_text(tmp_path / "real.html", "old")
    link = tmp_path / "link.html"
    link.symlink_to(real)
    write_text(link, "new")
    assert link.is_symlink()
    assert real.read_text() == "new"


def test_a_folder_that_is_not_there_is_an_error(tmp_path):
    with pytest.raises(FileNotFoundError):
        write_text(tmp_path / "none" / "page.html", "text")
