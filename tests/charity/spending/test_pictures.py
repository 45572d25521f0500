"""What strangers send as pictures: refused, or drawn anew without what was hidden in it."""

from __future__ import annotations

import contextlib
import io
import random
import resource
import warnings

import pytest
from PIL import Image

from charity.errors import Invalid
from charity.spending.pictures import MAX_BYTES, MAX_EDGE, Picture, reencode
from charity.spending.reasons import SpendingReason
from tests.fixtures import pictures


def opened(picture: Picture) -> Image.Image:
    return Image.open(io.BytesIO(picture.content))


@pytest.mark.parametrize("name", pictures.BAD_FILES)
def test_bad_file_is_refused_beside_its_field(name: str) -> None:
    with pytest.raises(Invalid) as refused:
        reencode(pictures.BAD_FILES[name]())
    assert refused.value.field == "pictures"
    assert refused.value.reason.value.startswith("spending.picture_")


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("nothing at all", SpendingReason.PICTURE_EMPTY),
        ("over 12 MB", SpendingReason.PICTURE_TOO_LARGE),
        ("pdf named .jpg", SpendingReason.PICTURE_FORMAT),
        ("svg as png", SpendingReason.PICTURE_FORMAT),
        ("png claiming 8000 x 5001", SpendingReason.PICTURE_TOO_MANY_PIXELS),
        ("png claiming 50000 x 50000", SpendingReason.PICTURE_TOO_MANY_PIXELS),
        ("png of 42 megapixels", SpendingReason.PICTURE_TOO_MANY_PIXELS),
        ("jpeg claiming 65500 x 65500", SpendingReason.PICTURE_TOO_MANY_PIXELS),
        ("jpeg cut in half", SpendingReason.PICTURE_DAMAGED),
    ],
)
def test_the_reason_says_what_is_wrong(name: str, reason: SpendingReason) -> None:
    with pytest.raises(Invalid) as refused:
        reencode(pictures.BAD_FILES[name]())
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
    assert refused.value.reason is SpendingReason.PICTURE_TOO_MANY_PIXELS
