"""Loss functions: how far predictions are from their targets, as one number."""

from clearprop.losses.base import LOSSES, Loss, get

__all__ = ["LOSSES", "Loss", "get"]
