"""Fixtures: each kind of case, and each language."""

from __future__ import annotations

import pytest

from tests.report.cases import CASES, FakeCase


@pytest.fixture(params=sorted(CASES))
def any_case(request: pytest.FixtureRequest) -> FakeCase:
    return CASES[request.param]()


@pytest.fixture(params=["en", "zh"])
def language(request: pytest.FixtureRequest) -> str:
    return str(request.param)
