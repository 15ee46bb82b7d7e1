"""Backpropagation itself: tensors, the tape, operations as data; it knows no operation by name."""
