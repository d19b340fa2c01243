"""The report in a real browser: nothing leaves the page, nothing overflows, nothing lies over another."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.report.cases import CASES, NOW, still
from toolkit.report import compose, report_facts
from toolkit.report.html import to_html

pytestmark = pytest.mark.browser

CHROMIUM = os.environ.get("PAPERMASK_CHROMIUM") or shutil.which("chromium") or "/usr/bin/chromium"
FLAGS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip
PAGES = [("whole", "en"), ("whole", "zh"), *((name, "en") for name in sorted(CASES) if name != "whole")]

# Boxes of the lines of text, each cut to what its scrolling parents show.
OVERLAPS = """() => {
  const boxes = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const parent = node.parentElement;
    if (!node.data.trim() || parent.closest('.skip, .running')) continue;
    const range = document.createRange();
    range.selectNodeContents(node);
    let left = -1e9, right = 1e9;
    for (let up = parent; up; up = up.parentElement) {
      if (up.classList.contains('scroll')) {
        const cut = up.getBoundingClientRect();
        left = Math.max(left, cut.left); right = Math.min(right, cut.right);
      }
    }
    for (const box of range.getClientRects()) {
      const a = Math.max(box.left, left), b = Math.min(box.right, right);
      const text = node.data.trim().slice(0, 40);
      if (b - a > 1 && box.height > 1) boxes.push({a, b, top: box.top, bottom: box.bottom, text});
    }
  }
  boxes.sort((p, q) => p.top - q.top);
  const found = [];
  for (let i = 0; i < boxes.length; i++)
    for (let j = i + 1; j < boxes.length && boxes[j].top < boxes[i].bottom; j++) {
      const p = boxes[i], q = boxes[j];
      const wide = Math.min(p.b, q.b) - Math.max(p.a, q.a), high = Math.min(p.bottom, q.bottom) - q.top;
      // Line boxes of one paragraph may touch by a few pixels; letters do not.
      if (wide > 2 && high > 0.4 * Math.min(p.bottom - p.top, q.bottom - q.top)) found.push([p.text, q.text]);
    }
  return found;
}"""
OUTSIDE = """() => [...document.querySelectorAll('body *')].filter(one => {
  const box = one.getBoundingClientRect();
  return box.width > 0 && box.right > innerWidth + 1 && !one.closest('.scroll, .skip');
}).map(one => one.tagName + '.' + one.className)"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    if not Path(CHROMIUM).exists():
        pytest.skip("Chromium is not installed (apt-get install -y chromium)")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        opened = play.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        yield opened
        opened.close()


@pytest.fixture(params=PAGES, ids=lambda page: "-".join(page))
def page_file(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    name, language = request.param
    facts = report_facts(CASES[name](), edition="draft", created_at=NOW)  # type: ignore[arg-type]
    path = tmp_path / "report.html"
    path.write_text(to_html(compose(facts, language, still)), encoding="utf-8")
    return path


@pytest.mark.parametrize("width", [1280, 400])
def test_the_page_keeps_to_itself_and_to_its_width(browser: Any, page_file: Path, width: int) -> None:
    page = browser.new_page(viewport={"width": width, "height": 900})
    asked: list[str] = []
    complaints: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(page_file.as_uri())
    assert [url for url in asked if not url.startswith("data:")] == [page_file.as_uri()]
    assert complaints == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.evaluate(OUTSIDE) == []
    assert page.evaluate(OVERLAPS) == []
    assert page.evaluate("[...document.images].filter(one => !one.complete || one.naturalWidth === 0).length") == 0
    page.close()


def test_every_printed_page_bears_the_mark(browser: Any, page_file: Path) -> None:
    page = browser.new_page()
    page.goto(page_file.as_uri())
    page.emulate_media(media="print")
    # Browsers repeat a table footer on every sheet, when it must not be broken itself.
    style = "getComputedStyle(document.querySelector('.running'))"
    assert page.evaluate(f"[{style}.display, {style}.breakInside]") == ["table-footer-group", "avoid"]
    assert page.pdf(prefer_css_page_size=True).startswith(b"%PDF")
    page.close()
