"""Settings with which layers of images, sequences and shapes are written down and read again."""

ROWS = {"kernel_size": [3, 2], "strides": [1, 1], "padding": "same", "name": "c"}

EXAMPLES = {
    "Conv1D": [{"filters": 2, "kernel_size": 3, "padding": "causal", "dilation_rate": 2}],
    "Conv2D": [{"filters": 4, "groups": 2, "activation": "relu", **ROWS}],
    "Conv3D": [{"filters": 1, "kernel_size": 2, "data_format": "channels_first"}],
    "Conv1DTranspose": [{"filters": 2, "kernel_size": 3, "strides": 2, "output_padding": 1}],
    "Conv2DTranspose": [{"filters": 2, "use_bias": False, **ROWS}],
    "Conv3DTranspose": [{"filters": 2, "kernel_size": 2, "kernel_initializer": "zeros"}],
    "DepthwiseConv1D": [{"kernel_size": 3, "depth_multiplier": 2}],
    "DepthwiseConv2D": [{"depthwise_initializer": "ones", **ROWS}],
    "SeparableConv1D": [{"filters": 2, "kernel_size": 3}],
    "SeparableConv2D": [{"filters": 2, "pointwise_initializer": "he_normal", **ROWS}],
    **{f"{kind}Pooling{rank}D": [{"pool_size": 2}, {"pool_size": 3, "strides": 2}]
       for kind in ("Max", "Average") for rank in (1, 2, 3)},
    **{f"Global{kind}Pooling{rank}D": [{}, {"keepdims": True, "data_format": "channels_first"}]
       for kind in ("Max", "Average") for rank in (1, 2, 3)},
    "UpSampling1D": [{"size": 3}],
    "UpSampling2D": [{}, {"size": [2, 3], "interpolation": "bilinear"}],
    "UpSampling3D": [{"size": 2}],
    "Resizing": [{"height": 2, "width": 3, "interpolation": "nearest", "antialias": True}],
    "ZeroPadding1D": [{}, {"padding": [1, 0]}],
    "ZeroPadding2D": [{}, {"padding": [[1, 0], [2, 3]]}],
    "ZeroPadding3D": [{}, {"padding": [1, 2, 3]}],
    "Cropping1D": [{}, {"cropping": [1, 0]}],
    "Cropping2D": [{}, {"cropping": [[1, 0], [2, 3]]}],
    "Cropping3D": [{}, {"cropping": 2}],
    "Reshape": [{"target_shape": [2, -1]}, {"target_shape": []}],
    "Permute": [{"dims": [2, 1]}],
    "RepeatVector": [{"n": 3}],
    "Identity": [{}],
    "Lambda": [],  # it refuses to be written down: see test_shaping_layers.py
    "Rescaling": [{"scale": 0.5}, {"scale": [1.0, 2.0], "offset": [0.0, 1.0]}],
    "Normalization": [{}, {"axis": None, "invert": True}, {"mean": [1.0], "variance": [2.0]}],
}  # fmt: skip
