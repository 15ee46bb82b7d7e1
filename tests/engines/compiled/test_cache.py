"""What is kept on disk is given back whole or not at all, whoever else writes there."""

import multiprocessing
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

from clearprop.engines.compiled.machine.cache import VARIABLE, Cache, cache, key_of

KEY = key_of("a program")
posix = pytest.mark.skipif(not hasattr(os, "geteuid"), reason="other systems have no owners")


@pytest.fixture
def kept(tmp_path):
    made = Cache(tmp_path / "native")
    made.keep(KEY, b"code")
    assert made.find(KEY) == b"code"
    return made


def test_keys_tell_texts_apart():
    keys = {key_of("ab", "c"), key_of("a", "bc"), key_of("abc"), key_of("ab", "c", "")}
    assert len(keys) == 4


def test_nothing_is_found_where_nothing_was_kept(tmp_path):
    assert Cache(tmp_path / "none").find(KEY) is None
    assert not (tmp_path / "none").exists()


def test_content_may_be_anything(kept):
    for content in (b"", bytes(range(256)) * 1000):
        kept.keep(KEY, content)
        assert kept.find(KEY) == content


@pytest.mark.parametrize("at", [0, 10, 30, 55, -1])
def test_a_flipped_bit_is_seen_and_the_file_dropped(kept, at):
    file = kept.folder / KEY
    whole = bytearray(file.read_bytes())
    whole[at] ^= 1
    file.write_bytes(whole)
    assert kept.find(KEY) is None
    assert not file.exists()
    kept.keep(KEY, b"new")
    assert kept.find(KEY) == b"new"


def test_a_file_that_is_far_too_long_is_not_read(kept):
    file = kept.folder / KEY
    os.truncate(file, 1 << 34)  # of which nothing lies on disk
    assert kept.find(KEY) is None
    assert not file.exists()


@pytest.mark.parametrize("length", [0, 5, 30, 56, 59])
def test_a_file_cut_short_is_not_trusted(kept, length):
    file = kept.folder / KEY
    file.write_bytes(file.read_bytes()[:length])
    assert kept.find(KEY) is None


def test_a_file_under_another_key_is_not_trusted(kept):
    other = key_of("another")
    (kept.folder / KEY).rename(kept.folder / other)
    assert kept.find(other) is None


@posix
@pytest.mark.parametrize("mode", [0o620, 0o602, 0o666])
def test_a_file_that_others_may_write_is_not_trusted(kept, mode):
    (kept.folder / KEY).chmod(mode)
    assert kept.find(KEY) is None


@posix
@pytest.mark.parametrize("mode", [0o720, 0o702, 0o777])
def test_a_folder_that_others_may_write_is_not_used(kept, mode):
    kept.folder.chmod(mode)
    kept.keep(key_of("new"), b"new")
    assert kept.find(KEY) is None
    kept.folder.chmod(0o700)
    assert kept.find(KEY) == b"code"
    assert kept.find(key_of("new")) is None


@posix
def test_what_belongs_to_another_is_not_trusted(kept, monkeypatch):
    mine = os.geteuid()
    monkeypatch.setattr(os, "geteuid", lambda: mine + 1)
    kept.keep(key_of("new"), b"new")
    assert kept.find(KEY) is None
    monkeypatch.setattr(os, "geteuid", lambda: mine)
    assert [each.name for each in kept.folder.iterdir()] == [KEY]


@posix
def test_links_are_not_followed(kept, tmp_path):
    file, real = kept.folder / KEY, tmp_path / "real"
    file.rename(real)
    file.symlink_to(real)
    assert kept.find(KEY) is None
    kept.keep(KEY, b"new")  # replaces the link, not what it points to
    assert kept.find(KEY) == b"new"
    assert b"new" not in real.read_bytes()
    folder = kept.folder.rename(tmp_path / "moved")
    kept.folder.symlink_to(folder)
    assert kept.find(KEY) is None


@posix
def test_a_pipe_in_its_place_is_no_file_and_nobody_waits_for_it(kept):
    (kept.folder / KEY).unlink()
    os.mkfifo(kept.folder / KEY)
    assert kept.find(KEY) is None


def test_a_folder_that_cannot_be_made_is_done_without(tmp_path):
    (tmp_path / "file").write_text("in the way")
    blocked = Cache(tmp_path / "file" / "native")
    blocked.keep(KEY, b"code")
    assert blocked.find(KEY) is None


@posix
def test_a_home_that_cannot_be_written_to_is_done_without():
    source = (
        "import os, sys; from pathlib import Path\n"
        "from clearprop.engines.compiled.machine.cache import Cache\n"
        "if os.geteuid() == 0: os.setegid(65534); os.seteuid(65534)\n"
        "home = Path(sys.argv[1])\n"
        "assert not os.access(home, os.W_OK, effective_ids=True)\n"
        "made = Cache(home / 'native'); made.keep('k', b'c')\n"
        "assert made.find('k') is None and not os.listdir(home)\n"
    )
    with tempfile.TemporaryDirectory() as home:
        Path(home).chmod(0o555)
        subprocess.run([sys.executable, "-c", source, home], check=True)


def test_the_longest_unused_are_dropped(tmp_path):
    small = Cache(tmp_path / "native", most=1000)
    for k in range(5):
        small.keep(f"k{k}", bytes(300))
        os.utime(small.folder / f"k{k}", (k, k))
    assert small.find("k3") is not None  # which is a use
    small.keep("k5", bytes(300))
    assert {each.name for each in small.folder.iterdir()} == {"k3", "k5"}


def test_what_would_leave_no_room_is_not_kept(tmp_path):
    small = Cache(tmp_path / "native", most=1000)
    small.keep("k1", bytes(400))
    small.keep("k2", bytes(501))
    assert (small.find("k1"), small.find("k2")) == (bytes(400), None)


def test_what_nobody_finishes_is_dropped(kept):
    left, young = kept.folder / ".left.part", kept.folder / ".young.part"
    left.write_bytes(b"")
    young.write_bytes(b"")
    os.utime(left, (time.time() - 7200,) * 2)
    kept.keep(KEY, b"code")
    assert not left.exists()
    assert young.exists()


def _write_and_read(folder: Path, seed: int) -> None:
    mine = Cache(folder, most=4000)
    for k in range(60):
        mine.keep(key_of(str(k % 7)), bytes([k % 7]) * 500)
        found = mine.find(key_of(str((k + seed) % 7)))
        assert found in (None, bytes([(k + seed) % 7]) * 500)


@pytest.mark.filterwarnings("ignore:os.fork:RuntimeWarning")  # JAX, if another test loaded it
def test_several_processes_write_at_the_same_time(tmp_path):
    start = multiprocessing.get_context("spawn" if sys.platform == "win32" else "fork")
    many = [start.Process(target=_write_and_read, args=(tmp_path / "n", i)) for i in range(4)]
    for each in many:
        each.start()
    for each in many:
        each.join()
    assert [each.exitcode for each in many] == [0] * 4
    assert not [each for each in (tmp_path / "n").iterdir() if each.name.startswith(".")]


@pytest.mark.parametrize("word", ["off", "0", "OFF"])
def test_it_can_be_switched_off(monkeypatch, word):
    monkeypatch.setenv(VARIABLE, word)
    assert cache() is None


def test_it_can_be_elsewhere(monkeypatch, tmp_path):
    monkeypatch.setenv(VARIABLE, str(tmp_path))
    assert cache().folder == tmp_path / "native"
    monkeypatch.delenv(VARIABLE)
    monkeypatch.setenv("XDG_CACHE_HOME", "/var/mine")
    monkeypatch.setattr("sys.platform", "linux")
    assert cache().folder == Path("/var/mine/clearprop/native")


def test_without_a_home_there_is_none(monkeypatch):
    def homeless():
        raise RuntimeError

    monkeypatch.delenv(VARIABLE, raising=False)
    monkeypatch.setattr("clearprop.engines.compiled.machine.cache.cache_folder", homeless)
    assert cache() is None
