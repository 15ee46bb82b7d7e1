"""One hidden layer comes near any smooth function, and the nearer the wider it is.

With 2, 4, 8, 16 and 32 units it is 0.56, 0.18, 0.094, 0.0078 and 0.0041 off (root mean square,
between the points it learnt from) of a function that is itself 0.75; five seconds.
"""

import numpy as np

import clearprop as cp


def target(x: np.ndarray) -> np.ndarray:
    return np.sin(3 * x) + 0.5 * np.cos(8 * x) * np.exp(-(x**2))


def approximation(width: int, points: int, epochs: int, rate: float) -> cp.Sequential:
    """Teach one hidden layer the function, from `points` of its values."""
    x = np.linspace(-2, 2, points, dtype="float32")[:, None]
    model = cp.Sequential(
        [
            cp.Input((1,)),
            # Spread first weights put the bends of the hidden units all over the interval.
            cp.layers.Dense(
                width,
                activation="tanh",
                kernel_initializer=cp.initializers.RandomUniform(-6, 6),
                bias_initializer=cp.initializers.RandomUniform(-6, 6),
            ),
            cp.layers.Dense(1),
        ]
    )
    steps = epochs * -(-points // 32)
    schedule = cp.optimizers.schedules.CosineDecay(rate, steps)
    model.compile(cp.optimizers.Adam(schedule), loss="mse")
    model.fit(x, target(x), epochs=epochs, verbose=0)
    return model


def main(widths=(2, 4, 8, 16, 32), points=400, epochs=400, rate=0.03, seed=0) -> dict[int, float]:
    between = np.linspace(-2, 2, 1000, dtype="float32")[:, None]
    errors = {}
    for width in widths:
        cp.set_seed(seed)
        model = approximation(width, points, epochs, rate)
        apart = model.predict(between, verbose=0) - target(between)
        errors[width] = float(np.sqrt(np.mean(apart**2)))
        print(f"{width:3} hidden units: {errors[width]:.4f} off (root mean square)")
    return errors


if __name__ == "__main__":
    main()
