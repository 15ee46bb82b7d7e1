"""Recognises files of other kinds by their first bytes, and says what to do with them instead."""

from __future__ import annotations

from pathlib import PurePath

from clearprop.errors import FormatError, OptionError

__all__ = ["ensure_ours", "not_safetensors"]

_UNSAFE = (
    "loading such a file runs whatever is in it, so clearprop never does. In the program that made"
    " it, save the weights as safetensors."
)
_PICKLE = f"a pickle file: {_UNSAFE}"
_ZIP = (
    "a zip archive, as Keras (.keras), PyTorch (.pt, .pth) and NumPy (.npz) write. Archives of"
    " PyTorch hold pickles, which run whatever is in them, so clearprop opens none. In the program"
    " that made it, save the weights as safetensors."
)
_HDF5 = (
    "an HDF5 file, as older versions of Keras write (.h5). Save the weights as safetensors there,"
    " or as arrays that model.set_weights takes."
)
_WEB = "a web page: perhaps what was downloaded is an error page."
_KINDS: tuple[tuple[bytes, str], ...] = (
    (b"\x80\x04\x95", _PICKLE),
    (b"\x80\x05\x95", _PICKLE),
    (b"PK\x03\x04", _ZIP),
    (b"\x89HDF\r\n\x1a\n", _HDF5),
    (b"\x93NUMPY", "an array of NumPy (.npy), no model: numpy.load reads it."),
    (b"GGUF", "a GGUF file, which clearprop does not read."),
    (b"\x1f\x8b\x08", "compressed with gzip: unpack it first."),
    (b"<!DOCTYPE", _WEB),
    (b"<html", _WEB),
    (b"version https://git-lfs", "a pointer of Git LFS, not the file: git lfs pull fetches it."),
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
        raise OptionError(
            f"save: {path.name!r} is a name for another kind of file; models are saved as"
            f" safetensors: {mend!r}."
        )


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
        return FormatError(f"{name} is empty.")
    for magic, kind in _KINDS:
        if start.startswith(magic):
            return FormatError(f"{name} is {kind}")
    # Older pickles have two bytes in common, which may as well be the length of a header.
    if start.startswith((b"\x80\x02", b"\x80\x03")) and start[4:8] != bytes(4):
        return FormatError(f"{name} is {_PICKLE}")
    if PurePath(name).suffix.lower() in _PICKLED:
        return FormatError(f"{name} may be a pickle file: {_UNSAFE}")
    return FormatError(
        f"{name} is no model: it begins with {start[:8].hex(' ')}; expected a safetensors file, as"
        " model.save writes. If it once was one, it is damaged."
    )
