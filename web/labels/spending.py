"""The words of evidence, of payments and of what goes before and after them."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

SPENDING_LABELS: dict[str, object] = {}

SPENDING_SENTENCES: dict[str, object] = {
    # ── evidence ──
    "evidence.empty": _l("这个文件是空的。"),
    "evidence.too_large": _l("文件太大，每个最多 12 MB。"),
    "evidence.format": _l("只收 JPG、PNG、WebP 图片或 PDF，改文件名没有用。"),
    "evidence.picture_wanted": _l("这里只收图片，不收 PDF。"),
    "evidence.too_many_pixels": _l("图片像素太多，请缩小到 4000 万像素以内。"),
    "evidence.damaged": _l("这个文件打不开，可能没有传完整。"),
    "evidence.locked": _l("这份 PDF 有密码或加了锁，请去掉密码再传。"),
    "evidence.too_many_pages": _l("这份 PDF 页数太多，最多 %(limit)s 页。"),
    "evidence.too_heavy": _l("这份 PDF 太复杂，打不开。请拍照或另存为图片再传。"),
}
