"""Particles, as a Korean reader expects them after names, numbers and symbols."""

import unicodedata

import pytest

from clearprop.errors import OptionError
from clearprop.lang.particles import PARTICLES, final_consonant, particle
from clearprop.lang.reading import last_syllable

# What is read, and the syllable on which its reading ends.
READINGS = {
    # Hangul
    "가중치": "치",
    "손실": "실",
    unicodedata.normalize("NFD", "가중합"): "합",
    "ㄹ": "을",
    "ㅏ": "이",
    # whole numbers
    "0": "영",
    "1": "일",
    "3": "삼",
    "6": "육",
    "7": "칠",
    "8": "팔",
    "10": "십",
    "12": "이",
    "20": "십",
    "100": "백",
    "105": "오",
    "1000": "천",
    "1,000": "천",
    "1,797": "칠",
    "10000": "만",
    "100000": "만",
    "20000000": "만",
    "100000000": "억",
    "1000000000000": "조",
    "1" + 30 * "0": "영",
    "-3": "삼",
    "−3": "삼",
    # decimals, powers, fractions
    "0.05": "오",
    "0.10": "영",
    "−0.31": "일",
    "3.14": "사",
    "1.0": "영",
    "1.2e-10": "곱",
    "1.2e−10": "곱",
    "3E8": "곱",
    "1.23×10⁻¹⁰": "곱",
    "x²": "곱",
    "a⁽³⁾": "삼",
    "δ⁽¹⁰⁾": "십",
    "10^(-3)": "곱",
    "2**8": "곱",
    "1/2": "일",
    "3/4": "삼",
    "½": "일",
    # percent and units
    "12.5%": "트",
    "97.2 %": "트",
    "20 °C": "도",
    "3.2 s": "초",
    "15ms": "초",
    "5 m": "터",
    "3 min": "분",
    "2 h": "간",
    "640px": "셀",
    # the names of units and weights
    "w5": "오",
    "w10": "십",
    "h1": "일",
    "o2": "이",
    "E": "이",
    "yE": "으",
    "w1E": "이",
    "x": "스",
    "m": "엠",
    "n": "엔",
    "L": "엘",
    "R": "알",
    "w₅": "오",
    "w5⁺": "스",
    "w′": "임",
    "Wᵀ": "티",
    # derivatives, Greek and addresses
    "∂E/∂w5": "오",
    "∂E/∂w": "유",
    "∂L/∂h1": "일",
    "δ": "타",
    "δ_o1": "일",
    "σ": "마",
    "ε": "론",
    "Σ": "마",
    "∞": "대",
    "σ(z)": "트",
    "f(x)": "스",
    "dense_1/kernel[0,2]": "이",
    "dense_1/kernel[0,3]": "삼",
    "dense_1/kernel[10]": "십",
    "dense_1/kernel[0,100]": "백",
    "dense_1/kernel[:]": "론",
    "conv2d": "디",
    "784-100-10": "십",
    # brackets, quotation marks, asides
    "델타(오차 신호)": "타",
    "가중합(z)": "합",
    "0.12 (z = −0.31)": "이",
    "'adam'": "음",
    "「손실」": "실",
    "손실.": "실",
}

# Words whose last syllable is closed by ㄹ, by another consonant, or by none.
CLOSED_BY_RIEUL = "kernel label model file sample table rule HTML url yaml total lr XOR"
CLOSED = """
    momentum Adam gradient_descent_algorithm hidden column line time training json NaN LSTM bpnn
    sklearn sin cos input output dropout unit target logit dataset reset step clip map RMSprop
    dtype book block metric web CNN BatchNormalization
"""
OPEN = """
    loss bias weight delta error batch epoch layer activation_value sigmoid tanh softmax relu ReLU
    SGD mse mae sse GRU MNIST digits accuracy Keras torch JAX NumPy csv svg report state rate
    image score mask float bit loop check tan head network adagrad AdamW CPU
"""


@pytest.mark.parametrize("text", READINGS)
def test_last_syllable(text):
    assert last_syllable(text) == READINGS[text]


@pytest.mark.parametrize("word", CLOSED_BY_RIEUL.split())
def test_words_closed_by_rieul(word):
    assert (particle(word, "은"), particle(word, "으로")) == ("은", "로")


@pytest.mark.parametrize("word", CLOSED.split())
def test_words_closed_by_another_consonant(word):
    assert (particle(word, "은"), particle(word, "으로")) == ("은", "으로")


@pytest.mark.parametrize("word", OPEN.split())
def test_words_that_end_in_a_vowel(word):
    assert (particle(word, "은"), particle(word, "으로")) == ("는", "로")


@pytest.mark.parametrize(
    ("word", "forms"),
    [
        ("가중치", "는 가 를 와 로 라 나"),
        ("편향", "은 이 을 과 으로 이라 이나"),
        ("손실", "은 이 을 과 로 이라 이나"),
        ("h1", "은 이 을 과 로 이라 이나"),
        ("w5", "는 가 를 와 로 라 나"),
        ("✈", "은(는) 이(가) 을(를) 과(와) (으)로 (이)라 (이)나"),
        ("", "은(는) 이(가) 을(를) 과(와) (으)로 (이)라 (이)나"),
    ],
)
def test_every_particle(word, forms):
    assert [particle(word, form) for form in PARTICLES] == forms.split()


@pytest.mark.parametrize("form", ["는", "를", "eun", ""])
def test_a_particle_is_named_as_after_a_consonant(form):
    with pytest.raises(OptionError, match=r"unknown particle.*Known: '과', "):
        particle("손실", form)


def test_final_consonants_are_those_of_unicode():
    assert [final_consonant(syllable) for syllable in "가각갈힣"] == [0, 1, 8, 27]
