"""
How Koreans read aloud what is not written in Hangul, as far as the last syllable.

A particle depends on that syllable alone: ``w5`` ends in 오, ``h1`` in 일, ``12.5%`` in 트
(퍼센트), ``dense_1/kernel[0,2]`` in 이, ``1.2e-10`` in 곱 (마이너스 십제곱).
"""

from __future__ import annotations

import re
import unicodedata

from clearprop.lang.english import last_syllable_of_word

__all__ = ["last_syllable"]


def _readings(pairs: str) -> dict[str, str]:
    written = pairs.split()
    return dict(zip(written[::2], written[1::2], strict=True))


_SYMBOLS = _readings(
    """
    α 알파 β 베타 γ 감마 δ 델타 ε 엡실론 ζ 제타 η 에타 θ 세타 ι 이오타 κ 카파 λ 람다 μ 뮤 ν 뉴
    ξ 크사이 ο 오미크론 π 파이 ρ 로 σ 시그마 ς 시그마 τ 타우 υ 입실론 φ 파이 χ 카이 ψ 프사이
    ω 오메가 ∂ 라운드 ∇ 나블라 ∑ 시그마 ∏ 파이 ∫ 인테그랄 ∞ 무한대 √ 루트 % 퍼센트 ‰ 퍼밀 ° 도
    ′ 프라임 + 플러스 − 마이너스 - 하이픈 × 곱하기 ÷ 나누기 · 점 / 슬래시 : 콜론 @ 골뱅이 # 샵
    & 앤드 ~ 물결 * 별표 → 화살표 $ 달러 € 유로 ₩ 원
    """
)
_UNITS = _readings(
    """
    m 미터 mm 밀리미터 cm 센티미터 km 킬로미터 g 그램 mg 밀리그램 kg 킬로그램 s 초 ms 밀리초
    us 마이크로초 μs 마이크로초 ns 나노초 min 분 h 시간 x 배 px 픽셀 °c 도 deg 도 rad 라디안
    """
)
_JAMO = _readings(
    """
    ㄱ 기역 ㄴ 니은 ㄷ 디귿 ㄹ 리을 ㅁ 미음 ㅂ 비읍 ㅅ 시옷 ㅇ 이응 ㅈ 지읒 ㅊ 치읓 ㅋ 키읔
    ㅌ 티읕 ㅍ 피읖 ㅎ 히읗
    """
)

_DIGITS = "영일이삼사오육칠팔구"
_PLACES = ("", "십", "백", "천")
_MYRIADS = ("", "만", "억", "조", "경", "해")

_SILENT = " \t\n\"'`”’»」』)]}>|.,;!?_"
_ASIDE = re.compile(r"(?:\s|(?<=[가-힣]))\([^()]*\)$")
_POWER = re.compile(
    r"""[⁺⁻]?[⁰¹²³⁴-⁹]+$                          # x², 10⁻³
    | (?:\^|\*\*)[(]?[-+−]?[\w.]+$                # x^2; a closing bracket is gone already
    | (?<![\w.])\d[\d.]*[eE][-+−]?\d+$        # 1.2e-10
    """,
    re.VERBOSE,
)
_INDEX = re.compile(r"⁽([⁰¹²³⁴-⁹]+)⁾$")  # the third layer's, a⁽³⁾: no power
_FRACTION = re.compile(r"(?<![\w./])(\d+)[/⁄]\d+$")
_DECIMAL = re.compile(r"\d\.\d*(\d)$")
_INTEGER = re.compile(r"(?:(?<!\d)\d{1,3}(?:,\d{3})+|\d+)$")
_MEASURE = re.compile(r"(?<![\w.])[\d.,]+\s?(°?[A-Za-zμ]+)$")
_WORD = re.compile(r"[A-Za-z]+$")


def last_syllable(text: str) -> str | None:
    """
    Give the last syllable of `text` as Koreans read it aloud.

    Closing brackets, quotation marks and full stops are not read, nor is an aside in brackets
    after a Korean word or a space: 델타(오차 신호) ends in 타.

    Parameters
    ----------
    text : str

    Returns
    -------
    str or None
        A Hangul syllable; None if nothing at the end can be read.

    Examples
    --------
    >>> [last_syllable(text) for text in ("가중합", "∂E/∂w5", "0.10", "1,000", "kernel")]
    ['합', '오', '영', '천', '얼']
    """
    text = unicodedata.normalize("NFC", text).rstrip(" \t\n")
    while (shorter := _ASIDE.sub("", text).rstrip(_SILENT)) != text:
        text = shorter
    if index := _INDEX.search(text):
        return _last_of_integer(unicodedata.normalize("NFKC", index[1]))
    if _POWER.search(text):
        return "곱"  # 제곱
    last = text[-1:]
    if "가" <= last <= "힣":
        return last
    if "ㅏ" <= last <= "ㅣ":
        return "이"  # a vowel by itself is read as itself
    if last in _JAMO:
        return _JAMO[last][-1]
    return _last_of_foreign(unicodedata.normalize("NFKC", text))


def _last_of_foreign(text: str) -> str | None:
    """Read digits, Latin letters and symbols."""
    if fraction := _FRACTION.search(text):
        return _last_of_integer(fraction[1])  # 3/4 is 사분의 삼
    if decimal := _DECIMAL.search(text):
        return _DIGITS[int(decimal[1])]
    if integer := _INTEGER.search(text):
        return _last_of_integer(integer[0].replace(",", ""))
    if (measure := _MEASURE.search(text)) and measure[1].lower() in _UNITS:
        return _UNITS[measure[1].lower()][-1]
    if word := _WORD.search(text):
        return last_syllable_of_word(word[0])
    reading = _SYMBOLS.get(text[-1:].lower())
    return reading[-1] if reading else None


def _last_of_integer(digits: str) -> str:
    """Read a whole number: 100 is 백, 20000 is 이만, 7 is 칠."""
    significant = digits.lstrip("0").rstrip("0")
    if not significant:
        return "영"
    myriads, place = divmod(len(digits) - len(digits.rstrip("0")), 4)
    if len(digits) > 4 * len(_MYRIADS):
        return _DIGITS[int(digits[-1])]  # too long for anything but digit by digit
    if myriads:
        return _MYRIADS[myriads]
    return _PLACES[place] or _DIGITS[int(digits[-1])]
