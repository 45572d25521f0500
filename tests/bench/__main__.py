"""`python -m tests.bench [name …]`: run the benchmarks and print their table."""

import importlib
import pkgutil
import sys
import unicodedata
from collections.abc import Sequence

from tests import bench
from tests.bench import Row

_HEAD = ("what", "figure", "yardstick", "its figure", "ratio")
_PREFIX = "bench_"


def names() -> list[str]:
    """The benchmarks there are, by name."""
    found = (module.name for module in pkgutil.iter_modules(bench.__path__))
    return sorted(name.removeprefix(_PREFIX) for name in found if name.startswith(_PREFIX))


def cells(row: Row) -> tuple[str, ...]:
    """One row as the table shows it."""
    return (
        row.name,
        f"{_number(row.figure)} {row.unit}",
        row.yardstick or "-",
        "-" if row.standard is None else f"{_number(row.standard)} {row.unit}",
        "-" if row.ratio is None else _number(row.ratio),
    )


def table(rows: Sequence[tuple[str, ...]]) -> str:
    """Columns lined up; a Chinese character is two columns wide."""
    widths = [max(map(_width, column)) for column in zip(*rows, strict=True)]
    lines = [
        "  ".join(
            text + " " * (width - _width(text)) for text, width in zip(row, widths, strict=True)
        )
        for row in rows
    ]
    lines.insert(1, "  ".join("-" * width for width in widths))
    return "\n".join(line.rstrip() for line in lines)


def main(arguments: Sequence[str]) -> int:
    """Run the named benchmarks, or all; 2 when a name is unknown."""
    known = names()
    unknown = [name for name in arguments if name not in known]
    if unknown:
        print(f"No benchmark {', '.join(unknown)}; there are: {', '.join(known)}", file=sys.stderr)
        return 2
    rows: list[tuple[str, ...]] = [_HEAD]
    for name in arguments or known:
        print(f"measuring {name} …", file=sys.stderr, flush=True)
        module = importlib.import_module(f"{bench.__name__}.{_PREFIX}{name}")
        for row in module.rows():
            rows.append(cells(row))
            print(f"  {row.name}: {_number(row.figure)} {row.unit}", file=sys.stderr, flush=True)
    print(table(rows))
    return 0


def _number(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(one) in "WF" else 1 for one in text)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
