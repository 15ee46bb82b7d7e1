"""``clearprop bench``: how fast a network trains here, eagerly and compiled."""

from __future__ import annotations

import time
from itertools import pairwise
from typing import Any, NamedTuple

import click
import numpy as np

from clearprop.cli.help import argument, option, subcommand
from clearprop.cli.kinds import Choice, Fraction, Whole
from clearprop.cli.output import as_json, figure, tell
from clearprop.lang import align, cells, say

__all__ = ["command"]

ENGINES = ("eager", "compiled")
ROUNDS = 3  # of which the fastest counts: what else the machine does only adds
LONG = 0.2  # seconds, about, of eager training that make a round; short epochs are done together


class Layers(click.ParamType):
    """Sizes of layers with hyphens between them, such as ``784-100-10``."""

    name = "layers"

    def convert(self, value: Any, param: Any, ctx: Any) -> Any:
        if isinstance(value, list):
            return value
        pieces = str(value).split("-")
        if len(pieces) < 2 or not all(
            each.isascii() and each.isdecimal() and 0 < int(each) < 10**6 for each in pieces
        ):
            self.fail(say("cli.not_layers", value=repr(value)), param, ctx)
        return [int(each) for each in pieces]


class Measured(NamedTuple):
    """What an engine took."""

    first: float  # seconds that the first epoch took, with all that was made for it
    epoch: float  # seconds of an epoch after that
    loss: float


@subcommand(
    "bench",
    examples=(
        "clearprop bench 784-100-10",
        "clearprop bench 784-50-10 --batch 100 --optimizer adam --rows 60000",
        "clearprop bench 2-2-1 --batch 1 --rows 4 --show-program",
        "clearprop bench 784-100-10 --json",
    ),
)
@argument("sizes", words="bench_sizes", type=Layers())
@option("--batch", words="bench_batch", type=Whole(1), default=32, metavar="N")
@option("--rows", words="bench_rows", type=Whole(1), default=5000, metavar="N")
@option("--zeros", words="bench_zeros", type=Fraction(1.0), default=0.0, metavar="X")
@option("--optimizer", words="bench_optimizer", type=Choice(["sgd", "momentum", "adam"]),
        default="sgd", metavar="NAME")  # fmt: skip
@option("--seed", words="seed", type=Whole(0), default=0, metavar="N")
@option("--show-program", words="bench_program", is_flag=True)
@option("--json", "json_", words="json", is_flag=True)
def command(
    sizes: list[int], batch: int, rows: int, zeros: float, optimizer: str, seed: int, *,
    show_program: bool, json_: bool,
) -> None:  # fmt: skip
    """Measure both engines on a dense network."""
    x, y = _data(sizes, rows, zeros, seed)
    measured, program, note, epochs = {}, "", None, 1
    for engine in ENGINES:
        model = _model(sizes, optimizer, engine, seed)
        took, note = _fit(model, x, y, 1, batch, seed)
        if engine == "eager":
            epochs = max(1, min(10_000, int(LONG / took)))
        measured[engine] = _measured(model, x, y, epochs, batch, seed, took)
        if engine == "compiled" and (show_program or json_) and note is None:
            told: list[str] = []
            model.program(print_fn=told.append)
            program = told[0]
    if json_:
        as_json({
            "sizes": sizes, "batch": batch, "rows": rows, "optimizer": optimizer, "zeros": zeros,
            "seconds": {name: each._asdict() for name, each in measured.items()},
            "faster": measured["eager"].epoch / measured["compiled"].epoch,
            "note": note, "program": program.splitlines(),
        })  # fmt: skip
        return
    weights = sum((a + 1) * b for a, b in pairwise(sizes))
    tell(say("cli.bench_what", sizes="-".join(map(str, sizes)), weights=weights, rows=rows,
             batch=batch, optimizer=optimizer), "")  # fmt: skip
    tell(*_table(measured, rows), "")
    times = measured["eager"].epoch / measured["compiled"].epoch
    tell(say("cli.bench_faster", times=f"{times:.3g}") if note is None else note)
    if show_program and program:
        tell("", program)


def _data(sizes: list[int], rows: int, zeros: float, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Draw examples; as many inputs as were asked for are zeros, as in pictures of digits."""
    rng = np.random.default_rng(seed)
    x = rng.random((rows, sizes[0]), np.float32)
    if zeros:
        x *= rng.random(x.shape, np.float32) >= zeros
    classes = sizes[-1]
    if classes == 1:
        return x, rng.integers(0, 2, (rows, 1)).astype(np.float32)
    return x, np.eye(classes, dtype=np.float32)[rng.integers(0, classes, rows)]


def _model(sizes: list[int], optimizer: str, engine: str, seed: int) -> Any:
    from clearprop import nn, optim, utils
    from clearprop.train import Sequential

    utils.set_random_seed(seed)
    last, loss = ("sigmoid", "binary_crossentropy")
    if sizes[-1] > 1:
        last, loss = "softmax", "categorical_crossentropy"
    model = Sequential([
        nn.Input((sizes[0],)),
        *(nn.Dense(size, activation="relu") for size in sizes[1:-1]),
        nn.Dense(sizes[-1], activation=last),
    ])  # fmt: skip
    rule = optim.SGD(0.01, momentum=0.9) if optimizer == "momentum" else optimizer
    model.compile(rule, loss, engine=engine)
    return model


def _fit(
    model: Any, x: np.ndarray, y: np.ndarray, epochs: int, batch: int, seed: int
) -> tuple[float, str | None]:
    """Train, and tell how long that took."""
    began = time.perf_counter()
    history = model.fit(x, y, batch_size=batch, epochs=epochs, verbose=0, seed=seed)
    return time.perf_counter() - began, history.note


def _measured(
    model: Any, x: np.ndarray, y: np.ndarray, epochs: int, batch: int, seed: int, first: float
) -> Measured:
    """Train some more, in rounds of which the fastest counts."""
    times = [_fit(model, x, y, epochs, batch, seed)[0] for _ in range(ROUNDS)]
    return Measured(first, min(times) / epochs, model.history.history["loss"][-1])


def _table(measured: dict[str, Measured], rows: int) -> list[str]:
    """Lay the figures out, an engine a line."""
    head = [say(f"cli.bench_{name}") for name in ("engine", "first", "epoch", "rate", "loss")]
    lines = [head] + [
        [name, _time(each.first), _time(each.epoch), f"{rows / each.epoch:,.0f}",
         figure(each.loss, 4)]
        for name, each in measured.items()
    ]  # fmt: skip
    widths = [max(cells(line[k]) for line in lines) for k in range(len(head))]
    return [
        "  ".join(
            align(text, width, "<" if k == 0 else ">")
            for k, (text, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in lines
    ]


def _time(value: float) -> str:
    """Write a time in the unit in which it is short."""
    for unit, size in (("s", 1.0), ("ms", 1e-3)):
        if value >= size:
            return f"{value / size:.3g} {unit}"
    return f"{value / 1e-6:.3g} µs"
