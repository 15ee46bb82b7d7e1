"""Downloads: only whole and right bytes ever take the file's name."""

import hashlib
import os
import socket
import stat

import pytest

from clearprop.data.datasets import download
from clearprop.data.datasets.download import RemoteFile, fetch, sha256
from clearprop.errors import DataError
from tests.data.datasets.mirror import mirror

CONTENT = bytes(range(256)) * 1000
FILE = RemoteFile("numbers.gz", len(CONTENT), hashlib.sha256(CONTENT).hexdigest())


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch):
    monkeypatch.setenv("no_proxy", "127.0.0.1")


def test_a_file_is_fetched_whole(tmp_path):
    folder = tmp_path / "new" / "cache"
    with mirror({"numbers.gz": CONTENT}) as (url, _):
        path = fetch(FILE, folder, mirrors=[url])
    assert path == folder / "numbers.gz"
    assert path.read_bytes() == CONTENT
    assert sha256(path) == FILE.sha256
    assert os.listdir(folder) == ["numbers.gz"]


def test_a_fetched_file_replaces_a_wrong_one(tmp_path):
    (tmp_path / "numbers.gz").write_bytes(b"wrong")
    with mirror({"numbers.gz": CONTENT}) as (url, _):
        fetch(FILE, tmp_path, mirrors=[url])
    assert (tmp_path / "numbers.gz").read_bytes() == CONTENT


BAD = {
    "missing": (404, "HTTP 404 Not Found"),
    "server error": (500, "HTTP 500"),
    "other content": (CONTENT[:-1] + b"?", f"expected {FILE.sha256}"),
    "shorter": (CONTENT[:-1], "broke off after 255,999 of 256,000 bytes"),
    "longer": (CONTENT + b"?", "sends more than the 256,000 bytes expected"),
    "interrupted": ("cut", "broke off after 10 of 256,000 bytes"),
    "silent": ("silent", "timed out"),
}


@pytest.mark.parametrize(("served", "words"), BAD.values(), ids=BAD)
def test_a_bad_mirror_is_told_of_and_leaves_nothing(tmp_path, served, words):
    with mirror({"numbers.gz": served}) as (url, _), pytest.raises(DataError) as caught:
        fetch(FILE, tmp_path, mirrors=[url], timeout=0.3)
    message = str(caught.value)
    assert message.startswith("numbers.gz could not be downloaded.\n")
    assert f"{url}numbers.gz: " in message
    assert words in message
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize("served", [bad for bad, _ in BAD.values()], ids=BAD)
def test_the_next_mirror_is_tried(tmp_path, served):
    with (
        mirror({"numbers.gz": served}) as (bad, asked),
        mirror({"numbers.gz": CONTENT}) as (good, _),
    ):
        path = fetch(FILE, tmp_path, mirrors=[bad, good], timeout=0.3)
    assert path.read_bytes() == CONTENT
    assert asked == ["numbers.gz"]
    assert os.listdir(tmp_path) == ["numbers.gz"]


def test_a_mirror_that_is_not_there(tmp_path):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}"
        with pytest.raises(DataError, match="cannot be reached"):
            fetch(FILE, tmp_path, mirrors=[url])


def test_a_folder_that_cannot_be_made(tmp_path):
    (tmp_path / "file").write_text("in the way")
    with (
        mirror({"numbers.gz": CONTENT}) as (url, _),
        pytest.raises(DataError, match="cannot write"),
    ):
        fetch(FILE, tmp_path / "file" / "cache", mirrors=[url])


def test_a_full_disk_leaves_nothing(tmp_path, monkeypatch):
    def full(_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with mirror({"numbers.gz": CONTENT}) as (url, _), pytest.raises(DataError, match="No space"):
        fetch(FILE, tmp_path, mirrors=[url])
    assert os.listdir(tmp_path) == []


def test_an_interrupt_by_the_user_leaves_nothing(tmp_path, monkeypatch):
    def pressed(_):
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "fsync", pressed)
    with mirror({"numbers.gz": CONTENT}) as (url, _), pytest.raises(KeyboardInterrupt):
        fetch(FILE, tmp_path, mirrors=[url])
    assert os.listdir(tmp_path) == []


def test_the_name_is_taken_only_after_the_bytes_are_on_disk(tmp_path, monkeypatch):
    events = []
    fsync = os.fsync
    monkeypatch.setattr(
        os,
        "fsync",
        lambda handle: (events.append(os.listdir(tmp_path)), fsync(handle)),
    )
    with mirror({"numbers.gz": CONTENT}) as (url, _):
        path = fetch(FILE, tmp_path, mirrors=[url])
    [[name]] = events
    assert name.endswith(".part")
    assert stat.S_ISREG(path.stat().st_mode)


def test_the_bar_shows_on_a_terminal_only(tmp_path, monkeypatch, capsys):
    with mirror({"numbers.gz": CONTENT}) as (url, _):
        fetch(FILE, tmp_path, mirrors=[url])
        assert capsys.readouterr() == ("", "")
        monkeypatch.setenv("FORCE_COLOR", "1")  # rich then takes any stream for a terminal
        fetch(FILE, tmp_path, mirrors=[url])
    shown = capsys.readouterr()
    assert shown.out == ""
    assert "numbers.gz" in shown.err
    assert "256.0/256.0 kB" in shown.err


def test_no_mirror_at_all(tmp_path):
    with pytest.raises(DataError, match=r"^numbers.gz could not be downloaded"):
        fetch(FILE, tmp_path, mirrors=[])


def test_chunks_are_smaller_than_the_file():
    """Else the tests above would see one read only."""
    assert len(CONTENT) > 2 * download._CHUNK
