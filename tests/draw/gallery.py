"""
Examples of every picture, kept as golden files to be read and looked at.

Run as ``python -m tests.draw.gallery`` it writes the files; look at each in a browser, light, dark
and printed, before the difference is accepted.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np

import clearprop as cp
from clearprop.draw import (
    Edge,
    Node,
    Svg,
    confusion,
    contributions,
    curves,
    first_layer,
    graph,
    histogram,
    neurons,
    surface,
    weight_images,
)
from clearprop.draw.layer_graph import layer_graph

GOLDEN = Path(__file__).parents[1] / "golden" / "draw"
L = cp.layers
HOSTILE = "<script>alert('1')</script> & \"x\" ]]> \x00\ud800"


def waves(*shape: int, speed: float = 1.7) -> np.ndarray:
    """Numbers that look irregular and are the same everywhere."""
    count = int(np.prod(shape))
    return np.sin(speed * np.arange(count) + np.arange(count) ** 2 / 37).round(4).reshape(shape)


ZERO = np.array(
    [
        [0, 0, 5, 13, 9, 1, 0, 0],
        [0, 0, 13, 15, 10, 15, 5, 0],
        [0, 3, 15, 2, 0, 11, 8, 0],
        [0, 4, 12, 0, 0, 8, 8, 0],
        [0, 5, 8, 0, 0, 9, 8, 0],
        [0, 4, 11, 0, 1, 12, 7, 0],
        [0, 2, 14, 5, 10, 12, 0, 0],
        [0, 0, 6, 13, 10, 0, 0, 0],
    ]
)

APPLES = [
    Node("a", "사과 가격", "100", "2.2", "input"),
    Node("n", "사과 개수", "2", "110", "input"),
    Node("m", "×", "200", "1.1"),
    Node("o", "귤 가격", "150", "3.3", "input"),
    Node("k", "귤 개수", "3", "165", "input"),
    Node("p", "×", "450", "1.1"),
    Node("s", "+", "650", "1.1"),
    Node("t", "소비세", "1.1", "650", "parameter"),
    Node("z", "지불 금액", "715", "1", "output"),
]
APPLE_EDGES = [Edge(*pair) for pair in ("am", "nm", "op", "kp", "ms", "ps", "sz", "tz")]


def classic(
    first: str = "hidden", second: str = "output"
) -> tuple[list[Node], list[Edge], dict[str, list[str]]]:
    """The 2-2-2 sigmoid network that everyone calculates by hand, value by value."""
    x, t = np.array([0.05, 0.1]), np.array([0.01, 0.99])
    w1, w2 = np.array([[0.15, 0.25], [0.2, 0.3]]), np.array([[0.4, 0.5], [0.45, 0.55]])
    s1 = x @ w1 + 0.35
    h = 1 / (1 + np.exp(-s1))
    s2 = h @ w2 + 0.6
    o = 1 / (1 + np.exp(-s2))
    do = o - t
    d2 = do * o * (1 - o)
    dh = w2 @ d2
    d1 = dh * h * (1 - h)

    nodes: list[Node] = []
    edges: list[Edge] = []

    def add(key, value, grad, kind, label=None, feeds=()):
        numbers = (f"{number:.4f}".replace("-", "−") for number in (value, grad))
        nodes.append(Node(key, label or key, *numbers, kind))
        edges.extend(Edge(feed, key) for feed in feeds)

    for i in range(2):
        add(f"x{i + 1}", x[i], w1[i] @ d1, "input")
    for j in range(2):
        for i in range(2):
            add(f"w{2 * j + i + 1}", w1[i, j], x[i] * d1[j], "parameter")
    for j in range(2):
        for i in range(2):
            add(f"w{2 * j + i + 5}", w2[i, j], h[i] * d2[j], "parameter")
    add("b1", 0.35, d1.sum(), "parameter")
    add("b2", 0.6, d2.sum(), "parameter")
    for layer, letter, before, bias, s, a, ds, da in (
        (0, "h", "x", "b1", s1, h, d1, dh),
        (1, "o", "h", "b2", s2, o, d2, do),
    ):
        for j in range(2):
            weights = [f"w{4 * layer + 2 * j + i + 1}" for i in range(2)]
            feeds = [*weights, f"{before}1", f"{before}2", bias]
            key = f"{letter}{j + 1}"
            add(f"{key}s", s[j], ds[j], "op", f"{key} sum", feeds)
            add(key, a[j], da[j], "op", f"sigmoid {key}", [f"{key}s"])
    for j in range(2):
        add(
            f"E{j + 1}", (o[j] - t[j]) ** 2 / 2, 1, "op", f"½ (o{j + 1} − t{j + 1})²", [f"o{j + 1}"]
        )
    add("E", ((o - t) ** 2).sum() / 2, 1, "output", feeds=["E1", "E2"])
    groups = {first: ["h1s", "h1", "h2s", "h2"], second: ["o1s", "o1", "o2s", "o2"]}
    return nodes, edges, groups


def _rings() -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Shares of three classes on a grid, the grid, and examples in rings."""
    grid = np.linspace(-3, 3, 24)
    radius = np.hypot(*np.meshgrid(grid, grid))
    shares = np.exp(-4 * (radius[..., None] - np.array([0.5, 1.5, 2.6])) ** 2)
    turn = 2.4 * np.arange(30)
    rings = np.array([0.5, 1.5, 2.6])[np.arange(30) % 3]
    points = np.stack([rings * np.cos(turn), rings * np.sin(turn)], axis=1)
    return shares / shares.sum(axis=2, keepdims=True), grid, points, np.arange(30) % 3


def _surface(lang: str) -> Svg:
    shares, grid, points, labels = _rings()
    names = ["안", "중간", "밖"] if lang == "ko" else ["inside", "middle", "outside"]
    return surface(shares, grid, grid, points, labels, classes=names, lang=lang)


def _branching() -> cp.Model:
    """A functional model of two inputs and two outputs."""
    image, words = cp.Input((8, 8, 1), name="그림"), cp.Input((5,), name="글")
    seen = L.Conv2D(4, 3, activation="relu", name="합성곱")(image)
    seen = L.GlobalAveragePooling2D(name="평균")(seen)
    read = L.Dense(4, activation="tanh", name="읽기")(words)
    both = L.Add(name="합")([seen, read])
    return cp.Model([image, words], [L.Dense(3, "softmax", name="종류")(both),
                                     L.Dense(1, name="가격")(both)], name="두_입력")  # fmt: skip


def _convolving() -> cp.Sequential:
    model = cp.Sequential([cp.Input((6, 6, 2)), L.Conv2D(3, 3, name="conv")])
    model.set_weights([waves(3, 3, 2, 3), np.zeros(3)])
    return model


LOSS = [2.31, 1.02, 0.61, 0.44, 0.35, 0.29, 0.25, 0.22]
VALIDATION = [1.42, 0.83, 0.58, 0.47, 0.41, 0.38, 0.37, 0.38]
CLASSIC = [[[0.15, 0.25], [0.2, 0.3]], [[0.4, 0.5], [0.45, 0.55]]]
MISREAD = [[50, 0, 2], [1, 47, 0], [0, 3, 46]]

PICTURES: dict[str, Callable[[], Svg]] = {
    "curves_en": lambda: curves({"loss": LOSS, "val_loss": VALIDATION}, lang="en"),
    "curves_ko": lambda: curves({"손실": LOSS, "검증 손실": VALIDATION}, log=True, lang="ko"),
    "curves_gaps": lambda: curves(
        {"loss": [0.9, np.nan, np.nan, 0.4, np.inf, 0.2, np.nan], "same": [0.9] * 3}, lang="en"
    ),
    "curves_one_point": lambda: curves({"loss": [0.5]}, lang="en"),
    "curves_constant": lambda: curves({"a": [1.0] * 5, "b": [1.0] * 5, "c": [1.0] * 5}, lang="en"),
    "curves_nothing": lambda: curves({"loss": [np.nan, np.nan]}, lang="ko"),
    "neurons_classic": lambda: neurons(
        CLASSIC,
        biases=[[0.35, 0.35], [0.6, 0.6]],
        values=[[0.05, 0.1], [0.5933, 0.5969], [0.7514, 0.7729]],
        lang="en",
    ),
    "neurons_folded_ko": lambda: neurons([waves(64, 32) ** 5, waves(32, 10) ** 5], lang="ko"),
    "neurons_named_ko": lambda: neurons(
        [waves(3, 2)], units=[["가격", "면적(제곱미터)", "층"], ["판매", "보류"]], lang="ko"
    ),
    "layers_ko": lambda: layer_graph(_branching(), lang="ko"),
    "filters_en": lambda: first_layer(_convolving(), lang="en"),
    "graph_apples_ko": lambda: graph(APPLES, APPLE_EDGES, title="사과와 귤", lang="ko"),
    "graph_classic_down": lambda: graph(*classic(), down=True, lang="en"),
    "graph_classic_collapsed_ko": lambda: graph(
        *classic("은닉층", "출력층"), collapsed={"은닉층", "출력층"}, lang="ko"
    ),
    "histogram_ko": lambda: histogram(
        {"dense/kernel": waves(300), "relu": np.maximum(waves(200), 0), "편향": [0.0, 0.0]},
        lang="ko",
    ),
    "images_en": lambda: weight_images(waves(64, 6), (8, 8), most=5, lang="en"),
    "contributions_ko": lambda: contributions(ZERO, ZERO / 16 * waves(8, 8), rest=0.25, lang="ko"),
    "surface_ko": lambda: _surface("ko"),
    "surface_en": lambda: _surface("en"),
    "confusion_ko": lambda: confusion(
        MISREAD, ["고양이", "강아지", "아주 긴 이름의 너구리"], lang="ko"
    ),
    "confusion_en": lambda: confusion(MISREAD, ["cat", "dog", "fox"], lang="en"),
    "hostile": lambda: graph(
        [Node("a", HOSTILE, HOSTILE, HOSTILE, "input", HOSTILE), Node("b", "b", kind="output")],
        [Edge("a", "b")],
        title=HOSTILE,
        lang="en",
    ),
}


def write() -> None:
    """Write the golden files anew."""
    for name, make in PICTURES.items():
        make().save(GOLDEN / f"{name}.svg")


if __name__ == "__main__":
    write()
