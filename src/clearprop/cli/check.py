"""``clearprop check``: a hand-written backward pass is run, and its mistake named."""

from __future__ import annotations

import re
from pathlib import Path
from types import ModuleType
from typing import Any

import click
import numpy as np

from clearprop.cli.help import argument, option, subcommand
from clearprop.cli.kinds import Fraction, Whole
from clearprop.cli.output import as_json, tell
from clearprop.cli.running import CHECK_FAILED, WRONG_USE
from clearprop.cli.user_files import data_in, module_of, things_in
from clearprop.errors import DataError
from clearprop.lang import language, reason, say, told

__all__ = ["command"]


@subcommand(
    "check",
    examples=(
        "clearprop check my_layers.py:Affine --input 3,4",
        "clearprop check my_net.py:net --input 5,2 --target 0,1,1,0,2",
        "clearprop check my_net.py:net --input x.csv --target t.csv --lr 0.1 --lang ko",
        "clearprop check functions.py:forward,backward --input 3,4 --json",
        "clearprop check functions.py:loss,gradient --params start",
        "clearprop check optimizers.py:Momentum --rule momentum --lr 0.1",
    ),
)
@argument("program", words="check_program")
@option("--input", "inputs", words="check_input", multiple=True, metavar="SHAPE|FILE")
@option("--target", words="check_target", metavar="NUMBERS|FILE")
@option("--params", words="check_params", metavar="NAME|FILE")
@option("--loss", words="check_loss", metavar="NAME")
@option("--lr", words="check_lr", type=Fraction(), metavar="RATE")
@option("--rule", words="check_rule", metavar="NAME")
@option("--seconds", words="check_seconds", type=Whole(1), default=5, metavar="N")
@option("--seed", words="seed", type=Whole(), default=0, metavar="N")
@option("--json", "json_", words="json", is_flag=True)
def command(
    program: str, inputs: tuple[str, ...], target: str | None, params: str | None,
    loss: Any, lr: float | None, rule: str | None, seconds: int, seed: int, *, json_: bool,
) -> int:  # fmt: skip
    """Check a program; 0 where it is right, 1 where not, 2 where that cannot be judged."""
    from clearprop.doctor import check

    file, names = _file_and_names(program)
    module = module_of(Path(file), 4.0 * seconds)
    thing = things_in(module, file, names)
    rng = np.random.default_rng(seed)
    xs = tuple(_input(text, rng, module, file) for text in inputs)
    x = None if not xs else xs[0] if len(xs) == 1 else xs
    t = None if target is None else _as_target(_numbers(target, module, file))
    named: dict[str, Any] = {} if rule is None else {"rule": rule}
    if params is not None:
        named["params"] = _numbers(params, module, file)
    if loss is not None and loss.isidentifier() and callable(getattr(module, loss, None)):
        loss = getattr(module, loss)
    report = check(thing, x, t, loss=loss, lr=lr, seed=seed, seconds=float(seconds), **named)
    if json_:
        as_json(report.to_json(language()))
    else:
        tell(report.to_text(language()))
    if report.sound is None:
        return WRONG_USE
    return 0 if report.sound else CHECK_FAILED


def _file_and_names(text: str) -> tuple[str, str]:
    """Part ``FILE.py:Name``; a drive's colon is none of ours."""
    file, colon, names = text.rpartition(":")
    return (file, names) if colon and not names.endswith(".py") else (text, "")


def _input(text: str, rng: np.random.Generator, module: ModuleType, file: str) -> Any:
    """Draw an array of a shape such as ``3,4``, or take one from the program or another file."""
    is_shape = re.fullmatch(r"[()\[\]\d\sx,-]+", text)
    bare = text.strip("()[] ").replace("x", ",") if is_shape else text
    try:
        shape = tuple(int(part) for part in bare.split(",") if part.strip())
    except ValueError:
        return _numbers(text, module, file)
    if any(n < 1 for n in shape):
        raise click.UsageError(say("doctor.bad_numbers", text=text), click.get_current_context())
    return rng.standard_normal(shape)


def _numbers(text: str, module: ModuleType, file: str) -> Any:
    """Read numbers with commas between them, a name in the program, or a file of numbers."""
    try:
        values = [float(part) for part in text.split(",")]
    except ValueError:
        there = data_in(module, text)
        return _from_file(text, file) if there is None else there
    whole = all(v == round(v) for v in values)
    return np.array(values, dtype=np.int64 if whole else np.float64)


def _as_target(numbers: Any) -> Any:
    """Give a column of whole numbers, as a text file has them, as the places of classes."""
    column = isinstance(numbers, np.ndarray) and numbers.ndim == 2 and numbers.shape[1] == 1
    if column and np.all(numbers == np.round(numbers)):
        return numbers[:, 0].astype(np.int64)
    return numbers


def _from_file(text: str, file: str) -> Any:
    path = Path(text)
    if not path.suffix and not path.exists():
        raise DataError(told("refused.input_file", text=text, file=file))
    try:
        if path.suffix == ".npy":
            return np.load(path, allow_pickle=False)
        return np.loadtxt(path, delimiter=",", ndmin=2)
    except OSError as error:
        why = told("files.cannot_read", path=repr(text), reason=reason(error))
        raise DataError(why) from error
    except ValueError as error:
        raise DataError(told("doctor.bad_numbers", text=text)) from error
