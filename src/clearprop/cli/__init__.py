"""The command line, one file a command."""

from __future__ import annotations

import sys

__all__ = ["main"]


def main() -> None:
    """Run the command line; the process ends with its exit code."""
    try:
        from clearprop.cli.root import root
    except KeyboardInterrupt:  # while it is still being loaded there is nothing to tell
        sys.exit(130)
    root.main()
