"""``clearprop data``: the data sets that come along, and where MNIST is looked for."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

import click
import numpy as np

from clearprop.cli.examples import SETS, sets_like
from clearprop.cli.help import argument, option, subcommand
from clearprop.cli.output import as_json, tell
from clearprop.cli.places import check_place
from clearprop.data import datasets
from clearprop.errors import DataError, OptionError
from clearprop.lang import align, columns, say

__all__ = ["command"]

_SHOWN = 8  # images
_PLANE = (56, 20)  # cells of a picture of points
_MARKS = "●○▲△■□"


@subcommand(
    "data",
    examples=(
        "clearprop data",
        "clearprop data digits",
        "clearprop data moons --save moons.csv",
        "clearprop data mnist --download",
    ),
)
@argument("name", words="data_name", required=False)
@option("--save", words="data_save", metavar="FILE")
@option("--download", words="download", is_flag=True)
@option("--json", "json_", words="json", is_flag=True)
def command(name: str | None, save: str | None, download: bool, json_: bool) -> None:
    """Say what a data set is."""
    if name is None:
        if json_:
            as_json({"sets": [*SETS, "mnist"]})
        else:
            rows = [[each, say(f"help.set_{each}")] for each in (*SETS, "mnist")]
            tell(say("cli.data_sets"), *("  " + line for line in columns(rows)))
        return
    if name not in (*SETS, "mnist"):
        raise sets_like(name)
    if download and name != "mnist":
        raise click.UsageError(say("cli.comes_along", name=name), click.get_current_context())
    if save is not None:
        check_place(Path(save))
    x, y, places = *_arrays(name, download), _places() if name == "mnist" else []
    if save is not None:
        if x is None or y is None:
            raise DataError(say("cli.mnist_missing"))
        _save(Path(save), x, y, name)
    if json_:
        as_json(_json(name, x, y, places))
    else:
        tell(*_told(name, x, y, places))
        if x is not None and y is not None:
            _draw(x, y)
        if save is not None:
            tell(say("cli.data_saved", path=save))


Arrays = tuple[np.ndarray | None, np.ndarray | None]


def _arrays(name: str, download: bool) -> Arrays:
    """Give all rows of a set; MNIST's only if they are here or may be fetched."""
    if name == "digits":
        return datasets.digits(split=False)
    if name != "mnist":
        return getattr(datasets, name)()
    if not download and not any(len(found) == 4 for _, found in _places()):
        return None, None
    (x, y), _ = datasets.mnist()
    return x, y


def _places() -> list[tuple[Path, list[str]]]:
    """List where MNIST's files are looked for, and which of them are there."""
    from clearprop.data.datasets.idx_sets import MNIST, folders

    return [
        (folder, [p.name for file in MNIST.files.values() if (p := file.find(folder))])
        for folder in folders(MNIST)
    ]


def _told(name: str, x: Any, y: Any, places: list[tuple[Path, list[str]]]) -> list[str]:
    lines = [f"{name}: {say(f'help.set_{name}')}"]
    if x is not None:
        lines += [
            say("cli.set_shape", rows=f"{len(x):,}", shape=" × ".join(map(str, x.shape[1:]))),
            say("cli.set_range", low=f"{x.min():.4g}", high=f"{x.max():.4g}"),
            say("cli.set_classes", listed=_listed(y)),
        ]
    if places:
        lines += [say("cli.looked_for")]
        lines += [f"  {align(f'{len(found)}/4', 3)}  {folder}" for folder, found in places]
        if x is None:
            lines.append(say("cli.mnist_missing"))
    return lines


def _listed(y: np.ndarray) -> str:
    values, counts = np.unique(y, return_counts=True)
    return ", ".join(f"{value:g} ({count:,})" for value, count in zip(values, counts, strict=True))


def _draw(x: np.ndarray, y: np.ndarray) -> None:
    """Show some images, or points in the plane."""
    from rich.console import Console

    from clearprop.draw.terminal import Images

    if x.ndim == 3:
        captions = [str(label) for label in y[:_SHOWN]]
        tell("")
        Console().print(Images(list(x[:_SHOWN]), captions))
    else:
        tell("", *_points(x, np.asarray(y).ravel()))


def _points(x: np.ndarray, y: np.ndarray) -> list[str]:
    """Draw points as marks, one for each class."""
    width, height = _PLANE
    low, high = x.min(axis=0), x.max(axis=0)
    at = (x - low) / np.where(high > low, high - low, 1.0)
    grid = [[" "] * width for _ in range(height)]
    classes = np.unique(y).tolist()
    for (across, up), label in zip(at.tolist(), y.tolist(), strict=True):
        row, column = round((1 - up) * (height - 1)), round(across * (width - 1))
        grid[row][column] = _MARKS[classes.index(label) % len(_MARKS)]
    key = "   ".join(f"{_MARKS[k % len(_MARKS)]} {label:g}" for k, label in enumerate(classes))
    return [*(f"  {''.join(row)}".rstrip() for row in grid), "", f"  {key}"]


def _save(path: Path, x: np.ndarray, y: np.ndarray, name: str) -> None:
    from clearprop.core.files import write_bytes

    flat = x.reshape(len(x), -1)
    if path.suffix.lower() == ".npz":
        content = io.BytesIO()
        np.savez(content, x=x, y=y)
        write_bytes(path, content.getvalue())
    elif path.suffix.lower() == ".csv":
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow([*(f"x{i + 1}" for i in range(flat.shape[1])), "class"])
        for row, label in zip(flat.tolist(), np.asarray(y).ravel().tolist(), strict=True):
            writer.writerow([*(f"{value:g}" for value in row), f"{label:g}"])
        write_bytes(path, text.getvalue().encode())
    else:
        raise OptionError(say("cli.csv_or_npz", path=path))


def _json(name: str, x: Any, y: Any, places: list[tuple[Path, list[str]]]) -> dict[str, Any]:
    found: dict[str, Any] = {"name": name, "about": say(f"help.set_{name}")}
    if x is not None:
        values, counts = np.unique(y, return_counts=True)
        found |= {
            "rows": len(x), "shape": x.shape[1:], "low": x.min(), "high": x.max(),
            "classes": dict(zip(values.tolist(), counts.tolist(), strict=True)),
        }  # fmt: skip
    if places:
        found["places"] = [{"folder": str(folder), "files": files} for folder, files in places]
    return found
