import re
from typing import Any

import pytest

from tests.report.cases import NOW, FakeCase, still, whole
from toolkit.errors import CaseError
from toolkit.language import topics
from toolkit.report import compose, make_report, report_facts, wording
from toolkit.report.blocks import sentences
from toolkit.vision.models import slots

BANNED = [
    "This man was identified as 1002.", "He is the person.", "The faces match.", "A matched face", "98% sure",
    "It is certain", "This proves it", "It confirms guilt", "impossible to be anyone else", "the fraudster",
    "an accomplice", "There is no doubt.", "AI-verified", "87 % similar", "likeness of 93 %",
    "确认为1002", "认定为本人", "就是本人", "系本人", "证明了", "足以证明", "毫无疑问", "确凿无疑", "百分之百",
    "两者为同一人", "造假者", "骗子", "同伙", "共犯", "作弊者", "经 AI 鉴定", "不可能是他人", "相似度 93%",
]  # fmt: skip


@pytest.mark.parametrize("sentence", BANNED)
def test_each_banned_phrase_is_found(sentence: str) -> None:
    assert wording.banned_phrase(sentence) is not None


@pytest.mark.parametrize(
    "sentence",
    [
        "an uncertain offset",
        "a matchless day",
        "95 % interval",
        "the 95% interval +96.2",
        "moderate support",
        "improves",
    ],
)
def test_ordinary_words_pass(sentence: str) -> None:
    assert wording.banned_phrase(sentence) is None


def test_no_sentence_of_the_catalogue_is_banned(language: str) -> None:
    for key, sentence in topics(language)["report"].items():
        assert wording.banned_phrase(sentence) is None, key


def test_no_network_is_described_in_banned_words() -> None:
    """Every report of a case in which it gave an answer prints these words."""
    for one in slots():
        for sentence in (one.answers, one.licence, one.allowed_use):
            assert wording.banned_phrase(sentence) is None, one.name


def test_no_page_holds_a_banned_phrase(any_case: FakeCase, language: str) -> None:
    facts = report_facts(any_case, edition="draft", created_at=NOW)  # type: ignore[arg-type]
    told = [wording.plain(one) for one in sentences(compose(facts, language, still))]
    assert [one for one in told if wording.banned_phrase(one)] == []


def test_a_planted_phrase_stops_the_report_before_anything_is_written(
    monkeypatch: pytest.MonkeyPatch, language: str
) -> None:
    planted = {"en": "P-02 is the person.", "zh": "P-02 就是本人。"}[language]
    monkeypatch.setitem(topics(language)["report"], "findings_lead", planted)
    case: Any = whole()
    with pytest.raises(CaseError) as caught:
        make_report(case, still=still, created_at=NOW, language=language)
    assert caught.value.code == "wording"
    assert "P-02" in str(caught.value)
    assert case.stored == {}


def test_what_somebody_else_wrote_is_quoted_and_does_not_stop_the_report() -> None:
    case: Any = whole(purpose="Find out who is the fraudster")
    make_report(case, still=still, created_at=NOW)
    page = case.stored["report-draft-en/report.html"].decode()
    assert "Find out who is the fraudster" in page
    assert not re.search("[\ue000\ue001]", page)


def test_marks_can_not_be_smuggled_in() -> None:
    assert wording.mark(f"a{wording.CLOSE}proves{wording.OPEN}b") == f"{wording.OPEN}aprovesb{wording.CLOSE}"
    with pytest.raises(CaseError):
        wording.check([f"{wording.mark('1002')} is the person"])
