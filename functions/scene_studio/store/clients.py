"""Clients in the store: documents in, documents out."""

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from scene_studio.model.client import Client, Product
from scene_studio.model.document import RequestKey
from scene_studio.model.errors import ClientFull, FieldError, InvalidRequest, NotFound
from scene_studio.store import keys
from scene_studio.store.cache import DocumentCache, Versioned
from scene_studio.store.commit import Commit, Documents, Encoded, Operation, encode, unavailable_is_busy
from scene_studio.store.object_store import ObjectStore
from scene_studio.store.pacing import Pacing
from scene_studio.store.summaries import decode_summary, encode_summary

LIMIT_BYTES: Final = 4 * 1024 * 1024


class ClientSummary(NamedTuple):
    """What a list of clients shows, without reading the clients; a fact that is None was not stated."""

    id: str
    name: str | None
    updated_at: str | None
    products: int | None


class Clients:
    """All clients."""

    def __init__(self, store: ObjectStore, cache: DocumentCache[Client]) -> None:
        self._store = store
        self._documents = Documents(store, Client, cache, prepare)

    def cached(self, client_id: str) -> Client | None:
        """The client as this process knew it last, perhaps long since replaced."""
        entry = self._documents.cached(keys.client(client_id))
        return entry.document if entry else None

    def read(self, client_id: str) -> Versioned[Client]:
        """The client as it stands.

        Raises:
            NotFound: there is none.
            Busy: the store could not be read.
        """
        entry = self._documents.read(keys.client(client_id))
        if entry is None:
            raise NotFound("client", client_id)
        return entry

    def products(self, client_id: str, fields: Mapping[str, str]) -> list[Product]:
        """Products of the library; one request only if this process does not know them yet.

        Args:
            client_id: whose library.
            fields: the ids of the products, each with the field of the request that names it.

        Raises:
            NotFound: there is no such client.
            InvalidRequest: one or more are not in the library; their fields are named.
            Busy: the store could not be read.
        """
        if not fields:
            return []
        known = self.cached(client_id)
        if known is None or any(_live(known, product_id) is None for product_id in fields):
            known = self.read(client_id).document
        found = {product_id: _live(known, product_id) for product_id in fields}
        missing = [
            FieldError(fields[product_id], f"there is no product {product_id!r} in the client's library")
            for product_id, product in found.items()
            if product is None
        ]
        if missing:
            raise InvalidRequest(missing)
        return [product for product in found.values() if product is not None]

    def commit(
        self, client_id: str, operation: Operation[Client], request: RequestKey | None, pacing: Pacing
    ) -> Commit[Client]:
        """Change a client; see `Documents.commit`."""
        return self._documents.commit(keys.client(client_id), operation, request, pacing)

    def summaries(self, *, after: str, limit: int) -> tuple[list[ClientSummary], str | None]:
        """Summaries of all clients in the order of their ids, and the id to go on after, or None at the end.

        Raises:
            Busy: the store could not be read.
        """
        prefix = keys.clients()
        with unavailable_is_busy():
            listing = self._store.list_names(
                prefix, after=f"{prefix}{after}/" if after else "", limit=limit, by_folder=True
            )
        ids = [name.removeprefix(prefix).removesuffix("/") for name in listing.names]
        return self.summaries_of(ids), ids[-1] if listing.more else None

    def id_after(self, client_id: str) -> str | None:
        """The id of the next client, in the order of ids; None after the last. The first is after the empty id.

        Raises:
            Busy: the store could not be read.
        """
        prefix = keys.clients()
        with unavailable_is_busy():
            listing = self._store.list_names(
                prefix, after=f"{prefix}{client_id}/" if client_id else "", limit=1, by_folder=True
            )
        return listing.names[0].removeprefix(prefix).removesuffix("/") if listing.names else None

    def summaries_of(self, client_ids: Sequence[str]) -> list[ClientSummary]:
        """Summaries of those of these clients that there are.

        Raises:
            Busy: the store could not be read.
        """
        with unavailable_is_busy():
            heads = self._store.heads([keys.client(client_id) for client_id in client_ids])
        found = zip(client_ids, heads, strict=True)
        return [
            ClientSummary(client_id, *decode_summary(head.metadata, len(ClientSummary._fields) - 1))
            for client_id, head in found
            if head
        ]


def _live(client: Client, product_id: str) -> Product | None:
    product = client.find(product_id)
    return product if product is not None and product.deleted_at is None else None


def prepare(client: Client) -> Encoded[Client]:
    """A client ready to be written.

    Raises:
        ClientFull: it is over `LIMIT_BYTES`.
    """
    body = encode(client)
    if len(body) > LIMIT_BYTES:
        raise ClientFull("The client would be larger than a client can be; remove products or sessions.")
    summary = [client.name, client.updated_at, len(client.live_products())]
    return Encoded(client, body, encode_summary(summary))
