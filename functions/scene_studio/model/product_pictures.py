"""The pictures of products, and the rules that change them. None for a client: nothing to do."""

from collections.abc import Collection, Iterable
from typing import Final

from scene_studio.model.client import MAX_PICTURES, Client, Product
from scene_studio.model.errors import InvalidRequest, NotFound
from scene_studio.model.identifiers import iso_time
from scene_studio.model.upload import AwaitedUpload, Upload, UploadResult

_MAX_REJECTED: Final = 4
"""So many rejected files are remembered; the oldest are dropped first."""


def await_product_picture(client: Client, product_id: str, upload: Upload, now: str) -> Client | None:
    """The client with this upload for one more picture of a product; None when it was awaited before.

    Raises:
        NotFound: there is no such product.
        Deleted: it is deleted.
        InvalidRequest: it has all the pictures that it may have.
    """
    product = client.product(product_id)
    pictures = product.all_pictures()
    if upload.id in {one.id for one in pictures} | {one.id for one in product.uploads}:
        return None
    waiting = [one for one in product.uploads if one.is_open]
    if len(pictures) + len(waiting) >= MAX_PICTURES:
        raise InvalidRequest.of(
            "/productId", f"a product has at most {MAX_PICTURES} pictures; delete one first"
        )
    rejected = [one for one in product.uploads if not one.is_open][-_MAX_REJECTED:]
    return _with_product(client, product.replace(uploads=(*rejected, *waiting, upload)), now)


def keep_shown(client: Client, product_id: str, now: str) -> Client | None:
    """The client with what a product shows chosen by a person.

    It stays so when pictures come that were asked for before.

    Raises:
        NotFound: there is no such product.
        Deleted: it is deleted.
    """
    return _with_product(client, client.product(product_id).passing_over(), now)


def remove_picture(client: Client, product_id: str, image_id: str, now: str) -> Client | None:
    """The client without this picture, or this upload, of a product; the next picture takes its place.

    The objects stay: revisions were made of them.

    Raises:
        NotFound: there is no such product, or it has no such picture.
        Deleted: the product is deleted.
    """
    product = client.product(product_id)
    if any(one.id == image_id for one in product.uploads):
        left = tuple(one for one in product.uploads if one.id != image_id)
        return _with_product(client, product.replace(uploads=left), now)
    if product.picture(image_id) is None:
        raise NotFound("picture of the product", image_id)
    pictures = tuple(one for one in product.all_pictures() if one.id != image_id)
    if product.image_id == image_id:
        product = product.replace(image_id=pictures[0].id if pictures else None)
    return _with_product(client, product.replace(pictures=pictures), now)


def awaited_product_uploads(client: Client) -> list[AwaitedUpload]:
    """The uploads that products wait for, deleted ones among them."""
    return [AwaitedUpload("product", product.id, one) for product in client.products for one in product.uploads]


def takes_product_upload(client: Client, result: UploadResult) -> bool:
    """Whether a product, deleted or not, waits for this upload."""
    return _awaiting(client, result) is not None


def fold_product_uploads(client: Client, results: Iterable[UploadResult], now: int) -> Client | None:
    """The client with these uploads ended: their products have a picture more, or a reason why not.

    Of those that end together, the picture asked for last is the one shown, unless a person chose one since.
    A picture is taken even after its upload was given up. What no product waits for is left out.
    """
    changed = client
    for result in sorted(results, key=lambda one: _asked_at(client, one)):
        awaiting = _awaiting(changed, result)
        if awaiting is not None:
            changed = _with_product(changed, _ended(*awaiting, result), iso_time(now)) or changed
    return None if changed is client else changed


def product_uploads_queued(client: Client, upload_ids: Collection[str], now: int) -> Client | None:
    """The client with a note that events about these uploads were sent now."""
    changed = client
    for product in client.products:
        noted = tuple(one.replace(queued_at=now) if one.id in upload_ids else one for one in product.uploads)
        changed = _with_product(changed, product.replace(uploads=noted), client.updated_at) or changed
    return None if changed is client else changed


def _awaiting(client: Client, result: UploadResult) -> tuple[Product, Upload] | None:
    product = client.find(result.owner_id) if result.owner == "product" else None
    if product is None:
        return None
    return next(((product, one) for one in product.uploads if one.takes(result)), None)


def _asked_at(client: Client, result: UploadResult) -> int:
    awaiting = _awaiting(client, result)
    return awaiting[1].asked_at if awaiting is not None else 0


def _ended(product: Product, upload: Upload, result: UploadResult) -> Product:
    if result.picture is None:
        rejected = upload.rejected(result)
        return product.replace(uploads=tuple(rejected if one is upload else one for one in product.uploads))
    pictures = (result.picture, *product.all_pictures())
    ended = product.replace(
        uploads=tuple(one for one in product.uploads if one is not upload), pictures=pictures
    )
    if upload.passed_over and product.shown is not None:
        return ended
    return ended.replace(image_id=result.picture.id, image_url=None)


def _with_product(client: Client, product: Product, now: str) -> Client | None:
    if client.find(product.id) == product:
        return None
    products = tuple(product if old.id == product.id else old for old in client.products)
    return client.replace(products=products, updated_at=now)
