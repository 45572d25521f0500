"""After signing in one goes on to a page of this site, whatever the address asked for."""

from __future__ import annotations

from urllib.parse import urljoin, urlsplit

import pytest

from web.security.redirects import safe_next

OFF_SITE = [
    "//e.example",
    "///e.example",
    "////e.example",
    "/\\e.example",
    "\\\\e.example",
    "\\/e.example",
    "/\\/e.example",
    "/%09/e.example",
    "/%0d/e.example",
    "/%2f/e.example",
    "/%5ce.example",
    "/\t/e.example",
    "/\n/e.example",
    "/\r\n/e.example",
    "\t//e.example",
    " //e.example",
    "https://e.example",
    "http://e.example",
    "HTTPS://e.example",
    "https:e.example",
    "https:/e.example",
    "https:///e.example",
    "http:\\\\e.example",
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    "java\tscript:alert(1)",
    " javascript:alert(1)",
    "data:text/html,x",
    "vbscript:x",
    "file:///etc/passwd",
    "ftp://e.example",
    "mailto:a@e.example",
    "e.example",
    "e.example/path",
    "@e.example",
    "http://localhost@e.example",
    "//localhost@e.example",
    "/\u2028/e.example",
    "/\u3002/e.example",
    "/\uff0f/e.example",
    "\x00//e.example",
    "/\x00/e.example",
    "?x=//e.example",
    "#//e.example",
    ".",
    "../desk",
    "/" + "a" * 3000,
    "",
]


@pytest.mark.parametrize("target", OFF_SITE)
def test_nothing_leads_off_the_site(target: str) -> None:
    assert safe_next(target, "/home") == "/home"


@pytest.mark.parametrize(
    "target",
    ["/", "/desk", "/projects/1/donate?amount=50", "/search?q=%E8%80%81%E4%BA%BA&page=2"],
)
def test_our_own_pages_are_kept(target: str) -> None:
    assert safe_next(target, "/home") == target
    assert urlsplit(urljoin("https://wushe.example/x", target)).netloc == "wushe.example"


def test_nothing_asked_goes_home() -> None:
    assert safe_next(None, "/home") == "/home"
