"""The pages in a real browser: axe, a narrow window, the keyboard alone, no script, four languages.

Run by ``make browser``; skipped, with the reason, where there is no Chromium. With ``RPAC_SCREENSHOTS`` set
to a folder the two pictures of the documentation are written into it.
"""

import os
import shutil
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from rpa_registry.context import Registry
from rpa_registry.server import make_server

_MISSING = "the dependency group `browser` is not installed"
playwright = pytest.importorskip("playwright.sync_api", reason=_MISSING)
axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason=_MISSING)

pytestmark = pytest.mark.browser

_BROWSERS = ("chromium", "chromium-browser", "google-chrome", "msedge", "microsoft-edge")
_LANGUAGES = ("da", "nb", "sv", "en")
_PLACES = {
    "catalogue": "",
    "bot": "projects/welcome-letters/",
    "nothing published": "projects/aktindsigt-kvittering/",
    "log": "log/",
    "recalls": "advisories/",
    "stack": "stack/",
    "answer": "search?q=flytning&tier=platinum",
    "no answer": "search?q=xyzzy",
    "how to read": "how-to-read/",
    "accessibility": "accessibility/",
    "nowhere": "nowhere/at/all",
}
_MAIN = ("catalogue", "bot", "log")
_WIDTHS = (320, 1280)


_COUNT_STOPS = """
[...document.querySelectorAll('a[href], button, input, select, textarea, summary, [tabindex="0"]')]
.filter(e => e.checkVisibility()).length
"""
_THIS_STOP = """
(() => {
  const e = document.activeElement, s = getComputedStyle(e);
  window.seen = window.seen || [];
  const again = window.seen.includes(e);
  window.seen.push(e);
  return [e.tagName, again, s.outlineStyle, parseFloat(s.outlineWidth)];
})()
"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """Headless Chromium, the machine's own."""
    found = next((path for name in _BROWSERS if (path := shutil.which(name))), None)
    if found is None:
        pytest.skip("no Chromium, Chrome or Edge was found: `apt-get install chromium`")
    with playwright.sync_playwright() as started:
        # In a container there is no user namespace for the sandbox; the pages are our own.
        running = started.chromium.launch(executable_path=found, args=["--no-sandbox"])
        yield running
        running.close()


@pytest.fixture(scope="module")
def town(_built_town: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a registry full of invented bots."""
    folder = tmp_path_factory.mktemp("served") / "town"
    shutil.copytree(_built_town, folder)
    registry = Registry.open(folder)
    server = make_server(registry, host="127.0.0.1", port=0)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        assert thread.is_alive()
        time.sleep(0.005)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    thread.join(timeout=10)
    registry.close()


@pytest.fixture
def page(browser: Any) -> Iterator[Any]:
    """An empty page; whatever a page asks of another server, or of a script, fails the test."""
    context = browser.new_context(java_script_enabled=True)
    opened = context.new_page()
    refused: list[str] = []
    opened.on("console", lambda message: refused.append(message.text) if message.type == "error" else None)
    opened.on(
        "request",
        lambda request: refused.append(request.url) if "//127.0.0.1" not in request.url else None,
    )
    yield opened
    context.close()
    # A page that is not there says so with 404, and the browser notes it.
    assert [] == [one for one in refused if "404" not in one]


@pytest.mark.parametrize("width", _WIDTHS)
@pytest.mark.parametrize("language", _LANGUAGES)
@pytest.mark.parametrize("place", _MAIN)
def test_axe_finds_nothing(page: Any, town: str, place: str, language: str, width: int) -> None:
    """No rule of axe, best practices included, is broken in any language, narrow or wide."""
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(f"{town}/{language}/{_PLACES[place]}")
    found = axe.Axe().run(page)

    assert found.violations_count == 0, found.generate_report()


@pytest.mark.parametrize("place", sorted(set(_PLACES) - set(_MAIN)))
def test_axe_finds_nothing_on_the_other_pages(page: Any, town: str, place: str) -> None:
    """The pages that differ by their words alone are looked at once, narrow."""
    page.set_viewport_size({"width": 320, "height": 900})
    page.goto(f"{town}/da/{_PLACES[place]}")
    found = axe.Axe().run(page)

    assert found.violations_count == 0, found.generate_report()


def test_axe_finds_nothing_in_the_answer_about_a_stack(page: Any, town: str) -> None:
    """The form is sent as a visitor sends it."""
    page.goto(f"{town}/da/stack/")
    page.fill("#stack", '[DigitalPost]\nconnector = "sf1601"\n')
    page.click("form.stack-form button")
    found = axe.Axe().run(page)

    assert page.locator(".matches li").count() == 8
    assert found.violations_count == 0, found.generate_report()


@pytest.mark.parametrize("language", _LANGUAGES)
@pytest.mark.parametrize("place", _PLACES)
def test_no_page_scrolls_sideways_at_320_pixels(page: Any, town: str, place: str, language: str) -> None:
    """WCAG 1.4.10: a column as narrow as a telephone, or 400 % zoom, shows everything."""
    page.set_viewport_size({"width": 320, "height": 640})
    page.goto(f"{town}/{language}/{_PLACES[place]}")

    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    assert page.evaluate("document.body.scrollWidth") <= 320


@pytest.mark.parametrize("place", ["catalogue", "bot", "stack"])
def test_the_keyboard_reaches_everything_and_focus_is_seen(page: Any, town: str, place: str) -> None:
    """Tab visits every link, field and button once, in the page's order, each with an outline."""
    page.goto(f"{town}/da/{_PLACES[place]}")
    wanted = page.evaluate(_COUNT_STOPS)
    seen = []
    for _ in range(wanted):
        page.keyboard.press("Tab")
        seen.append(page.evaluate(_THIS_STOP))

    assert [] == [one for one in seen if one[0] == "BODY" or one[1]]
    assert [] == [one for one in seen if one[2] == "none" or one[3] < 2]


def test_the_first_stop_leads_to_the_content(page: Any, town: str) -> None:
    """The skip link is the first thing that Tab reaches; Enter goes to the content."""
    page.goto(f"{town}/sv/")
    page.keyboard.press("Tab")
    first = page.evaluate("document.activeElement.className")
    page.keyboard.press("Enter")

    assert first == "skipnav"
    assert page.evaluate("document.activeElement.id") == "main"


def test_everything_works_without_a_script(browser: Any, town: str) -> None:
    """With JavaScript switched off a visitor searches, filters and opens a bot."""
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{town}/da/")
    page.fill("#q", "tilflyttere brev")
    page.select_option("#filter-tier", "platinum")
    page.press("#q", "Enter")
    found = page.locator(".bots a").all_inner_texts()
    page.click(".bots a >> nth=0")

    assert ["welcome-letters"] == found
    assert page.url.endswith("/da/projects/welcome-letters/")
    context.close()


def test_the_same_page_in_another_language_is_one_click_away(page: Any, town: str) -> None:
    """The links at the top lead to the same page, also from an answer."""
    page.goto(f"{town}/da/search?q=flytning")
    page.click("nav.languages >> text=Svenska")

    assert page.url.endswith("/sv/search?q=flytning")
    assert page.locator("html").get_attribute("lang") == "sv"


def test_motion_is_off_for_those_who_ask(browser: Any, town: str) -> None:
    """``prefers-reduced-motion`` leaves no transition."""
    context = browser.new_context(reduced_motion="reduce")
    page = context.new_page()
    page.goto(f"{town}/da/")

    lasts = page.evaluate("getComputedStyle(document.querySelector('.skipnav')).transitionDuration")

    assert lasts in ("0s", "")
    context.close()


def test_the_pictures_of_the_documentation(page: Any, town: str) -> None:
    """The catalogue and a bot's page as people see them; written where ``RPAC_SCREENSHOTS`` says."""
    folder = os.environ.get("RPAC_SCREENSHOTS", "")
    for name, place, height in (("catalogue", "catalogue", 1180), ("bot", "bot", 1500)):
        page.set_viewport_size({"width": 1280, "height": height})
        page.goto(f"{town}/da/{_PLACES[place]}")
        picture = page.screenshot(path=str(Path(folder) / f"registry-{name}.png") if folder else None)

        assert len(picture) > 50_000
