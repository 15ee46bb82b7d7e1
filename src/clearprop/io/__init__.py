"""Models on disk: safetensors, ONNX and the weights of other libraries."""
