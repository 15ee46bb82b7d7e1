"""Models that are written down: as a table, as JSON, in files."""

from __future__ import annotations

import json
from abc import ABC
from collections.abc import Callable
from typing import Any

from clearprop.nn import serialize
from clearprop.train import saving
from clearprop.train.asked import Asked, batch_rows
from clearprop.train.summary import print_summary

__all__ = ["Kept"]


class Kept(Asked, ABC):
    """A model that can be shown, and saved."""

    def to_json(self, **options: Any) -> str:
        """
        Write down the architecture, without weights.

        Parameters
        ----------
        **options
            What `json.dumps` takes.

        Examples
        --------
        >>> import clearprop as cp
        >>> model = cp.Sequential([cp.Input((2,)), cp.layers.Dense(1)])
        >>> cp.keras.models.model_from_json(model.to_json()).count_params()
        3
        """
        return json.dumps(serialize(self), **options)

    def summary(
        self,
        line_length: int | None = None,
        print_fn: Callable[[str], Any] | None = None,
        *,
        expand_nested: bool = False,
        show_trainable: bool = False,
    ) -> None:
        """
        Print the layers: their outputs' shapes and how many numbers they learn.

        Parameters
        ----------
        line_length : int, optional
            How many cells a line may take.
        print_fn : callable ``(text)``, optional
            Takes the table as plain text instead of having it printed.
        expand_nested : bool
            Whether to list the layers of the models inside it as well.
        show_trainable : bool
            Whether to say which layers training changes.
        """
        print_summary(
            self,
            line_length,
            print_fn,
            show_trainable=show_trainable,
            expand_nested=expand_nested,
        )

    def program(
        self,
        x: Any = None,
        y: Any = None,
        batch_size: int | None = None,
        print_fn: Callable[[str], Any] | None = None,
    ) -> None:
        """
        Print what a step of training does as native code: its loops, and what each computes.

        Parameters
        ----------
        x, y : array, optional
            As `fit` takes them, to compile a step for such data; without them, what training, and
            whatever else was asked for, has compiled.
        batch_size : int, optional
            As `fit` takes it.
        print_fn : callable ``(text)``, optional
            Takes the text instead of having it printed.

        Raises
        ------
        StateError
            If there is nothing to show: nothing was compiled, or the model cannot be.

        Examples
        --------
        >>> import clearprop as cp
        >>> model = cp.Sequential([cp.Input((2,)), cp.layers.Dense(1)])
        >>> model.compile("sgd", "mse")
        >>> model.program([[1.0, 2.0]], [[3.0]])
        Each step of training, 1 example at a time, as native code (1 thread, ...):
        A prime (′) marks what a weight is after the step.
        ...
        """
        from clearprop.train.program_told import program_told  # which loads what compiles

        (print if print_fn is None else print_fn)(program_told(self, x, y, batch_rows(batch_size)))

    def save(self, path: Any, **options: Any) -> Any:
        """
        Save the architecture, the weights and the training set-up in one file.

        Parameters
        ----------
        path : path
            Where, such as ``"net.safetensors"``; `clearprop.load` reads it again.
        **options
            What the writer of that kind of file takes.
        """
        return saving.save(self, path, **options)

    def save_weights(self, filepath: Any, *, overwrite: bool = True) -> Any:
        """
        Save the weights alone.

        Parameters
        ----------
        filepath : path
            Where, such as ``"net.weights.safetensors"``.
        overwrite : bool
            Whether a file that is there may be replaced.
        """
        return saving.files().save_weights(self, filepath, overwrite=overwrite)

    def load_weights(self, filepath: Any, *, skip_mismatch: bool = False) -> None:
        """
        Take the weights from a file that `save_weights` or `save` wrote.

        Parameters
        ----------
        filepath : path
        skip_mismatch : bool
            Whether to leave out those that do not fit instead of refusing the file.
        """
        saving.files().load_weights(self, filepath, skip_mismatch=skip_mismatch)
