"""Models on disk: safetensors, ONNX and the weights of other libraries."""

import sys

from clearprop.io.loading import load
from clearprop.io.model_files import save
from clearprop.io.tensor_files import read_tensors, write_tensors
from clearprop.io.weights import back_up, load_weights, restore, save_weights
from clearprop.train import saving

__all__ = [
    "load",
    "save",
    "save_weights",
    "load_weights",
    "back_up",
    "restore",
    "read_tensors",
    "write_tensors",
]

saving.install(lambda: sys.modules[__name__])
