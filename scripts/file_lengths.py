"""Refuse Python files over 400 lines: one that grows past that is two files that share a name."""

import sys
from pathlib import Path

LIMIT = 400
FOLDERS = ("src", "tests", "examples", "benchmarks", "scripts")


def too_long(root: Path) -> list[str]:
    """Name each Python file below the folders of `root` that has more than `LIMIT` lines."""
    counts = {
        path: len(path.read_text(encoding="utf-8").splitlines())
        for folder in FOLDERS
        for path in sorted((root / folder).rglob("*.py"))
    }
    return [
        f"{path.relative_to(root)}: {lines} lines; split it by family, {LIMIT} is the most"
        for path, lines in counts.items()
        if lines > LIMIT
    ]


if __name__ == "__main__":
    complaints = too_long(Path(__file__).resolve().parent.parent)
    print(*complaints, sep="\n", end="\n" if complaints else "")
    sys.exit(bool(complaints))
