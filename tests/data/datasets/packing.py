"""Tar archives as tests need them: sound, damaged and hostile."""

import gzip
import io
import tarfile


def packed(members, *, zipped=True):
    """
    Pack members, a name and its content each, or a `tarfile.TarInfo` as it is, with its content.
    """
    raw = io.BytesIO()
    with tarfile.open(fileobj=raw, mode="w") as archive:
        for name, content in members:
            info = name if isinstance(name, tarfile.TarInfo) else tarfile.TarInfo(name)
            if content is not None:
                info.size = len(content)
            archive.addfile(info, io.BytesIO(content or b""))
    return gzip.compress(raw.getvalue(), 1) if zipped else raw.getvalue()


def link(name, target):
    info = tarfile.TarInfo(name)
    info.type, info.linkname = tarfile.SYMTYPE, target
    return info, None


def declaring(name, size):
    """A member that declares more than there is."""
    info = tarfile.TarInfo(name)
    info.size = size
    return info.tobuf() + bytes(1024)
