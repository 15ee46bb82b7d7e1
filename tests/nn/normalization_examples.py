"""Settings with which layers that normalise, draw or bend are written down and read again."""

SPATIAL = {f"SpatialDropout{rank}D": [{"rate": 0.3, "seed": 1}] for rank in (1, 2, 3)}

EXAMPLES = {
    **SPATIAL,
    "SpatialDropout2D": [{"rate": 0.3}, {"rate": 0.3, "data_format": "channels_first"}],
    "GaussianNoise": [{"stddev": 0.1}, {"stddev": 0.0, "seed": 2}],
    "GaussianDropout": [{"rate": 0.3}],
    "AlphaDropout": [{"rate": 0.3}, {"rate": 0.1, "noise_shape": [None, 1]}],
    "ActivityRegularization": [{}, {"l1": 0.1, "l2": 0.2}],
    "BatchNormalization": [
        {},
        {
            "axis": 1,
            "momentum": 0.9,
            "center": False,
            "gamma_regularizer": "l2",
            "gamma_constraint": "non_neg",
            "moving_mean_initializer": "ones",
        },
        {"renorm": True, "renorm_clipping": {"rmax": 3.0, "dmax": 5.0}},
    ],
    "LayerNormalization": [{}, {"axis": [1, 2], "epsilon": 1e-6, "scale": False}],
    "GroupNormalization": [{}, {"groups": -1, "axis": 1}],
    "RMSNormalization": [{}, {"axis": [1, 2]}],
    "UnitNormalization": [{}, {"axis": 1}],
    "PReLU": [{}, {"shared_axes": [1, 2], "alpha_initializer": "ones", "alpha_regularizer": "l1"}],
    "ELU": [{}, {"alpha": 0.5}],
    "Softmax": [{}, {"axis": 1}, {"axis": [1, 2]}],
}
