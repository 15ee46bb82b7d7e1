"""Models on disk: safetensors, ONNX and the weights of other libraries."""

from clearprop.io.loading import load
from clearprop.io.model_files import save
from clearprop.io.tensor_files import read_tensors, write_tensors
from clearprop.train import saving

__all__ = ["load", "save", "read_tensors", "write_tensors"]

saving.install(save)
