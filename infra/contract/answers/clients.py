"""Clients and their products as they are answered."""

from typing import Annotated, Any, Final, Literal

from pydantic import Field

from infra.contract.answers.base import (
    MAX_LISTED,
    Address,
    Answer,
    Count,
    Cursor,
    Growing,
    OpenAnswer,
    OwnAddress,
    Pixels,
    Reason,
)
from infra.contract.answers.scenes import Colors, UploadTicket
from infra.contract.answers.studios import ExpandedStudio, StudioSummary
from scene_studio.model.client import MAX_PICTURES, Name
from scene_studio.model.costs import Micros
from scene_studio.model.identifiers import Id, IsoTime

MAX_IN_LIBRARY: Final = 100_000


class ProductPicture(Answer):
    """A picture of a product.

    Attributes:
        id: names it within the product.
        image_url: where it is; the address never leads to another one.
        thumbnail_url: where a small one is.
        width: in pixels.
        height: in pixels.
        colors: its most common colours, the most common first.
        cutout: whether there is a picture of the product alone beside it.
    """

    id: Id
    image_url: OwnAddress
    thumbnail_url: OwnAddress
    width: Pixels | None = None
    height: Pixels | None = None
    colors: Colors | None = None
    cutout: bool


class ProductUpload(Answer):
    """A file that is to be a picture of a product.

    Attributes:
        id: the id of the picture that it will be.
        state: what became of it.
        reason: why it was rejected, for people to read.
    """

    id: Id
    state: Literal["PROCESSING", "REJECTED"]
    reason: Reason | None = None


class Product(OpenAnswer):
    """A product of the library; members of other names are the client's own.

    Attributes:
        id: names it within its client.
        name: for people.
        image_id: the picture that is shown.
        image_url: where that is: a stable path, or a web address.
        pictures: all its pictures, the newest first.
        uploads: files that are to be further pictures.
    """

    id: Id
    name: Name
    image_id: Id | None = None
    image_url: Address | None = None
    pictures: Annotated[list[ProductPicture], Field(max_length=2 * MAX_PICTURES)] | None = None
    uploads: Annotated[list[ProductUpload], Field(max_length=2 * MAX_PICTURES)] | None = None


class ProductList(Answer):
    """Some of a client's products, in the order of the library.

    Attributes:
        items: the products.
        next_cursor: asks for those that follow; absent at the end.
    """

    items: Annotated[list[Product], Field(max_length=MAX_LISTED)]
    next_cursor: Cursor | None = None


class AskedProduct(Answer):
    """A product, and the ticket for a picture of it if one is awaited.

    Attributes:
        product: the product.
        upload: the form to send the file with; absent where no file is awaited.
    """

    product: Product
    upload: UploadTicket | None = None


class ClientSummary(Answer):
    """A client in a list; null where the stored object does not tell.

    Attributes:
        id: its id.
        name: for people.
        updated_at: when it was changed last.
        product_count: how many products it has.
    """

    id: Id
    name: Name | None
    updated_at: IsoTime | None
    product_count: Count | None


class ClientList(Answer):
    """Some of the clients that the caller may see.

    Attributes:
        items: the clients.
        next_cursor: asks for those that follow; absent at the end.
    """

    items: Annotated[list[ClientSummary], Field(max_length=MAX_IN_LIBRARY)]
    next_cursor: Cursor | None = None


class Client(Growing):
    """A client with its library and sessions.

    Attributes:
        id: its id.
        name: for people.
        products: the library, in order.
        monthly_limit_micros: what its pictures may cost in a month, in millionths of a US dollar; absent for
            no limit.
        client_sessions: the sessions of other tools, to the letter.
        created_at: when it was made.
        updated_at: when it was changed last.
    """

    id: Id
    name: Name
    products: Annotated[list[Product], Field(max_length=MAX_IN_LIBRARY)]
    monthly_limit_micros: Micros | None = None
    client_sessions: Annotated[list[Any], Field(max_length=MAX_IN_LIBRARY)]
    created_at: IsoTime
    updated_at: IsoTime


class ClientWithStudios(Client):
    """A client with its studios.

    Attributes:
        scene_studios: summaries of its studios, or with `expand` the whole of them.
        next_cursor: asks for further summaries, of the list of studios; absent at the end.
    """

    scene_studios: Annotated[list[StudioSummary | ExpandedStudio], Field(max_length=MAX_IN_LIBRARY)]
    next_cursor: Cursor | None = None


class MadeAndThere(Answer):
    """What became of the parts of an import.

    Attributes:
        created: the ids of those that were made.
        present: the ids of those that were there and were left alone.
    """

    created: Annotated[list[Id], Field(max_length=MAX_IN_LIBRARY)]
    present: Annotated[list[Id], Field(max_length=MAX_IN_LIBRARY)]


class ImportedStudioReport(Answer):
    """What became of a studio of an import.

    Attributes:
        id: its id.
        created: whether it was made.
        deleted: present if it was there, deleted, and therefore left alone.
        output_slots: its slots.
        user_scenes: its scenes.
    """

    id: Id
    created: bool
    deleted: Literal[True] | None = None
    output_slots: MadeAndThere | None = None
    user_scenes: MadeAndThere | None = None


class ImportReport(Answer):
    """What became of an import.

    Attributes:
        id: the client's id.
        created: whether the client was made.
        products: its products.
        scene_studios: its studios.
        pictures_stored: how many pictures were stored.
    """

    id: Id
    created: bool
    products: MadeAndThere
    scene_studios: Annotated[list[ImportedStudioReport], Field(max_length=MAX_LISTED)]
    pictures_stored: Count
