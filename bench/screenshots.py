"""``make screenshots``: the README's pictures, from the running product in headless Chromium.

The pages are pictured as they are served; what goes to Slack is drawn from its blocks.
"""

import shutil
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urljoin

from playwright.sync_api import Browser, Page, sync_playwright

from bench.machine import ROOT
from bench.serving import RANGE, Serving, StepFailed, serving
from bench.slack_pictures import sent
from bench.story_pictures import told

PICTURES = ROOT / "docs" / "pictures"
_DESKTOP = (1200, 1500)
_PHONE = (390, 844)
_SLACK = {"": (720, 400), "-phone": (375, 400)}  # the height grows with what is shown
_PATIENCE = 60_000
_FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def main() -> int:
    """Return the exit code; faults are one line on stderr."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    try:
        if chromium is None:
            raise StepFailed("Chromium is not there. On Debian: apt-get install chromium")
        PICTURES.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix="policybot-pictures-") as folder:
            var = _prepared(Path(folder))
            pages = {**sent(var).pages, **told(_apart(var), PICTURES)}
            with serving(var) as served, sync_playwright() as playwright:
                browser = playwright.chromium.launch(executable_path=chromium, args=list(_FLAGS))
                _take(browser, served)
                _draw(browser, pages)
                browser.close()
    except StepFailed as error:
        print(f"screenshots failed: {error}", file=sys.stderr)
        return 1
    for picture in sorted(PICTURES.glob("*.png")):
        print(picture.relative_to(ROOT))
    return 0


def _prepared(folder: Path) -> Path:
    """Return ``folder`` with a copy of the checkout's index; a stale one is built anew there."""
    index = ROOT / "var" / "index"
    if index.is_dir():
        shutil.copytree(index, folder / index.name)
    return folder


def _apart(var: Path) -> Path:
    """Return a folder of its own, with the same index, for a product with a roster on file."""
    apart = var / "story"
    apart.mkdir()
    (apart / "index").symlink_to(var / "index")
    return apart


def _draw(browser: Browser, pages: Mapping[str, str]) -> None:
    for name, content in pages.items():
        for suffix, size in _SLACK.items():
            with _page(browser, size) as page:
                page.set_content(content)
                page.screenshot(path=PICTURES / f"{name}{suffix}.png", full_page=True)


def _take(browser: Browser, served: Serving) -> None:
    with _page(browser, _DESKTOP) as page:
        _ask(page, served)
        height = page.evaluate("document.documentElement.scrollHeight")
        page.set_viewport_size({"width": _DESKTOP[0], "height": height})
        _save(page, "console")
        page.set_viewport_size({"width": _DESKTOP[0], "height": _DESKTOP[1]})
        links = {
            "order": page.locator(".turn .cite a").first.get_attribute("href"),
            "request": page.locator(".turn a.button").first.get_attribute("href"),
        }
        for name, link in links.items():
            _open(page, urljoin(served.address, link or ""))
            _save(page, name)
    with _page(browser, _PHONE) as page:
        _ask(page, served)
        _save(page, "console-phone")


@contextmanager
def _page(browser: Browser, size: tuple[int, int]) -> Iterator[Page]:
    context = browser.new_context(
        viewport={"width": size[0], "height": size[1]},
        color_scheme="light",
        reduced_motion="reduce",
    )
    page = context.new_page()
    page.set_default_timeout(_PATIENCE)
    yield page
    context.close()


def _ask(page: Page, served: Serving) -> None:
    _open(page, f"{served.address}/")
    page.locator("#question").fill(RANGE)
    page.locator("#send").click()
    page.locator(".turn[data-verdict]").wait_for()


def _open(page: Page, address: str) -> None:
    """Open a page; raise StepFailed unless it comes with status 200, so no error is pictured."""
    response = page.goto(address)
    if response is None or response.status != 200:
        status = response.status if response else "none"
        raise StepFailed(f"{address.partition('?')[0]}: status {status}, not 200")


def _save(page: Page, name: str) -> None:
    page.wait_for_load_state("networkidle")
    page.screenshot(path=PICTURES / f"{name}.png")


if __name__ == "__main__":
    sys.exit(main())
