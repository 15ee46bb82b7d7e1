"""What `compile` settles: how a model is trained, judged and run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, final

from clearprop import losses, metrics, optim
from clearprop.core.tensor import Tensor
from clearprop.core.tree import map_tree
from clearprop.engines import Memory, Task, choose
from clearprop.errors import OptionError
from clearprop.losses import Loss
from clearprop.metrics import MeanMetric, Metric
from clearprop.nn import get_activation
from clearprop.train.again import Again
from clearprop.train.gauges import Gauge, LossGauge
from clearprop.train.known import Known
from clearprop.train.objective import Objective, by_output, penalized

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
    optimizer, loss, metrics, engine, loss_weights, weighted_metrics
        As `Model.compile` takes them.

    Attributes
    ----------
    optimizer : Optimizer
    objective : Objective
    engine : Engine
    memory : Memory
        What the optimizer remembers of the steps that were done.
    again : Again
        What `fit` was asked for last.
    """

    def __init__(
        self,
        optimizer: Any,
        loss: Any,
        metrics: Any,
        engine: str,
        loss_weights: Any = None,
        weighted_metrics: Any = None,
    ) -> None:
        self.optimizer = optim.get(optimizer)
        self.objective = Objective(loss, loss_weights)
        self.engine, self.engine_name = choose(engine), engine
        self.memory = Memory()
        self.optimizer.serve(self.memory)
        self._metrics, self._weighted = _listed(metrics), _listed(weighted_metrics)
        self._gauges: dict[Any, list[Any]] = {}
        self._known: Known | None = None
        self.again = Again()
        self._check_names()  # an unknown name is said now, not when data come

    @property
    def loss(self) -> Any:
        """The loss; a list or dict of such if there are several outputs."""
        return self.objective.losses

    @property
    def figures(self) -> list[str]:
        """The names of the figures, the loss first; of several outputs, once data have come."""
        known = list(self._gauges.values())
        return ["loss", *(each.name for each in (known[-1] if known else self._made()))]

    def _made(self) -> list[Metric]:
        return [
            metrics.get(each, self.objective.single, (None, 1), y_shape=(None, 1))
            for each in _leaves([self._metrics, self._weighted])
        ]

    def _check_names(self) -> None:
        made = self._made()
        if not any(isinstance(each, list | tuple) for each in [*self._metrics, *self._weighted]):
            _distinct(["loss", *(metric.name for metric in made)])

    def gauges(self, outputs: Outputs, y: Any) -> list[Any]:
        """
        Give the metrics for a model's outputs and targets.

        Parameters
        ----------
        outputs : Outputs
        y : array, or a list of arrays by output
            The targets.

        Raises
        ------
        OptionError
            If a name is unknown, or two metrics would have the same.
        """
        targets = y if outputs.several else [y]
        key = tuple(outputs.shapes), tuple(None if t is None else t.shape[1:] for t in targets)
        if key not in self._gauges:
            made: list[Any] = []
            parts = self.objective.parts(outputs.names)
            if len(outputs.names) > 1:
                made += [
                    LossGauge(loss, f"{name}_loss", k)
                    for k, ((loss, _), name) in enumerate(zip(parts, outputs.names, strict=True))
                    if loss is not None
                ]
            for given, weighted in ((self._metrics, False), (self._weighted, True)):
                made += self._chosen(given, outputs, targets, parts, weighted=weighted)
            _distinct(["loss", *(each.name for each in made)])
            self._gauges[key] = made
        return self._gauges[key]

    def _chosen(
        self,
        given: Any,
        outputs: Outputs,
        targets: Sequence[Any],
        parts: Sequence[tuple[Loss | None, float]],
        *,
        weighted: bool,
    ) -> list[Gauge]:
        """Make the gauges of the metrics that were given for each output."""
        if not outputs.several:
            chosen = [_listed(given[0] if _nested(given) else given)]
            if isinstance(given, dict):
                chosen = [_listed(each) for each in by_output(given, outputs.names, "metrics", str)]
        elif not given:
            return []
        else:
            chosen = [_listed(each) for each in by_output(given, outputs.names, "metrics", str)]
        made = []
        for k, own in enumerate(chosen):
            loss, y, shape = parts[k][0], targets[k], outputs.shapes[k]
            y_shape = None if y is None else (None, *y.shape[1:])
            for each in own:
                metric = metrics.get(each, loss, shape, y_shape=y_shape)
                name = f"{outputs.names[k]}_{metric.name}" if len(chosen) > 1 else metric.name
                made.append(Gauge(metric, name, k if outputs.several else None, weighted=weighted))
        return made

    def known(self, model: Layer) -> Known:
        """Give what was found out about a model, if it is still what it was."""
        known = self._known
        if known is None or known.model is not model or not known.standing.holds():
            counted = [
                m for m in _leaves([self._metrics, self._weighted]) if isinstance(m, MeanMetric)
            ]
            known = self._known = Known(model, self.objective, self.optimizer, *counted)
        return known

    def task(self, model: Layer, outputs: Outputs, y: Any = None) -> Task:
        """
        Say to an engine what the model learns.

        Parameters
        ----------
        model : Layer
        outputs : Outputs
        y : array or list of arrays, optional
            The targets, as the losses prepared them.

        Returns
        -------
        Task
            The same one as before, if nothing has changed.
        """
        tasks, key = self.known(model).tasks, (outputs.kind, y is None or _kinds(y))
        if key not in tasks:
            tasks[key] = self._task(model, outputs, y)
        return tasks[key]

    def _task(self, model: Layer, outputs: Outputs, y: Any) -> Task:
        single, fused = self.objective.single, None
        if single is not None and not outputs.several and outputs.plain:
            fused = single.fused_with(model.final_activation)
        forward, loss = penalized(
            model,
            model.pre_activation
            if fused is not None
            else lambda x, training: model(x, training=training),
            self.objective.compute(outputs.names, fused, plain=outputs.plain),
        )
        return Task(
            forward=forward,
            loss=loss,
            predict=_itself if fused is None else get_activation(model.final_activation),
            leaves=model.trainable_weights,
            rule=self.optimizer,
            memory=self.memory,
            meters=[] if y is None else self.gauges(outputs, y),
            beside=self.known(model).beside,
        )

    def get_config(self) -> dict[str, Any]:
        """Give the arguments of `compile` as JSON can hold them."""
        config = {
            "optimizer": optim.serialize(self.optimizer),
            "loss": map_tree(losses.serialize, self.objective.losses)
            if self.objective.single is None
            else losses.serialize(self.objective.single),
            "metrics": _written(self._metrics),
            "engine": self.engine_name,
        }
        if self.objective.weights is not None:
            config["loss_weights"] = self.objective.weights
        if self._weighted:
            config["weighted_metrics"] = _written(self._weighted)
        return config

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
        if not known <= config.keys() <= known | {"loss_weights", "weighted_metrics"}:
            raise OptionError(f"a training set-up has {sorted(known)}; got {config!r}.")
        return cls(**config)


def _kinds(y: Any) -> Any:
    each = y if isinstance(y, list) else [y]
    return tuple(None if t is None else (t.shape[1:], t.dtype.char) for t in each)


def _listed(chosen: Any) -> Any:
    if chosen is None:
        return []
    if isinstance(chosen, dict) and "class_name" not in chosen:
        return dict(chosen)
    if isinstance(chosen, list | tuple):
        return list(chosen)
    if isinstance(chosen, str | Metric | dict) or callable(chosen):
        return [chosen]
    raise OptionError(f"metrics must be a list such as ['accuracy']; got {chosen!r}.")


def _nested(given: Any) -> bool:
    return isinstance(given, list) and len(given) == 1 and isinstance(given[0], list | tuple)


def _leaves(given: Any) -> list[Any]:
    if isinstance(given, list | tuple):
        return [leaf for each in given for leaf in _leaves(each)]
    if isinstance(given, dict) and "class_name" not in given:
        return [leaf for each in given.values() for leaf in _leaves(each)]
    return [] if given is None else [given]


def _distinct(names: Sequence[str]) -> None:
    for name in names:
        if names.count(name) > 1:
            raise OptionError(
                f"metrics: two figures would be called {name!r}; give one another name=."
            )


def _written(given: Any) -> Any:
    if isinstance(given, list | tuple):
        return [_written(each) for each in given]
    if isinstance(given, dict) and "class_name" not in given:
        return {key: _written(each) for key, each in given.items()}
    return (
        given if isinstance(given, str) or given is None else metrics.serialize(metrics.get(given))
    )


def _itself(output: Tensor) -> Tensor:
    return output
