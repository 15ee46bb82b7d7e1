"""Fetches a file from the first mirror that gives exactly the bytes that were expected."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, final

from clearprop.core.files import replacing
from clearprop.errors import DataError

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
    failures = []
    for mirror in mirrors:
        url = mirror.rstrip("/") + "/" + file.name
        try:
            return _fetch_from(url, file, folder, timeout)
        except DataError as error:
            failures.append(f"  {url}: {error}")
    raise DataError(f"{file.name} could not be downloaded.\n" + "\n".join(failures))


def _fetch_from(url: str, file: RemoteFile, folder: Path, timeout: float) -> Path:
    import http.client
    import urllib.error
    import urllib.request

    try:
        with urllib.request.urlopen(url, timeout=timeout) as response:
            return _store(response, file, folder)
    except urllib.error.HTTPError as error:
        error.close()
        raise DataError(f"HTTP {error.code} {error.reason}") from error
    except urllib.error.URLError as error:
        raise DataError(f"cannot be reached ({error.reason})") from error
    except (http.client.HTTPException, OSError) as error:
        raise DataError(f"broke off ({type(error).__name__}: {error})") from error


def _store(response: IO[bytes], file: RemoteFile, folder: Path) -> Path:
    import hashlib

    digest = hashlib.sha256()
    size = 0
    with _placed(folder / file.name) as target, _progress(file) as advance:
        while part := response.read(_CHUNK):
            size += len(part)
            if size > file.size:
                raise DataError(f"sends more than the {file.size:,} bytes expected")
            digest.update(part)
            target.write(part)
            advance(len(part))
        if size < file.size:
            raise DataError(f"broke off after {size:,} of {file.size:,} bytes")
        if digest.hexdigest() != file.sha256:
            raise DataError(
                f"sends other content: its SHA-256 is {digest.hexdigest()}, expected {file.sha256}"
            )
    return folder / file.name


@contextmanager
def _placed(path: Path) -> Iterator[IO[bytes]]:
    """Give a file that takes the name `path` only if all went well; its folder is made."""
    with ExitStack() as stack:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            file = stack.enter_context(replacing(path))
        except OSError as error:
            raise DataError(f"cannot write into {path.parent} ({error.strerror})") from error
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
