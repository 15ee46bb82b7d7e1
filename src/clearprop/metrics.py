"""Metrics: what a person reads while a network trains."""
