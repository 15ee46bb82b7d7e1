"""Write the pages of what the doctor tells apart: run ``python -m docs.diagnosis.write``."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from clearprop.doctor.diagnosis.condition import CONDITIONS, Condition
from clearprop.doctor.diagnosis.diagnosing import ORDER
from clearprop.lang import say

FOLDER = Path(__file__).parents[1]
PAGES = {"en": "diagnosis.md", "ko": "diagnosis.ko.md"}

HEADS = {
    "en": """# What the doctor tells apart

`cp.doctor.diagnose(model, x, y, history=history)` looks for each of these, and `cp.callbacks.Doctor()`
does so during `fit`. What each is measured by stands in the report, with its numbers. They are in the
order of causes: of two that may each follow from the other, the upper one is named, and the lower one
stands under it.

Training runs with labels hold it to its word: of runs that its rules never saw, at least nine sick ones
in ten must get their right name, and nine findings in ten must be true, or the tests fail.

Some things look the same in principle, however one measures:

- too low a rate and too few epochs: more steps and longer steps come to the same;
- targets that were shuffled, and inputs that say nothing about them; and both, for the simple means that
  it judges by, like a target that hangs on all inputs at once, as parity does;
- a column that gives the answer away, and a problem that one input really settles;
- overfitting, and validation examples of another kind;
- a rare class that is not learnt, and one that cannot be told from the inputs;
- a net that is too small, and a task that is noise from there on, where nearest neighbours cannot tell
  either.
""",
    "ko": """# 의사가 가려내는 것

`cp.doctor.diagnose(model, x, y, history=history)`는 아래의 하나하나를 살피고, `cp.callbacks.Doctor()`는 `fit`을 하는
동안 살핍니다. 무엇을 재었는지는 보고서에 수치와 함께 적힙니다. 아래는 원인의 순서입니다. 서로가 서로의 결과일 수
있는 둘 가운데서는 위에 있는 것을 원인으로 말하고, 아래에 있는 것은 그 아래에 적습니다.

답을 붙여 둔 학습 실행들로 이것을 시험합니다. 규칙을 만들 때 보지 않은 실행 가운데, 병든 것의 열에 아홉 이상은 옳은
이름을 얻어야 하고, 말한 것의 열에 아홉 이상은 참이어야 합니다. 그렇지 않으면 테스트가 실패합니다.

어떻게 재어도 원리상 똑같이 보이는 것들이 있습니다.

- 너무 낮은 학습률과 모자란 에포크: 더 많이 걷든 더 크게 걷든 결과가 같습니다.
- 섞여 버린 목표값과, 목표값에 대해 아무것도 말해 주지 않는 입력. 여기서 쓰는 간단한 방법으로는, 홀짝처럼 모든
  입력을 함께 보아야 알 수 있는 목표값도 똑같이 보입니다.
- 답을 흘리는 열과, 정말로 입력 하나로 결정되는 문제.
- 과적합과, 성격이 다른 검증 예.
- 배우지 못한 드문 클래스와, 입력으로는 가려낼 수 없는 드문 클래스.
- 너무 작은 신경망과, 거기서부터는 잡음뿐인 과제. 가장 가까운 이웃으로도 알 수 없을 때 그렇습니다.
""",
}
COLUMNS = {
    "en": ("", "What it means", "What else would look the same"),
    "ko": ("", "뜻", "똑같이 보일 수 있는 것"),
}


def row(made: Condition, lang: str) -> str:
    """Give a condition as a line of the table."""
    name = f"**{made.title[lang]}**<br>`{made.id}`<br>{say(f'diagnosis.grave_{made.grave}', lang)}"
    cells = (name, made.says[lang], made.alike[lang])
    return "| " + " | ".join(cells) + " |"


def lines(lang: str) -> Iterator[str]:
    yield HEADS[lang]
    yield "| " + " | ".join(COLUMNS[lang]) + " |"
    yield "|---|---|---|"
    for name in ORDER:
        yield row(CONDITIONS[name], lang)


def page(lang: str) -> str:
    """Give the page in a language."""
    return "\n".join(lines(lang)) + "\n"


def main(folder: Path = FOLDER) -> None:
    for lang, name in PAGES.items():
        (folder / name).write_text(page(lang), encoding="utf-8")


if __name__ == "__main__":
    main()
