"""The words of a page, as a person sees them or hears them read out."""

from __future__ import annotations

from html.parser import HTMLParser

#: Elements that have no end.
VOID = frozenset({"br", "hr", "img", "input", "link", "meta", "wbr"})
#: An element in these languages names itself, whatever the page speaks.
NAMES_ITSELF = frozenset({"zh", "zh-Hans"})


class Words(HTMLParser):
    """What a person sees or hears of a page: its text and the attributes that are read out."""

    ATTRIBUTES = ("alt", "aria-label", "placeholder", "title", "data-label", "content")

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        #: Open elements, each with whether its words are in a language of their own.
        self._open: list[tuple[str, bool]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note what the element says in its attributes."""
        given = dict(attrs)
        own = given.get("lang") in NAMES_ITSELF or self._in_its_own()
        if tag not in VOID:
            self._open.append((tag, own))
        if not own:
            self.found += [given[name] or "" for name in self.ATTRIBUTES if name in given]

    def handle_endtag(self, tag: str) -> None:
        """Leave the element, and whatever was left open in it."""
        while self._open:
            if self._open.pop()[0] == tag:
                break

    def handle_data(self, data: str) -> None:
        """Note the text."""
        if not self._in_its_own():
            self.found.append(data)

    def _in_its_own(self) -> bool:
        return bool(self._open) and self._open[-1][1]


def words_of(html: str) -> list[str]:
    """Every piece of text of a page."""
    reader = Words()
    reader.feed(html)
    return reader.found
