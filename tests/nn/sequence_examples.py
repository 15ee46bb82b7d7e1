"""Settings of layers for sequences, attention, merging and graphs, to be written and read again."""

from clearprop.nn import Dense, Input
from clearprop.nn.layers import GRU, LSTM, GRUCell, LSTMCell, SimpleRNNCell


def graph():
    """A small graph's configuration, as its arguments."""
    x = Input((3,))
    return {"inputs": x, "outputs": Dense(2)(x) + 1.0, "name": "small"}


UNITS = [
    {"units": 3},
    {
        "units": 2, "activation": "relu", "use_bias": False, "recurrent_dropout": 0.2, "seed": 4,
        "kernel_regularizer": "l2", "recurrent_constraint": "unit_norm",
    },
]  # fmt: skip
WHOLE = {"return_sequences": True, "go_backwards": True, "stateful": True, "units": 2}
MERGING = [{}, {"name": "joined", "trainable": False}]

EXAMPLES = {
    "SimpleRNN": [*UNITS, WHOLE],
    "LSTM": [*UNITS, WHOLE, {"units": 2, "unit_forget_bias": False, "return_state": True}],
    "GRU": [*UNITS, WHOLE, {"units": 2, "reset_after": False}],
    "SimpleRNNCell": UNITS,
    "LSTMCell": UNITS,
    "GRUCell": [*UNITS, {"units": 2, "reset_after": False}],
    "RNN": [{"cell": SimpleRNNCell(2)}, {"cell": [LSTMCell(2), GRUCell(3)], "return_state": True}],
    "StackedRNNCells": [{"cells": [GRUCell(2), LSTMCell(3)]}],
    "Bidirectional": [{"layer": LSTM(2)}, {"layer": GRU(2), "merge_mode": "sum"}],
    "TimeDistributed": [{"layer": Dense(2)}],
    "Embedding": [
        {"input_dim": 5, "output_dim": 2},
        {"input_dim": 5, "output_dim": 2, "mask_zero": True, "embeddings_regularizer": "l1"},
    ],
    "Masking": [{}, {"mask_value": -1.0}],
    "Attention": [{}, {"use_scale": True, "score_mode": "concat", "dropout": 0.1, "seed": 2}],
    "AdditiveAttention": [{}, {"use_scale": False}],
    "MultiHeadAttention": [
        {"num_heads": 2, "key_dim": 3},
        {"num_heads": 2, "key_dim": 3, "value_dim": 4, "output_shape": 5, "use_bias": False},
    ],
    "GroupQueryAttention": [{"head_dim": 2, "num_query_heads": 4, "num_key_value_heads": 2}],
    "Concatenate": [*MERGING, {"axis": 1}],
    "Dot": [{"axes": 1}, {"axes": [1, 2], "normalize": True}],
    **dict.fromkeys(("Add", "Subtract", "Multiply", "Average", "Maximum", "Minimum"), MERGING),
    "Applied": [{"op": "add"}, {"op": "sum", "params": {"axis": -1, "keepdims": True}}],
    "InputLayer": [{"shape": (3, None)}, {"shape": (3,), "batch_size": 2}],
    "Graph": [graph()],
}
