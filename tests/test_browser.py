"""The explanation of a page in a browser: it runs no code of the page, and both sides light up."""

import gzip
import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from conftest import need
from hostile_page import ATTACKS, EXPORT, WIKITEXT
from selenium.webdriver import ActionChains, Chrome, ChromeOptions, Keys
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.ui import WebDriverWait

import wikiclean
from wikiclean.document import Document
from wikiclean.preview import explain, page

SEED = Path(__file__).parent / "fixtures/agreed_framework/agreed_framework.md"

OPTIONS = (
    "--headless",
    "--no-sandbox",  # CI runs as root.
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--window-size=1200,900",
)

SOURCE = """
const pane = document.getElementById("source").cloneNode(true);
for (const one of pane.querySelectorAll("[data-code]"))
  one.textContent = String.fromCodePoint(parseInt(one.dataset.code, 16));
return pane.textContent;
"""
LIT = """
const numbers = (pane) =>
  [...document.querySelectorAll(`#${pane} .lit`)].map((one) => [one.textContent, one.dataset.g]);
return [numbers("source"), numbers("text")];
"""
INTRUDERS = """
return [...document.querySelectorAll("*")].flatMap((one) => [
  ...["SCRIPT", "IMG", "IFRAME", "BASE", "FORM", "OBJECT", "EMBED"].includes(one.tagName)
    ? [one.tagName] : [],
  ...one.getAttributeNames().filter((name) => name.startsWith("on") || name === "style"),
  ...one.hasAttribute("href") && !/^(#|https?:|mailto:)/.test(one.getAttribute("href"))
    ? [one.getAttribute("href")] : [],
]);
"""


class Browser:
    """A browser, and what it has to say of the file that it was shown."""

    def __init__(self, driver: Chrome, folder: Path) -> None:
        self.driver = driver
        self.folder = folder

    def open(self, document: Document) -> None:
        """Show the explanation of a page, from the disk."""
        path = self.folder / "page.html"
        path.write_text(page(document), encoding="utf-8")
        self.driver.get_log("browser")
        self.driver.get("about:blank")
        self.driver.get(path.as_uri())

    def open_frame(self, frame: str) -> None:
        """Show a fragment as a notebook does, and look into the frame in it."""
        path = self.folder / "notebook.html"
        path.write_text(f"<!DOCTYPE html><meta charset=utf-8>{frame}", encoding="utf-8")
        self.driver.get_log("browser")
        self.driver.get(path.as_uri())
        self.driver.switch_to.frame(0)

    def run(self, script: str, *arguments: object) -> Any:  # noqa: ANN401 - any JSON
        """Run a script in the page and return what it returns."""
        return self.driver.execute_script(script, *arguments)

    def find(self, selector: str, index: int = 0) -> WebElement:
        """Return an element that a selector finds, by its place among those."""
        return self.driver.find_elements("css selector", selector)[index]

    def point_at(self, element: WebElement) -> None:
        """
        Move the pointer over an element until the page has lit what belongs to it.

        Once may not do: a frame, which has a process of its own, hears of no pointer before it is
        first painted.
        """

        def lights(_: object) -> bool:
            actions = ActionChains(self.driver).scroll_to_element(element)
            actions.move_to_element(element).move_by_offset(1, 0).perform()
            return any(self.lit())

        WebDriverWait(self.driver, 10).until(lights)

    def press(self, *keys: str) -> None:
        """Press keys, one after the other."""
        ActionChains(self.driver).send_keys(*keys).perform()

    def lit(self) -> tuple[list[list[str]], list[list[str]]]:
        """Return text and number of what is lit in the source and in the text."""
        source, text = self.run(LIT)
        return source, text

    def complaints(self) -> list[str]:
        """Return what the console has been told, such as a refusal by the policy."""
        return [entry["message"] for entry in self.driver.get_log("browser")]


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """Return a browser of its own, without a profile."""
    for program in ("chromium", "chromedriver"):
        need(program, "apt-get install chromium chromium-driver")
    folder = tmp_path_factory.mktemp("browser")
    options = ChromeOptions()
    options.binary_location = shutil.which("chromium")
    for option in (*OPTIONS, f"--user-data-dir={folder / 'profile'}"):
        options.add_argument(option)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    driver = Chrome(options=options, service=Service(shutil.which("chromedriver")))
    try:
        yield Browser(driver, folder)
    finally:
        driver.quit()


@pytest.fixture(scope="module")
def seed() -> Document:
    """Return the article."""
    return wikiclean.parse(SEED.read_text(encoding="utf-8"))


def test_a_repaired_link_lights_on_both_sides(browser: Browser, seed: Document) -> None:
    """Pointing at a link lights it; pointing at what it gave back lights that, with its reason."""
    browser.open(seed)
    browser.point_at(browser.find("#text .link"))
    source, text = browser.lit()
    assert [value for value, _ in source] == [
        "[",
        "美國",
        '](https://zh.wikipedia.org/wiki/美國 "wikilink")',
    ]
    assert [value for value, _ in text] == ["美國"]
    assert browser.run("return document.querySelector('#source .in').textContent") == "和"
    browser.point_at(browser.find("#source .r", 1))
    source, text = browser.lit()
    assert [value for value, _ in source] == ["和"]
    assert source == text
    why = browser.find("#why").text
    assert why.startswith("repaired · label_overflow · The label had swallowed")
    assert why.endswith("美國和 → 美國")
    browser.point_at(browser.find("#text .note"))
    assert browser.find("#why").text == "markup · [1] DPRK-U.S. Nuclear Agreed Framework"
    assert [value for value, _ in browser.lit()[0]] == ["\\[1\\]", "1.  "]
    assert browser.run(SOURCE) == seed.source
    assert browser.complaints() == []


def test_filters(browser: Browser, seed: Document) -> None:
    """A kind that is switched off fades on both sides, leaves the reasons, and is stepped over."""
    browser.open(seed)

    def opacity(selector: str) -> list[str]:
        found = browser.driver.find_elements("css selector", selector)
        return list({one.value_of_css_property("opacity") for one in found})

    assert opacity("#source .r") == opacity("#text .r:not(.at)") == ["1"]
    reason = browser.find("[data-kind=r]")
    assert reason.is_displayed()
    browser.find("input[value=r]").click()
    assert opacity("#source .r") == opacity("#text .r:not(.at)") == ["0.25"]
    assert opacity("#source .k") == ["1"]
    assert not reason.is_displayed()
    assert browser.find("[data-kind=f]").is_displayed()
    browser.press("n", "n")
    assert browser.find("#why").text.startswith("flagged · label_overflow")
    browser.find("input[value=r]").click()
    assert opacity("#source .r") == ["1"]
    assert browser.complaints() == []


def test_keys_and_addresses(browser: Browser, seed: Document) -> None:
    """The keys step from change to change; the line of a reason leads to its passage."""
    browser.open(seed)
    seen = []
    for key in "nnnpj":
        browser.press(key)
        seen.append(browser.lit()[0][0][0])
    # A remark has no characters.
    assert seen == ["", "（）", "和", "（）", "是"]
    browser.press(Keys.ESCAPE)
    assert browser.lit() == ([], [])
    browser.find("[data-kind=r]").click()
    line = browser.find("[data-kind=r] li:nth-child(3) a")
    line.send_keys(Keys.ENTER)
    WebDriverWait(browser.driver, 10).until(lambda _: browser.lit()[0])
    assert browser.lit()[0][0][0] == "上台後"
    tabs = []
    browser.open(seed)
    for _ in range(10):
        browser.press(Keys.TAB)
        tabs.append(browser.run("return document.activeElement.id || document.activeElement.value"))
    assert tabs == ["k", "o", "m", "d", "r", "f", "back", "on", "source", "text"]
    assert browser.complaints() == []


def test_notebook(browser: Browser, seed: Document) -> None:
    """In a notebook the page is in a frame, and works there; the notebook stays where it is."""
    browser.open_frame(explain(seed)._repr_html_())
    try:
        browser.point_at(browser.find("#source .r", 1))
        assert [value for value, _ in browser.lit()[1]] == ["和"]
        browser.find("[data-kind=r]").click()
        browser.find("[data-kind=r] li:nth-child(3) a").click()
        WebDriverWait(browser.driver, 10).until(
            lambda _: [value for value, _ in browser.lit()[0][:1]] == ["上台後"]
        )
        assert browser.run(SOURCE) == seed.source
    finally:
        browser.driver.switch_to.default_content()
    assert browser.driver.current_url.endswith("/notebook.html")
    assert browser.complaints() == []


@pytest.mark.parametrize("source", [WIKITEXT, EXPORT], ids=["wikitext", "export"])
def test_nothing_of_a_hostile_page_runs(browser: Browser, source: str) -> None:
    """Attacks in every field do nothing, whatever is pointed at and opened."""
    dialect = "export" if source is EXPORT else "wikitext"
    document = wikiclean.parse(source, dialect=dialect, title="".join(ATTACKS))
    browser.open(document)
    address = browser.driver.current_url
    assert browser.run(INTRUDERS) == ["SCRIPT"]
    browser.run(
        "for (const one of document.querySelectorAll('details')) one.open = true;"
        "for (const one of document.querySelectorAll('[data-g], td, li, summary'))"
        "  for (const name of ['pointerover', 'mouseover', 'focus'])"
        "    one.dispatchEvent(new PointerEvent(name, { bubbles: true }));"
    )
    browser.press("n", "j", "j", "p")
    assert browser.find("#source").is_displayed()
    assert browser.run(SOURCE) == document.source
    assert browser.run("return [window.attacked, frames.length]") == [None, 0]
    assert browser.driver.current_url == address
    assert browser.complaints() == []


def test_the_policy_stops_what_would_get_in(browser: Browser, seed: Document) -> None:
    """Even an element that got into the page could neither run, load nor style anything."""
    browser.open(seed)
    browser.run(
        "const one = document.createElement('div');"
        'one.innerHTML = \'<img src="data:," onerror="window.attacked=1">'
        '<b style="color:red" onclick="window.attacked=1">b</b>\';'
        "document.body.append(one); one.lastChild.click();"
        "const two = document.createElement('script'); two.textContent = 'window.attacked=1';"
        "document.body.append(two);"
    )
    assert browser.run("return window.attacked") is None
    refused = browser.complaints()
    assert refused
    assert all("Content Security Policy" in one for one in refused)


@pytest.mark.parametrize("source", ["甲\r\n乙\0\x1b\x7f\t\ufeff\u202e丙\n\n", "\n\n甲\n", ""])
def test_characters_survive(browser: Browser, source: str) -> None:
    """The browser holds each character of the source, once and in order."""
    document = wikiclean.parse(source, dialect="wikitext")
    browser.open(document)
    assert browser.run(SOURCE) == source
    assert browser.complaints() == []


def test_the_largest_page(browser: Browser, data_dir: Path) -> None:
    """The largest development page is whole, fits a telephone, and lights up."""
    with gzip.open(data_dir / "pages-dev.jsonl.gz", "rt", encoding="utf-8") as lines:
        one = max(map(json.loads, lines), key=lambda row: len(row["wikitext"]))
    document = wikiclean.parse(
        one["wikitext"], dialect="wikitext", site=f"{one['lang']}wiki", title=one["title"]
    )
    browser.open(document)
    assert browser.run(SOURCE) == document.source
    browser.press("n", "n")
    source, text = browser.lit()
    assert source
    assert {number for _, number in source} == {number for _, number in text}
    wide = {"width": 390, "height": 844, "deviceScaleFactor": 2, "mobile": True}
    browser.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", wide)
    try:
        assert browser.run("return document.documentElement.scrollWidth") == 390
        heights = [browser.find(pane).size["height"] for pane in ("#source", "#text")]
        assert min(heights) > 200
    finally:
        browser.driver.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
    assert browser.complaints() == []
