"""统一社会信用代码 (GB 32100-2015): is a credit code well formed, and does it fit who shows it.

The check digit is python-stdnum's; the format rule is ours, because the library wants digits in
the first eight places and so refuses the codes of village collectives (`N2…`), of the army
(`A1…`) and of others (`Y1…`), which are valid (HANDBOOK 2.2).
"""

from __future__ import annotations

from stdnum.cn.uscc import calc_check_digit

from charity.registry import regions
from charity.registry.models import OrganisationKind
from charity.registry.reasons import RegistryReason

LENGTH = 18
ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"

#: Full-width forms of the printable ASCII characters, as Chinese input methods type them.
_HALF_WIDTH = {0xFF01 + n: 0x21 + n for n in range(94)} | {0x3000: 0x20}

#: Weights of the inner check digit (GB 11714) over the places 9 to 16.
_INNER_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)

#: The first characters that fit a kind: the registering authority, then its class.
_CLASSES: dict[OrganisationKind, tuple[str, ...]] = {
    OrganisationKind.ASSOCIATION: ("51",),
    OrganisationKind.SOCIAL_SERVICE_ORG: ("52",),
    OrganisationKind.FOUNDATION: ("53",),
    OrganisationKind.GRASSROOTS_COMMITTEE: ("54", "55"),
    OrganisationKind.VILLAGE_COLLECTIVE: ("N1", "N2", "N3"),
    OrganisationKind.ENTERPRISE: ("9",),
    OrganisationKind.GOVERNMENT: ("1",),
    OrganisationKind.PARTY_UNIT: ("1",),
}


def normalise(text: str) -> str:
    """The code as it is kept: half-width, upper case, without blanks and hyphens."""
    half = text.translate(_HALF_WIDTH)
    return "".join(half.replace("-", "").split()).upper()


def problem(code: str) -> RegistryReason | None:
    """Why a normalised code cannot be one (ORG-02), None where nothing is wrong."""
    if len(code) != LENGTH:
        return RegistryReason.USCC_LENGTH
    if any(character not in ALPHABET for character in code):
        return RegistryReason.USCC_ALPHABET
    if not code[2:8].isdigit():
        return RegistryReason.USCC_DIVISION
    if calc_check_digit(code[:-1]) != code[-1]:
        return RegistryReason.USCC_CHECK
    return None


def warnings(code: str, kind: OrganisationKind, region_code: str) -> list[RegistryReason]:
    """What a verifier should look at in a valid code; none of it refuses (ORG-02).

    The class against the kind of organisation, the registrar's division against the place, and
    the inner check digit, which old codes may not satisfy.
    """
    found = []
    if not code.startswith(_CLASSES.get(kind, ("",))):
        found.append(RegistryReason.USCC_KIND)
    if not _registrar_reaches(code[2:8], region_code):
        found.append(RegistryReason.USCC_REGION)
    if _inner_check_digit(code[8:16]) != code[16]:
        found.append(RegistryReason.USCC_ORGANISATION_CODE)
    return found


def kind_of(code: str) -> OrganisationKind | None:
    """The kind of organisation a code's first characters tell for certain; else None."""
    certain = {kind for kind, starts in _CLASSES.items() if code.startswith(starts)}
    return certain.pop() if len(certain) == 1 else None


def with_check_digit(first: str) -> str:
    """The valid code of 17 given characters; for the demo district and for tests."""
    return first + calc_check_digit(first)


def _registrar_reaches(division: str, region_code: str) -> bool:
    """Whether the registrar's division is the place, contains it or (national: 100000) both."""
    if division == "100000":
        return True
    try:
        return regions.contains(division, region_code)
    except ValueError:
        return False


def _inner_check_digit(body: str) -> str:
    """GB 11714 over eight characters, 0-9 then A=10 to Z=35."""
    total = sum(
        int(character, 36) * weight for character, weight in zip(body, _INNER_WEIGHTS, strict=True)
    )
    digit = 11 - total % 11
    return {10: "X", 11: "0"}.get(digit, str(digit))
