"""What can be compiled, fitted, evaluated and asked for predictions."""

from __future__ import annotations

from abc import ABC
from collections.abc import Callable
from typing import Any

import numpy as np

from clearprop.core.caller import called_from_outside, warn
from clearprop.data import row_batches
from clearprop.data.checks import whole
from clearprop.engines import Watch
from clearprop.errors import named, no_argument
from clearprop.lang import language, say
from clearprop.train import saving
from clearprop.train.callbacks import Callbacks
from clearprop.train.compiled import Compiled
from clearprop.train.examples import as_array
from clearprop.train.feed import examples, held_out, inputs, prepared, split
from clearprop.train.history import History
from clearprop.train.loop import Course, Teller, run
from clearprop.train.progress import progress_for
from clearprop.train.summary import print_summary

__all__ = ["Model"]

BATCH = 32  # Keras's
LARGE_BATCH = 256  # where the size changes no number


class Model(Compiled, ABC):
    """
    A layer that can be trained: `compile` it, `fit` it, then `evaluate` and `predict`.

    Attributes
    ----------
    stop_training : bool
        Set to True by a callback to end training after the step that runs.
    history : History or None
        What the last `fit` returned.
    preprocessor : data.Preprocessor or None
        How tables are read for it; saved with it.
    class_names : tuple of str or None
        What its outputs stand for; saved with it.
    """

    preprocessor: Any = None
    class_names: tuple[str, ...] | None = None

    def __init__(
        self, *, name: str | None = None, dtype: Any = None, trainable: bool = True
    ) -> None:
        super().__init__(name=name, dtype=dtype, trainable=trainable)
        self.stop_training = False
        self.history: History | None = None

    def fit(
        self,
        x: Any = None,
        y: Any = None,
        batch_size: int | None = None,
        epochs: int = 1,
        verbose: Any = "auto",
        callbacks: Any = None,
        validation_split: float = 0.0,
        validation_data: Any = None,
        shuffle: bool = True,
        *,
        sample_weight: Any = None,
        initial_epoch: int = 0,
        validation_batch_size: int | None = None,
        validation_freq: int = 1,
        seed: int | None = None,
        **unknown: Any,
    ) -> History:
        """
        Train the model.

        Ctrl-C ends training after the step that runs: the weights are those of whole steps, and
        the history says in its `note` that it was interrupted; so does a warning.

        Parameters
        ----------
        x : array, shape (N, ...)
            One example a row.
        y : array, shape (N, ...)
            One target a row.
        batch_size : int, examples
            How many examples a step takes; 32 by default.
        epochs : int
            How many times to go through the data; the number of the last epoch.
        verbose : {"auto", 0, 1, 2}
            1 shows a bar if the output is a terminal, 2 prints a line an epoch, 0 is silent; "auto"
            is 1.
        callbacks : list of Callback, optional
            Who is told of epochs and steps.
        validation_split : float, fraction
            How much of the data, from its end, to judge by instead of training on it.
        validation_data : tuple ``(x, y)`` or ``(x, y, sample_weight)``, optional
            What to judge by; goes before `validation_split`.
        shuffle : bool
            Whether to go through the examples in a new order each epoch.
        sample_weight : array, shape (N,), optional
            How much each example counts in the loss.
        initial_epoch : int
            Where to start counting epochs, to go on with an earlier training.
        validation_batch_size : int, examples, optional
            The batch size of the validation; `batch_size` by default.
        validation_freq : int, epochs
            After how many epochs to judge.
        seed : int, optional
            What the order of the examples, and what dropout drops, depend on; that of
            `utils.set_random_seed` by default.
        **unknown
            There are no others.

        Returns
        -------
        History
            ``history.history`` has, by name, a figure an epoch.

        Raises
        ------
        StateError
            If the model was not compiled.
        ShapeError, DTypeError, DataError, RangeError, NumericsError
            If the data do not fit the model, each other or the loss, or are not finite.
        OptionError
            If an argument is outside its domain, or there is none of its name.

        Examples
        --------
        >>> import clearprop as cp
        >>> model = cp.Sequential([cp.Input((1,)), cp.layers.Dense(1)])
        >>> model.set_weights([[[3.0]], [1.0]])
        >>> model.compile(cp.optimizers.SGD(0.01), "half_sse")
        >>> model.fit([[2.0]], [[10.0]], epochs=2).history["loss"]
        [4.5, 4.061]
        """
        if unknown:
            raise no_argument("fit", unknown, named(self.fit))
        language()  # one that is not spoken is said now, not after an epoch
        setup = self.setup_for("fit")
        given, held = examples(x, y, sample_weight), None
        if validation_data is not None:
            held = held_out(validation_data)
        elif validation_split:
            given, held = split(validation_split, *given)
        outputs, data = prepared(self, setup, given)
        size = _size(batch_size)
        course = Course(
            task=setup.task(self, outputs, data.y),
            data=data,
            validation=None if held is None else prepared(self, setup, held, of="validation ")[1],
            epochs=whole(epochs, "epochs", least=0),
            initial_epoch=whole(initial_epoch, "initial_epoch", least=0),
            batch_size=size,
            validation_batch_size=_size(validation_batch_size, size, "validation_batch_size"),
            shuffle=shuffle,
            seed=None if seed is None else whole(seed, "seed", least=0),
            validation_freq=whole(validation_freq, "validation_freq", least=1),
        )
        self.history = history = History()
        params = {"epochs": course.epochs, "steps": course.steps, "verbose": verbose}
        told = Callbacks(callbacks, [*progress_for(verbose), history], self, params)
        run(self, setup.engine, course, told, history)
        if history.interrupted and called_from_outside():  # the command line says so itself
            warn(f"{history.note} {say('train.kept')}")
        return history

    def train_on_batch(
        self, x: Any, y: Any = None, sample_weight: Any = None, *, return_dict: bool = False
    ) -> Any:
        """
        Take one step.

        Parameters
        ----------
        x, y, sample_weight
            As `fit` takes them; all of them make one batch.
        return_dict : bool
            Whether to give the figures by name.

        Returns
        -------
        float, list of float, or dict of str to float
            This batch's loss, from before the step; a list with the metrics behind it if there are
            any.

        Raises
        ------
        StateError, ShapeError, DTypeError, DataError, RangeError, NumericsError
            As for `fit`.
        """
        setup = self.setup_for("train_on_batch")
        outputs, data = prepared(self, setup, examples(x, y, sample_weight))
        task = setup.task(self, outputs, data.y)
        (epoch,) = setup.engine.train(task, data, [0], lambda _: [slice(None)], Watch())
        return _figures(epoch.logs, return_dict)

    def evaluate(
        self,
        x: Any = None,
        y: Any = None,
        batch_size: int | None = None,
        verbose: Any = "auto",
        sample_weight: Any = None,
        callbacks: Any = None,
        *,
        return_dict: bool = False,
    ) -> Any:
        """
        Compute the loss and the metrics; nothing is recorded and nothing changes.

        Parameters
        ----------
        x, y, batch_size, sample_weight, callbacks
            As `fit` takes them.
        verbose : {"auto", 0, 1, 2}
            2 prints a line.
        return_dict : bool
            Whether to give the figures by name.

        Returns
        -------
        float, list of float, or dict of str to float
            The loss; a list with the metrics behind it if there are any.

        Raises
        ------
        StateError, ShapeError, DTypeError, DataError, RangeError, NumericsError, OptionError
            As for `fit`.
        """
        setup = self.setup_for("evaluate")
        outputs, data = prepared(self, setup, examples(x, y, sample_weight))
        size = _size(batch_size)
        params = {"epochs": 1, "steps": -(-len(data) // size), "verbose": verbose}
        told = Callbacks(callbacks, progress_for(verbose), self, params)
        told.tell("on_test_begin", {})
        logs = setup.engine.evaluate(
            setup.task(self, outputs, data.y),
            data,
            row_batches(len(data), size),
            Teller(told, "test"),
        )
        told.tell("on_test_end", logs)
        return _figures(logs, return_dict)

    def test_on_batch(
        self, x: Any, y: Any = None, sample_weight: Any = None, *, return_dict: bool = False
    ) -> Any:
        """Compute the loss and the metrics of one batch; see `evaluate`."""
        setup = self.setup_for("test_on_batch")
        outputs, data = prepared(self, setup, examples(x, y, sample_weight))
        task = setup.task(self, outputs, data.y)
        return _figures(setup.engine.evaluate(task, data, [slice(None)], Watch()), return_dict)

    def predict(
        self,
        x: Any,
        batch_size: int | None = None,
        verbose: Any = "auto",
        callbacks: Any = None,
    ) -> np.ndarray:
        """
        Compute the outputs for examples; nothing is recorded and nothing changes.

        Parameters
        ----------
        x : array, shape (N, ...)
            One example a row.
        batch_size : int, examples
            How many go through at a time; changes nothing but the memory it takes.
        verbose : {"auto", 0, 1, 2}
            Accepted because Keras has it; predictions are silent.
        callbacks : list of Callback, optional
            Who is told.

        Returns
        -------
        numpy.ndarray, shape (N, ...)
            One output a row.

        Raises
        ------
        ShapeError, DTypeError, DataError, NumericsError
            If the examples do not fit the model or are not finite.

        Examples
        --------
        >>> import clearprop as cp
        >>> model = cp.Sequential([cp.Input((1,)), cp.layers.Dense(1)])
        >>> model.set_weights([[[3.0]], [1.0]])
        >>> model.predict([[2.0], [0.0]])
        array([[7.], [1.]], dtype=float32)
        """
        rows = inputs(self, as_array("x", x))
        size = _size(batch_size, LARGE_BATCH)
        params = {"steps": -(-len(rows) // size), "verbose": verbose}
        told = Callbacks(callbacks, [], self, params)
        told.tell("on_predict_begin", {})
        outputs: np.ndarray = self.engine.predict(
            self, rows, row_batches(len(rows), size), Teller(told, "predict")
        )
        told.tell("on_predict_end", {})
        return outputs

    def predict_on_batch(self, x: Any) -> np.ndarray:
        """Compute the outputs for one batch; see `predict`."""
        rows = inputs(self, as_array("x", x))
        outputs: np.ndarray = self.engine.predict(self, rows, [slice(None)], Watch())
        return outputs

    def summary(
        self,
        line_length: int | None = None,
        print_fn: Callable[[str], Any] | None = None,
        *,
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
        show_trainable : bool
            Whether to say which layers training changes.
        """
        print_summary(self, line_length, print_fn, show_trainable=show_trainable)

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


def _size(asked: int | None, default: int = BATCH, name: str = "batch_size") -> int:
    return default if asked is None else whole(asked, name, least=1)


def _figures(logs: dict[str, float], by_name: bool) -> Any:
    """Give figures as Keras does: by name, or the loss alone, or a list if there is more."""
    if by_name:
        return logs
    return logs["loss"] if len(logs) == 1 else list(logs.values())
