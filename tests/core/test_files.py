"""Files are whole or not there."""

from __future__ import annotations

import errno
import os
import stat

import pytest

from clearprop.core.files import replacing, write_bytes, write_text


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


def test_a_full_disk_is_told_with_the_name_that_was_asked_for(tmp_path, monkeypatch):
    def full(number):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match=r"No space left on device: '.*page\.html'"):
        write_text(tmp_path / "page.html", "new")
    assert list(tmp_path.iterdir()) == []


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


def test_bytes_come_a_piece_at_a_time(tmp_path):
    with replacing(tmp_path / "whole.bin") as file:
        file.write(b"first ")
        assert not (tmp_path / "whole.bin").exists()
        file.write(b"second")
    assert (tmp_path / "whole.bin").read_bytes() == b"first second"
    assert write_bytes(tmp_path / "whole.bin", b"").read_bytes() == b""


def test_an_error_of_whoever_writes_leaves_the_old_file(tmp_path):
    path = write_bytes(tmp_path / "whole.bin", b"old")
    with pytest.raises(KeyError), replacing(path) as file:
        raise KeyError(file.write(b"half of the n"))
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_new_file_may_be_read_by_whom_the_system_lets(tmp_path):
    path = write_bytes(tmp_path / "whole.bin", b"")
    (tmp_path / "plain").write_bytes(b"")
    assert path.stat().st_mode == (tmp_path / "plain").stat().st_mode


def test_a_folder_is_no_file(tmp_path):
    with pytest.raises(IsADirectoryError):
        write_bytes(tmp_path, b"")
    assert list(tmp_path.iterdir()) == []


def test_a_pipe_is_written_to(tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    write_bytes(pipe, b"through")
    assert os.read(reader, 100) == b"through"
    os.close(reader)
    assert stat.S_ISFIFO(pipe.stat().st_mode)
