"""Draw the pictures of the README: run ``python docs/pictures/draw.py``, then look at them."""

from pathlib import Path

import numpy as np

import clearprop as cp
from clearprop import draw

TITLES = {
    "en": "One neuron: every value, and how E follows it (∂)",
    "ko": "뉴런 하나: 모든 값과, 각 값이 E에 미치는 영향(∂)",
}
BRANCHES = {
    "en": "Small and large kernels side by side; the last layer is opened",
    "ko": "나란한 작은 커널과 큰 커널. 마지막 층은 펼쳤습니다",
}


def shown(number: float) -> str:
    return f"{number:.4f}".rstrip("0").rstrip(".").replace("-", "−")


def neuron(lang: str) -> draw.Svg:
    """Draw a sigmoid neuron, its target 1, with the values and gradients of one example."""
    first = {"x1": 1.0, "w1": 0.5, "x2": 2.0, "w2": -0.25, "b": 0.5}
    leaves = {name: cp.tensor(value, name=name) for name, value in first.items()}
    x1, w1, x2, w2, b = leaves.values()
    total = (x1 * w1 + x2 * w2 + b).retain_grad()
    output = cp.sigmoid(total).retain_grad()
    error = (0.5 * (output - 1) ** 2).retain_grad()
    error.backward()

    nodes = [
        draw.Node(name, name, shown(v.item()), shown(v.grad.item()), kind)
        for name, v, kind in [
            *((n, v, "input" if n[0] == "x" else "parameter") for n, v in leaves.items()),
            ("x1·w1 + x2·w2 + b", total, "op"),
            ("o = sigmoid", output, "op"),
            ("E = ½ (o − 1)²", error, "output"),
        ]
    ]
    *inputs, total, output, error = (node.id for node in nodes)
    edges = [draw.Edge(name, total) for name in inputs]
    edges += [draw.Edge(total, output), draw.Edge(output, error)]
    return draw.graph(nodes, edges, title=TITLES[lang], lang=lang)


def branches(lang: str) -> draw.Svg:
    """Draw the README's network of two branches, layer by layer, with the shapes in it."""
    layers = cp.layers
    image = cp.Input((8, 8, 1))
    fine = layers.Conv2D(6, 3, padding="same", activation="relu", name="fine")(image)
    coarse = layers.Conv2D(6, 5, padding="same", activation="relu", name="coarse")(image)
    both = layers.MaxPooling2D(name="pool")(layers.concatenate([fine, coarse], name="both"))
    digit = layers.Dense(10, activation="softmax", name="digit")(layers.Flatten()(both))
    folded = {"fine", "coarse", "both", "pool", "flatten"}
    one = np.zeros((1, 8, 8, 1))
    return draw.computation(
        cp.Model(image, digit), one, collapsed=folded, title=BRANCHES[lang], lang=lang
    )


def main(folder: Path = Path(__file__).parent) -> None:
    for lang in TITLES:
        neuron(lang).save(folder / f"neuron_{lang}.svg")
        branches(lang).save(folder / f"branches_{lang}.svg")


if __name__ == "__main__":
    main()
