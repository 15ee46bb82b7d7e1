"""Fetches a file from the first mirror that gives exactly the bytes that were expected."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, final

from clearprop.core.files import replacing
from clearprop.errors import DataError
from clearprop.lang import reason, told

__all__ = ["RemoteFile", "fetch", "sha256"]

_CHUNK = 1 << 16
_TIMEOUT = 30.0  # seconds without a byte

Advance = Callable[[int], None]


@final
@dataclass(frozen=True)
class RemoteFile:
    """A file that is known to the byte: its name, its size in bytes and its SHA-256."""

    name: str
    size: int
    sha256: str


def sha256(path: Path) -> str:
    """Compute the SHA-256 of a file, as 64 hexadecimal digits."""
    import hashlib

    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def fetch(
    file: RemoteFile, folder: Path, *, mirrors: Sequence[str], timeout: float = _TIMEOUT
) -> Path:
    """
    Download `file` into `folder`, from the first of `mirrors` that has it whole.

    What lies in `folder` under the file's name is always complete and verified: the bytes go to a
    temporary file beside it, which takes the name only when its SHA-256 is right.

    Parameters
    ----------
    file : RemoteFile
        What to fetch.
    folder : Path
        Where to put it; made if it does not exist.
    mirrors : sequence of str
        Addresses to which the file's name is appended, tried in turn.
    timeout : float, default 30
        Seconds to wait for a mirror that sends nothing.

    Returns
    -------
    Path
        The verified file.

    Raises
    ------
    DataError
        If no mirror has the file, or `folder` cannot be written; says what each answered.
    """
    said = told("fetching.not_downloaded", name=file.name)
    for mirror in mirrors:
        url = mirror.rstrip("/") + "/" + file.name
        try:
            return _fetch_from(url, file, folder, timeout)
        except DataError as error:
            failure = told("fetching.from", url=url, error=error.message)
            said = told("fetching.lines", first=said, second=failure)
    raise DataError(said)


def _fetch_from(url: str, file: RemoteFile, folder: Path, timeout: float) -> Path:
    import http.client
    import urllib.error
    import urllib.request

    try:
        with urllib.request.urlopen(url, timeout=timeout) as response:
            return _store(response, file, folder)
    except urllib.error.HTTPError as error:
        error.close()
        shown = told("fetching.http", code=error.code, reason=error.reason)
        raise DataError(shown) from error
    except urllib.error.URLError as error:
        why = reason(error.reason) if isinstance(error.reason, OSError) else error.reason
        raise DataError(told("fetching.unreachable", reason=why)) from error
    except (http.client.HTTPException, OSError) as error:
        what = f"{type(error).__name__}: {error}"
        raise DataError(told("fetching.broke_off", error=what)) from error


def _store(response: IO[bytes], file: RemoteFile, folder: Path) -> Path:
    import hashlib

    digest = hashlib.sha256()
    size = 0
    with _placed(folder / file.name) as target, _progress(file) as advance:
        while part := response.read(_CHUNK):
            size += len(part)
            if size > file.size:
                raise DataError(told("fetching.sends_more", size=f"{file.size:,}"))
            digest.update(part)
            target.write(part)
            advance(len(part))
        if size < file.size:
            sizes = {"got": f"{size:,}", "size": f"{file.size:,}"}
            raise DataError(told("fetching.sends_less", **sizes))
        if digest.hexdigest() != file.sha256:
            sums = {"got": digest.hexdigest(), "expected": file.sha256}
            raise DataError(told("fetching.sends_other", **sums))
    return folder / file.name


@contextmanager
def _placed(path: Path) -> Iterator[IO[bytes]]:
    """Give a file that takes the name `path` only if all went well; its folder is made."""
    with ExitStack() as stack:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            file = stack.enter_context(replacing(path))
        except OSError as error:
            why = told("fetching.no_place", folder=path.parent, reason=reason(error))
            raise DataError(why) from error
        yield file


@contextmanager
def _progress(file: RemoteFile) -> Iterator[Advance]:
    """Show a bar on standard error if that is a terminal, else nothing."""
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

    columns = TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeRemainingColumn()
    console = Console(stderr=True)
    with Progress(*columns, console=console, disable=not console.is_terminal) as progress:
        task = progress.add_task(file.name, total=file.size)
        yield lambda count: progress.update(task, advance=count)
