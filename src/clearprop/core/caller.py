"""Where in a program the library was called: what its warnings point at."""

from __future__ import annotations

import os
import sys
import warnings
from types import FrameType

__all__ = ["called_from_outside", "warn"]

OURS = os.path.dirname(os.path.dirname(os.path.realpath(__file__))) + os.sep


def warn(message: str, category: type[Warning] = UserWarning) -> None:
    """
    Warn, and point at the line outside of the library from which it was called.

    Parameters
    ----------
    message : str
        What to say.
    category : type of Warning
        Which kind it is.
    """
    level, frame = 2, sys._getframe(1)
    while _is_ours(frame) and frame.f_back is not None:
        level, frame = level + 1, frame.f_back
    warnings.warn(message, category, stacklevel=level)


def called_from_outside() -> bool:
    """Tell whether the function that asks was called by a program, not by the library itself."""
    caller = sys._getframe(1).f_back
    return caller is None or not _is_ours(caller)


def _is_ours(frame: FrameType) -> bool:
    return frame.f_code.co_filename.startswith(OURS)
