"""The pages of the mistakes that the doctor names are those that its catalogue makes."""

import pytest
from docs.mistakes import write

from clearprop.doctor.catalogue import by_id


def outdated(lang, text):
    return (write.FOLDER / write.PAGES[lang]).read_text(encoding="utf-8") != text


@pytest.mark.parametrize("lang", write.PAGES)
def test_pages_are_what_is_written(lang):
    page = write.page(lang)
    assert not outdated(lang, page), "run python -m docs.mistakes.write"
    assert outdated(lang, page.replace("bias-averaged", "bias-mean"))
    assert all(f"`{name}`" in page for name in by_id())
