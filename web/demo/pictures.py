"""Pictures of vouchers, drawn: an invoice-like slip with number, amount and the word 演示.

With a Chinese font on the machine the slip is Chinese, without one it is in Latin letters; either
way it says that it is a specimen.
"""

from __future__ import annotations

import io
from datetime import date
from functools import cache
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from charity.money import Money
from web.demo.plans import dice

#: Where systems keep fonts that can write Chinese.
_FONTS = (
    "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc",
    "/usr/share/fonts/noto-cjk/NotoSansCJK-Regular.ttc",
    "/usr/share/fonts/google-noto-sans-cjk-fonts/NotoSansCJK-Regular.ttc",
    "/usr/share/fonts/truetype/wqy/wqy-microhei.ttc",
    "/usr/share/fonts/truetype/wqy/wqy-zenhei.ttc",
    "/System/Library/Fonts/STHeiti Light.ttc",
    "/System/Library/Fonts/PingFang.ttc",
)
#: Simplified Chinese among the faces of a Noto collection.
_FACE = 2

_SIZE = (900, 560)
_INK, _STAMP, _RULE = (52, 60, 74), (188, 60, 52), (150, 128, 96)

_WORDS = {
    "title": ("费用票据（演示样张）", "RECEIPT (SPECIMEN)"),
    "number": ("票据号码", "No."),
    "date": ("开具日期", "Date"),
    "item": ("项目名称", "Item"),
    "amount": ("金额（小写）", "Amount CNY"),
    "words": ("金额（大写）", "In words"),
    "payee": ("收款单位", "Payee"),
    "buyer": ("付款单位", "Payer"),
    "stamp": ("演示专用章", "SPECIMEN"),
}

_Font = ImageFont.FreeTypeFont | ImageFont.ImageFont


@cache
def _font(size: int) -> tuple[_Font, bool]:
    """A font of that size, and whether it can write Chinese."""
    for path in _FONTS:
        if Path(path).exists():
            face = _FACE if "Noto" in path else 0
            return ImageFont.truetype(path, size, index=face), True
    return ImageFont.load_default(size), False


def voucher(*, number: str, day: date, title: str, amount: Money, payee: str) -> bytes:
    """A JPEG of about 40 KB of the slip for one expense."""
    chance = dice("voucher", number)
    tone = chance.randint(-5, 5)
    paper = (247 + tone // 2, 243 + tone // 2, 232 + tone)
    sheet = Image.new("RGB", _SIZE, paper)
    draw = ImageDraw.Draw(sheet)
    _frame(draw)
    chinese = _font(26)[1]
    rows = [
        ("number", number),
        ("date", day.isoformat()),
        ("buyer", "鄂城区慈善总会" if chinese else "Echeng District Charity Federation"),
        ("item", title if chinese else f"item {number[-4:]}"),
        ("amount", f"¥ {amount}" if chinese else str(amount)),
        ("words", amount.in_words() if chinese else str(amount)),
        ("payee", payee if chinese else f"supplier {number[:3]}"),
    ]
    _write(draw, (_SIZE[0] // 2, 62), "title", 34, anchor="mm")
    for index, (word, value) in enumerate(rows):
        top = 128 + index * 56
        _write(draw, (70, top), word, 22)
        draw.text((250, top - 2), value[:27], fill=_INK, font=_font(25)[0])
        draw.line((60, top + 40, 840, top + 40), fill=_RULE, width=1)
    _stamp(draw, 700 + chance.randint(-30, 30), 420 + chance.randint(-20, 20))
    desk = Image.new("RGB", (_SIZE[0] + 90, _SIZE[1] + 90), (112 + tone, 104, 96))
    lying = sheet.rotate(chance.uniform(-1.6, 1.6), Image.Resampling.BILINEAR, expand=True,
                         fillcolor=desk.getpixel((0, 0)))  # fmt: skip
    desk.paste(lying, ((desk.width - lying.width) // 2, (desk.height - lying.height) // 2))
    out = io.BytesIO()
    desk.save(out, "JPEG", quality=80)
    return out.getvalue()


def _frame(draw: ImageDraw.ImageDraw) -> None:
    draw.rectangle((24, 24, _SIZE[0] - 24, _SIZE[1] - 24), outline=_RULE, width=3)
    draw.line((230, 108, 230, 500), fill=_RULE, width=1)
    draw.line((60, 108, 840, 108), fill=_RULE, width=2)


def _stamp(draw: ImageDraw.ImageDraw, x: int, y: int) -> None:
    draw.ellipse((x - 78, y - 78, x + 78, y + 78), outline=_STAMP, width=4)
    draw.regular_polygon((x, y - 18, 26), 5, fill=_STAMP)
    _write(draw, (x, y + 38), "stamp", 20, anchor="mm", fill=_STAMP)


def _write(
    draw: ImageDraw.ImageDraw,
    at: tuple[int, int],
    word: str,
    size: int,
    *,
    anchor: str | None = None,
    fill: tuple[int, int, int] = _INK,
) -> None:
    font, chinese = _font(size)
    draw.text(at, _WORDS[word][0 if chinese else 1], fill=fill, font=font, anchor=anchor)
