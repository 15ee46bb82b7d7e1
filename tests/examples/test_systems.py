"""What networks are for, shown on data: each system does it, and does not if it is not trained."""

import sys

import gymnasium
import numpy as np
import pytest
from scipy import stats

from tests.examples.running import SMALL, example, result


def untaught(name, **size):
    """Give what an example reaches when its weights stay as they were drawn."""
    return example(name).main(**SMALL[name] | {"rate": 0.0} | size)


def test_recurrent_layers_read_digits_row_by_row():
    accuracies = result("rows_of_digits")
    assert set(accuracies) == {"SimpleRNN", "LSTM", "GRU"}
    assert min(accuracies.values()) > 0.7
    assert max(untaught("rows_of_digits", epochs=1).values()) < 0.3


def test_the_character_model_knows_more_than_how_frequent_each_is():
    bits = result("character_model")
    assert bits["the least there can be"] < bits["the model"]
    assert bits["the model"] < 0.5 * bits["each character alone"]
    not_taught = untaught("character_model", epochs=1)
    assert not_taught["the model"] > bits["each character alone"]


def test_the_entropy_of_single_characters_is_scipy_s():
    text = "".join(example("character_model").sentences())
    _, counts = np.unique(list(text), return_counts=True)
    entropy = stats.entropy(counts, base=2)
    assert result("character_model")["each character alone"] == pytest.approx(entropy)


def test_what_is_likeliest_is_written_at_a_low_temperature():
    module = example("character_model")

    class Certain:
        """Asks for "ab" and the end of the line, but not by much."""

        def predict_on_batch(self, numbers):
            scores = np.zeros((1, 1, 5))
            scores[0, 0, 1 + len(numbers[0])] = 1.0
            return scores

    class Places:
        def __call__(self, texts):
            return [texts[0]]

        def get_vocabulary(self):
            return ["", "[UNK]", "a", "b", "\n"]

    def written(temperature):
        rng = np.random.default_rng(0)
        return {module.go_on(Certain(), Places(), "", temperature, rng) for _ in range(20)}

    Certain.predict_on_batch = lambda self, numbers: np.eye(5)[[[min(len(numbers[0]) + 1, 4)]]]
    assert written(0.01) == {"ab\n"}
    assert len(written(1.0)) > 3


def test_the_digit_that_was_left_out_is_odd():
    assert result("odd_one_out")[0] > 0.95
    assert untaught("odd_one_out", epochs=1)[0] < 0.8


def test_the_area_is_what_a_rank_test_gives():
    rng = np.random.default_rng(0)
    scores, odd = rng.integers(0, 20, 60).astype(float), rng.random(60) < 0.3
    wins = stats.mannwhitneyu(scores[odd], scores[~odd]).statistic
    area = example("odd_one_out").area(scores, odd)
    assert area == pytest.approx(wins / (odd.sum() * (~odd).sum()))


def test_noise_is_taken_away():
    power = result("noise_away")
    assert power["after"] < power["before"] - 8
    not_taught = untaught("noise_away", epochs=1)
    assert not_taught["before"] == power["before"]
    assert not_taught["after"] > power["before"]


def test_two_signals_are_taken_apart():
    for before, after in result("two_signals").values():
        assert after < before - 2
    for _, after in untaught("two_signals", epochs=1).values():
        assert after > -1


def test_an_autoencoder_without_bends_is_as_good_as_principal_components():
    lost = result("fewer_numbers")
    best = lost["principal components"][0]
    assert best <= lost["without bends"][0] < 1.1 * best
    assert lost["with tanh"][1] < lost["principal components"][1]
    assert untaught("fewer_numbers", epochs=1)["without bends"][0] > 1


def test_the_forecast_beats_the_naive_ones():
    errors = result("forecast")
    naive = min(errors["as a week ago"], errors["as yesterday"])
    assert errors["the network"] < 0.9 * naive
    assert untaught("forecast", epochs=1)["the network"] > naive


def test_the_naive_forecasts_are_read_at_the_right_hours():
    size = SMALL["forecast"]
    hours = example("forecast").load(size["days"], 0).ravel()
    errors, first = result("forecast"), (size["days"] - size["last"]) * 24
    for name, ago in (("as a week ago", 7 * 24), ("as yesterday", 24)):
        apart = [abs(hours[i] - hours[i - ago]) for i in range(first, len(hours))]
        assert errors[name] == pytest.approx(np.mean(apart))


def test_a_wider_layer_comes_nearer():
    errors = result("any_function")
    assert errors[16] < 0.5 * errors[2]
    not_taught = untaught("any_function", epochs=1)
    assert not_taught[16] > errors[2]


def test_the_cart_learns():
    lasted = result("cart_pole")["lasted"]
    assert np.mean(lasted[-5:]) > 2 * np.mean(lasted[:5])
    not_taught = untaught("cart_pole", rounds=10)["lasted"]
    assert np.mean(not_taught[-5:]) < 1.5 * np.mean(lasted[:5])


def test_a_cart_s_steps_are_counted_to_its_own_fall():
    module = example("cart_pole")

    class Undecided:
        def predict_on_batch(self, state):
            return state

    def lean(state):
        return (state[:, 2] > 0).astype(int)

    carts = gymnasium.make_vec("CartPole-v1", num_envs=3, vectorization_mode="sync")
    _, _, stood = module.episodes(Undecided(), carts, 5, lean)
    returns = []
    for seed in (5, 6, 7):
        cart = gymnasium.make("CartPole-v1")
        state, _ = cart.reset(seed=seed)
        over, total = False, 0.0
        while not over:
            state, reward, fell, ended, _ = cart.step(int(lean(state[None])[0]))
            over, total = fell or ended, total + reward
        returns.append(total)
    assert stood.sum(axis=0).tolist() == returns


def test_advantages_are_what_is_ahead_less_what_is_usual():
    stood = np.array([[1, 1], [1, 0], [1, 0]], bool)
    ahead = np.array([[1 + 0.5 * 1.5, 1.0], [1.5, 0], [1.0, 0]])
    apart = np.array([ahead[0, 0] - ahead[0].mean(), ahead[0, 1] - ahead[0].mean(), 0, 0])
    wanted = apart / apart.std()
    np.testing.assert_allclose(example("cart_pole").advantages(stood, 0.5), wanted, atol=1e-6)


def test_without_gymnasium_it_is_said_what_is_missing(monkeypatch):
    monkeypatch.setitem(sys.modules, "gymnasium", None)
    with pytest.raises(SystemExit, match=r'gymnasium: pip install "clearprop\[rl\]"'):
        example("cart_pole").main()
