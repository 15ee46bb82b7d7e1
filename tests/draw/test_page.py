"""Pages: they stand alone, read in order, and nothing that they hold can act."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest

from clearprop.draw import Html, Section, curves, page, preformatted, table
from clearprop.draw.page_style import page_style
from clearprop.errors import OptionError
from tests.draw.gallery import HOSTILE, LOSS, PICTURES

VOID = {"meta", "br", "hr", "img", "input", "link"}


class Outline(HTMLParser):
    """What a browser and a screen reader find in a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.faults: list[str] = []
        self.headings: list[int] = []
        self.feed(text)
        self.faults += [f"<{tag}> is not closed" for tag in self.open]

    def handle_startendtag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if re.fullmatch(r"h[1-6]", tag):
            self.headings.append(int(tag[1]))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.faults.append(f"</{tag}> closes nothing")

    def values(self, attribute: str) -> list[str]:
        return [attrs[attribute] or "" for _, attrs in self.tags if attribute in attrs]


def page_faults(text: str) -> list[str]:
    """Tags that do not match, what would load or run, ids twice, headings out of order."""
    read = Outline(text)
    faults = list(read.faults)
    tags = [tag for tag, _ in read.tags]
    faults += [f"a <{tag}>" for tag in ("script", "link", "iframe", "object") if tag in tags]
    for _, attrs in read.tags:
        faults += [f"{name} runs" for name in attrs if name.startswith("on")]
    for attribute in ("src", "href", "srcset", "action"):
        faults += [f"{attribute}={v} leads out" for v in read.values(attribute) if v[:1] != "#"]
    if re.search(r"url\((?!#)|@import", text):
        faults.append("a style that loads")
    ids = read.values("id")
    faults += [f"id {key!r} twice" for key in set(ids) if ids.count(key) > 1]
    named = [v[1:] for v in read.values("href")]
    for attribute in ("aria-labelledby", "aria-describedby"):
        named += [key for value in read.values(attribute) for key in value.split()]
    named += re.findall(r"url\(#([^)]*)\)", text)
    faults += [f"#{key} leads nowhere" for key in sorted(set(named) - set(ids))]
    if read.headings[:1] != [1] or read.headings.count(1) != 1:
        faults.append("not one h1, and first")
    pairs = zip(read.headings, read.headings[1:], strict=False)
    faults += [f"h{b} after h{a}" for a, b in pairs if b > a + 1]
    faults += [f"no <{tag}>" for tag in ("header", "main", "footer", "title") if tag not in tags]
    if not dict(read.tags)["html"].get("lang"):
        faults.append("no language")
    return faults


def full(lang: str = "ko") -> str:
    sections = [
        ("학습 <1>", ["글 하나.\n\n글 둘.", curves({"손실": LOSS}, lang=lang)]),
        Section("왜?", [preformatted("w5 = 0.4 < 1"), Html("<h3>표</h3>")], folded=True),
        Section("표", [table(["층", "수"], [["dense", 2080]], "모델")], folded=False),
        ("그림", [make() for make in PICTURES.values()]),
    ]
    return str(page("제목 & 이름", sections, lang, lead="첫 문장"))


@pytest.mark.parametrize("lang", ["ko", "en"])
def test_a_page_with_all_parts_has_no_fault(lang):
    assert page_faults(full(lang)) == []


BROKEN = {
    "</div> closes nothing": "<p></div>",
    "<html> is not closed": "<p>",
    "a <script>": "<script>1</script>",
    "onclick runs": '<b onclick="x">b</b>',
    "src=http://a.b leads out": '<img src="http://a.b">',
    "a style that loads": "<style>b{background:url(http://a.b)}</style>",
    "id 'main' twice": '<b id="main">b</b>',
    "#nowhere leads nowhere": '<a href="#nowhere">a</a>',
    "h4 after h2": "<h4>deep</h4>",
    "not one h1, and first": "<h1>again</h1>",
}


@pytest.mark.parametrize("fault", BROKEN)
def test_the_check_finds_what_is_broken(fault):
    assert fault in page_faults(str(page("t", [("h", Html(BROKEN[fault]))], "en")))


def test_the_check_misses_landmarks_and_language():
    text = full().replace("<main", "<div").replace("</main", "</div").replace('lang="ko"', "", 1)
    assert {"no <main>", "no language"} <= set(page_faults(text))


def test_whatever_is_given_as_text_stays_text():
    hostile = HOSTILE + "</pre></title><img src=x onerror=alert(1)>"
    given = page(
        hostile,
        [
            (hostile, hostile),
            Section(hostile, [preformatted(hostile), table([hostile], [[hostile]], hostile)], True),
            ("p", curves({hostile: [1.0, 2.0]}, title=hostile, lang="en")),
        ],
        "en",
        lead=hostile,
        foot=hostile,
    )
    assert page_faults(str(given)) == []
    assert "\x00" not in str(given)


def test_the_policy_lets_nothing_load_or_run():
    found = [a["content"] for t, a in Outline(full()).tags if t == "meta" and "http-equiv" in a]
    assert found == ["default-src 'none'; style-src 'unsafe-inline'; img-src data:"]


def test_the_first_stop_of_the_keyboard_leads_to_the_content():
    read = Outline(full())
    first = next(a for tag, a in read.tags if tag in ("a", "summary") or "tabindex" in a)
    assert (first["class"], first["href"]) == ("skip", "#main")
    assert ("main", {"id": "main", "tabindex": "-1"}) in read.tags


def test_folded_parts():
    text = str(page("t", [Section("a", ["x"], True), Section("b", ["y"], False)], "en"))
    assert re.findall(r"<details( open)?>\n<summary><h2 id=\"part-\d\">(.)", text) == [
        ("", "a"),
        (" open", "b"),
    ]
    assert "<section" in str(page("t", [("a", "x")], "en"))


def test_a_list_of_contents_from_three_parts_on():
    assert "<nav" not in str(page("t", [("a", "x")] * 2, "en"))
    text = str(page("t", [("가", "x"), ("나", "y"), ("다", "z")], "ko"))
    assert '<nav aria-label="차례">' in text
    assert '<a href="#part-2">나</a>' in text


def test_colours_of_pictures_are_stated_once():
    text = full()
    assert text.count("<style>") == 1
    assert text.count(".cp-pic .f-ink{fill:#1b2027}") == 1


def test_pictures_come_with_their_words():
    text = str(page("t", [("a", curves({"loss": LOSS}, lang="en"))], "en"))
    assert "<summary>This picture in words</summary><p>loss: 8 values from 2.31" in text


def test_paragraphs_are_parted_at_empty_lines():
    assert "<p>one\ntwo</p>\n<p>three</p>" in str(page("t", [("a", "one\ntwo\n\n\n\nthree")], "en"))


def test_tables_set_numbers_to_the_right():
    made = table(["name", "count"], [["a", 3], ["b", 0.5]], "what")
    assert made.count('<td class="number">') == 2
    assert made.count('<th scope="row">') == 2
    assert "<caption>what</caption>" in made


def test_print_is_light_and_opens_what_is_folded():
    style = page_style()
    dark = style.split("@media screen and (prefers-color-scheme:dark)")[1].split("}}")[0]
    printed = style.split("@media print")[1]
    assert "--paper:#13171c" in dark
    assert "details-content{content-visibility:visible" in printed


def test_a_page_is_saved_whole_and_shown_in_a_frame(tmp_path):
    made = page("제목 <b>", [("a", "x")], "ko")
    path = made.save(tmp_path / "report.html")
    assert path.read_text(encoding="utf-8") == str(made)
    frame = Outline(made._repr_html_())
    assert frame.tags[0][0] == "iframe"
    assert frame.values("srcdoc") == [str(made)]


def test_the_language_is_named(monkeypatch):
    monkeypatch.setenv("CLEARPROP_LANG", "ko")
    assert '<html lang="ko">' in str(page("t", []))
    with pytest.raises(OptionError, match="'fr'"):
        page("t", [], "fr")
