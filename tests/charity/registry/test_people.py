"""Persons: one identity document is one person, and the document itself is not kept."""

import pytest
from sqlalchemy.orm import Session

from charity.actor import Actor
from charity.errors import Invalid
from charity.registry import services
from charity.registry.models import Person
from charity.registry.reasons import RegistryReason as Reason

SECRET = b"sixteen bytes and more"

RESIDENT = "11010519491231002X"  # the example of GB 11643


def add(
    session: Session, identity: str | None, *, secret: bytes = SECRET, name: str = "张三"
) -> Person:
    return services.add_person(session, Actor.guest(), name=name, identity=identity, secret=secret)


def test_one_identity_is_one_person(session: Session) -> None:
    first = add(session, RESIDENT)
    for typed in (
        "11010519491231002x",
        " 1101 0519 4912 3100 2X",
        "１１０１０５１９４９１２３１００２Ｘ",
    ):
        assert add(session, typed, name="张叁") is first
    assert first.name == "张三"
    assert add(session, "G12345678") is not first


def test_without_a_document_each_is_another_person(session: Session) -> None:
    people = {add(session, None).id, add(session, None).id, add(session, " ").id}
    assert len(people) == 3


def test_the_number_is_not_kept_and_the_hash_needs_the_secret(session: Session) -> None:
    kept = add(session, RESIDENT).identity_hash
    other = add(session, RESIDENT, secret=b"another secret of 24 byt").identity_hash
    assert kept is not None
    assert len(kept) == 32
    assert kept != other
    assert RESIDENT.encode() not in kept
    with pytest.raises(ValueError, match="16 bytes"):
        add(session, "G12345678", secret=b"short")


@pytest.mark.parametrize(
    ("identity", "reason"),
    [
        ("110105194912310021", Reason.IDENTITY_CHECK),
        ("1234", Reason.IDENTITY_FORM),
        ("1" * 33, Reason.IDENTITY_FORM),
        ("护照G12345678", Reason.IDENTITY_FORM),
        ("----------", Reason.IDENTITY_FORM),
    ],
)
def test_a_number_that_cannot_be_is_refused(
    session: Session, identity: str, reason: Reason
) -> None:
    with pytest.raises(Invalid) as refusal:
        add(session, identity)
    assert (refusal.value.field, refusal.value.reason) == ("identity", reason)
