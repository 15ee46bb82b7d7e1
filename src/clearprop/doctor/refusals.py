"""Why a program cannot be judged, in words: what happened, where, and what to do about it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from clearprop.doctor.submitted.guard import Failed
from clearprop.errors import nearest
from clearprop.lang import say

__all__ = ["hints", "refusal"]

_LONGEST = 300
_OF_TYPE: dict[type[BaseException], str] = {
    MemoryError: "memory", RecursionError: "recursion", EOFError: "typed", SystemExit: "left",
}  # fmt: skip


def refusal(failed: Failed, lang: str) -> list[str]:
    """
    Say why something cannot be judged.

    Parameters
    ----------
    failed : Failed
    lang : {"ko", "en"}

    Returns
    -------
    list of str
        Paragraphs.
    """
    values = {k: _plain(v) for k, v in failed.about.items()}
    where = say(f"refused.at_{failed.where}", lang)
    if failed.kind == "endless" and failed.about.get("whole"):
        return [say("refused.endless_in_all", lang, **values)]
    values["where"] = where
    if failed.error is not None:
        values["error"] = error_words(failed.error)
    said = [say(f"refused.{failed.kind}", lang, **values)]
    if failed.frame is not None:
        said.append(_line(failed, lang))
    if failed.kind in ("no_forward", "no_backward"):
        said += _names(failed, lang)
    if failed.error is not None:
        said += hints(failed.error, lang, failed)
    return said


def error_words(error: BaseException) -> str:
    """Write an error as Python does: its type and its message."""
    text = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
    return text[:_LONGEST]


def _plain(value: Any) -> str:
    return f"{value:g}" if isinstance(value, int | float) else str(value)


def _line(failed: Failed, lang: str) -> str:
    assert failed.frame is not None
    file, _, line = failed.line.rpartition(":")
    code = failed.frame.line or ""
    return say("refused.code" if code else "refused.line", lang, file=file, line=line, code=code)


def _names(failed: Failed, lang: str) -> Iterator[str]:
    """Say what an object has in place of what was looked for, and what may be misspelt."""
    names = [n for n in failed.about.get("has", ()) if not n.startswith("_")]
    if not names:
        return
    wanted = "forward" if failed.kind == "no_forward" else "backward"
    close = nearest(wanted, [n for n in names if n not in ("forward", "backward")], most=1)
    yield say("refused.has", lang, names=", ".join(names[:8]))
    if close and abs(len(close[0]) - len(wanted)) <= 2:
        yield say("refused.misspelt", lang, close=close[0], wanted=wanted)


def hints(error: BaseException, lang: str, failed: Failed | None = None) -> Iterator[str]:
    """
    Say what may have led to an error of Python's.

    Parameters
    ----------
    error : BaseException
    lang : {"ko", "en"}
    failed : Failed or None
        Where it was raised, if in a call.
    """
    key = next((k for kind, k in _OF_TYPE.items() if isinstance(error, kind)), "")
    if key:
        yield say(f"refused.hint_{key}", lang)
    close = _close(error)
    if close:
        yield say("refused.hint_close", lang, close=close)
    if isinstance(error, ModuleNotFoundError) and not close:
        yield say("refused.hint_module", lang, name=error.name or "")
    if isinstance(error, FileNotFoundError):
        yield say("refused.hint_file", lang)
    took = re.search(r"(\S*\.)?(\w+)\(\) takes (\d+) positional arguments? but (\d+)", str(error))
    if took and took[1] and int(took[4]) == int(took[3]) + 1:
        yield say("refused.hint_self", lang, name=took[2])
    if failed is None:
        return
    lacks = re.search(r"missing \d+ required positional arguments?: (.*)", str(error))
    if lacks and failed.where in ("forward", "loss"):
        yield say("refused.hint_inputs", lang, names=", ".join(re.findall(r"'(\w+)'", lacks[1])))
    shapes = failed.about.get("shapes") or []
    if shapes and isinstance(error, ValueError | IndexError):
        yield say("refused.hint_shapes", lang, shapes=", ".join(map(str, shapes)))
    if failed.about.get("fits"):
        shape = failed.about["fits"]
        yield say(
            "refused.hint_fits", lang, shape=str(shape), option=",".join(map(str, shape)) or "1"
        )


def _close(error: BaseException) -> str:
    """Find what a misspelt name may mean: of those that can be seen from there."""
    if isinstance(error, ModuleNotFoundError):
        return _nearest(str(error.name).partition(".")[0], _modules())
    if isinstance(error, AttributeError) and error.name and error.obj is not None:
        own = [n for n in dir(error.obj) if not n.startswith("__")]
        return _nearest(error.name, own)
    if isinstance(error, NameError) and getattr(error, "name", None):
        frame = error.__traceback__
        while frame is not None and frame.tb_next is not None:
            frame = frame.tb_next
        seen = {} if frame is None else {**frame.tb_frame.f_globals, **frame.tb_frame.f_locals}
        return _nearest(str(error.name), [n for n in seen if not n.startswith("__")])
    return ""


def _nearest(name: str, choices: list[str]) -> str:
    import difflib

    found = difflib.get_close_matches(name, choices, n=1, cutoff=0.6)
    return found[0] if found else ""


def _modules() -> list[str]:
    return ["numpy", "math", "random", "scipy", "matplotlib", "pandas", "clearprop", "itertools"]
