"""What `compile` settles: how a model is trained, judged and run."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, final

import numpy as np

from clearprop import losses, metrics, optim
from clearprop.core.tensor import Tensor
from clearprop.engines import Memory, Task, choose
from clearprop.errors import OptionError
from clearprop.metrics import Metric
from clearprop.nn import get_activation

if TYPE_CHECKING:
    from clearprop.nn import Layer
    from clearprop.train.feed import Outputs

__all__ = ["Setup"]


@final
class Setup:
    """
    How a model is trained, judged and run.

    Parameters
    ----------
    optimizer, loss, metrics, engine
        As `Model.compile` takes them.

    Attributes
    ----------
    optimizer : Optimizer
    loss : Loss
    engine : Engine
    memory : Memory
        What the optimizer remembers of the steps that were done.
    """

    def __init__(self, optimizer: Any, loss: Any, metrics: Any, engine: str) -> None:
        if loss is None:
            raise OptionError("compile needs a loss, such as loss='mse'.")
        self.optimizer = optim.get(optimizer)
        self.loss = losses.get(loss)
        if self.loss.reduction == "none":
            raise OptionError(
                f"the loss {self.loss.name!r} has reduction 'none'; training needs one number: use"
                " 'sum_over_batch_size'."
            )
        self.engine, self.engine_name = choose(engine), engine
        self.memory = Memory()
        self._metrics = _listed(metrics)
        self._meters: dict[Any, list[Metric]] = {}
        self.meters((None, 1), (None, 1))  # an unknown name is said now, not when data come

    def meters(
        self, output_shape: tuple[int | None, ...], y_shape: tuple[int | None, ...]
    ) -> list[Metric]:
        """
        Give the metrics for outputs and targets of these shapes.

        Raises
        ------
        OptionError
            If a name is unknown, or two metrics would have the same.
        """
        key = output_shape, y_shape[1:]
        if key not in self._meters:
            chosen = [
                metrics.get(m, self.loss, output_shape, y_shape=(None, *y_shape[1:]))
                for m in self._metrics
            ]
            names = ["loss", *(m.name for m in chosen)]
            for name in names:
                if names.count(name) > 1:
                    raise OptionError(
                        f"metrics: two figures would be called {name!r}; give one another name=."
                    )
            self._meters[key] = chosen
        return self._meters[key]

    def task(self, model: Layer, outputs: Outputs, y: np.ndarray | None = None) -> Task:
        """
        Say to an engine what the model learns.

        Parameters
        ----------
        model : Layer
        outputs : Outputs
        y : array, optional
            The targets, as the loss prepared them.
        """
        fused = self.loss.fused_with(model.final_activation)
        forward: Callable[..., Tensor] = model if fused is None else model.pre_activation
        meters = [] if y is None or not self._metrics else self.meters(outputs.shape, y.shape)
        return Task(
            forward=forward,
            loss=(fused or self.loss).compute,
            predict=_itself if fused is None else get_activation(model.final_activation),
            leaves=model.trainable_weights,
            rule=self.optimizer,
            memory=self.memory,
            meters=meters,
        )

    def get_config(self) -> dict[str, Any]:
        """Give the arguments of `compile` as JSON can hold them."""
        return {
            "optimizer": optim.serialize(self.optimizer),
            "loss": losses.serialize(self.loss),
            "metrics": [m if isinstance(m, str) else _written(m) for m in self._metrics],
            "engine": self.engine_name,
        }

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> Setup:
        """
        Make the set-up that `get_config` described.

        Raises
        ------
        OptionError
            If it is no such description.
        """
        known = {"optimizer", "loss", "metrics", "engine"}
        if config.keys() != known:
            raise OptionError(f"a training set-up has {sorted(known)}; got {config!r}.")
        return cls(**config)


def _listed(chosen: Any) -> list[Any]:
    if chosen is None:
        return []
    if isinstance(chosen, list | tuple):
        return list(chosen)
    if isinstance(chosen, str | Metric) or callable(chosen):
        return [chosen]
    raise OptionError(f"metrics must be a list such as ['accuracy']; got {chosen!r}.")


def _written(metric: Any) -> dict[str, Any]:
    return metrics.serialize(metrics.get(metric))


def _itself(output: Tensor) -> Tensor:
    return output
