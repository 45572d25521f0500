"""A handed in list of needs, for tests of every page."""

from __future__ import annotations

from pathlib import Path

from charity.files import LocalFileStore


def make_listing_import(folder: Path) -> dict[str, int | str]:
    """Things by the names of the policy table's samples."""
    listed = "标题,形式,类别,所在地,数量,单位\n轮椅,物资,助残,420704001202,3,辆\n".encode()
    return {"listing_import": LocalFileStore(folder).put(listed).hex()}
