"""Forecasting the next day of a seasonal series: a GRU against what the season alone tells.

The series is an hourly load, made up: a daily rhythm that is another at weekends, and weather that
lasts for some days and moves it. The naive forecast says for each hour what was then a week ago.

Over the last 200 days the network is 4.50 off on average (mean absolute error, of 112), the naive
forecast of a week ago 8.28, that of the day before 6.78; two seconds.
"""

import numpy as np

import clearprop as cp

DAY, WEEK = 24, 168  # hours


def load(days: int, seed: int) -> np.ndarray:
    """Give an hourly series, shape (days, 24)."""
    rng = np.random.default_rng(seed)
    weather = np.zeros(days + 1)
    for day in range(days):
        weather[day + 1] = 0.8 * weather[day] + rng.normal(0, 3)
    hour = np.arange(DAY)
    work = 30 * np.exp(-(((hour - 10) / 3) ** 2)) + 35 * np.exp(-(((hour - 19) / 3) ** 2))
    rest = 35 * np.exp(-(((hour - 13) / 5) ** 2))
    weekend = (np.arange(days) % 7 >= 5)[:, None]
    warm = np.sin(np.pi * hour / DAY)
    return (
        100
        + np.where(weekend, rest, work)
        + weather[1:, None] * (1 + warm)
        + rng.normal(0, 2, (days, DAY))
    )


def network(units: int) -> cp.Sequential:
    """A week, read day by day, and then the 24 hours that come next."""
    return cp.Sequential(
        [
            cp.Input((7, DAY)),
            cp.layers.GRU(units),
            cp.layers.Dense(DAY),
        ]
    )


def main(days=2000, last=200, units=32, epochs=20, rate=5e-3, seed=0) -> dict[str, float]:
    series = load(days, seed)
    cut = days - last
    scaler = cp.data.Scaler.standard(series[:cut])  # hour by hour
    scaled = scaler.transform(series).astype("float32")
    teach = cp.utils.timeseries_dataset_from_array(
        scaled[:cut], scaled[7:cut], sequence_length=7, batch_size=32, shuffle=True, seed=seed
    )
    ask = cp.utils.timeseries_dataset_from_array(
        scaled[cut - 7 :], scaled[cut:], sequence_length=7, batch_size=last
    )
    cp.set_seed(seed)
    model = network(units)
    steps = epochs * -(-(cut - 7) // 32)
    schedule = cp.optimizers.schedules.CosineDecay(rate, steps)
    model.compile(cp.optimizers.Adam(schedule), loss="mae")
    model.fit(teach, epochs=epochs, verbose=0)

    came = series[cut:]
    forecasts = {
        "as a week ago": series[cut - 7 : -7],
        "as yesterday": series[cut - 1 : -1],
        "the network": scaler.inverse(model.predict(ask, verbose=0)),
    }
    errors = {name: float(np.abs(said - came).mean()) for name, said in forecasts.items()}
    for name, error in errors.items():
        print(f"{name:13} {error:5.2f} off on average, of about {came.mean():.0f}")
    return errors


if __name__ == "__main__":
    main()
