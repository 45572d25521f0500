"""Lists of organisations that were brought in from files."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from charity.paging import Page, page_of
from charity.registry.models import RegistryImport


def import_of(session: Session, file_hash: bytes) -> RegistryImport | None:
    """The import of this very file (SHA-256), if it was begun."""
    return session.scalar(select(RegistryImport).where(RegistryImport.file_hash == file_hash))


def imports_page(session: Session, page: int = 1) -> Page[RegistryImport]:
    """The lists that were brought in, the newest first."""
    return page_of(session, select(RegistryImport).order_by(RegistryImport.id.desc()), page)
