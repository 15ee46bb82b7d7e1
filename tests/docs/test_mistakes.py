"""The pages of the mistakes that the doctor names are those that its catalogue makes."""

import pytest
from docs.mistakes import write
from docs.pages import LANGUAGES

from clearprop.doctor.catalogue import by_id


@pytest.mark.parametrize("lang", LANGUAGES)
def test_pages_are_what_is_written(lang):
    page = write.PAGES.text(lang)
    assert not write.PAGES.outdated(lang, page), "run python -m docs.mistakes.write"
    assert write.PAGES.outdated(lang, page.replace("bias-averaged", "bias-mean"))
    assert all(f"`{name}`" in page for name in by_id())
