"""Python files of the user's: run as Python would, without what they print; names found in them."""

from __future__ import annotations

import importlib.util
import os
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from clearprop.doctor.refusals import error_words, hints
from clearprop.doctor.submitted.guard import Budget, Failed, memory_limited
from clearprop.doctor.submitted.signature import BACKWARD, FORWARD, GRADIENT, LOSS, first_of
from clearprop.doctor.submitted.snapshot import functions_of
from clearprop.errors import DataError, nearest
from clearprop.lang import language, reason, told

__all__ = ["data_in", "module_of", "things_in"]


def module_of(path: Path, seconds: float) -> ModuleType:
    """
    Run a file; what stands beside it can be imported.

    Parameters
    ----------
    path : Path
    seconds : float
        The time that it may take.

    Raises
    ------
    DataError
        If it cannot be read, or does not run to its end.
    """
    try:
        path.open("rb").close()
    except OSError as error:
        why = told("files.cannot_read", path=repr(str(path)), reason=reason(error))
        raise DataError(why) from error
    spec = importlib.util.spec_from_file_location(f"checked_{path.stem}", path)
    if spec is None or spec.loader is None:
        raise DataError(told("refused.file", file=path, error="not a .py file"))
    module = importlib.util.module_from_spec(spec)
    sys.modules[module.__name__] = module
    sys.path.insert(0, str(path.parent))
    os.environ.setdefault("MPLBACKEND", "Agg")  # no window that waits
    writes, sys.dont_write_bytecode = sys.dont_write_bytecode, True  # nothing beside their file
    try:
        with memory_limited():
            Budget(seconds).call("file", spec.loader.exec_module, module)
    except Failed as failed:
        if not isinstance(failed.error, SystemExit):  # what stands before an exit is there
            raise _refused(path, failed) from failed.error
    finally:
        sys.dont_write_bytecode = writes
        sys.path.remove(str(path.parent))
    return module


def _refused(path: Path, failed: Failed) -> DataError:
    error = failed.error
    if error is None:
        seconds = f"{failed.about['seconds']:g}"
        return DataError(told("refused.file_endless", file=path, seconds=seconds))
    if isinstance(error, SyntaxError) and Path(error.filename or "").name == path.name:
        words = told("refused.syntax", file=path, line=error.lineno or 1, error=error.msg)
        refused = DataError(words)
        text = (error.text or "").rstrip()
        if text:
            refused.add_note(text)
            refused.add_note(" " * max(0, (error.offset or 1) - 1) + "^")
        return refused
    refused = DataError(told("refused.file", file=path, error=error_words(error)))
    if failed.frame is not None and failed.frame.line:
        refused.add_note(told("refused.code", file=failed.line.rpartition(":")[0],
                              line=failed.frame.lineno, code=failed.frame.line))  # fmt: skip
    for hint in hints(error, language(), failed):
        refused.add_note(hint)
    return refused


def things_in(module: ModuleType, file: str, names: str) -> Any:
    """
    Give what names stand for: one thing, or a tuple; without a name, the one that there is.

    Parameters
    ----------
    module : module
    file : str
        As it was written.
    names : str
        With commas between them; may be empty.

    Raises
    ------
    DataError
        If there is no such name, or none was given and there are several.
    """
    if names:
        found = [_named(module, file, name.strip()) for name in names.split(",")]
        return found[0] if len(found) == 1 else tuple(found)
    functions = functions_of(module)
    if all(first_of(ways, functions) for ways in (FORWARD, BACKWARD)):
        return module
    if all(first_of(ways, functions) for ways in (LOSS, GRADIENT)):
        return module
    own = {id(getattr(module, n)): n for n in reversed(_own(module))}
    back = [n for n in reversed(own.values()) if _goes_back(getattr(module, n))]
    if len(back) == 1:
        return getattr(module, back[0])
    known = back or _own(module)
    if not known:
        raise DataError(told("refused.defines_nothing", file=file))
    raise DataError(told("refused.which", file=file, first=known[0], known=", ".join(known)))


def data_in(module: ModuleType, name: str) -> Any:
    """Give numbers that stand in a file under a name; None where there are none."""
    value = getattr(module, name, None) if name.isidentifier() else None
    return value if isinstance(value, np.ndarray | list | tuple | dict | float | int) else None


def _named(module: ModuleType, file: str, name: str) -> Any:
    thing: Any = module
    for part in name.split("."):
        if not hasattr(thing, part):
            known = _own(module)
            if not known:
                raise DataError(told("refused.defines_nothing", file=file))
            close = nearest(name, known, most=1)
            key = "refused.no_name_but" if close else "refused.no_name"
            values = {"close": close[0]} if close else {}
            raise DataError(told(key, file=file, name=name, known=", ".join(known), **values))
        thing = getattr(thing, part)
    return thing


def _own(module: ModuleType) -> list[str]:
    """List the names that a file defines itself."""
    found = []
    for name, value in vars(module).items():
        kind = value if isinstance(value, type) else type(value)
        owner = getattr(value, "__module__", None) or kind.__module__
        if (
            not name.startswith("_")
            and owner == module.__name__
            and not isinstance(value, ModuleType)
        ):
            found.append(name)
    return found


def _goes_back(value: Any) -> bool:
    functions = {} if not hasattr(value, "__dict__") else functions_of(value)
    return first_of((*BACKWARD, *GRADIENT), functions) is not None
