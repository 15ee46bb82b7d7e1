"""What Keras and others have and this library has not: said by name, with what to do instead."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from clearprop.errors import attribute_finder, hint

__all__ = ["ABSENT", "attribute_error", "finder", "reason"]

PICTURES = "pictures are altered before `fit`, as arrays (NumPy, Pillow)"
TABLES = "tables and words are made numbers before `fit`, by clearprop.data"
OTHERS = "layers of other libraries are no layers here"
SELF = "write a layer of your own with `build` and `call`"
DRAWN = "models are drawn by clearprop.draw.network(model), which gives an SVG"
ONE_KIND = "layers compute in float32 or float64, as `dtype` says; there is no mixed precision"
NO_NETS = "there are no trained networks to download; load weights of your own"
ALONE = "a program has one process and one device here"
TALK = (
    "disable_interactive_logging", "enable_interactive_logging", "is_interactive_logging_enabled",
)  # fmt: skip

# By the part of Keras, what to do instead of names that it has.
ABSENT: dict[str, dict[str, str]] = {
    "": {
        "applications": NO_NETS, "mixed_precision": ONE_KIND, "DTypePolicy": ONE_KIND,
        "FloatDTypePolicy": ONE_KIND, "dtype_policies": ONE_KIND, "distribution": ALONE,
        "device": ALONE, "name_scope": "layers inside layers have paths of their own",
        "KerasTensor": "what layers give for an Input is a clearprop.nn.Placeholder",
        "InputSpec": "check shapes in `build`", "Function": "use Model(inputs, outputs)",
        "Operation": SELF, "Quantizer": ONE_KIND, "quantizers": ONE_KIND,
        "StatelessScope": "cp.grad and its like take functions of tensors",
        "SymbolicScope": "cp.grad and its like take functions of tensors",
        "tree": "clearprop.core.tree goes through trees",
        "export": "models are saved by model.save", "visualization": DRAWN,
        "wrappers": "clearprop.data has splits and scaling",
        "legacy": "only what Keras 3 has now is here", "RematScope": ALONE, "remat": ALONE,
        "distillation": "write the loss with both models' outputs",
    },
    "layers": {
        **dict.fromkeys(
            (
                "AugMix", "AutoContrast", "CenterCrop", "CutMix", "Equalization", "MixUp",
                "ContrastLimitedAdaptiveHistogramEqualization", "MaxNumBoundingBoxes", "Pipeline",
                "RandAugment", "RandomBrightness", "RandomColorDegeneration", "RandomColorJitter",
                "RandomContrast", "RandomCrop", "RandomElasticTransform", "RandomErasing",
                "RandomFlip", "RandomGaussianBlur", "RandomGrayscale", "RandomHue", "RandomInvert",
                "RandomPerspective", "RandomPosterization", "RandomRotation", "RandomSaturation",
                "RandomSharpness", "RandomShear", "RandomTranslation", "RandomZoom",
                "Solarization",
            ),
            PICTURES,
        ),
        **dict.fromkeys(
            (
                "CategoryEncoding", "Discretization", "HashedCrossing", "Hashing",
                "IntegerLookup", "StringLookup",
            ),
            TABLES,
        ),
        **dict.fromkeys(("FlaxLayer", "JaxLayer", "TFSMLayer", "TorchModuleWrapper"), OTHERS),
        **dict.fromkeys(
            (
                "AdaptiveAveragePooling1D", "AdaptiveAveragePooling2D", "AdaptiveAveragePooling3D",
                "AdaptiveMaxPooling1D", "AdaptiveMaxPooling2D", "AdaptiveMaxPooling3D",
                "ConvLSTM1D", "ConvLSTM2D", "ConvLSTM3D", "EinsumDense", "MelSpectrogram",
                "ReversibleEmbedding", "STFTSpectrogram",
                "SpectralNormalization", "Wrapper",
            ),
            SELF,
        ),
        "InputSpec": "check shapes in `build`",
    },
    "optimizers": {
        "LossScaleOptimizer": ONE_KIND,
        **dict.fromkeys(
            ("MultiOptimizer", "Muon", "OptimizerMap", "ScheduleFreeAdamW", "legacy"),
            "derive one of your own from Optimizer",
        ),
    },
    "callbacks": {
        **dict.fromkeys(
            ("CallbackList", "OrbaxCheckpoint", "ProgbarLogger", "RemoteMonitor"),
            "derive one of your own from Callback",
        ),
        "SwapEMAWeights": "use_ema=True in the optimizer puts the averages in place at the end",
    },
    "initializers": dict.fromkeys(
        ("STFT", "STFTInitializer", "stft"), "derive one of your own from Initializer"
    ),
    "utils": {
        "plot_model": DRAWN, "model_to_dot": DRAWN,
        "get_file": "download the file yourself; clearprop.datasets checks what it loads",
        **dict.fromkeys(
            ("array_to_img", "img_to_array", "load_img", "save_img"),
            "Pillow reads and writes pictures: np.asarray(Image.open(path))",
        ),
        "audio_dataset_from_directory": "read sounds yourself, into arrays",
        "FeatureSpace": TABLES,
        "Config": "a dict does", "bounding_boxes": PICTURES,
        "Progbar": "fit shows its own; print in a Callback",
        "get_source_inputs": "a functional model has `inputs`",
        "legacy": "only what Keras 3 has now is here",
        **dict.fromkeys(TALK, "fit, evaluate and predict take `verbose`"),
    },
    "saving": {
        "KerasFileEditor": "files are safetensors, which other tools read",
    },
    "datasets": dict.fromkeys(
        ("boston_housing", "california_housing", "cifar100", "reuters"),
        "read the data from files, with clearprop.data",
    ),
    "preprocessing": {"image": PICTURES},
    "config": {
        **dict.fromkeys(
            (
                "disable_flash_attention", "enable_flash_attention", "is_flash_attention_enabled",
                "is_nnx_enabled", "set_backend",
            ),
            "what computes is chosen by `engine` in compile",
        ),
        **dict.fromkeys(
            (
                "disable_traceback_filtering", "enable_traceback_filtering",
                "is_traceback_filtering_enabled",
            ),
            "tracebacks are whole",
        ),
        **dict.fromkeys(TALK, "fit, evaluate and predict take `verbose`"),
        "enable_unsafe_deserialization": "files hold no code",
        **dict.fromkeys(
            ("max_epochs", "max_steps_per_epoch", "set_max_epochs", "set_max_steps_per_epoch"),
            "fit takes `epochs` and `steps_per_epoch`",
        ),
    },
}  # fmt: skip


def reason(part: str, name: str) -> str | None:
    """Say what to do instead of a name that only Keras has; None if it is no such name."""
    if part == "ops":
        return _operation(name)
    return ABSENT.get(part, {}).get(name)


def _operation(name: str) -> str | None:
    return "put it together of other operations" if name in ABSENT_OPERATIONS else None


OPERATIONS = """
    adaptive_average_pool adaptive_max_pool angle append argpartition array_split
    associative_scan bartlett batch_normalization bitwise_and bitwise_invert bitwise_left_shift
    bitwise_not bitwise_or bitwise_right_shift bitwise_xor blackman cdist cholesky
    cholesky_inverse conj conjugate conv_transpose corrcoef correlate cross ctc_decode ctc_loss
    custom_gradient depth_to_space depthwise_conv det diagflat digitize dot_product_attention
    dsplit dstack eig eigh erfinv extract_sequences fft fft2 fmod fold gcd geomspace hamming
    hanning heaviside histogram hsplit i0 ifft2 imag image inv irfft isin isreal istft jvp
    kaiser kron layer_normalization lcm ldexp left_shift logaddexp2 logdet logspace lstsq
    lu_factor matrix_rank nanargmax nanargmin nancumprod nancumsum nanmax nanmedian nanmin
    nanpercentile nanprod nanquantile nanstd nanvar nextafter nonzero percentile pinv polar psnr
    qr real rearrange rfft right_shift rms_normalization rot90 scan scatter_update searchsorted
    segment_max segment_min segment_prod select separable_conv signbit sinc slogdet solve
    solve_triangular space_to_depth stft svd trapezoid unfold unique unravel_index vander
    vectorize view view_as_complex view_as_real vsplit
"""
ABSENT_OPERATIONS = frozenset(OPERATIONS.split())


# What those who come from TensorFlow or PyTorch ask the library itself for.
ELSEWHERE = {
    "GradientTape": "tensors record by themselves: loss.backward(), or cp.value_and_grad(f)",
    "Variable": "cp.tensor(value, name='w') is one", "constant": "cp.tensor(value) is one",
    "function": "what `fit` does is compiled where it pays, and nothing need be marked",
    "from_numpy": "write cp.tensor(array)", "manual_seed": "write cp.set_seed(1)",
    "random": "numbers are drawn by NumPy, or by clearprop.keras.random",
    "device": ALONE, "cuda": ALONE, "distribute": ALONE,
}  # fmt: skip


def attribute_error(name: str, choices: Iterable[str]) -> AttributeError:
    """
    Build the error for a name that the library itself has not.

    Examples
    --------
    >>> attribute_error("Variable", ["Sequential"])
    AttributeError("clearprop has no 'Variable': cp.tensor(value, name='w') is one.")
    """
    mend = ELSEWHERE.get(name)
    return AttributeError(
        f"clearprop has no {name!r}" + (f": {mend}." if mend else hint(name, choices))
    )


def finder(part: str, choices: Iterable[str]) -> Callable[[str], object]:
    """
    Make a module's `__getattr__`, which says what to do instead of what only Keras has.

    Examples
    --------
    >>> finder("layers", ["Dense"])("RandomFlip")
    Traceback (most recent call last):
    AttributeError: clearprop has no layers.RandomFlip, which Keras has: pictures are altered ...
    """
    otherwise = attribute_finder(part or "keras", choices)

    def find(name: str) -> object:
        mend = reason(part, name)
        if mend is None:
            return otherwise(name)
        raise AttributeError(
            f"clearprop has no {part + '.' if part else ''}{name}, which Keras has: {mend}."
        )

    return find
