"""Metrics found by name, and written down."""

from __future__ import annotations

import inspect
from collections import ChainMap
from collections.abc import Mapping
from typing import Any

from clearprop.core.described import read, written
from clearprop.errors import OptionError, unknown
from clearprop.metrics.base import ALIASES, METRICS, Metric
from clearprop.metrics.means import FUNCTIONS, MeanMetricWrapper

__all__ = ["deserialize", "get", "serialize"]


def get(
    metric: Any,
    loss: Any = None,
    output_shape: tuple[int | None, ...] | None = None,
    *,
    y_shape: tuple[int | None, ...] | None = None,
) -> Metric:
    """
    Find a metric.

    Parameters
    ----------
    metric : str, Metric, class, dict or callable
        A name, which it then also has in reports; a metric; a class of metrics; what `serialize`
        gave; or a function ``(y_true, y_pred) -> values``. "accuracy" is chosen by the shapes, as
        Keras does: answers of one output are yes or no; targets of one number are class numbers;
        others one-hot.
    loss : Loss, optional
        The model's loss; it tells what targets are where their shape is not given.
    output_shape : tuple of (int or None), optional
        The shape of the model's outputs.
    y_shape : tuple of (int or None), optional
        The shape of the targets.

    Raises
    ------
    OptionError
        If the name is unknown; the message has the nearest.

    Examples
    --------
    >>> get("accuracy", output_shape=(None, 10), y_shape=(None,))
    SparseCategoricalAccuracy(name='accuracy')
    """
    accuracy = isinstance(metric, str) and metric.lower() in ("accuracy", "acc")
    if accuracy and output_shape is not None:
        from clearprop.metrics.accuracy import accuracy_for

        takes_numbers = loss is not None and loss.takes_class_numbers
        return accuracy_for(y_shape, output_shape, takes_numbers)(name=metric)
    return deserialize(metric)


def deserialize(config: Any, custom_objects: Mapping[str, Any] | None = None) -> Metric:
    """
    Find a metric, also among others than the library's.

    Parameters
    ----------
    config : str, dict or anything else that `get` takes
        A name, or what `serialize` gave.
    custom_objects : mapping of str to (class or function), optional
        What else can be meant by a name.

    Raises
    ------
    OptionError
        If the name is unknown; the message has the nearest.

    Examples
    --------
    >>> deserialize({"class_name": "BinaryAccuracy", "config": {"threshold": 0.7}}).threshold
    0.7
    """
    if isinstance(config, Metric):
        return config
    if isinstance(config, str):
        return _named(config, custom_objects or {})
    if isinstance(config, Mapping):
        if config.get("class_name") == "function":  # as Keras writes one down
            return deserialize(config.get("config"), custom_objects)
        made: Metric = read("metric", config, ChainMap(dict(custom_objects or {}), METRICS))
        return made
    if isinstance(config, type) and issubclass(config, Metric):
        return _made(config)
    if callable(config) and not isinstance(config, type):
        if config in FUNCTIONS:
            return FUNCTIONS[config](name=config.__name__)
        return MeanMetricWrapper(config)
    raise OptionError(
        f"metric must be a name, a Metric or a function (y_true, y_pred) -> values; got {config!r}."
    )


def _named(name: str, others: Mapping[str, Any]) -> Metric:
    """Make the metric that is called so, and let reports call it so too."""
    if name in others:
        metric = deserialize(others[name])
    else:
        cls = METRICS.get(ALIASES.get(name, name))
        if cls is None:
            raise unknown("metric", name, {*ALIASES, *METRICS, *others})
        metric = _made(cls)
    metric.name = name
    return metric


def _made(cls: type[Metric]) -> Metric:
    """Make a metric without settings, where it can do without."""
    needed = [
        p.name
        for p in inspect.signature(cls).parameters.values()
        if p.default is p.empty and p.kind is p.POSITIONAL_OR_KEYWORD
    ]
    if needed:
        raise OptionError(
            f"{cls.__name__} must be told {' and '.join(needed)}: give"
            f" metrics.{cls.__name__}({', '.join(f'{name}=...' for name in needed)})."
        )
    return cls()


def serialize(metric: Metric) -> dict[str, Any]:
    """
    Write a metric down as plain JSON-able data; `get` makes it again.

    Examples
    --------
    >>> get(serialize(get("mae"))).name
    'mae'
    """
    return written(metric)
