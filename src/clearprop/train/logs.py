"""Writes the figures of each epoch into a table that other programs read."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import IO, Any, final

from clearprop.errors import DataError, OptionError
from clearprop.train.callbacks import Callback, Logs, State

__all__ = ["CSVLogger"]


@final
class CSVLogger(Callback):
    """
    Write the figures of each epoch into a CSV file, a row an epoch.

    Parameters
    ----------
    filename : str or path
        The file; its folder must exist.
    separator : str
        The one character between two fields.
    append : bool
        Whether to go on in a file that is there instead of replacing it.

    Raises
    ------
    OptionError
        If `separator` is not one character.
    DataError
        When training begins, if the file cannot be written.

    Examples
    --------
    >>> log = CSVLogger("log.csv")
    >>> log.on_train_begin()
    >>> log.on_epoch_end(0, {"loss": 0.5, "val_loss": 0.75})
    >>> log.on_train_end()
    >>> print(Path("log.csv").read_text())
    epoch,loss,val_loss
    0,0.5,0.75
    """

    def __init__(self, filename: Any, separator: str = ",", append: bool = False) -> None:
        if str(separator) != separator or len(separator) != 1 or separator in '"\r\n':
            raise OptionError(
                f"CSVLogger: separator must be one character, such as ','; got {separator!r}."
            )
        self.filename, self.separator, self.append = Path(filename), separator, append
        self.file: IO[bytes] | None = None
        self.keys: list[str] | None = None

    def on_train_begin(self, logs: Logs | None = None) -> None:
        self._close()
        self.keys = None
        try:
            self.file = self.filename.open("ab" if self.append else "wb")
        except OSError as error:
            raise DataError(
                f"CSVLogger: cannot write {str(self.filename)!r}: {error.strerror}."
            ) from error

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        logs = logs or {}
        if self.keys is None:
            self.keys = sorted(logs)
            if not any(key.startswith("val_") for key in self.keys):
                self.keys += [f"val_{key}" for key in self.keys]  # of a validation now and then
            if self.file is not None and self.file.tell() == 0:
                self._write(["epoch", *self.keys])
        self._write([epoch, *(logs.get(key, "NA") for key in self.keys)])

    def _write(self, row: list[Any]) -> None:
        """Write a row at once: whoever reads, or kills, finds whole rows."""
        text = io.StringIO(newline="")
        csv.writer(text, delimiter=self.separator).writerow(row)
        if self.file is not None:
            self.file.write(text.getvalue().encode())
            self.file.flush()

    def on_train_end(self, logs: Logs | None = None) -> None:
        self._close()

    def _close(self) -> None:
        if self.file is not None:
            self.file.close()
            self.file = None

    def get_state(self) -> State:
        return {} if self.file is None else {"end": self.file.tell()}

    def set_state(self, state: State) -> None:
        # Rows of epochs that are trained again would be there twice.
        if self.append and self.file is not None and self.file.tell() > int(state["end"]):
            self.file.truncate(int(state["end"]))
            self.file.seek(int(state["end"]))
