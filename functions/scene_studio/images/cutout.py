"""Taking a product out of its background."""

from typing import Final

from PIL import Image, ImageChops, ImageFilter

from scene_studio.images.regions import paint, regions
from scene_studio.model.errors import ImageRejected

_VISIBLE: Final = 16
"""The least alpha that counts as part of the product when its extent is measured."""
_USEFUL_SHARE: Final = 0.01
"""The least share of transparent pixels for an alpha channel to be believed."""
_PLAIN_SHARE: Final = 0.8
"""The share of border pixels that must agree; the rest allows for a product that touches the edge."""
_PLAIN_SPREAD: Final = 24
"""How far border pixels may lie from their common colour, in levels of the channel that differs most."""
_TOLERANCES: Final = (8, 40)
_HALO_TOLERANCE: Final = 40
_LEAST_PRODUCT_SHARE: Final = 0.004
_SPECK_SHARE: Final = 0.0002


def cut_out(image: Image.Image) -> Image.Image:
    """The product alone, cropped to its extent; the whole picture, opaque, if no product can be told.

    Args:
        image: an RGB or RGBA picture, as from `open_upright`.

    Returns:
        A new RGBA picture. Pixels that come out opaque have exactly the colours they had.

    Raises:
        ImageRejected: the picture is transparent throughout.
    """
    product = product_alone(image)
    if product is None:
        product = image.convert("RGBA")
        product.putalpha(255)
    return product


def product_alone(image: Image.Image) -> Image.Image | None:
    """The product of a picture that tells what is product and what is not, cropped to its extent.

    A picture that comes with a useful alpha channel keeps it. A plain background is removed from the border
    inwards, so that parts of the product that have the background's colour stay.

    Args:
        image: an RGB or RGBA picture, as from `open_upright`.

    Returns:
        A new RGBA picture, or None if there is neither a useful alpha channel nor a plain background.

    Raises:
        ImageRejected: the picture is transparent throughout.
    """
    picture = image.convert("RGBA")
    if _has_useful_alpha(picture):
        return _cropped(picture)
    picture.putalpha(255)
    product = _product_on_plain(picture.convert("RGB"))
    return None if product is None else _cropped(_with_soft_edges(picture, product))


def _has_useful_alpha(picture: Image.Image) -> bool:
    counts = picture.getchannel("A").histogram()
    if sum(counts[_VISIBLE:]) == 0:
        raise ImageRejected(
            "The picture is transparent throughout. Upload one in which the product can be seen."
        )
    return sum(counts[:_VISIBLE]) >= _USEFUL_SHARE * sum(counts)


def _cropped(picture: Image.Image) -> Image.Image:
    visible = picture.getchannel("A").point([0] * _VISIBLE + [255] * (256 - _VISIBLE))
    return picture.crop(visible.getbbox())


def _product_on_plain(picture: Image.Image) -> Image.Image | None:
    """A mask of the product (255) on its plain background (0), or None if there is no such background."""
    masks = _background_masks(picture)
    if masks is None:
        return None
    near, roughly_near = masks
    # Leaks of a pixel or two into the product stop the flood; the true edge is found again afterwards.
    passable = _shrunk(near, 1)
    reached = paint(passable.size, [region for region in regions(passable) if region.touches_border])
    background = ImageChops.darker(_grown(reached, 1), near)
    # Beside an edge, blur and compression leave a halo that is not quite the background any more.
    halo = ImageChops.darker(_grown(background, 3), roughly_near)
    background = ImageChops.lighter(background, halo)
    area = picture.width * picture.height
    # What the flood left standing in the middle of nowhere is dust or noise of the compression.
    kept = [region for region in regions(ImageChops.invert(background)) if region.area >= _SPECK_SHARE * area]
    if not _LEAST_PRODUCT_SHARE * area <= sum(region.area for region in kept) < area:
        return None
    return paint(picture.size, kept)


def _background_masks(picture: Image.Image) -> tuple[Image.Image, Image.Image] | None:
    """Masks of what looks like the border, strictly and roughly, or None if that is not nearly one colour."""
    border = Image.new("L", picture.size, 255)
    border.paste(0, (2, 2, max(2, picture.width - 2), max(2, picture.height - 2)))
    levels = picture.histogram(border)
    colour = tuple(_quantile(levels[start : start + 256], 0.5) for start in (0, 256, 512))
    red, green, blue = ImageChops.difference(picture, Image.new("RGB", picture.size, colour)).split()
    distance = ImageChops.lighter(ImageChops.lighter(red, green), blue)
    distances = distance.histogram(border)
    alike = distances[: _PLAIN_SPREAD + 1]
    if sum(alike) < _PLAIN_SHARE * sum(distances):
        return None
    # Clean backgrounds get a narrow tolerance, which keeps pale products whole; noisy ones need a wide one.
    tolerance = min(max(_TOLERANCES[0], 6 + 2 * _quantile(alike, 0.95)), _TOLERANCES[1])
    return _at_most(distance, tolerance), _at_most(distance, tolerance + _HALO_TOLERANCE)


def _grown(mask: Image.Image, by: int) -> Image.Image:
    """The mask with its set parts grown by some pixels; far faster than Pillow's rank filters."""
    return mask.filter(ImageFilter.BoxBlur(by)).point([0] + [255] * 255)


def _shrunk(mask: Image.Image, by: int) -> Image.Image:
    """The mask with its set parts shrunk by some pixels."""
    return mask.filter(ImageFilter.BoxBlur(by)).point([0] * 255 + [255])


def _at_most(levels: Image.Image, limit: int) -> Image.Image:
    return levels.point([255] * (limit + 1) + [0] * (255 - limit))


def _quantile(counts: list[int], share: float) -> int:
    """The least level at or below which this share of the counted pixels lies."""
    wanted = share * sum(counts)
    so_far = 0
    for level, count in enumerate(counts):
        so_far += count
        if so_far >= wanted:
            return level
    return len(counts) - 1


def _with_soft_edges(picture: Image.Image, product: Image.Image) -> Image.Image:
    """The product with an edge that fades over a pixel or two and shows nothing of the old background."""
    blurred = product.filter(ImageFilter.GaussianBlur(1))
    ramp = [min(255, max(0, round((level - 120) * 2.5))) for level in range(256)]
    alpha = ImageChops.darker(blurred.point(ramp), product)
    opaque = alpha.point([0] * 255 + [255])
    # Pixels of the edge are mixed with the background they stood on. They take the colour of the opaque
    # pixels around them instead.
    inside = picture.copy()
    inside.putalpha(opaque)
    spread = inside.convert("RGBa").filter(ImageFilter.GaussianBlur(2)).convert("RGBA")
    known = spread.getchannel("A").point([0] * 32 + [255] * 224)
    result = Image.composite(spread, picture, ImageChops.subtract(known, opaque))
    result.putalpha(alpha)
    return result
