"""Equalities found in text as the library prints it, and the false ones among them."""

import pytest

from clearprop.explain.verify import claims, verify

CLAIMS = {
    "∂E/∂w5 = δ_o1 · h1 = 0.138498562 × 0.593269992 = 0.082167041": [
        "0.138498562 × 0.593269992 = 0.082167041"
    ],
    "∂E/∂w5 = δ_o1        · h1\n       = 0.138498562 × 0.593269992\n       = 0.082167041\n": [
        "0.138498562 × 0.593269992 = 0.082167041"
    ],
    "h1 = σ(0.3775) ≈ 0.59327": ["σ(0.3775) ≈ 0.59327"],
    "y = 2×3 + 1×1 = 7, E = ½(7 − 10)² = 4.5": ["2×3 + 1×1 = 7", "½(7 − 10)² = 4.5"],
    "정확도: 346/360 = 96.1%": ["346/360 = 96.1%"],
    "가중합은 0.15×0.05 + 0.35 = 0.3575입니다.": [],  # the words run into the formula
    "가중합: 0.15×0.05 + 0.35 = 0.3575입니다.": ["0.15×0.05 + 0.35 = 0.3575"],
    "2 × 3 = 6 (weight × input)": ["2 × 3 = 6"],
    "2 × 3 = 6 — the product": ["2 × 3 = 6"],
    "2 × 3 = 6   product": ["2 × 3 = 6"],
    "2 × 3 = 6 so that all is well.": ["2 × 3 = 6"],
    "It is 6: 2 × 3 = 6.": ["2 × 3 = 6"],
    "- 2 × 3 = 6\n1. 2 × 4 = 8": ["2 × 3 = 6", "2 × 4 = 8"],
    "│ 2 × 3 = 6 │ 2 × 4 = 8 │": ["2 × 3 = 6", "2 × 4 = 8"],
    "├─ 2 × 3 = 6": ["2 × 3 = 6"],
    "max(0, −0.3) = 0; 2 × 3 = 6": ["max(0, −0.3) = 0", "2 × 3 = 6"],
    "0.5 + (and 97 more: 0.25) = 0.75": ["0.5 + (and 97 more: 0.25) = 0.75"],
    "0.5 = 1/2 = 2/4": ["0.5 = 1/2", "1/2 = 2/4"],
    "w5 = 0.4, lr = 0.5": [],
    "1/0 → ∞": [],
    "x == 3, y <= 4, z := 5, 2 ≠ 3": [],
    "2 × 3 = x = 6": [],
    "x − 0.5 × 2 = 6": [],
    "z = −0.31": [],
    "": [],
}


@pytest.mark.parametrize("text", CLAIMS)
def test_what_is_claimed(text):
    found = list(claims(text))
    assert [claim.text for claim in found] == CLAIMS[text]
    assert all(claim.true for claim in found)
    assert verify(text) == []


LIES = {
    "∂E/∂w5 = δ_o1 · h1 = 0.138498562 × 0.593269992 = 0.082167051": 1,
    "∂E/∂w5 = 0.138498562 × 0.593269992\n       = 0.082167051": 1,
    "2×3 + 1×1 = 8": 1,
    "합: 2 + 3 = 6입니다": 1,
    "2 × 3 = 7, 2 × 4 = 9, 2 × 5 = 10": 2,
    "0.5 + 0.3 + (97 more: 0.0012) = 0.8": 1,
    "0.5 + 0.3 + (그 밖의 97개: 0.0012) = 0.8013": 1,
    "정확도: 346/360 = 96.2%": 1,
    "h1 = σ(0.3775) ≈ 0.5950": 1,
    "│ 2 × 3 = 7 │ 2 × 4 = 8 │": 1,
    "6 = 2×3 = 7": 1,
    "a = 2 × 3 = 7 (weight × input)": 1,
}


@pytest.mark.parametrize("text", LIES)
def test_lies_are_found(text):
    assert len(verify(text)) == LIES[text]
