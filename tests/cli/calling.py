"""Calls of the command line, in this process or in one of its own, and tables to call it on."""

import csv
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
from click.testing import CliRunner

from clearprop.cli.root import root


def run(*args, stdin=None, env=None):
    """Call the command line in this process."""
    return CliRunner().invoke(root, [str(arg) for arg in args], input=stdin, env=env)


def good(*args, **how):
    """Call it, and give what it printed; it must have gone well and said nothing else."""
    result = run(*args, **how)
    assert result.exit_code == 0, result.stderr
    return result.stdout


def refused(*args, code=2, **how):
    """Call it wrongly, and give the one complaint; nothing may be on standard output."""
    result = run(*args, **how)
    assert result.exit_code == code, result.output
    assert result.stdout == ""
    assert "Traceback" not in result.stderr
    assert result.stderr.startswith("clearprop: ")
    return result.stderr


def start(*args, **how):
    """Start it as a process of its own."""
    env = os.environ | how.pop("env", {})
    return subprocess.Popen(
        [sys.executable, "-m", "clearprop", *map(str, args)],
        env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **how,
    )  # fmt: skip


def table(path, header, rows, encoding="utf-8"):
    """Write a CSV file."""
    with Path(path).open("w", encoding=encoding, newline="") as file:
        writer = csv.writer(file)
        writer.writerow(header)
        writer.writerows(rows)
    return Path(path)


def flowers(path, rows=90, encoding="utf-8", names=("setosa", "versicolor", "virginica")):
    """Write a table of three kinds of flowers that two numbers tell apart."""
    rng = np.random.default_rng(0)
    kinds = np.arange(rows) % 3
    sizes = rng.normal(0, 0.3, (rows, 2)) + np.stack([kinds, kinds % 2], axis=1)
    body = [
        [f"{a:.2f}", f"{b:.2f}", "wet" if k else "dry", names[k]]
        for (a, b), k in zip(sizes, kinds, strict=True)
    ]
    return table(path, ["length", "width", "soil", "species"], body, encoding)


def houses(path, rows=120):
    """Write a table of houses, whose price is a sum of what they have."""
    rng = np.random.default_rng(1)
    sizes, ages = rng.uniform(50, 200, rows), rng.uniform(0, 60, rows)
    prices = 3000 * sizes - 1500 * ages + 50000 + rng.normal(0, 5000, rows)
    body = [
        [f"{s:.1f}", f"{a:.0f}", f"{p:.0f}"] for s, a, p in zip(sizes, ages, prices, strict=True)
    ]
    return table(path, ["size", "age", "price"], body)
