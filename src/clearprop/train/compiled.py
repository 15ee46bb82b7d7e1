"""The half of a model that knows how it is to be trained."""

from __future__ import annotations

from abc import ABC
from collections.abc import Mapping
from typing import Any

from clearprop.engines import Engine, choose
from clearprop.errors import OptionError, StateError, named, no_argument
from clearprop.nn import Layer
from clearprop.optim import Optimizer
from clearprop.train.setup import Setup

__all__ = ["Compiled"]

# What a class written for Keras may define to train in its own way.
KERAS_ALONE = ("train_step", "test_step", "predict_step", "compute_loss", "compute_metrics")


class Compiled(Layer, ABC):
    """A layer that can be told how it is trained, judged and run."""

    def __init__(
        self, *, name: str | None = None, dtype: Any = None, trainable: bool = True, **options: Any
    ) -> None:
        self._setup: Setup | None = None
        super().__init__(name=name, dtype=dtype, trainable=trainable, **options)

    def compile(
        self,
        optimizer: Any = "rmsprop",
        loss: Any = None,
        metrics: Any = None,
        *,
        loss_weights: Any = None,
        weighted_metrics: Any = None,
        engine: str = "auto",
        run_eagerly: bool = False,
        jit_compile: Any = "auto",
        steps_per_execution: int = 1,
        **unknown: Any,
    ) -> None:
        """
        Settle how the model is trained and judged; what the optimizer remembered is forgotten.

        Parameters
        ----------
        optimizer : str or Optimizer
            How weights follow their gradients: "sgd", "adam", or one with settings of its own.
        loss : str, Loss or callable; or a list or dict of such, by output
            What training makes small: "mse", "half_sse", "categorical_crossentropy" ... Without
            one, it is what the layers add themselves.
        metrics : list of (str, Metric or callable), optional
            Figures to keep beside the loss, such as ``["accuracy"]``; each example counts the
            same in them. Of several outputs: a list of lists, or a dict by output.
        loss_weights : list or dict of float, optional
            What each output's loss counts in the sum.
        weighted_metrics : as `metrics`
            Figures in which examples count by their weights.
        engine : {"auto", "eager", "compiled"}
            How steps run: one operation after another, or whole loops of steps as native code,
            with the same numbers up to rounding. "auto" compiles where there is so much to do that
            it pays; what cannot be compiled runs eagerly, and the history's `note` says why. To see
            what a step does, layers of your own are called once or twice, and not again at every
            step: let a model whose `call` prints run "eager". What they read from outside, such as
            the environment, is read anew by each call of `fit`, `evaluate` or `predict`, and where
            callbacks look on, by each epoch.
        run_eagerly : bool
            The same as ``engine="eager"``.
        jit_compile, steps_per_execution
            Accepted because Keras has them; they choose nothing here, and no number depends on
            them.
        **unknown
            There are no others.

        Raises
        ------
        OptionError
            If a name, or an argument, is unknown; the message offers the nearest.

        Examples
        --------
        >>> import clearprop as cp
        >>> model = cp.Sequential([cp.Input((2,)), cp.layers.Dense(1)])
        >>> model.compile(optimizer="sgd", loss="mse")
        >>> model.optimizer.learning_rate
        0.01
        """
        if unknown:
            raise no_argument("compile", unknown, named(self.compile))
        engine = "eager" if run_eagerly else engine
        self._setup = Setup(optimizer, loss, metrics, engine, loss_weights, weighted_metrics)

    def setup_for(self, call: str) -> Setup:
        """
        Give what `compile` settled, to a method of this name.

        Raises
        ------
        StateError
            If the model was not compiled.
        """
        own = [each for each in KERAS_ALONE if hasattr(type(self), each)]
        if own:
            raise OptionError(
                f"{type(self).__name__} has a {own[0]} of its own, which would not be called here."
                " Say what is learnt by the loss given to compile, or by add_loss in a layer; and"
                " take turns between models by train_on_batch."
            )
        if self._setup is None:
            raise StateError(
                f"{call} comes after compile: first model.compile(optimizer='sgd', loss='mse')."
            )
        return self._setup

    @property
    def compiled(self) -> bool:
        """Whether `compile` was called."""
        return self._setup is not None

    @property
    def engine(self) -> Engine:
        """How steps run."""
        return choose() if self._setup is None else self._setup.engine

    @property
    def optimizer(self) -> Optimizer:
        """How weights follow their gradients; its `learning_rate` can be set anew."""
        return self.setup_for("optimizer").optimizer

    @property
    def loss(self) -> Any:
        """What training makes small: a loss; a list or dict of such if there are several."""
        return self.setup_for("loss").loss

    @property
    def metrics_names(self) -> list[str]:
        """The names of what `evaluate` gives, in its order."""
        return [] if self._setup is None else self._setup.figures

    def get_compile_config(self) -> dict[str, Any] | None:
        """
        Give the arguments of `compile` as JSON can hold them; None if it was not called.

        Raises
        ------
        OptionError
            If one is a function, which cannot be written down.
        """
        return None if self._setup is None else self._setup.get_config()

    def compile_from_config(self, config: Mapping[str, Any]) -> None:
        """
        Settle what `get_compile_config` described.

        Raises
        ------
        OptionError
            If it is no such description.
        """
        self._setup = Setup.from_config(config)
