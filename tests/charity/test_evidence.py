"""What strangers send as evidence: refused, or drawn anew without what was hidden in it."""

from __future__ import annotations

import contextlib
import io
import random
import re
import resource
import warnings

import pytest
from PIL import Image

from charity.errors import Invalid
from charity.evidence import MAX_BYTES, MAX_EDGE, Evidence, EvidenceReason, reencode
from tests.fixtures import papers, pictures
from tests.fixtures.bad_files import BAD_FILES, HIDING_PAPERS


def opened(picture: Evidence) -> Image.Image:
    return Image.open(io.BytesIO(picture.content))


@pytest.mark.parametrize("name", BAD_FILES)
def test_bad_file_is_refused_beside_its_field(name: str) -> None:
    with pytest.raises(Invalid) as refused:
        reencode(BAD_FILES[name]())
    assert refused.value.field == "pictures"
    assert refused.value.reason.value.startswith("evidence.")


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("nothing at all", EvidenceReason.EMPTY),
        ("over 12 MB", EvidenceReason.TOO_LARGE),
        ("pdf named .jpg", EvidenceReason.DAMAGED),
        ("svg as png", EvidenceReason.FORMAT),
        ("png claiming 8000 x 5001", EvidenceReason.TOO_MANY_PIXELS),
        ("png claiming 50000 x 50000", EvidenceReason.TOO_MANY_PIXELS),
        ("png of 42 megapixels", EvidenceReason.TOO_MANY_PIXELS),
        ("jpeg claiming 65500 x 65500", EvidenceReason.TOO_MANY_PIXELS),
        ("jpeg cut in half", EvidenceReason.DAMAGED),
        ("pdf behind a password", EvidenceReason.LOCKED),
        ("pdf of 21 pages", EvidenceReason.TOO_MANY_PAGES),
        ("pdf that unfolds to 200 MB", EvidenceReason.TOO_HEAVY),
        ("newline before a pdf", EvidenceReason.FORMAT),
    ],
)
def test_the_reason_says_what_is_wrong(name: str, reason: EvidenceReason) -> None:
    with pytest.raises(Invalid) as refused:
        reencode(BAD_FILES[name]())
    assert refused.value.reason is reason


@pytest.mark.parametrize(
    "make", [pictures.good_jpeg, pictures.good_png, pictures.good_webp], ids=["jpeg", "png", "webp"]
)
def test_good_picture_becomes_a_jpeg_of_its_size(make: object) -> None:
    assert callable(make)
    picture = reencode(make(321, 123))
    assert (picture.media_type, picture.width, picture.height) == ("image/jpeg", 321, 123)
    image = opened(picture)
    assert (image.format, image.size, image.mode) == ("JPEG", (321, 123), "RGB")


def test_place_camera_and_comments_are_gone() -> None:
    sent = pictures.jpeg_with_gps()
    assert b"SpyCam" in sent
    assert b"SpyComment" in sent
    kept = reencode(sent)
    image = opened(kept)
    assert not image.getexif()
    assert {"exif", "comment", "xmp", "icc_profile", "photoshop"}.isdisjoint(image.info)
    assert b"Spy" not in kept.content
    assert b"Exif" not in kept.content


@pytest.mark.parametrize(
    ("orientation", "size"), [(1, (600, 400)), (3, (600, 400)), (6, (400, 600)), (8, (400, 600))]
)
def test_the_picture_lies_as_the_camera_said(orientation: int, size: tuple[int, int]) -> None:
    picture = reencode(pictures.jpeg_with_gps(orientation=orientation))
    assert (picture.width, picture.height) == size
    # the red stamp right below the middle turns with it
    corners = {1: (320, 210), 3: (280, 190), 6: (190, 320), 8: (210, 280)}
    red, green, blue = opened(picture).getpixel(corners[orientation])  # type: ignore[misc]
    assert red > 140 > green + blue


def test_what_hides_behind_a_picture_is_not_kept() -> None:
    sent = pictures.jpeg_with_zip()
    assert b"payload.html" in sent
    kept = reencode(sent)
    assert b"payload" not in kept.content
    assert kept.content.endswith(b"\xff\xd9")
    assert kept == reencode(pictures.good_jpeg())


def test_the_same_bytes_give_the_same_file() -> None:
    assert reencode(pictures.good_png()) == reencode(pictures.good_png())
    assert reencode(pictures.good_png()) != reencode(pictures.good_png(mark="other"))


@pytest.mark.parametrize(
    ("size", "kept"),
    [
        ((2000, 1000), (2000, 1000)),
        ((2001, 1000), (2000, 1000)),
        ((1500, 3999), (750, 2000)),
        ((4001, 2000), (2000, 1000)),
        ((9999, 3), (2000, 1)),
        ((1, 1), (1, 1)),
    ],
)
def test_the_longer_edge_is_at_most_2000_pixels(
    size: tuple[int, int], kept: tuple[int, int]
) -> None:
    picture = reencode(pictures.good_png(*size) if min(size) > 50 else blank(size))
    assert max(picture.width, picture.height) <= MAX_EDGE
    assert abs(picture.width - kept[0]) <= 1
    assert abs(picture.height - kept[1]) <= 1


def blank(size: tuple[int, int], mode: str = "RGB", colour: object = 0) -> bytes:
    out = io.BytesIO()
    Image.new(mode, size, colour).save(out, "PNG")  # type: ignore[arg-type]
    return out.getvalue()


@pytest.mark.parametrize(
    ("mode", "colour", "grey"),
    [
        ("1", 1, 255),
        ("L", 128, 128),
        ("LA", (0, 0), 255),
        ("RGBA", (0, 0, 0, 0), 255),
        ("RGBA", (0, 0, 0, 255), 0),
        ("I;16", 32768, 128),
        ("P", 0, 0),
    ],
)
def test_every_kind_of_png_is_drawn_on_white(mode: str, colour: object, grey: int) -> None:
    picture = opened(reencode(blank((64, 64), mode, colour)))
    value = picture.getpixel((30, 30))
    assert isinstance(value, tuple)
    assert all(abs(part - grey) <= 2 for part in value)


def test_the_largest_picture_allowed_fits_in_memory() -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    picture = reencode(blank((8000, 5000), "RGBA", (10, 20, 30, 128)))
    assert (picture.width, picture.height) == (2000, 1250)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 300_000


def test_no_mutation_of_a_picture_does_more_than_be_refused() -> None:
    chance = random.Random(20260301)
    originals = [
        pictures.good_jpeg(120, 90),
        pictures.good_png(120, 90),
        pictures.good_webp(120, 90),
        pictures.jpeg_with_gps(orientation=6),
    ]
    for _ in range(400):
        content = bytearray(chance.choice(originals))
        for _ in range(chance.randint(1, 8)):
            content[chance.randrange(len(content))] = chance.randrange(256)
        with contextlib.suppress(Invalid):
            assert reencode(bytes(content)).content


def test_the_limit_of_bytes_is_inclusive() -> None:
    good = pictures.good_jpeg()
    assert reencode(good + b"\0" * (MAX_BYTES - len(good))).width == 640


def test_one_row_of_pixels_too_many_is_refused_where_warnings_are_not_errors() -> None:
    """Pillow itself would only warn, and this suite alone turns warnings into errors."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with pytest.raises(Invalid) as refused:
            reencode(blank((8000, 5001), "1", 1))
    assert refused.value.reason is EvidenceReason.TOO_MANY_PIXELS


# ── documents ────────────────────────────────────────────────────────────────────────────────────


def test_the_corpus_is_large() -> None:
    assert len(BAD_FILES) + len(HIDING_PAPERS) >= 60


@pytest.mark.parametrize("name", HIDING_PAPERS)
def test_a_document_keeps_its_pages_and_nothing_else(name: str) -> None:
    kept = reencode(HIDING_PAPERS[name]())
    assert (kept.media_type, kept.width, kept.height, kept.pages) == (
        "application/pdf", 900, 1200, 1,
    )  # fmt: skip
    words = (
        b"Spy", b"/JavaScript", b"/JS", b"/OpenAction", b"/AA", b"/Launch", b"/URI", b"/Annots",
        b"/EmbeddedFile", b"/AcroForm", b"/Metadata", b"/Info", b"PK", b"Date",
    )  # fmt: skip
    structure = without_pictures(kept.content)
    assert not [word for word in words if word in structure]


def without_pictures(content: bytes) -> bytes:
    """A document of ours without the bytes of its pictures, which may hold any letters."""
    parts = re.split(rb"(/DCTDecode /Length (\d+) >>\nstream\n)", content)
    kept = [parts[0]]
    for at in range(1, len(parts), 3):
        kept += [parts[at], parts[at + 2][int(parts[at + 1]) :]]
    return b"".join(kept)


def test_the_pages_of_a_document_show_what_they_showed() -> None:
    kept = reencode(papers.paper(pages=3))
    assert kept.pages == 3
    assert kept == reencode(papers.paper(pages=3))
    first = kept.content.index(b"\xff\xd8\xff")
    shown = Image.open(io.BytesIO(kept.content[first:]))
    assert shown.getpixel((450, 240)) == (0, 0, 0)
    assert shown.getpixel((450, 600)) == (255, 255, 255)
    # what is kept can be read again, by the same careful eyes
    assert reencode(kept.content).pages == 3


def test_where_only_a_picture_can_be_shown_a_document_is_refused() -> None:
    with pytest.raises(Invalid) as refused:
        reencode(papers.paper(), only_pictures=True)
    assert refused.value.reason is EvidenceReason.PICTURE_WANTED


@pytest.mark.parametrize("form", ["GIF", "PNG", "WEBP"])
def test_of_a_moving_picture_the_first_is_kept(form: str) -> None:
    frames = [Image.new("RGB", (60, 60), colour) for colour in ((200, 0, 0), (0, 0, 200))]
    out = io.BytesIO()
    frames[0].save(out, form, save_all=True, append_images=frames[1:], duration=100)
    if form == "GIF":
        with pytest.raises(Invalid):
            reencode(out.getvalue())
        return
    kept = opened(reencode(out.getvalue()))
    assert getattr(kept, "n_frames", 1) == 1
    red, _, blue = kept.getpixel((30, 30))  # type: ignore[misc]
    assert red > 150 > blue
