"""``clearprop demo``: a network learns handwritten digits, and explains one of its weights."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, final

import numpy as np

from clearprop.cli.help import option, subcommand
from clearprop.cli.kinds import Whole
from clearprop.cli.output import as_json, figure, program, seconds, tell
from clearprop.cli.places import check_model_place, check_report_place
from clearprop.cli.running import INTERRUPTED
from clearprop.lang import language, say

__all__ = ["Run", "command"]

HIDDEN, SIDE, GREYS = 32, 8, 16
RATE, BATCH = 0.7, 32  # of plain gradient descent, whose step is the plainest to explain
MODEL = "digits.safetensors"  # beside the report
_SHOWN = 8  # misread digits in the terminal
_CURVE = 24  # cells


@final
@dataclass(frozen=True)
class Run:
    """
    What came of the demonstration.

    Parameters
    ----------
    model : Model
    history : History
    seconds : float
        How long training took.
    learnt : int
        How many digits it learnt from.
    images : array, shape (N, 8, 8)
        The digits tested on, 0 to 16.
    labels : array of int, shape (N,)
        What they are.
    shares : array, shape (N, 10)
        How sure it was of each.
    """

    model: Any
    history: Any
    seconds: float
    learnt: int
    images: np.ndarray
    labels: np.ndarray
    shares: np.ndarray

    @property
    def read(self) -> np.ndarray:
        """What the network took each digit for."""
        return self.shares.argmax(axis=1)

    @property
    def x(self) -> np.ndarray:
        """The digits as the network takes them, shape (N, 64)."""
        return scaled(self.images)

    @property
    def misread(self) -> list[int]:
        """The rows of digits that were misread, the surest error first."""
        rows = np.flatnonzero(self.read != self.labels)
        return rows[np.argsort(-self.shares[rows].max(axis=1), kind="stable")].tolist()

    @property
    def right(self) -> int:
        """How many were read right."""
        return int((self.read == self.labels).sum())

    @property
    def confusion(self) -> np.ndarray:
        """How often each digit (row) was taken for each (column)."""
        counts = np.zeros((10, 10), np.int64)
        np.add.at(counts, (self.labels, self.read), 1)
        return counts

    @property
    def telling(self) -> tuple[str, int]:
        """
        Choose a weight worth asking about, and the digit to ask it for.

        Of the digit whose misreading was surest (or, if none was misread, of the one least sure),
        the weight of the last layer that the loss pulls at most.
        """
        rows, known = self.misread, self.shares[np.arange(len(self.labels)), self.labels]
        row = rows[0] if rows else int(known.argmin())
        hidden = self.model.layer("hidden")(self.x[row : row + 1]).numpy()[0]
        delta = self.shares[row] - np.eye(10)[self.labels[row]]  # of softmax and cross-entropy
        pull = np.abs(np.outer(hidden, delta))
        unit, digit = np.unravel_index(pull.argmax(), pull.shape)
        return f"digit/kernel[{unit},{digit}]", row


def scaled(images: np.ndarray) -> np.ndarray:
    """Give images as rows of numbers from 0 to 1."""
    return (images.reshape(len(images), -1) / GREYS).astype(np.float32)


@subcommand(
    "demo",
    examples=(
        "clearprop demo",
        "clearprop demo --seed 7 --output digits.html",
        "clearprop demo --lang ko",
    ),
)
@option("--seed", words="seed", type=Whole(0), default=0, metavar="N")
@option("--epochs", words="epochs", type=Whole(1), default=40, metavar="N")
@option("-o", "--output", words="report", default="report.html", metavar="FILE")
@option("--no-report", words="no_report", is_flag=True)
@option("--json", "json_", words="json", is_flag=True)
def command(seed: int, epochs: int, output: str, no_report: bool, json_: bool) -> int:
    """Learn, test, show what is misread, explain a weight, write a report."""
    place = None if no_report else _place(output)
    from clearprop.data import datasets

    (images, labels), tested = datasets.digits()
    if not json_:
        tell(say("cli.digits_are", train=f"{len(images):,}", test=f"{len(tested[0]):,}"))
    run = learnt(images, labels, *tested, seed=seed, epochs=epochs)
    address, row = run.telling
    explanation = _why(run, address, row)
    if json_:
        as_json(_json(run, address, explanation, place, seed))
    else:
        _tell(run, address, row, explanation)
    if place is not None:
        _leave(run, explanation, place, seed, quiet=json_)
    return INTERRUPTED if run.history.interrupted else 0


def _tell(run: Run, address: str, row: int, explanation: Any) -> None:
    """Show how it learnt, what it misread, and where one weight comes from."""
    tell(*_about_learning(run), "")
    _show_misread(run)
    told = {"name": address, "row": row, "true": run.labels[row], "read": run.read[row]}
    right = run.read[row] == run.labels[row]
    tell("", say("cli.one_weight", name=address))
    tell(say("cli.asked_for_right" if right else "cli.asked_for", **told), "")
    tell(explanation.to_text().rstrip())


def _json(run: Run, address: str, explanation: Any, place: Path | None, seed: int) -> Any:
    history = run.history
    return {
        "rows": {"train": run.learnt, "test": len(run.labels)},
        "training": {
            "epochs": len(history.epoch), "seconds": round(run.seconds, 3), "seed": seed,
            "interrupted": history.interrupted, "history": history.history,
        },
        "test": {
            "rows": len(run.labels), "accuracy": run.right / len(run.labels), "right": run.right,
            "misread": run.misread, "confusion": run.confusion,
        },
        "why": {"address": address, "explanation": explanation.to_json()},
        "report": None if place is None else str(place),
        "model": None if place is None else str(place.with_name(MODEL)),
    }  # fmt: skip


def learnt(
    images: np.ndarray, labels: np.ndarray, tested: np.ndarray, answers: np.ndarray,
    *, seed: int, epochs: int,
) -> Run:  # fmt: skip
    """Train the network: 64 inputs, 32 ReLU units, 10 outputs."""
    from clearprop import layers, nn, optim, set_seed
    from clearprop.cli.progress import bars
    from clearprop.train import Sequential

    set_seed(seed)
    model = Sequential(
        [
            nn.Input((SIDE * SIDE,)),
            layers.Dense(HIDDEN, "relu", name="hidden"),
            layers.Dense(10, "softmax", name="digit"),
        ]
    )
    model.compile(optim.SGD(RATE), "sparse_categorical_crossentropy", ["accuracy"])
    start = time.perf_counter()
    history = model.fit(
        scaled(images), labels, batch_size=BATCH, epochs=epochs, seed=seed, verbose=0,
        validation_data=(scaled(tested), answers), callbacks=bars(),
    )  # fmt: skip
    took = time.perf_counter() - start
    return Run(model, history, took, len(images), tested, answers, model.predict(scaled(tested)))


def _about_learning(run: Run) -> list[str]:
    from clearprop.draw.terminal import sparkline

    sizes = f"{SIDE * SIDE} → {HIDDEN} → 10"
    count = f"{run.model.count_params():,}"
    lines = [say("cli.network", sizes=sizes, weights=count, optimizer="sgd", rate=f"{RATE:g}")]
    losses = run.history.history.get("loss", [])
    epochs = len(run.history.epoch)
    lines.append(say("train.finished", epochs=epochs, time=seconds(run.seconds)))
    if run.history.interrupted:
        lines.append(say("cli.interrupted_training"))
    if losses:
        first, last = figure(losses[0]), figure(losses[-1])
        curve = sparkline(losses, width=_CURVE)
        fell = "cli.loss_fell" if losses[-1] < losses[0] else "cli.loss_now"
        lines.append(say(fell, curve=curve, first=first, last=last))
    accuracy = figure(run.right / len(run.labels))
    total = len(run.labels)
    return [*lines, say("cli.test_accuracy", accuracy=accuracy, right=run.right, total=total)]


def _show_misread(run: Run) -> None:
    from rich.console import Console

    from clearprop.draw.terminal import Images

    rows = run.misread
    if not rows:
        tell(say("cli.misread_none"))
        return
    tell(f"{say('cli.misread', count=len(rows))}:")
    captions = [
        say("cli.misread_as", true=run.labels[row], read=run.read[row]) for row in rows[:_SHOWN]
    ]
    Console().print(Images([run.images[row] for row in rows[:_SHOWN]], captions, high=GREYS))
    if len(rows) > _SHOWN:
        tell(say("cli.and_more", count=len(rows) - _SHOWN))


def _why(run: Run, address: str, row: int) -> Any:
    from clearprop.draw.why import why

    one = slice(row, row + 1)
    return why(run.model, address, x=run.x[one], y=run.labels[one], lang=language())


def _place(output: str) -> Path:
    """See before anything else that the report and the model can be written."""
    path = Path(output)
    check_report_place(path)
    check_model_place(path.with_name(MODEL), "--output")
    return path


def _leave(run: Run, explanation: Any, place: Path, seed: int, *, quiet: bool) -> None:
    """Write the report, and the model beside it."""
    from clearprop.cli.report import report
    from clearprop.io import save

    names = [str(k) for k in range(10)]
    model = save(run.model, place.with_name(MODEL), class_names=names)
    report(run, explanation, model, seed).save(place)
    if quiet:
        return
    tell("", say("cli.report_written", path=place.resolve()))
    tell(say("cli.model_saved", path=model), say("cli.ask_further"))
    tell(*(f"  {line}" for line in further(run, model)))


def further(run: Run, model: Path) -> list[str]:
    """Give commands that ask the model more."""
    import shlex

    address, row = run.telling
    unit, pixel = address[address.index("[") + 1 :].partition(",")[0], run.x[row].argmax()
    file = shlex.quote(str(model))
    return [
        f'{program()} why {file} "digit/output[{run.labels[row]}]" --data digits --row {row}',
        f'{program()} why {file} "hidden/kernel[{pixel},{unit}]" --data digits --row {row}',
    ]
