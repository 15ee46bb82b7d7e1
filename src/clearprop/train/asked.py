"""Models that are asked: for predictions, and how good they are."""

from __future__ import annotations

from abc import ABC
from collections.abc import Callable
from typing import Any

from clearprop.data.checks import whole
from clearprop.engines import Beside, Watch
from clearprop.train import sources
from clearprop.train.astray import tell_of_answers
from clearprop.train.callbacks import Callbacks
from clearprop.train.compiled import Compiled
from clearprop.train.loop import Teller
from clearprop.train.progress import progress_for

__all__ = ["Asked", "batch_rows", "by_name_or_order"]

BATCH = 32  # Keras's
LARGE_BATCH = 256  # where the size changes no number


class Asked(Compiled, ABC):
    """A layer that can be asked for predictions, and be judged by examples."""

    takes_several: bool | None = None  # whether a list is one of several inputs; None: if of arrays
    gives_several: bool | None = None  # the same of outputs

    @property
    def needs_targets(self) -> bool:
        """Whether the loss compares with targets."""
        return self._setup is None or self._setup.loss is not None

    def evaluate(
        self,
        x: Any = None,
        y: Any = None,
        batch_size: int | None = None,
        verbose: Any = "auto",
        sample_weight: Any = None,
        steps: int | None = None,
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
        steps : int, optional
            How many batches to take; all by default.
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
        steps = None if steps is None else whole(steps, "steps", least=1)
        given = sources.training(self, setup, x, y, sample_weight, None, steps)
        rows, count = given.rows(batch_rows(batch_size), steps)
        params = {"epochs": 1, "steps": count, "verbose": verbose}
        told = Callbacks(callbacks, progress_for(verbose), self, params)
        told.tell("on_test_begin", {})
        logs = setup.engine.evaluate(given.task, given.data, rows, Teller(told, "test"))
        told.tell("on_test_end", logs)
        tell_of_answers(self, "the_loss", logs["loss"])
        return by_name_or_order(logs, return_dict)

    def test_on_batch(
        self, x: Any, y: Any = None, sample_weight: Any = None, *, return_dict: bool = False
    ) -> Any:
        """Compute the loss and the metrics of one batch; see `evaluate`."""
        setup = self.setup_for("test_on_batch")
        given = sources.arrays(self, setup, x, y, sample_weight)
        logs = setup.engine.evaluate(given.task, given.data, [slice(None)], Watch())
        return by_name_or_order(logs, return_dict)

    def predict(
        self,
        x: Any,
        batch_size: int | None = None,
        verbose: Any = "auto",
        steps: int | None = None,
        callbacks: Any = None,
    ) -> Any:
        """
        Compute the outputs for examples; nothing is recorded and nothing changes.

        Parameters
        ----------
        x : array, shape (N, ...); a list or dict of arrays; or batches
            One example a row.
        batch_size : int, examples
            How many go through at a time; changes nothing but the memory it takes.
        verbose : {"auto", 0, 1, 2}
            Accepted because Keras has it; predictions are silent.
        steps : int, optional
            How many batches to take; all by default.
        callbacks : list of Callback, optional
            Who is told.

        Returns
        -------
        numpy.ndarray, shape (N, ...)
            One output a row; a list or dict of such if the model gives one.

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
        steps = None if steps is None else whole(steps, "steps", least=1)
        data, rows, count = sources.asked(self, x, batch_rows(batch_size, LARGE_BATCH), steps)
        params = {"steps": count, "verbose": verbose}
        told = Callbacks(callbacks, [], self, params)
        told.tell("on_predict_begin", {})
        teller = Teller(told, "predict")
        outputs = self.engine.predict(_applied(self), data, rows, teller, self._beside())
        told.tell("on_predict_end", {})
        tell_of_answers(self, "the_predictions", outputs)
        return outputs

    def predict_on_batch(self, x: Any) -> Any:
        """Compute the outputs for one batch; see `predict`."""
        data, _, _ = sources.asked(self, x, 1, None)
        return self.engine.predict(_applied(self), data, [slice(None)], Watch(), self._beside())

    def _beside(self) -> Beside | None:
        """Give what an engine needs to know; None if it would be asked once only."""
        if self._setup is None or not self.built:
            return None
        return self._setup.known(self).beside


def _applied(model: Asked) -> Callable[[Any, bool], Any]:
    return lambda x, training: model(x, training=training)


def batch_rows(asked: int | None, default: int = BATCH, name: str = "batch_size") -> int:
    """Give the size of a batch: what was asked for, checked, or the default."""
    return default if asked is None else whole(asked, name, least=1)


def by_name_or_order(logs: dict[str, float], by_name: bool) -> Any:
    """Give figures as Keras does: by name, or the loss alone, or a list if there is more."""
    if by_name:
        return logs
    return logs["loss"] if len(logs) == 1 else list(logs.values())
