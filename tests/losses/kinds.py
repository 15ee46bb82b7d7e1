"""The settings in which losses are compared, and targets and predictions that suit each loss."""

import numpy as np

N, O = 6, 4

FROM = [{}, {"from_logits": True}]
SMOOTH = [{"label_smoothing": 0.2}, {"from_logits": True, "label_smoothing": 0.2}]

# kind of data -> the losses that take it, each with its settings
SETTINGS_BY_KIND = {
    "numbers": {
        "MeanSquaredError": [{}],
        "MeanAbsoluteError": [{}],
        "MeanAbsolutePercentageError": [{}],
        "MeanSquaredLogarithmicError": [{}],
        "Huber": [{}, {"delta": 0.3}, {"delta": 2.0}],
        "LogCosh": [{}],
        "CosineSimilarity": [{}, {"axis": 0}, {"axis": 1}],
    },
    "answers": {
        "BinaryCrossentropy": [*FROM, *SMOOTH, {"axis": 0}],
        "BinaryFocalCrossentropy": [
            *FROM,
            *SMOOTH,
            {"apply_class_balancing": True},
            {"apply_class_balancing": True, "alpha": 0.6, "gamma": 3.5, "from_logits": True},
            {"gamma": 1.0, "axis": 0},
        ],
        "Dice": [{}, {"axis": -1}, {"axis": (0, 1)}],
        "Tversky": [{}, {"alpha": 0.3, "beta": 0.9}, {"alpha": 0.2, "axis": -1}],
    },
    "one-hot": {
        "CategoricalCrossentropy": [*FROM, *SMOOTH],
        "CategoricalFocalCrossentropy": [
            *FROM,
            *SMOOTH,
            {"alpha": 0.7, "gamma": 1.5},
            {"alpha": [0.1, 0.2, 0.3, 0.4], "gamma": 3.0, "from_logits": True},
        ],
        "CategoricalHinge": [{}],
        "KLDivergence": [{}],
    },
    "labels": {
        "SparseCategoricalCrossentropy": [
            *FROM,
            {"ignore_class": 2},
            {"ignore_class": -1, "from_logits": True},
        ],
        "CategoricalGeneralizedCrossEntropy": [{}, {"q": 0.2}],
        "Circle": [
            {},
            {"gamma": 2.0},
            {"gamma": 5.0, "margin": 0.2, "remove_diagonal": False},
        ],
    },
    "signs": {"Hinge": [{}], "SquaredHinge": [{}]},
    "counts": {"Poisson": [{}]},
    "rows of labels": {"CTC": [{}]},
}
SETTINGS = [
    (name, settings)
    for family in SETTINGS_BY_KIND.values()
    for name, several in family.items()
    for settings in several
]
KINDS = {name: kind for kind, family in SETTINGS_BY_KIND.items() for name in family}
NOT_KERAS = {"HalfSumSquaredError": "numbers"}  # the book's


def data(name, settings, dtype, positions=()):
    """Draw targets and predictions that suit a loss."""
    rng = np.random.default_rng(17)
    shape = (N, *positions, O)
    kind = {**KINDS, **NOT_KERAS}[name]
    scores = rng.standard_normal(shape)
    labels = rng.integers(0, O, shape[:-1])
    labels.reshape(-1)[:O] = np.arange(O)
    if kind == "rows of labels":
        y = np.array([[1, 1, 2, 0], [3, 0, 0, 0], [0, 0, 0, 0], [1, 2, 3, 2], [3, 3, 3, 0]])
        return y, rng.standard_normal((5, 7, O)).astype(dtype)
    if name == "SparseCategoricalCrossentropy" and settings.get("ignore_class") == -1:
        labels = np.where(labels == 1, -1, labels)
    if kind in ("numbers", "signs", "counts") or name == "CategoricalHinge":
        p = scores if kind != "counts" else np.exp(scores)
    elif name == "Circle":
        p = scores / np.linalg.norm(scores, axis=-1, keepdims=True)
    elif settings.get("from_logits"):
        p = scores
    else:  # rows that do not add up to 1, as of a sigmoid layer
        p = 1 / (1 + np.exp(-scores))
        if "rossentropy" in name:
            p[0, ..., :2] = 1e-9, 1 - 1e-9  # where Keras keeps off the ends
    y = {
        "numbers": rng.standard_normal(shape),
        "answers": rng.random(shape) < 0.5,
        "one-hot": np.eye(O)[labels],
        "signs": np.where(rng.random(shape) < 0.5, -1.0, 1.0),
        "counts": rng.poisson(2.0, shape),
        "labels": labels,
    }[kind]
    if name == "KLDivergence":
        y = rng.dirichlet(np.ones(O), shape[:-1])
    return (y if kind == "labels" else y.astype(dtype)), p.astype(dtype)
