"""Keys that tell one giver from another without saying who."""

import pytest

from charity.donations.giver_keys import giver_key

SECRET = b"sixteen bytes at least"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("13800001234", "138 0000 1234"),
        ("13800001234", "+86 138-0000-1234"),
        ("13800001234", "１３８００００１２３４"),
        ("Zhang@Example.cn", " zhang@example.cn "),
        ("zhang@example.cn", "zhang＠example.cn"),
    ],
)
def test_one_contact_written_in_two_ways_is_one_giver(one: str, other: str) -> None:
    assert giver_key(one, SECRET) == giver_key(other, SECRET) is not None


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("13800001234", "13800001235"),
        ("a@example.cn", "b@example.cn"),
        ("8613800001234@example.cn", "13800001234"),
        ("027-8611234", "8611234"),
    ],
)
def test_two_contacts_are_two_givers(one: str, other: str) -> None:
    assert giver_key(one, SECRET) != giver_key(other, SECRET)


@pytest.mark.parametrize("nothing", ["", "   ", "1234", "微信", "—"])
def test_who_leaves_nothing_cannot_be_told_apart(nothing: str) -> None:
    assert giver_key(nothing, SECRET) is None


def test_a_person_counts_before_a_contact() -> None:
    assert giver_key("13800001234", SECRET, person_id=7) == giver_key("", SECRET, person_id=7)
    assert giver_key("", SECRET, person_id=7) != giver_key("", SECRET, person_id=8)


def test_the_key_says_nothing_without_the_secret() -> None:
    key = giver_key("13800001234", SECRET)
    assert key is not None
    assert len(key) == 64
    assert key != giver_key("13800001234", b"another secret of this length")


def test_a_short_secret_is_refused() -> None:
    with pytest.raises(ValueError, match="16 bytes"):
        giver_key("13800001234", b"short")
