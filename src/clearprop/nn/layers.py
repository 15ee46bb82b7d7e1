"""All layers by their names: what users know as `cp.layers`."""

from typing import TYPE_CHECKING

from clearprop.core.later import names_of
from clearprop.nn.registry import MODULES

if TYPE_CHECKING:  # what `__getattr__` finds, for editors and type checkers
    from clearprop.nn.activation_layers import ELU, LeakyReLU, PReLU, ReLU, Softmax
    from clearprop.nn.applied import InputLayer
    from clearprop.nn.attention import AdditiveAttention, Attention
    from clearprop.nn.batch_normalization import BatchNormalization
    from clearprop.nn.concatenation import Concatenate, Dot, concatenate, dot
    from clearprop.nn.convolution import Conv1D, Conv2D, Conv3D
    from clearprop.nn.core_layers import Activation, Dense, Flatten
    from clearprop.nn.depthwise_convolution import (
        DepthwiseConv1D,
        DepthwiseConv2D,
        SeparableConv1D,
        SeparableConv2D,
    )
    from clearprop.nn.embedding import Embedding, Masking
    from clearprop.nn.global_pooling import (
        GlobalAveragePooling1D,
        GlobalAveragePooling2D,
        GlobalAveragePooling3D,
        GlobalMaxPooling1D,
        GlobalMaxPooling2D,
        GlobalMaxPooling3D,
    )
    from clearprop.nn.grouped_attention import GroupQueryAttention
    from clearprop.nn.gru import GRU, GRUCell
    from clearprop.nn.layer import Layer
    from clearprop.nn.lstm import LSTM, LSTMCell
    from clearprop.nn.margins import (
        Cropping1D,
        Cropping2D,
        Cropping3D,
        ZeroPadding1D,
        ZeroPadding2D,
        ZeroPadding3D,
    )
    from clearprop.nn.merging import (
        Add,
        Average,
        Maximum,
        Minimum,
        Multiply,
        Subtract,
        add,
        average,
        maximum,
        minimum,
        multiply,
        subtract,
    )
    from clearprop.nn.multi_head_attention import MultiHeadAttention
    from clearprop.nn.noise import AlphaDropout, GaussianDropout, GaussianNoise
    from clearprop.nn.normalization import (
        GroupNormalization,
        LayerNormalization,
        RMSNormalization,
        UnitNormalization,
    )
    from clearprop.nn.passing import Identity, Lambda
    from clearprop.nn.placeholders import Input
    from clearprop.nn.pooling import (
        AveragePooling1D,
        AveragePooling2D,
        AveragePooling3D,
        MaxPooling1D,
        MaxPooling2D,
        MaxPooling3D,
    )
    from clearprop.nn.recurrent import RNN
    from clearprop.nn.recurrent_cells import SimpleRNNCell
    from clearprop.nn.recurrent_units import SimpleRNN
    from clearprop.nn.regularization import ActivityRegularization, Dropout
    from clearprop.nn.rescaling import Normalization, Rescaling
    from clearprop.nn.resizing import Resizing, UpSampling1D, UpSampling2D, UpSampling3D
    from clearprop.nn.second_names import (
        AvgPool1D,
        AvgPool2D,
        AvgPool3D,
        Convolution1D,
        Convolution1DTranspose,
        Convolution2D,
        Convolution2DTranspose,
        Convolution3D,
        Convolution3DTranspose,
        GlobalAvgPool1D,
        GlobalAvgPool2D,
        GlobalAvgPool3D,
        GlobalMaxPool1D,
        GlobalMaxPool2D,
        GlobalMaxPool3D,
        MaxPool1D,
        MaxPool2D,
        MaxPool3D,
        SeparableConvolution1D,
        SeparableConvolution2D,
    )
    from clearprop.nn.shaping import Permute, RepeatVector, Reshape
    from clearprop.nn.spatial_dropout import SpatialDropout1D, SpatialDropout2D, SpatialDropout3D
    from clearprop.nn.stacked_cells import StackedRNNCells
    from clearprop.nn.transposed_convolution import (
        Conv1DTranspose,
        Conv2DTranspose,
        Conv3DTranspose,
    )
    from clearprop.nn.wrappers import Bidirectional, TimeDistributed

__all__ = [
    "Input",
    "InputLayer",
    "Dense",
    "Activation",
    "Flatten",
    "Dropout",
    "SpatialDropout1D",
    "SpatialDropout2D",
    "SpatialDropout3D",
    "GaussianNoise",
    "GaussianDropout",
    "AlphaDropout",
    "ActivityRegularization",
    "BatchNormalization",
    "LayerNormalization",
    "GroupNormalization",
    "RMSNormalization",
    "UnitNormalization",
    "ReLU",
    "LeakyReLU",
    "PReLU",
    "ELU",
    "Softmax",
    "Conv1D",
    "Conv2D",
    "Conv3D",
    "DepthwiseConv1D",
    "DepthwiseConv2D",
    "SeparableConv1D",
    "SeparableConv2D",
    "GlobalAveragePooling1D",
    "GlobalAveragePooling2D",
    "GlobalAveragePooling3D",
    "GlobalMaxPooling1D",
    "GlobalMaxPooling2D",
    "GlobalMaxPooling3D",
    "Cropping1D",
    "Cropping2D",
    "Cropping3D",
    "ZeroPadding1D",
    "ZeroPadding2D",
    "ZeroPadding3D",
    "Identity",
    "Lambda",
    "AveragePooling1D",
    "AveragePooling2D",
    "AveragePooling3D",
    "MaxPooling1D",
    "MaxPooling2D",
    "MaxPooling3D",
    "Normalization",
    "Rescaling",
    "Resizing",
    "UpSampling1D",
    "UpSampling2D",
    "UpSampling3D",
    "Permute",
    "RepeatVector",
    "Reshape",
    "Conv1DTranspose",
    "Conv2DTranspose",
    "Conv3DTranspose",
    "AvgPool1D",
    "AvgPool2D",
    "AvgPool3D",
    "Convolution1D",
    "Convolution1DTranspose",
    "Convolution2D",
    "Convolution2DTranspose",
    "Convolution3D",
    "Convolution3DTranspose",
    "GlobalAvgPool1D",
    "GlobalAvgPool2D",
    "GlobalAvgPool3D",
    "GlobalMaxPool1D",
    "GlobalMaxPool2D",
    "GlobalMaxPool3D",
    "MaxPool1D",
    "MaxPool2D",
    "MaxPool3D",
    "SeparableConvolution1D",
    "SeparableConvolution2D",
    "Embedding",
    "Masking",
    "SimpleRNN",
    "LSTM",
    "GRU",
    "RNN",
    "SimpleRNNCell",
    "LSTMCell",
    "GRUCell",
    "StackedRNNCells",
    "Bidirectional",
    "TimeDistributed",
    "Attention",
    "AdditiveAttention",
    "MultiHeadAttention",
    "GroupQueryAttention",
    "Add",
    "Subtract",
    "Multiply",
    "Average",
    "Maximum",
    "Minimum",
    "Concatenate",
    "Dot",
    "add",
    "subtract",
    "multiply",
    "average",
    "maximum",
    "minimum",
    "concatenate",
    "dot",
    "Layer",
]

__getattr__, __dir__ = names_of("clearprop.nn.layers", MODULES, __all__)
