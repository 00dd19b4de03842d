"""Client and Product, and the rules that change them."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Final

from pydantic import Field
from pydantic_core import to_json

from scene_studio.model.base import Model, Text
from scene_studio.model.costs import Micros
from scene_studio.model.document import Document
from scene_studio.model.errors import Deleted, InvalidRequest, NotFound
from scene_studio.model.identifiers import Id, IsoTime, days_after
from scene_studio.model.upload import Picture, Upload

RESTORABLE_DAYS: Final = 30
"""For how long what was deleted can be brought back."""

MAX_PICTURES: Final = 12
"""So many pictures a product has at most."""

Name = Annotated[str, Text(200)]


class Product(Model):
    """A product of the client's library. Members of other names are the client's own and are kept.

    Attributes:
        image_url: only for a picture that lies elsewhere.
        image_id: names the picture in our store that is shown and used; set by us alone.
        pictures: all its pictures in our store, the newest first; likewise.
        uploads: files that are to be further pictures; likewise.
        deleted_at: the tombstone.
    """

    id: Id
    name: Name
    image_url: Annotated[str, Field(max_length=2048)] | None = None
    image_id: Id | None = None
    pictures: Annotated[tuple[Picture, ...], Field(max_length=2 * MAX_PICTURES)] = ()
    uploads: Annotated[tuple[Upload, ...], Field(max_length=2 * MAX_PICTURES)] = ()
    deleted_at: IsoTime | None = None

    @property
    def shown(self) -> str | None:
        """What is shown: the id of a picture in our store, or the address of one that lies elsewhere."""
        return self.image_id or self.image_url

    def passing_over(self) -> "Product":
        """The product as a person wants it shown: what was asked for up to now will not change that."""
        return self.replace(uploads=tuple(one.replace(passed_over=True) for one in self.uploads))

    def all_pictures(self) -> tuple[Picture, ...]:
        """All its pictures in our store, the newest first.

        Products that have one since before there could be several do not list it.
        """
        if self.image_id is None or any(picture.id == self.image_id for picture in self.pictures):
            return self.pictures
        return (*self.pictures, Picture(id=self.image_id))

    def picture(self, image_id: str) -> Picture | None:
        """Its picture with this id."""
        return next((picture for picture in self.all_pictures() if picture.id == image_id), None)


class PurgedStudio(Model):
    """What is kept of a studio that is gone for good: that it cost something.

    Attributes:
        costs: what its pictures cost, in millionths of a US dollar, by month.
    """

    id: Id
    name: Name
    costs: dict[str, int]


class Client(Document):
    """A client: its products, and the sessions of other tools, which are kept to the letter.

    Attributes:
        purged_studios: those of whose costs somebody may still ask, each under a name of its own purge.
        monthly_limit_micros: what its pictures may cost in a month, in millionths of a US dollar; None for no
            limit.
    """

    id: Id
    name: Name
    products: tuple[Product, ...] = ()
    monthly_limit_micros: Micros | None = None
    client_sessions: tuple[Any, ...] = ()
    purged_studios: dict[str, PurgedStudio] = Field(default_factory=dict)
    created_at: IsoTime
    updated_at: IsoTime

    def product(self, product_id: str) -> Product:
        """The product with this id.

        Raises:
            NotFound: there is none.
            Deleted: there was one, and it can still be restored.
        """
        found = self.find(product_id)
        if found is None:
            raise NotFound("product", product_id)
        if found.deleted_at is not None:
            until = days_after(found.deleted_at, RESTORABLE_DAYS)
            raise Deleted("product", product_id, found.deleted_at, until)
        return found

    def find(self, product_id: str) -> Product | None:
        """The product with this id, deleted or not."""
        return next((product for product in self.products if product.id == product_id), None)

    def live_products(self) -> tuple[Product, ...]:
        """The products that are not deleted, in the library's order."""
        return tuple(product for product in self.products if product.deleted_at is None)


def new_client(client_id: str, name: str, now: str) -> Client:
    """A client with nothing in its library."""
    return Client(id=client_id, name=name, created_at=now, updated_at=now)


def edit_client(client: Client, changes: Mapping[str, Any], now: str) -> Client | None:
    """The client with its name or its limit changed, or None when they are so already."""
    if all(getattr(client, name) == value for name, value in changes.items()):
        return None
    return client.replace(**changes, updated_at=now)


def put_product(client: Client, product: Product, now: str) -> Client | None:
    """The client with this product added, or put in place of the one with its id, deleted or not.

    The pictures that it brings come before those it had; one that brings none shows the one it showed.

    Raises:
        InvalidRequest: it has all the pictures that it may have.
    """
    old = client.find(product.id)
    if old is None:
        return client.replace(products=(*client.products, product), updated_at=now)
    if product.image_id is None and product.image_url is None:
        product = product.replace(image_id=old.image_id, image_url=old.image_url)
    return _with_product(client, old, _with_pictures_of(old, product, product.pictures), now)


def edit_product(
    client: Client, product_id: str, changes: Mapping[str, Any], now: str, brought: Sequence[Picture] = ()
) -> Client | None:
    """The client with some members of one product changed; a member set to None is cleared.

    Args:
        client: the client.
        product_id: which product.
        changes: members by their JSON names.
        now: the time of the edit.
        brought: pictures that come with them.

    Raises:
        NotFound: there is no such product.
        Deleted: it is deleted.
        InvalidRequest: it does not have the picture that it is to show; or it has all that it may have.
    """
    old = client.product(product_id)
    merged = {name: value for name, value in {**old.to_json(), **changes}.items() if value is not None}
    return _with_product(client, old, _with_pictures_of(old, Product.model_validate(merged), brought), now)


def _with_pictures_of(old: Product, new: Product, brought: Sequence[Picture]) -> Product:
    """The new product with the pictures and uploads of the old; what is brought comes first.

    If it shows another picture than the old one did, here or elsewhere, that stays so when files come that
    were asked for before.

    Raises:
        InvalidRequest: it shows none of these; or it has all the pictures that it may have, those on their
            way among them.
    """
    had = old.all_pictures()
    added = tuple(picture for picture in brought if old.picture(picture.id) is None)
    waiting = sum(upload.is_open for upload in old.uploads)
    if added and len(had) + waiting >= MAX_PICTURES:
        raise InvalidRequest.of("/imageUrl", f"a product has at most {MAX_PICTURES} pictures; delete one first")
    if new.image_id not in {None, *(picture.id for picture in (*brought, *had))}:
        raise InvalidRequest.of("/imageId", "must be the id of one of its pictures; `pictures` lists them")
    stays = not added and new.image_id == old.image_id
    new = new.replace(pictures=old.pictures if stays else (*added, *had), uploads=old.uploads)
    return new if new.shown in {old.shown, None} else new.passing_over()


def delete_product(client: Client, product_id: str, now: str) -> Client | None:
    """The client with this product's tombstone set; None when it is deleted already.

    Raises:
        NotFound: there is no such product.
    """
    old = client.find(product_id)
    if old is None:
        raise NotFound("product", product_id)
    if old.deleted_at is not None:
        return None
    return _with_product(client, old, old.replace(deleted_at=now), now)


def undelete_product(client: Client, product_id: str, now: str) -> Client | None:
    """The client with this product's tombstone lifted; None when it is not deleted.

    Raises:
        NotFound: there is no such product.
    """
    old = client.find(product_id)
    if old is None:
        raise NotFound("product", product_id)
    return _with_product(client, old, old.replace(deleted_at=None), now)


def import_into_client(
    client: Client, products: Sequence[Product], sessions: Sequence[Any], now: str
) -> Client | None:
    """The client with the products and sessions that it does not have yet; tombstones count as had.

    Sessions are the same when they have the same `id`, or without one when they are equal.
    """
    have = {product.id for product in client.products}
    new_products = tuple(product for product in products if product.id not in have)
    known = {_session_identity(session) for session in client.client_sessions}
    new_sessions = tuple(session for session in sessions if _session_identity(session) not in known)
    if not new_products and not new_sessions:
        return None
    return client.replace(
        products=client.products + new_products,
        client_sessions=client.client_sessions + new_sessions,
        updated_at=now,
    )


def _session_identity(session: Any) -> bytes:
    """What tells a session from others: its id, or the whole of it; as JSON, in which 1 is not true."""
    has_id = isinstance(session, dict) and session.get("id") is not None
    return to_json({"id": session["id"]} if has_id else [session])


def _with_product(client: Client, old: Product, new: Product, now: str) -> Client | None:
    if to_json(new) == to_json(old):  # to Python, true equals 1
        return None
    products = tuple(new if product is old else product for product in client.products)
    return client.replace(products=products, updated_at=now)
