"""Credit codes: the vectors of HANDBOOK 2.2, each kind of fault, and what only warns."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from charity.registry import uscc
from charity.registry.models import OrganisationKind
from charity.registry.reasons import RegistryReason as Reason

VALID = [
    "51440100MJK8900615",
    "53100000500009637W",
    "91110000600037341L",
    "51420704MJH000019J",
    "52420704MJH000027A",
    "53420704MJH0000352",
    "54420704MEA000018J",
    "N2420704MEB00001XE",
]


@pytest.mark.parametrize("code", VALID)
def test_org_02_the_valid_vectors_are_accepted(code: str) -> None:
    assert uscc.problem(code) is None


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("52420704MJH000027B", Reason.USCC_CHECK),
        ("5242070IMJH000027A", Reason.USCC_ALPHABET),
        ("52420704MJH00027A", Reason.USCC_LENGTH),
        ("52420704mjh000027a", Reason.USCC_ALPHABET),
        ("", Reason.USCC_LENGTH),
        ("52420704MJH000027AA", Reason.USCC_LENGTH),
        ("5242070AMJH000027A", Reason.USCC_DIVISION),
        ("52420704MJH00002７A", Reason.USCC_ALPHABET),
        ("5242070٤MJH000027A", Reason.USCC_ALPHABET),
    ],
)
def test_org_02_a_fault_is_named(code: str, reason: Reason) -> None:
    assert uscc.problem(code) is reason


@pytest.mark.parametrize("letter", "IOSVZ")
@pytest.mark.parametrize("place", [0, 1, 8, 12, 17])
def test_letters_that_look_like_figures_are_refused_everywhere(letter: str, place: int) -> None:
    code = VALID[3]
    assert uscc.problem(code[:place] + letter + code[place + 1 :]) is Reason.USCC_ALPHABET


@pytest.mark.parametrize(
    "typed",
    [
        "52420704mjh000027a",
        "  52420704MJH000027A\n",
        "５２４２０７０４ＭＪＨ０００ ０２７Ａ",
        "52 420704 MJH000027A",
        "52420704-MJH000027-A",
        "\u300052420704MJH000027A",
    ],
)
def test_habits_of_typing_do_not_matter(typed: str) -> None:
    assert uscc.normalise(typed) == "52420704MJH000027A"


@given(st.sampled_from(VALID), st.integers(0, 17), st.sampled_from(uscc.ALPHABET))
def test_any_single_wrong_character_is_found(code: str, place: int, character: str) -> None:
    wrong = code[:place] + character + code[place + 1 :]
    assert (uscc.problem(wrong) is None) == (wrong == code)


@given(st.sampled_from(VALID), st.integers(0, 16))
def test_neighbours_changing_places_are_found(code: str, place: int) -> None:
    swapped = code[:place] + code[place + 1] + code[place] + code[place + 2 :]
    assert (uscc.problem(swapped) is None) == (swapped == code)


@given(st.text(max_size=40))
def test_no_text_breaks_the_check(text: str) -> None:
    code = uscc.normalise(text)
    assert uscc.normalise(code) == code
    uscc.problem(code)


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("51420704MJH000019J", OrganisationKind.ASSOCIATION),
        ("52420704MJH000027A", OrganisationKind.SOCIAL_SERVICE_ORG),
        ("53420704MJH0000352", OrganisationKind.FOUNDATION),
        ("54420704MEA000018J", OrganisationKind.GRASSROOTS_COMMITTEE),
        ("N2420704MEB00001XE", OrganisationKind.VILLAGE_COLLECTIVE),
    ],
)
def test_a_code_that_fits_gives_no_warning(code: str, kind: OrganisationKind) -> None:
    assert uscc.warnings(code, kind, "420704001005") == []
    others = set(OrganisationKind) - {kind, OrganisationKind.COMMUNITY_GROUP}
    assert all(Reason.USCC_KIND in uscc.warnings(code, other, "420704") for other in others)


@pytest.mark.parametrize(
    ("code", "region", "warned"),
    [
        ("53420704MJH0000352", "420704", False),
        ("53420704MJH0000352", "420703", True),
        ("53420704MJH0000352", "4207", True),
        ("53100000500009637W", "420704", False),
    ],
)
def test_the_registrar_should_reach_the_place(code: str, region: str, *, warned: bool) -> None:
    found = uscc.warnings(code, OrganisationKind.FOUNDATION, region)
    assert (Reason.USCC_REGION in found) is warned


def test_an_inner_check_digit_that_is_off_only_warns() -> None:
    code = uscc.with_check_digit("52420704MJH000028")
    assert uscc.problem(code) is None
    found = uscc.warnings(code, OrganisationKind.SOCIAL_SERVICE_ORG, "420704")
    assert found == [Reason.USCC_ORGANISATION_CODE]
