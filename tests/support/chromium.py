"""The browser of the stories: Debian's Chromium under Playwright, kept from the network.

A page that logs an error, throws, breaks the content security policy or asks a foreign host fails
its test: `Watch` writes such things down and `Watch.assert_clean()` names them.
"""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Request,
    sync_playwright,
)

#: The two screens every page must fit: a desk, and the smallest phone still sold.
DESKTOP = (1280, 900)
PHONE = (360, 640)

FLAGS = (
    "--no-sandbox",  # containers and root have no user namespaces to build one from
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--disable-dev-shm-usage",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
)


def program() -> Path:
    """Return the browser's path: `WUSHE_CHROMIUM`, else Debian's, else one on PATH.

    Raises FileNotFoundError with a sentence that says how to get it.
    """
    for name in (os.environ.get("WUSHE_CHROMIUM"), "chromium", "chromium-browser", "google-chrome"):
        found = shutil.which(name) if name else None
        if found:
            return Path(found)
    raise FileNotFoundError("no Chromium: install it (Debian: apt-get install chromium)")


@contextmanager
def browser() -> Iterator[Browser]:
    """Run the browser, without a window, while the block runs."""
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=str(program()), args=list(FLAGS))
        try:
            yield running
        finally:
            running.close()


def new_context(
    running: Browser,
    *,
    size: tuple[int, int],
    base_url: str,
    language: str = "zh-CN",
    scripts: bool = True,
) -> BrowserContext:
    """Return a fresh visitor: no cookies, a screen of `size` pixels, asking for `language`.

    Without `scripts` the pages may run none, as with readers who switched them off.
    """
    width, height = size
    phone = width < 600
    context = running.new_context(
        base_url=base_url,
        java_script_enabled=scripts,
        viewport={"width": width, "height": height},
        is_mobile=phone,
        has_touch=phone,
        device_scale_factor=2 if phone else 1,
        locale=language,
        timezone_id="Asia/Shanghai",
        reduced_motion="reduce",
    )
    context.set_default_timeout(15_000)
    return context


@dataclass
class Watch:
    """What went wrong on a page without the page saying so: console errors, exceptions, hosts."""

    base_url: str
    #: An answer 4xx is logged by the browser itself; a test that asks for one lets it pass.
    allow: list[str] = field(default_factory=list)
    seen: list[str] = field(default_factory=list)

    def attach(self, page: Page) -> Page:
        """Listen to a page for the rest of its life, and return it."""
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.seen.append(f"exception: {error}"))
        page.on("request", self._request)
        return page

    def assert_clean(self) -> None:
        """Raise AssertionError that lists what was seen and not allowed."""
        bad = [line for line in self.seen if not any(word in line for word in self.allow)]
        assert not bad, "the browser complained:\n" + "\n".join(bad)

    def _console(self, message: ConsoleMessage) -> None:
        if message.type == "error" or "Content Security Policy" in message.text:
            self.seen.append(f"console: {message.text} ({message.location.get('url', '')})")

    def _request(self, request: Request) -> None:
        address = urlsplit(request.url)
        if address.scheme in ("http", "https") and not request.url.startswith(self.base_url):
            self.seen.append(f"foreign host: {request.url}")
