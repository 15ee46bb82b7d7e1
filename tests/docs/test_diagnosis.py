"""The pages of what the doctor tells apart are those that its conditions make."""

import pytest
from docs.diagnosis import write

from clearprop.doctor.diagnosis.condition import CONDITIONS


def outdated(lang, text):
    return (write.FOLDER / write.PAGES[lang]).read_text(encoding="utf-8") != text


@pytest.mark.parametrize("lang", write.PAGES)
def test_pages_are_what_is_written(lang):
    page = write.page(lang)
    assert not outdated(lang, page), "run python -m docs.diagnosis.write"
    assert outdated(lang, page.replace("dead-relus", "dead-units"))
    assert all(f"`{name}`" in page for name in CONDITIONS)
    assert "{" not in page
