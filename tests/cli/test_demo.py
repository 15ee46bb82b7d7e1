"""The demonstration and its report, which needs nothing but itself."""

import json
import re
from html.parser import HTMLParser

import numpy as np
import pytest

import clearprop as cp
from clearprop.cli.demo import MODEL, learnt
from clearprop.data import datasets
from clearprop.explain.verify import claims, verify
from clearprop.lang import LANGUAGES
from tests.cli.calling import good, refused


@pytest.fixture(autouse=True)
def elsewhere(tmp_path, monkeypatch):
    """Work in an empty folder."""
    monkeypatch.chdir(tmp_path)


@pytest.fixture(scope="module", params=LANGUAGES)
def shown(request, tmp_path_factory):
    """What a short demonstration printed, in a language, and its folder."""
    folder = tmp_path_factory.mktemp("demo")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        return request.param, good("demo", "--epochs", 3, "--lang", request.param), folder


WORDS = {
    "en": (
        "1,437 to learn from, 360 others", "Network: 64 → 32 → 10 units, 2,410 weights",
        "Trained for 3 epochs in", "The loss fell from", "Test accuracy 0.9", "misread digits:",
        "read as", "Why one weight is what it is: digit/kernel[", "asked for test digit",
        "Report written to", "Ask it further:",
    ),
    "ko": (
        "1,437개로 학습하고", "신경망: 유닛 64 → 32 → 10", "에포크 3번 학습했습니다", "손실이",
        "테스트 정확도는 0.9", "잘못 읽은 숫자", "읽음",
        "가중치 하나는 왜 이 값인가: digit/kernel[", "테스트 숫자",
        "보고서를 저장했습니다:", "더 물어보기:",
    ),
}  # fmt: skip


def test_it_shows_what_was_learnt_and_why(shown):
    lang, text, folder = shown
    at = [text.index(words) for words in WORDS[lang]]
    assert at == sorted(at)
    assert "▓▓" in text
    assert "\x1b" not in text
    assert str(folder / "report.html") in text


def test_what_it_prints_of_the_weight_is_true(shown):
    _, text, _ = shown
    explained = text[text.index("∂L/∂digit") :]
    assert len(list(claims(explained))) >= 3
    assert verify(explained) == []


class Page(HTMLParser):
    """A page taken apart."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.refers, self.open, self.ids, self.links = [], [], [], [], []
        self.feed(text)

    void = {"meta", "br", "img", "link", "hr", "input"}

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        if tag not in self.void:
            self.open.append(tag)
        for name, value in attrs:
            if name in ("src", "href", "data", "action", "poster", "xlink:href"):
                self.refers.append(value)
            if name == "id":
                self.ids.append(value)

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        if tag not in self.void:
            self.open.pop()

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def test_of_one_epoch_no_fall_is_told(tmp_path):
    text = good("demo", "--epochs", 1, "--no-report", "--lang", "en")
    assert "The loss is 1." in text
    assert "fell" not in text


def test_as_json_it_says_the_same(tmp_path):
    found = json.loads(good("demo", "--epochs", 3, "--json"))
    assert found["training"]["epochs"] == 3
    assert found["test"]["right"] == np.trace(found["test"]["confusion"])
    assert found["why"]["address"] == found["why"]["explanation"]["address"]
    assert (tmp_path / found["report"]).exists()
    assert json.loads(good("demo", "--epochs", 1, "--json", "--no-report"))["model"] is None


def test_the_report_is_a_page_that_needs_nothing_else(shown):
    lang, _, folder = shown
    text = (folder / "report.html").read_text(encoding="utf-8")
    page = Page(text)
    assert page.open == []
    assert len(page.ids) == len(set(page.ids))
    assert all(place.startswith("#") and place[1:] in page.ids for place in page.refers)
    assert not {"script", "link", "iframe", "img", "object", "embed"} & set(page.tags)
    assert "@import" not in text
    assert "url(http" not in text
    assert page.tags.count("svg") == 6  # two curves, network, weights, confusion, what pushed
    assert page.tags.count("h2") == 7
    assert f'<html lang="{lang}">' in text
    assert "default-src 'none'" in text
    assert "digit/kernel" in text
    other = {"en": "신경망", "ko": "hidden units"}[lang]
    assert other not in text


def test_the_model_lies_beside_and_answers_further(shown, monkeypatch):
    _, text, folder = shown
    monkeypatch.chdir(folder)
    model = cp.load(MODEL)
    assert model.class_names == tuple("0123456789")
    calls = re.findall(r'clearprop (why) (\S+) "(\S+)" --data digits --row (\d+)', text)
    assert len(calls) == 2
    for _, file, address, row in calls:
        assert good("why", file, address, "--data", "digits", "--row", row)


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_it_learns_well_in_seconds(seed):
    (images, labels), tested = datasets.digits()
    run = learnt(images, labels, *tested, seed=seed, epochs=40)
    assert run.right / 360 >= 0.96
    assert run.seconds < 20  # usually one; a machine may be busy
    assert run.confusion.sum() == 360
    assert np.trace(run.confusion) == run.right == 360 - len(run.misread)


def test_the_weight_it_asks_about_is_the_one_that_is_pulled_most():
    (images, labels), tested = datasets.digits()
    run = learnt(images, labels, *tested, seed=0, epochs=5)
    address, row = run.telling
    assert row in run.misread
    x, y = run.x[row : row + 1], run.labels[row : row + 1]
    pull = abs(cp.why(run.model, address, x=x, y=y).value)
    kernel = run.model.layer("digit").kernel
    rng = np.random.default_rng(0)
    for _ in range(30):
        i, j = rng.integers(kernel.shape)
        other = cp.why(run.model, f"digit/kernel[{i},{j}]", x=x, y=y).value
        assert abs(other) <= pull * (1 + 1e-5)


def test_the_same_seed_shows_the_same(tmp_path):
    texts = [
        re.sub(r"in \d+\.\d s", "", good("demo", "--epochs", 2, "--seed", seed, "--no-report"))
        for seed in (4, 4, 5)
    ]
    assert texts[0] == texts[1] != texts[2]
    assert list(tmp_path.iterdir()) == []


def test_a_digit_that_is_barely_read_will_do(monkeypatch):
    """Where nothing is misread, the least sure digit is asked about."""
    (images, labels), (tested, answers) = datasets.digits()
    run = learnt(images, labels, tested[:20], answers[:20], seed=0, epochs=10)
    assert run.misread == []
    monkeypatch.setattr(datasets, "digits", lambda: ((images, labels), (tested[:20], answers[:20])))
    text = good("demo", "--epochs", 10)
    assert "No digit was misread." in text
    assert "that was barely read as" in text


def test_nothing_of_the_users_is_replaced(tmp_path):
    (tmp_path / "report.html").write_text("<p>my own</p>")
    assert "clearprop did not write it" in refused("demo", "--epochs", 1)
    assert (tmp_path / "report.html").read_text() == "<p>my own</p>"
    good("demo", "--epochs", 1, "--output", "other.html")
    good("demo", "--epochs", 1, "--output", "other.html")  # its own it may replace
    (tmp_path / MODEL).write_text("my own")
    assert "is no model; name another place with --output" in refused("demo", "-o", "other.html")
    assert "does not exist" in refused("demo", "-o", "none/report.html")
