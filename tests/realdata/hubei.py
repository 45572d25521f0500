"""Real lists of early 2020 turned into the columns of our importers (shared/data/wuhan2020).

Nothing is mended here: what the source leaves out stays out, and the importers tell it. The source
writes 1 where something is needed and nobody knows how much (its SOURCE.md), so 1 becomes unknown;
it has no units, so pieces are pieces and liquids are left without one.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from pathlib import Path

from charity.registry import regions

#: Things of factories by the names hospitals use.
SAME_THING = {
    "一次性医用口罩": "普通医用口罩",
    "医用口罩": "普通医用口罩",
    "N95": "医用防护口罩 | N95口罩",
    "红外成像测温仪": "测体温设备",
}
#: Counted in bottles, barrels or litres: the source does not say in which.
LIQUIDS = frozenset({"84消毒液", "过氧乙酸", "75%酒精", "手部皮肤消毒液", "活力碘"})
PIECES = "件"
#: The source's word for "some": needed or offered, and nobody knows how much.
SOME = frozenset({"0", "1"})

Row = dict[str, str]


def read(folder: Path, name: str) -> Iterator[Row]:
    """The rows of one file."""
    with (folder / "wuhan2020" / name).open(encoding="utf-8-sig", newline="") as lines:
        yield from csv.DictReader(lines)


def places(folder: Path) -> Iterator[tuple[str, str]]:
    """`(code, name)` of every province, city and county of China, containers first."""
    for file in ("provinces.csv", "cities.csv", "areas.csv"):
        with (folder / "china_divisions" / file).open(encoding="utf-8", newline="") as lines:
            for row in csv.DictReader(lines):
                # a city without counties stands among the counties once more, padded
                if regions.normalise(row["code"]) == row["code"]:
                    yield row["code"], row["name"].strip()


def needs(folder: Path) -> list[Row]:
    """One row for each thing a hospital asks for."""
    hospitals = {row["hospital_id"]: row for row in read(folder, "hospitals.csv")}
    return [
        _need(hospitals[row["hospital_id"]], row)
        for row in read(folder, "hospital_needs.csv")
        if row["needed"] == "1"
    ]


def _need(hospital: Row, row: Row) -> Row:
    return {
        "编号": f"{row['hospital_id']}/{row['item']}",
        "标题": f"{hospital['hospital']} {row['item']}",
        "形式": "物资",
        "类别": "防护物资",
        "对象": "一线人员",
        "所在地": _within(hospital["city"], hospital["district"]),
        "物品": row["item"],
        "数量": "不详" if row["quantity"] in SOME else row["quantity"],
        "单位": "" if row["item"] in LIQUIDS else PIECES,
        "缓急": "急难",
        "条件": row["specification"],
    }


def _within(city: str, district: str) -> str:
    """City and district in one text; a city that stands in both columns stands once."""
    return city if district in ("", city) else city + district


def factories(folder: Path) -> list[Row]:
    """One row for each thing a factory makes, with what it makes a day."""
    known = {row["factory_id"]: row for row in read(folder, "factories.csv")}
    full = {name.rstrip("省市"): (code, name) for code, name in places(folder) if len(code) == 2}
    found = []
    for row in read(folder, "factory_capacity.csv"):
        factory = known[row["factory_id"]]
        code, province = full[factory["province"]]
        # a municipality's counties lie in one city of their own
        in_one = factory["city"] == province
        found.append(
            {
                "编号": f"{row['factory_id']}/{row['specification']}",
                "标题": f"{factory['name']} {row['specification']}",
                "形式": "物资",
                "类别": "防护物资",
                "提供单位": factory["name"],
                "所在地": f"{code}01" if in_one else province + factory["city"],
                "服务范围": "湖北省",
                "物品": SAME_THING.get(row["specification"], row["specification"]),
                "日产能": "不详" if row["daily_capacity"] in SOME else row["daily_capacity"],
                "单位": PIECES,
            }
        )
    return found


def hotels(folder: Path) -> list[Row]:
    """Rooms for doctors, district by district."""
    return [
        {
            "编号": row["hotel_id"],
            "标题": row["酒店名称"],
            "形式": "场地",
            "类别": "场地使用",
            "对象": "一线人员",
            "所在地": row["酒店辖区（县区级）"],
            "物品": "客房",
            "数量": "不详" if row["酒店可提供房间数"] in SOME else row["酒店可提供房间数"],
            "单位": "间",
        }
        for row in read(folder, "doctor_hotels.csv")
    ]


def carriers(folder: Path) -> list[Row]:
    """Haulage to Wuhan, by who offers it."""
    return [
        {
            "编号": row["logistics_id"],
            "标题": f"{row['name']} {row['notice_title']}"[:100],
            "形式": "技能",
            "类别": "物流",
            "所在地": f"{row['destination']}市",
            "服务范围": "湖北省",
        }
        for row in read(folder, "logistics.csv")
    ]


def clinics(folder: Path) -> list[Row]:
    """Doctors who answer for nothing; the source does not say where they are."""
    return [
        {
            "编号": row["clinic_id"],
            "标题": f"{row['provider']} {row['kind']}",
            "形式": "技能",
            "类别": "心理支持" if "心理" in row["kind"] else "义诊",
            "对象": "全体居民",
            "所在地": "",
        }
        for row in read(folder, "volunteer_clinics.csv")
    ]


def sheet(rows: Iterable[Row]) -> bytes:
    """The rows as a file in the encoding of offices."""
    listed = list(rows)
    file = io.StringIO(newline="")
    writer = csv.DictWriter(file, list(dict.fromkeys(key for row in listed for key in row)))
    writer.writeheader()
    writer.writerows(listed)
    return file.getvalue().encode("gb18030")


def chain_of(codes: Iterable[str]) -> set[str]:
    """The codes with all above them."""
    return {step for code in codes for step in regions.chain(code)}
