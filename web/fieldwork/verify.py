"""Check that the file of an inspection is whole: every paper against the list of digests.

Lies in the archive beside SHA256SUMS and needs nothing but Python 3: `python3 verify.py`. The same
is found by `sha256sum -c SHA256SUMS`, less the papers that nobody listed.
"""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path

#: The list of digests: two blanks between digest and name, as `sha256sum` writes it.
LIST = "SHA256SUMS"


def problems(folder: Path) -> list[str]:
    """What is wrong with the papers of a folder; empty where each is as it was listed."""
    listed: dict[str, str] = {}
    for line in (folder / LIST).read_text(encoding="utf-8").splitlines():
        digest, _blanks, name = line.partition("  ")
        listed[name] = digest
    there = {
        path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()
    } - {LIST}
    found = [f"missing: {name}" for name in sorted(listed.keys() - there)]
    found += [f"not listed: {name}" for name in sorted(there - listed.keys())]
    for name in sorted(there & listed.keys()):
        if hashlib.sha256((folder / name).read_bytes()).hexdigest() != listed[name]:
            found.append(f"changed: {name}")
    return found


def main() -> int:
    """Say what is wrong, a line each; 0 where nothing is."""
    folder = Path(__file__).resolve().parent
    found = problems(folder)
    for line in found or ["all papers are as they were listed"]:
        sys.stdout.write(f"{line}\n")
    return 1 if found else 0


if __name__ == "__main__":
    raise SystemExit(main())
