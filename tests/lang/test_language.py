"""Which language is spoken."""

import pytest

from clearprop.errors import OptionError
from clearprop.lang import language


@pytest.mark.parametrize(
    ("lang", "environ", "spoken"),
    [
        ("ko", {"CLEARPROP_LANG": "en"}, "ko"),
        ("en", {"LANG": "ko_KR.UTF-8"}, "en"),
        ("ko-KR", {}, "ko"),
        ("EN_us", {}, "en"),
        (None, {"CLEARPROP_LANG": "ko", "LC_ALL": "en_US.UTF-8"}, "ko"),
        (None, {"CLEARPROP_LANG": "", "LANG": "ko_KR.UTF-8"}, "ko"),
        (None, {"LC_ALL": "en_US.UTF-8", "LANG": "ko_KR.UTF-8"}, "en"),
        (None, {"LC_MESSAGES": "ko_KR", "LANG": "en_US.UTF-8"}, "ko"),
        (None, {"LC_ALL": "", "LANG": "ko_KR.eucKR"}, "ko"),
        (None, {"LANG": "C.UTF-8"}, "en"),
        (None, {"LANG": "kok_IN"}, "en"),
        (None, {"LANG": "fr_FR.UTF-8"}, "en"),
        (None, {}, "en"),
    ],
)
def test_who_decides(lang, environ, spoken):
    assert language(lang, environ=environ) == spoken


@pytest.mark.parametrize("lang", ["fr", "korean", "", 3])
def test_another_language_is_refused(lang):
    with pytest.raises(OptionError, match=f"lang must be 'ko' or 'en'; got {lang!r}"):
        language(lang)


def test_another_language_in_the_environment_is_refused():
    with pytest.raises(OptionError, match="CLEARPROP_LANG must be 'ko' or 'en'; got 'fr'"):
        language(environ={"CLEARPROP_LANG": "fr"})


def test_the_environment_is_read_at_each_call(monkeypatch):
    monkeypatch.setenv("CLEARPROP_LANG", "ko")
    assert language() == "ko"
    monkeypatch.setenv("CLEARPROP_LANG", "en")
    assert language() == "en"
