"""The pages of what the doctor tells apart are those that its conditions make."""

import pytest
from docs.diagnosis import write
from docs.pages import LANGUAGES

from clearprop.doctor.diagnosis.condition import CONDITIONS


@pytest.mark.parametrize("lang", LANGUAGES)
def test_pages_are_what_is_written(lang):
    page = write.PAGES.text(lang)
    assert not write.PAGES.outdated(lang, page), "run python -m docs.diagnosis.write"
    assert write.PAGES.outdated(lang, page.replace("dead-relus", "dead-units"))
    assert all(f"`{name}`" in page for name in CONDITIONS)
    assert "{" not in page
