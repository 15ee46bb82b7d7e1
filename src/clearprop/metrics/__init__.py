"""Metrics: what a person reads while a network trains."""

from clearprop.metrics.base import METRICS, Metric, get

__all__ = ["METRICS", "Metric", "get"]
