"""Founding an installation: its places, its operator with certificate and book, the first roles.

What a page cannot do because nobody may do it yet. Each command says what it would do and changes
nothing without `--yes`.
"""

from __future__ import annotations

from datetime import datetime

import click
from flask.cli import AppGroup
from sqlalchemy.orm import Session

from charity import clock
from charity.accounts import queries as account_queries
from charity.accounts import services as accounts
from charity.actor import Actor, Role
from charity.ledger import services as ledger
from charity.registry import divisions
from charity.registry import queries as registry_queries
from charity.registry import services as registry
from charity.registry.models import OrganisationKind
from web.db import database
from web.ports import settings

COMMAND = Actor.system("command")

operator_commands = AppGroup("operator", help="The organisation that runs this installation.")


@operator_commands.command("open")
@click.argument("name")
@click.option("--kind", type=click.Choice(["association", "foundation", "social_service_org"]))
@click.option("--region", required=True, help="Division code of its registrar: 420704.")
@click.option("--contact", required=True, help="Who answers for it.")
@click.option("--phone", required=True, help="Where to reach them.")
@click.option("--certificate", required=True, help="Number of the 公开募捐资格证书.")
@click.option("--certificate-from", required=True, type=click.DateTime(["%Y-%m-%d"]))
@click.option("--yes", is_flag=True, help="Do it; without this nothing changes.")
def operator_open(
    name: str,
    kind: str | None,
    region: str,
    contact: str,
    phone: str,
    certificate: str,
    certificate_from: datetime,
    yes: bool,
) -> None:
    """Load the places, enter the operator (its credit code is WUSHE_OPERATOR), open its book."""
    uscc = settings().operator_uscc
    if not yes:
        click.echo(f"Would enter {name} ({uscc}) as operator and open its book; say --yes.")
        return
    with database().unit() as session:
        registry.load_regions(session, COMMAND, rows=divisions.rows(region))
        charity = registry.register_organisation(
            session,
            COMMAND,
            name=name,
            kind=OrganisationKind(kind or "association"),
            uscc=uscc,
            region_code=region,
            introduction="",
            contact_name=contact,
            contact_phone=phone,
        )
        registry.verify_organisation(
            session,
            COMMAND,
            organisation_id=charity.id,
            charity_id=charity.id,
            note=f"{certificate}, {clock.today()}",
        )
        registry.record_qualification(
            session,
            COMMAND,
            organisation_id=charity.id,
            is_charity=True,
            certificate_number=certificate,
            certificate_from=certificate_from.date(),
        )
        ledger.open_book(session, COMMAND, organisation_id=charity.id, name=name)
    click.echo(f"{name} runs this installation; its book is open.")


users_commands = AppGroup("users", help="Accounts.")


@users_commands.command("add")
@click.argument("login_name")
@click.option("--name", required=True, help="The person's name.")
@click.option("--role", type=click.Choice([role.value for role in Role]), multiple=True)
@click.password_option(envvar="WUSHE_NEW_PASSWORD")
def users_add(login_name: str, name: str, role: tuple[str, ...], password: str) -> None:
    """Add a person with an account; --role grants on the whole platform."""
    with database().unit() as session:
        person = registry.add_person(
            session, COMMAND, name=name, identity=None, secret=settings().secret
        )
        user = accounts.add_user(
            session,
            COMMAND,
            login_name=login_name,
            display_name=name,
            password=password,
            person_id=person.id,
        )
        for held in role:
            accounts.grant_role(session, COMMAND, user_id=user.id, role=Role(held))
    click.echo(f"{login_name} may sign in{' as ' + ', '.join(role) if role else ''}.")


@users_commands.command("grant")
@click.argument("login_name")
@click.argument("role", type=click.Choice([role.value for role in Role]))
@click.option("--organisation", help="Credit code of the organisation it is held in.")
@click.option("--region", help="Division code of the place it reaches.")
@click.option("--yes", is_flag=True, help="Do it; without this nothing changes.")
def users_grant(
    login_name: str, role: str, organisation: str | None, region: str | None, yes: bool
) -> None:
    """Give LOGIN_NAME a ROLE in an organisation, in a region, or on the whole platform."""
    with database().unit() as session:
        user = account_queries.user_by_login(session, login_name)
        if user is None:
            raise click.ClickException(f"Nobody signs in as {login_name}.")
        where = _organisation_id(session, organisation) if organisation else None
        if yes:
            accounts.grant_role(
                session,
                COMMAND,
                user_id=user.id,
                role=Role(role),
                organisation_id=where,
                region_code=region,
            )
    place = organisation or region or "the whole platform"
    verb = "holds" if yes else "would hold (say --yes)"
    click.echo(f"{user.display_name} {verb} {role} in {place}.")


@users_commands.command("reset-factor")
@click.argument("login_name")
@click.option("--yes", is_flag=True, help="Do it; without this nothing changes.")
def users_reset_factor(login_name: str, yes: bool) -> None:
    """Take the lost second factor off LOGIN_NAME; they set up another at their next sign-in."""
    if yes:
        with database().unit() as session:
            accounts.reset_factor(session, COMMAND, login_name=login_name)
    verb = "signs in without a second factor" if yes else "would lose the second factor (say --yes)"
    click.echo(f"{login_name} {verb}.")


def _organisation_id(session: Session, uscc: str) -> int:
    found = registry_queries.organisation_by_uscc(session, uscc)
    if found is None:
        raise click.ClickException(f"No organisation has the credit code {uscc}.")
    return found.id
