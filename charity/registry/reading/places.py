"""Finding a place by its code or by its name, where only one place can be meant.

Names repeat (8,151 of villages within one county), so a name alone counts only where one place of
the list's own region is called so; a longer text names the places above it as well.
"""

from __future__ import annotations

from collections.abc import Iterable

from charity.registry import regions
from charity.registry.reading.reasons import ListReason
from charity.registry.reading.words import words


class Unplaced(ValueError):
    """A text that names no place, or more than one."""

    def __init__(self, reason: ListReason) -> None:
        super().__init__(reason.value)
        self.reason = reason


class Places:
    """The places there are, by code and by every form of their names."""

    def __init__(self, rows: Iterable[tuple[str, str]], within: str) -> None:
        self.within = regions.normalise(within)
        self._names = dict(rows)
        self._codes: dict[str, list[str]] = {}
        for code, name in self._names.items():
            for form in {name, _spoken(name)}:
                self._codes.setdefault(form, []).append(code)
        self._known: dict[str, str] = {}

    def find(self, text: str) -> str:
        """The code of the place a text means; raises `Unplaced`."""
        if text not in self._known:
            self._known[text] = self._find(text)
        return self._known[text]

    def _find(self, text: str) -> str:
        if text.isascii() and text.isdigit():
            try:
                code = regions.normalise(text)
            except ValueError:
                raise Unplaced(ListReason.PLACE_UNKNOWN) from None
            if code not in self._names:
                raise Unplaced(ListReason.PLACE_UNKNOWN)
            return code
        found = {code for start in range(len(text)) for code in self._named(text, start)}
        near = {code for code in found if code.startswith(self.within)}
        if len(near or found) > 1:
            raise Unplaced(ListReason.PLACE_AMBIGUOUS)
        if not found:
            raise Unplaced(ListReason.PLACE_UNKNOWN)
        return (near or found).pop()

    def _named(self, text: str, start: int) -> list[str]:
        """The places the end of a text names, where its beginning names what they lie in."""
        for form in {text[start:], _spoken(text[start:])}:
            if form in self._codes:
                codes = self._codes[form]
                return [code for code in codes if self._leads_to(text[:start], code)]
        return []

    def _leads_to(self, before: str, code: str) -> bool:
        for above in regions.chain(code)[:-1]:
            name = self._names.get(above, "")
            if name and before.startswith(name):
                before = before[len(name) :]
        return not before


def _spoken(name: str) -> str:
    """A village as people say it: without its committee."""
    for pair in words()["words_place"]:
        end, instead = pair.split("=")
        if name.endswith(end) and len(name) > len(end):
            return name[: -len(end)] + instead
    return name
