"""A 2-2-2 sigmoid network calculated by hand: forward, error, one gradient in three factors, step.

The error is 0.298371109, ∂E/∂w5 is 0.082167041, and a step at learning rate 0.5 makes w5
0.358916480.
"""

import clearprop as cp

X, T = [[0.05, 0.10]], [[0.01, 0.99]]
FIRST = [
    [[0.15, 0.25], [0.20, 0.30]],  # w1 and w2 feed h1, w3 and w4 feed h2: a column a unit
    [0.35, 0.35],
    [[0.40, 0.50], [0.45, 0.55]],  # w5 and w6 feed o1, w7 and w8 feed o2
    [0.60, 0.60],
]


def build(rate: float = 0.5) -> cp.Sequential:
    layers = [
        cp.Input((2,)),
        cp.layers.Dense(2, activation="sigmoid"),
        cp.layers.Dense(2, activation="sigmoid"),
    ]
    model = cp.Sequential(layers, dtype="float64")
    model.set_weights(FIRST)
    model.compile(cp.optimizers.SGD(rate), loss="half_sse")
    return model


def main() -> dict[str, float]:
    model = build()
    print(cp.formulas(model, X, T, lr=0.5))  # all seven, for every weight
    print(cp.why(model, "w5", x=X, y=T, depth=None))  # one weight, all the way to the inputs

    numbers = {name: cp.why(model, name, x=X, y=T).value for name in ("h1", "o1", "o2", "E", "w5")}
    error = cp.why(model, "o1.gradient", x=X, y=T).value
    factors = {
        "∂E/∂o1": error,  # o1 − t1
        "∂o1/∂sum": cp.why(model, "o1.delta", x=X, y=T).value / error,  # o1 (1 − o1)
        "∂sum/∂w5": numbers["h1"],
    }
    print("The three factors of ∂E/∂w5:")
    product = 1.0
    for name, factor in factors.items():
        product *= factor
        print(f"  {name} = {factor:.9f}")
    print(f"  product = {product:.9f}")

    model.fit(X, T, epochs=1, verbose=0)
    names = ("w1 w3 w2 w4", "b1 b2", "w5 w7 w6 w8", "b3 b4")
    for line, weights in zip(names, model.get_weights(), strict=True):
        for name, weight in zip(line.split(), weights.ravel(), strict=True):
            numbers[f"{name}⁺"] = weight.item()
            print(f"{name}⁺ = {weight:.9f}")
    return numbers | factors | {"product": product}


if __name__ == "__main__":
    main()
