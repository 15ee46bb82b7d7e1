"""The rule by which a printed equality is true, at its edges."""

import pytest

from clearprop.explain.parsing import parse
from clearprop.explain.truth import holds

TRUE = """
2×3 + 1×1 = 7
0.5 × 0.5 = 0.25
0.74 × 0.7 = 0.518
2/3 = 0.667
2/3 = 0.666667
1/3 × 3 = 1
0.333333 × 3 = 1.00000
0.74136507 × 0.186815602 × 0.593269992 = 0.0821670407
0.138498562 × 0.593269992 = 0.082167041
0.125 × 0.125 = 0.015625
0.125 × 0.05 = 0.00625
12.5 × 8 = 100
0.5 × 0.25 = 12.5%
346/360 = 96.1%
1.5e-10 × 2 = 3e-10
1.23457e12 × 2 = 2.46914e12
7 = 2×3 + 1
0.5 × (0.2 + 0.3) = 0.5×0.2 + 0.5×0.3
2/3 ≈ 0.6667
2/3 ≈ 0.667
2 × 3 ≈ 6
0.7413651 × 0.1868156 × 0.5932700 ≈ 0.08216704
0.1 + 0.2 − 0.3 ≈ 0
0.125730 − 0.125730 ≈ 0
0.333333 × 3 ≈ 1
exp(0) = 1
√(2) × √(2) = 2
0.0015 / 2 = 0.00075
"""

FALSE = """
2 × 3 = 7
7 / 2 = 4
7 / 2 = 3
10 / 3 = 3
0.74 × 0.7 = 0.5
0.5 × 0.5 = 0.3
0.138498562 × 0.593269992 = 0.0822
0.74136507 × 0.186815602 × 0.593269992 = 0.0821670409
0.333333 × 3 = 1
2/3 = 0.67
2/3 = 0.666
4e9 × 2 = 1e10
0.5 × (0.2 + 0.3) = 0.5×0.2 + 0.5×0.31
0.1 × 4 ≈ 0.5
2 × 3 ≈ 7
0.5 × 0.5 ≈ 0.26
0.7413651 × 0.1868156 × 0.5932700 ≈ 0.08216720
0.126 − 0.125 ≈ 0
1/0 = 3
1/(0.5 − 0.5) ≈ 0
log(−1) = 0
exp(0) = 2
"""


def judged(line):
    left, relation, right = line.partition(" ≈ " if "≈" in line else " = ")
    return holds(parse(left), relation.strip(), parse(right))


@pytest.mark.parametrize("line", TRUE.strip().splitlines())
def test_true(line):
    assert judged(line)


@pytest.mark.parametrize("line", FALSE.strip().splitlines())
def test_false(line):
    assert not judged(line)
