"""One hidden value and one output, by the chain rule: error terms, steps, and a slip to learn from.

The prediction is 0.512372 for a target of 1. The steps added make it 0.516102; subtracted, as they
are where the error is taken as |target − prediction| and its sign is lost, 0.508642.
"""

import numpy as np

import clearprop as cp


def main() -> dict[str, object]:
    x = np.array([0.1, 0.3])
    hidden = cp.tensor([0.4, -0.2], name="hidden weights")
    output = cp.tensor(0.1, name="output weight")
    target, rate = 1.0, 0.5

    z1 = ((hidden * x).sum()).retain_grad()
    l1 = cp.sigmoid(z1)
    z2 = (l1 * output).retain_grad()
    l2 = cp.sigmoid(z2)
    half_squared = 0.5 * (target - l2) ** 2
    half_squared.backward()

    # An error term is how fast the error falls: minus the gradient at a weighted sum.
    numbers = {
        "prediction": l2.item(),
        "error": abs(target - l2.item()),
        "output term": -z2.grad.item(),
        "hidden term": -z1.grad.item(),
        "output step": -rate * output.grad.item(),
        "hidden step": (-rate * hidden.grad).numpy(),
    }
    for name, value in numbers.items():
        print(f"{name}: {value}")

    def predict(hidden_weights: np.ndarray, output_weight: float) -> float:
        l1 = cp.sigmoid((cp.tensor(hidden_weights) * x).sum())
        return cp.sigmoid(l1 * output_weight).item()

    step, steps = numbers["output step"], numbers["hidden step"]
    numbers["added"] = predict(hidden.numpy() + steps, output.item() + step)
    numbers["subtracted"] = predict(hidden.numpy() - steps, output.item() - step)
    print(f"target {target}: the steps added give {numbers['added']:.6f}, nearer;")
    print(f"subtracted, because |error| lost its sign, {numbers['subtracted']:.6f}, further away.")
    return numbers


if __name__ == "__main__":
    main()
