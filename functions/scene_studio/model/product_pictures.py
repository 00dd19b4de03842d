"""The pictures of products, and the rules that change them. None for a client: nothing to do."""

from collections.abc import Collection, Iterable
from typing import Final

from scene_studio.model.client import MAX_PICTURES, Client, Product
from scene_studio.model.errors import InvalidRequest, NotFound
from scene_studio.model.identifiers import iso_time
from scene_studio.model.upload import Picture, Upload, UploadResult

_MAX_REJECTED: Final = 4
"""So many rejected files are remembered; the oldest are dropped first."""


def await_product_picture(client: Client, product_id: str, upload: Upload, now: str) -> Client | None:
    """The client with this upload for one more picture of a product.

    Raises:
        NotFound: there is no such product.
        Deleted: it is deleted.
        InvalidRequest: it has all the pictures that it may have.
    """
    product = client.product(product_id)
    waiting = [one for one in product.uploads if one.is_open]
    if len(product.pictures) + len(waiting) >= MAX_PICTURES:
        raise InvalidRequest.of(
            "/productId", f"a product has at most {MAX_PICTURES} pictures; delete one first"
        )
    rejected = [one for one in product.uploads if not one.is_open][-_MAX_REJECTED:]
    return _with_product(client, product.replace(uploads=(*rejected, *waiting, upload)), now)


def show_picture(client: Client, product_id: str, image_id: str, now: str) -> Client | None:
    """The client with one of a product's pictures as the one that is shown and used.

    Raises:
        NotFound: there is no such product, or it has no such picture.
        Deleted: the product is deleted.
    """
    product = client.product(product_id)
    _picture(product, image_id)
    return _with_product(client, product.replace(image_id=image_id, image_url=None), now)


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
    _picture(product, image_id)
    pictures = tuple(one for one in product.pictures if one.id != image_id)
    if product.image_id == image_id:
        product = product.replace(image_id=pictures[0].id if pictures else None)
    return _with_product(client, product.replace(pictures=pictures), now)


def takes_product_upload(client: Client, result: UploadResult) -> bool:
    """Whether a product, deleted or not, waits for this upload."""
    product = client.find(result.owner_id) if result.owner == "product" else None
    return product is not None and _awaited(product, result) is not None


def fold_product_uploads(client: Client, results: Iterable[UploadResult], now: int) -> Client | None:
    """The client with these uploads ended: their products have a picture more, or a reason why not.

    The newest picture is the one shown. What no product waits for is left out.
    """
    changed = client
    for result in results:
        product = changed.find(result.owner_id) if result.owner == "product" else None
        upload = None if product is None else _awaited(product, result)
        if product is not None and upload is not None:
            changed = _with_product(changed, _ended(product, upload, result), iso_time(now)) or changed
    return None if changed is client else changed


def product_uploads_queued(client: Client, upload_ids: Collection[str], now: int) -> Client | None:
    """The client with a note that events about these uploads were sent now."""
    changed = client
    for product in client.products:
        noted = tuple(one.replace(queued_at=now) if one.id in upload_ids else one for one in product.uploads)
        changed = _with_product(changed, product.replace(uploads=noted), client.updated_at) or changed
    return None if changed is client else changed


def _picture(product: Product, image_id: str) -> Picture:
    found = next((one for one in product.pictures if one.id == image_id), None)
    if found is None:
        raise NotFound("picture of the product", image_id)
    return found


def _awaited(product: Product, result: UploadResult) -> Upload | None:
    awaited = (one for one in product.uploads if one.id == result.id)
    return next((one for one in awaited if one.is_open or result.picture is not None), None)


def _ended(product: Product, upload: Upload, result: UploadResult) -> Product:
    if result.picture is None:
        rejected = upload.replace(reason=result.reason)
        return product.replace(uploads=tuple(rejected if one is upload else one for one in product.uploads))
    return product.replace(
        uploads=tuple(one for one in product.uploads if one is not upload),
        pictures=(result.picture, *product.pictures),
        image_id=result.picture.id,
        image_url=None,
    )


def _with_product(client: Client, product: Product, now: str) -> Client | None:
    if client.find(product.id) == product:
        return None
    products = tuple(product if old.id == product.id else old for old in client.products)
    return client.replace(products=products, updated_at=now)
