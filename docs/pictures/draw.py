"""Draw the pictures of the README: run ``python docs/pictures/draw.py``, then look at them."""

from pathlib import Path

import clearprop as cp
from clearprop import draw

TITLES = {
    "en": "One neuron: every value, and how E follows it (∂)",
    "ko": "뉴런 하나: 모든 값과, 각 값이 E에 미치는 영향(∂)",
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


def main(folder: Path = Path(__file__).parent) -> None:
    for lang in TITLES:
        neuron(lang).save(folder / f"neuron_{lang}.svg")


if __name__ == "__main__":
    main()
