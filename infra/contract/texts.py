"""What the contract says in prose, of the whole and of its parts."""

from collections.abc import Mapping
from typing import Any, Final

from infra.contract.schemas import prose

TITLE: Final = "Scene Studio"
SUMMARY: Final = "Persistent studios for product pictures, which several people edit at once."

DESCRIPTION: Final = prose("""
A *client* has a library of products, and *studios*: campaigns in which products stand in output slots, with
the settings of each slot and every picture that was generated from it.

**Bodies** are JSON. A body without a media type, of `text/plain` or of any `+json` type is read as JSON too.
A member that is absent stays as it is, and null clears it. Unknown members are accepted and ignored, and so
are those that machines own (`status`, `history`, addresses), because browsers send whole rows back. In a
product and in settings, unknown members are kept.

**Answers** leave out members that have no value, unless their schema allows null. Every answer of a function
has `Cache-Control`, `Referrer-Policy` and `X-Content-Type-Options`.

**Errors** are problem documents (RFC 9457). The gateway's own answers, before or in place of a function, are
not: they are small JSON objects with a `message`, described for each status beside the problems. An unknown
path or method is 404 `no-such-route`.

**Editing together.** A studio's `ETag` names the version that was read, and so does the `etag` of each of its
slots. An edit that names an older version in `If-Match` is merged field by field. Fields that others changed
too are listed in `merge.conflicts`; with `Prefer: handling=strict` the edit is refused with 409 instead.

**Repeating.** Every changing request may carry an `Idempotency-Key`. A request that was answered 503 `busy`
changed nothing. One that was answered 503 `outcome-unknown` may have: repeat it under its key.

**Lists** take `limit` and `cursor` and answer `items`, and `nextCursor` unless they end there.

The local server asks for no tokens, and answers 403 to requests from the pages of other sites.
""")

TAGS: Final[Mapping[str, str]] = {
    "Clients": "Clients: list, create, read, import.",
    "Products": "The library of products of a client, and their pictures.",
    "Studios": "Studios: create, list, read, edit, delete, copy.",
    "Versions": "The versions of a studio: which there are, what changed, and putting one back.",
    "Slots": "The output slots of a studio.",
    "Revisions": "The pictures that were generated of a slot.",
    "Generation": "Asking for pictures, and what became of them.",
    "Costs": "What pictures cost: before a run, and in a month.",
    "User scenes": "The scenes of a studio's own, and their pictures.",
    "Guest links": "Links by which people without an account look at a studio.",
    "Guests": "What people do who come by such a link: they look, and mark favourites.",
    "Service": "Liveness, this contract and the stock scenes.",
}

SECURITY: Final[Mapping[str, Any]] = {
    "bearer": {
        "type": "http",
        "scheme": "bearer",
        "bearerFormat": "JWT",
        "description": prose("""
            An access token of the deployment's OpenID Connect issuer, which names the client among its groups
            as `client:{clientId}`. Signature, issuer, audience and expiry are verified, as RFC8725 advises.
            """),
    },
    "shareToken": {
        "type": "apiKey",
        "in": "header",
        "name": "X-Share-Token",
        "description": prose("""
            The secret of a guest link, which stands in the fragment of its address: 43 letters, digits, `_` and
            `-`. A wrong one is answered like a link that never existed.
            """),
    },
}
