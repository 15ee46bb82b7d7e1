"""Optimizers as pure rules on one leaf, with schedules and clipping."""
