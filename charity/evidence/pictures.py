"""Pictures, drawn anew as JPEG: the pixels stay, and nothing that came along with them."""

from __future__ import annotations

import io

from PIL import Image

from charity.errors import Invalid
from charity.evidence.kept import MAX_EDGE, MAX_PIXELS, PICTURE_TYPE, QUALITY, Evidence
from charity.evidence.reasons import EvidenceReason

#: Height of the bands a large picture is reduced in, so that it is in memory only once.
_BAND = 256
_ORIENTATION_TAG = 0x0112
_WHITE = (255, 255, 255)

#: How a picture lies when its EXIF orientation says so.
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}

# Second guard, for every decoder of this process: Pillow itself refuses twice as much.
Image.MAX_IMAGE_PIXELS = MAX_PIXELS


def redrawn(content: bytes, field: str) -> Evidence:
    """A fresh JPEG of the picture, at most 2000 pixels an edge; raises `Invalid` on `field`."""
    name = _format_of(content, field)
    too_many = Invalid(EvidenceReason.TOO_MANY_PIXELS, field=field, limit=MAX_PIXELS)
    try:
        with Image.open(io.BytesIO(content), formats=[name]) as image:
            if image.width * image.height > MAX_PIXELS:
                raise too_many
            return _drawn_anew(image)
    except Invalid:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as bomb:
        raise too_many from bomb
    except Exception as damage:
        # a decoder fed by strangers may fail in any way; each of them means the same
        raise Invalid(EvidenceReason.DAMAGED, field=field) from damage


def _format_of(content: bytes, field: str) -> str:
    """The format told by the first bytes, never by a name or a header of the upload."""
    if content.startswith(b"\xff\xd8\xff"):
        return "JPEG"
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return "PNG"
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "WEBP"
    raise Invalid(EvidenceReason.FORMAT, field=field)


def _drawn_anew(image: Image.Image) -> Evidence:
    turn = _TURNS.get(_orientation(image))
    small = _reduced(image)
    small.thumbnail((MAX_EDGE, MAX_EDGE), Image.Resampling.LANCZOS)
    if turn is not None:
        small = small.transpose(turn)
    # a new canvas: copies of an image take its comments and profiles along
    canvas = Image.new("RGB", small.size, _WHITE)
    canvas.paste(small)
    out = io.BytesIO()
    canvas.save(out, "JPEG", quality=QUALITY)
    return Evidence(out.getvalue(), PICTURE_TYPE, canvas.width, canvas.height)


def _orientation(image: Image.Image) -> int:
    """The EXIF orientation; 1 (upright) where there is none that can be read."""
    try:
        return int(image.getexif().get(_ORIENTATION_TAG, 1))
    except Exception:
        # broken camera data says nothing about the pixels, which are good evidence still
        return 1


def _reduced(image: Image.Image) -> Image.Image:
    """The picture in RGB on white, shrunk by a whole factor, band by band."""
    factor = max(1, max(image.size) // MAX_EDGE)
    # JPEG can decode at a half, a quarter, an eighth: less memory, the same picture
    image.draft("RGB", (-(-image.width // factor), -(-image.height // factor)))
    image.load()
    factor = max(1, max(image.size) // MAX_EDGE)
    width, height = image.size
    canvas = Image.new("RGB", (-(-width // factor), -(-height // factor)), _WHITE)
    for top in range(0, height, _BAND * factor):
        band = image.crop((0, top, width, min(height, top + _BAND * factor)))
        canvas.paste(_on_white(band).reduce(factor), (0, top // factor))
    return canvas


def _on_white(band: Image.Image) -> Image.Image:
    """RGB of a band of any mode: 16-bit grey scaled, transparency laid on white paper."""
    if band.mode.startswith("I"):
        return band.convert("I").point(lambda value: value * (1 / 256)).convert("L").convert("RGB")
    if not band.has_transparency_data:
        return band.convert("RGB")
    paper = Image.new("RGB", band.size, _WHITE)
    seen = band.convert("RGBA")
    paper.paste(seen, mask=seen.getchannel("A"))
    return paper
