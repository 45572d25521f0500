"""Papers of evidence on their way to a reader: only ever a picture or a document, never a page.

What is stored was drawn anew already (`charity.evidence`); these headers are the second guard.
"""

from __future__ import annotations

from flask import Response, make_response, request
from flask.typing import ResponseReturnValue

from charity.evidence import DOCUMENT_TYPE, PICTURE_TYPE
from web.ports import ports

#: What a stranger sent is shown as itself: no script, no frame, nothing fetched from anywhere.
PAPER_POLICY = "default-src 'none'; sandbox; frame-ancestors 'none'"
#: What everybody may see may be kept for a day; the rest is kept nowhere.
PUBLIC_CACHE, PRIVATE_CACHE = "public, max-age=86400", "private, no-store"

#: Kinds of papers, each with the end of its file's name and whether a page shows it.
_KINDS = {PICTURE_TYPE: ("jpg", "inline"), DOCUMENT_TYPE: ("pdf", "attachment")}


def send(
    digest: bytes, media_type: str, *, name: str = "paper", is_public: bool = False
) -> ResponseReturnValue:
    """The stored paper with this digest; pictures are shown, documents are downloaded.

    The caller has judged who may read it. A type that evidence never has is sent as bytes to
    download. Raises `NotFound` where the store has nothing under the digest.
    """
    ending, way = _KINDS.get(media_type, ("bin", "attachment"))
    known = media_type if media_type in _KINDS else "application/octet-stream"
    response: Response = make_response(ports().files.get(digest))
    response.headers["Content-Type"] = known
    response.headers["Content-Disposition"] = f'{way}; filename="{name}.{ending}"'
    response.headers["Content-Security-Policy"] = PAPER_POLICY
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = PUBLIC_CACHE if is_public else PRIVATE_CACHE
    response.set_etag(digest.hex())
    return response.make_conditional(request)
