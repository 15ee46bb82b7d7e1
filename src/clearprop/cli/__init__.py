"""The command line, one file a command."""

from __future__ import annotations

__all__ = ["main"]


def main() -> None:
    """Run the command line; the process ends with its exit code."""
    from clearprop.cli.root import root

    root.main()
