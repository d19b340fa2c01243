from __future__ import annotations

import time

import pytest

from toolkit.clockin.files.safe_xml import as_mapping, local_name, parse_xml, series
from toolkit.errors import ReadingError

LAUGHS = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><x>&b;</x>'
OUTSIDE = '<!doctype x SYSTEM "file:///secret"><x/>'


@pytest.mark.parametrize("text", [LAUGHS, OUTSIDE, f'<?xml version="1.0"?>\n{LAUGHS}'])
def test_a_document_type_or_an_entity_refuses_the_document(text: str) -> None:
    with pytest.raises(ReadingError) as refused:
        parse_xml(text, "push.xml")
    assert refused.value.code == "records_xml_entities"


def test_what_is_not_well_formed_is_refused_with_its_line() -> None:
    with pytest.raises(ReadingError) as refused:
        parse_xml("<x>\n<y>\n</x>", "push.xml")
    assert refused.value.code == "records_xml_broken" and "3" in refused.value.what("en")
    with pytest.raises(ReadingError, match=r"push\.xml"):
        parse_xml("<x>&undeclared;</x>", "push.xml")


def test_the_stated_encoding_is_not_asked_for_text_that_is_decoded() -> None:
    root = parse_xml('<?xml version="1.0" encoding="GB2312"?><x><name>沈玉兰</name></x>', "push.xml")
    assert as_mapping(root) == {"name": "沈玉兰"}


def test_names_are_local_and_children_nest() -> None:
    root = parse_xml('<a:x xmlns:a="urn:any"><a:b><a:c> 1 </a:c><a:c>2</a:c></a:b><a:d/></a:x>', "push.xml")
    assert local_name(root.tag) == "x" and as_mapping(root) == {"b": {"c": "1"}, "d": ""}


def test_documents_one_after_another_are_read_in_one_pass_and_what_is_not_whole_is_told() -> None:
    first = "<a:X xmlns:a='urn:u'><i/></a:X>"
    told = list(series(f"{first}\n<X n='1'>2</X><X>cut<X>3</X><Xs/><X>4", "X", "f"))
    assert [(text, root is not None) for text, root in told] == [
        (first, True), ("<X n='1'>2</X>", True), ("<X>cut", False), ("<X>3</X>", True), ("<Xs/><X>4", False),
    ]  # fmt: skip


@pytest.mark.parametrize("one", ["<X>1</X>\n", "<X>\n", "</X>\n"])
def test_the_time_of_a_series_grows_with_its_length_only(one: str) -> None:
    began = time.process_time()
    assert list(series(one * 20_000, "X", "f"))
    assert time.process_time() - began < 10
