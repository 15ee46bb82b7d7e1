"""``clearprop check``: a hand-written backward pass is run, and its mistake named."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import click
import numpy as np

from clearprop.cli.help import argument, option, subcommand
from clearprop.cli.kinds import Fraction, Whole
from clearprop.cli.output import as_json, tell
from clearprop.cli.running import CHECK_FAILED, WRONG_USE
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
        "clearprop check optimizers.py:Momentum --rule momentum --lr 0.1",
    ),
)
@argument("program", words="check_program")
@option("--input", "inputs", words="check_input", multiple=True, metavar="SHAPE|FILE")
@option("--target", words="check_target", metavar="NUMBERS|FILE")
@option("--loss", words="check_loss", metavar="NAME")
@option("--lr", words="check_lr", type=Fraction(), metavar="RATE")
@option("--rule", words="check_rule", metavar="NAME")
@option("--seconds", words="check_seconds", type=Whole(1), default=5, metavar="N")
@option("--seed", words="seed", type=Whole(), default=0, metavar="N")
@option("--json", "json_", words="json", is_flag=True)
def command(
    program: str, inputs: tuple[str, ...], target: str | None, loss: str | None,
    lr: float | None, rule: str | None, seconds: int, seed: int, *, json_: bool,
) -> int:  # fmt: skip
    """Check a program; 0 where it is right, 1 where not, 2 where that cannot be judged."""
    from clearprop.doctor import check

    rng = np.random.default_rng(seed)
    xs = tuple(_input(text, rng) for text in inputs)
    x = None if not xs else xs[0] if len(xs) == 1 else xs
    t = None if target is None else _as_target(_numbers(target))
    thing = _program(program)
    named = {} if rule is None else {"rule": rule}
    report = check(thing, x, t, loss=loss, lr=lr, seed=seed, seconds=float(seconds), **named)
    if json_:
        as_json(report.to_json(language()))
    else:
        tell(report.to_text(language()))
    if report.sound is None:
        return WRONG_USE
    return 0 if report.sound else CHECK_FAILED


def _program(text: str) -> Any:
    """Load what ``FILE.py:Name`` names; of several names, a tuple."""
    file, colon, names = text.rpartition(":")
    if not colon:
        file, names = text, ""
    module = _module(Path(file))
    if not names:
        return module
    found = [_named(module, file, name.strip()) for name in names.split(",")]
    return found[0] if len(found) == 1 else tuple(found)


def _named(module: ModuleType, file: str, name: str) -> Any:
    if not hasattr(module, name):
        known = [n for n, v in vars(module).items() if not n.startswith("_") and _own(v, module)]
        raise DataError(told("doctor.no_such_name", file=file, name=name, known=", ".join(known)))
    return getattr(module, name)


def _own(value: Any, module: ModuleType) -> bool:
    kind = value if isinstance(value, type) else type(value)
    return getattr(value, "__module__", kind.__module__) == module.__name__


def _module(path: Path) -> ModuleType:
    """Run a file of the user's, as Python would; what stands beside it can be imported."""
    try:
        path.open("rb").close()
    except OSError as error:
        why = told("files.cannot_read", path=repr(str(path)), reason=reason(error))
        raise DataError(why) from error
    spec = importlib.util.spec_from_file_location(f"checked_{path.stem}", path)
    if spec is None or spec.loader is None:
        raise DataError(told("doctor.file_raised", file=path, error="not a .py file"))
    module = importlib.util.module_from_spec(spec)
    sys.modules[module.__name__] = module
    sys.path.insert(0, str(path.parent))
    writes, sys.dont_write_bytecode = sys.dont_write_bytecode, True  # nothing beside their file
    try:
        spec.loader.exec_module(module)
    except (Exception, SystemExit) as error:  # foreign code may raise anything
        words = f"{type(error).__name__}: {error}"
        raise DataError(told("doctor.file_raised", file=path, error=words)) from error
    finally:
        sys.dont_write_bytecode = writes
        sys.path.remove(str(path.parent))
    return module


def _input(text: str, rng: np.random.Generator) -> Any:
    """Draw an array of a shape such as ``3,4``, or read one from a file."""
    try:
        shape = tuple(int(part) for part in text.split(",") if part.strip())
    except ValueError:
        return _numbers(text)
    if any(n < 1 for n in shape):
        raise click.UsageError(say("doctor.bad_numbers", text=text), click.get_current_context())
    return rng.standard_normal(shape)


def _numbers(text: str) -> Any:
    """Read numbers with commas between them, or a file: .npy, or text with a row a line."""
    try:
        values = [float(part) for part in text.split(",")]
    except ValueError:
        return _from_file(text)
    whole = all(v == round(v) for v in values)
    return np.array(values, dtype=np.int64 if whole else np.float64)


def _as_target(numbers: Any) -> Any:
    """Give a column of whole numbers, as a text file has them, as the places of classes."""
    column = numbers.ndim == 2 and numbers.shape[1] == 1
    if column and np.all(numbers == np.round(numbers)):
        return numbers[:, 0].astype(np.int64)
    return numbers


def _from_file(text: str) -> Any:
    path = Path(text)
    try:
        if path.suffix == ".npy":
            return np.load(path, allow_pickle=False)
        return np.loadtxt(path, delimiter=",", ndmin=2)
    except OSError as error:
        why = told("files.cannot_read", path=repr(text), reason=reason(error))
        raise DataError(why) from error
    except ValueError as error:
        raise DataError(told("doctor.bad_numbers", text=text)) from error
