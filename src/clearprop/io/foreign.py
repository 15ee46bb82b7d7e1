"""Recognises files of other kinds by their first bytes, and says what to do with them instead."""

from __future__ import annotations

from pathlib import PurePath

from clearprop.errors import FormatError, OptionError
from clearprop.lang import told

__all__ = ["ensure_ours", "not_safetensors"]

# The first bytes, and what the message is called that says what the file is.
_KINDS: tuple[tuple[bytes, str], ...] = (
    (b"\x80\x04\x95", "pickle"),
    (b"\x80\x05\x95", "pickle"),
    (b"PK\x03\x04", "zip"),
    (b"\x89HDF\r\n\x1a\n", "hdf5"),
    (b"\x93NUMPY", "npy"),
    (b"GGUF", "gguf"),
    (b"\x1f\x8b\x08", "gzip"),
    (b"<!DOCTYPE", "web"),
    (b"<html", "web"),
    (b"version https://git-lfs", "lfs"),
)
_PICKLED = {".pkl", ".pickle", ".joblib", ".pt", ".pth", ".ckpt"}
_OTHERS = {
    ".bin", ".csv", ".gguf", ".h5", ".hdf5", ".html", ".json", ".keras", ".npy", ".npz", ".onnx",
    ".pb", ".py", ".tflite", ".txt", ".xlsx", ".zip",
}  # fmt: skip


def ensure_ours(path: PurePath) -> None:
    """
    Refuse to give a model's file the name of another kind of file; none after a dot is fine.

    Raises
    ------
    OptionError
        If the name promises what the file will not be.

    Examples
    --------
    >>> ensure_ours(PurePath("net.h5"))
    Traceback (most recent call last):
    clearprop.errors.OptionError: save: 'net.h5' is a name for another kind of file; models are ...
    """
    if path.suffix.lower() in _PICKLED | _OTHERS:
        mend = path.with_suffix(".safetensors").name
        raise OptionError(told("files.named_as_other", name=repr(path.name), mend=repr(mend)))


def not_safetensors(start: bytes, name: str) -> FormatError:
    """
    Build the error for a file that is no safetensors file.

    Parameters
    ----------
    start : bytes
        The file's first bytes, at least 16 if it has so many.
    name : str
        Its name.

    Examples
    --------
    >>> print(not_safetensors(b"", "net.safetensors"))
    net.safetensors is empty.
    """
    if not start:
        return FormatError(told("files.empty", file=name))
    for magic, kind in _KINDS:
        if start.startswith(magic):
            return _is(name, kind)
    # Older pickles have two bytes in common, which may as well be the length of a header.
    if start.startswith((b"\x80\x02", b"\x80\x03")) and start[4:8] != bytes(4):
        return _is(name, "pickle")
    if PurePath(name).suffix.lower() in _PICKLED:
        return FormatError(told("files.may_be_pickle", file=name, why=told("files.unsafe")))
    return FormatError(told("files.no_model", file=name, start=start[:8].hex(" ")))


def _is(name: str, kind: str) -> FormatError:
    why = {"why": told("files.unsafe")} if kind == "pickle" else {}
    return FormatError(told("files.is", file=name, kind=told(f"files.{kind}", **why)))
