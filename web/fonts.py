"""Where this machine keeps a Chinese font for papers and pictures; Debian's is fonts-noto-cjk.

Pages use the visitor's own fonts. Only what is drawn here, PDF and PNG, needs one of ours; where
none is found those files are not offered, and the page says why.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

#: Where fonts lie, by the habits of Linux and macOS.
FOLDERS = (
    Path("/usr/share/fonts"),
    Path("/usr/local/share/fonts"),
    Path.home() / ".local/share/fonts",
    Path.home() / ".fonts",
    Path("/Library/Fonts"),
)
#: File names in order of preference, each with the index of simplified Chinese inside the file.
REGULAR = (
    ("NotoSansCJK-Regular.ttc", 2),
    ("NotoSansCJKsc-Regular.otf", 0),
    ("NotoSansSC-Regular.otf", 0),
    ("NotoSansSC-Regular.ttf", 0),
    ("SourceHanSansSC-Regular.otf", 0),
    ("SourceHanSansCN-Regular.otf", 0),
    ("wqy-microhei.ttc", 0),
    ("wqy-zenhei.ttc", 0),
)
BOLD = (
    ("NotoSansCJK-Bold.ttc", 2),
    ("NotoSansCJKsc-Bold.otf", 0),
    ("NotoSansSC-Bold.otf", 0),
    ("NotoSansSC-Bold.ttf", 0),
    ("SourceHanSansSC-Bold.otf", 0),
    ("SourceHanSansCN-Bold.otf", 0),
)


@dataclass(frozen=True)
class FontFile:
    """A font's file, and which of the fonts in it."""

    path: Path
    index: int


@dataclass(frozen=True)
class Faces:
    """The two weights papers are set in; without a bold file the regular one serves."""

    regular: FontFile
    bold: FontFile


def faces() -> Faces | None:
    """The best Chinese font of this machine; None where there is none."""
    return _find(FOLDERS)


@cache
def _find(folders: tuple[Path, ...]) -> Faces | None:
    lying = {
        path.name: path
        for folder in reversed(folders)
        if folder.is_dir()
        for pattern in ("*.ttc", "*.otf", "*.ttf")
        for path in folder.rglob(pattern)
    }
    regular = _first(lying, REGULAR)
    if regular is None:
        return None
    return Faces(regular, _first(lying, BOLD) or regular)


def _first(lying: dict[str, Path], wanted: tuple[tuple[str, int], ...]) -> FontFile | None:
    found = (FontFile(lying[name], index) for name, index in wanted if name in lying)
    return next(found, None)
