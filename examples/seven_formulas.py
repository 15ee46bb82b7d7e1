"""Four linear networks by the seven formulas of deep learning: first step, and when E < 1e-7.

Epochs count from 0. At learning rate 0.01 the 1-1 net needs until epoch 172, at 0.05 until 31, at
0.005 until 349 (200 epochs are not enough); 2-1 needs until 65, 2-2 until 79, 2-2-2 until 665.
"""

import clearprop as cp

CLASSIC = [
    [[0.15, 0.25], [0.20, 0.30]],
    [0.35, 0.35],
    [[0.40, 0.50], [0.45, 0.55]],
    [0.60, 0.60],
]
NETS = {  # units of each layer, first weights and biases, input, target
    "1-1": ([1, 1], [[[3]], [1]], [[2]], [[10]]),
    "2-1": ([2, 1], [[[3], [4]], [1]], [[2, 3]], [[27]]),
    "2-2": ([2, 2], [[[3, 5], [4, 6]], [1, 2]], [[2, 3]], [[27, -30]]),
    "2-2-2": ([2, 2, 2], CLASSIC, [[0.05, 0.10]], [[0.01, 0.99]]),
}


def build(net: str, rate: float) -> cp.Sequential:
    units, weights, *_ = NETS[net]
    layers = [cp.Input((units[0],)), *(cp.layers.Dense(n) for n in units[1:])]
    model = cp.Sequential(layers, dtype="float64")
    model.set_weights(weights)
    model.compile(cp.optimizers.SGD(rate), loss="half_sse")
    return model


def after(net: str, epochs: int, rate: float = 0.01) -> dict[str, object]:
    """Train, and give what the last epoch predicted (before its update) and left behind."""
    *_, x, t = NETS[net]
    model = build(net, rate)
    model.fit(x, t, epochs=epochs - 1, verbose=0)
    y = model.predict(x, verbose=0)[0]
    model.fit(x, t, verbose=0)
    return {"y": y.tolist(), "weights": [w.tolist() for w in model.get_weights()]}


def until_small(net: str, rate: float = 0.01, most: int = 2000) -> dict[str, object]:
    """Train until E < 1e-7; the epoch is None if that was not reached."""
    *_, x, t = NETS[net]
    model = build(net, rate)
    stop = cp.callbacks.StopAtLoss(1e-7)
    history = model.fit(x, t, epochs=most, verbose=0, callbacks=[stop])
    y = model.predict(x, verbose=0)[0]
    numbers = {"epoch": stop.stopped_epoch, "E": history.history["loss"][-1], "y": y.tolist()}
    return numbers | {"weights": [w.tolist() for w in model.get_weights()]}


def main() -> dict[str, object]:
    numbers: dict[str, object] = {}
    for net, (*_, x, t) in NETS.items():
        numbers[f"{net} first step"] = step = cp.formulas(build(net, 0.01), x, t, lr=0.01)
        print(net, step, sep="\n\n")
    for epochs in (2, 20, 200):
        numbers[f"1-1 after {epochs}"] = found = after("1-1", epochs)
        print(f"1-1 after {epochs} epochs: {found}")
    tasks = [("1-1", 0.01, 200), ("1-1", 0.05, 200), ("1-1", 0.005, 200), ("1-1", 0.005, 2000)]
    tasks += [(net, 0.01, 2000) for net in ("2-1", "2-2", "2-2-2")]
    for net, rate, most in tasks:
        numbers[f"{net} lr {rate} within {most}"] = found = until_small(net, rate, most)
        print(f"{net}, lr {rate}, at most {most} epochs: {found}")
    return numbers


if __name__ == "__main__":
    main()
