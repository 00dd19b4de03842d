"""Setting products on the ground: stands, shadows and reflections, all of which touch the room alone."""

from collections.abc import Sequence
from typing import Final

from PIL import Image

from scene_studio.generation.rendering.backdrop import View
from scene_studio.generation.rendering.decor import Decor
from scene_studio.generation.rendering.shadows import (
    Lighting,
    lay_flat_shadow,
    lay_reflection,
    lay_shadow,
    touch,
)
from scene_studio.generation.staging.figures import Placed
from scene_studio.generation.staging.plan import Plan
from scene_studio.generation.staging.stands import draw_stand, with_stand

_FLOOR_DEPTH: Final = 0.55
"""How far furniture reaches back, divided by its width."""
_TABLE_DEPTH: Final = 0.15
"""The same for what stands on tables, much of which is round and casts its shadow from its middle."""


def set_down(
    room: Image.Image, layout: Plan, placed: Sequence[Placed], lighting: Lighting, decor: Decor | None
) -> None:
    """Prepare the ground for all products, before any of them is pasted.

    Args:
        room: RGB, changed in place.
        layout: where everything is.
        placed: the products at its spots.
        lighting: how they are lit.
        decor: what the room is made of, or None for a scene picture.
    """
    if layout.view is None:
        for product in placed:
            lay_flat_shadow(room, product.outline, product.corner, lighting)
        return
    # All shadows come before all stands, so that no stand is darkened by the shadow of its neighbour's.
    for product, spot in zip(placed, layout.spots, strict=True):
        figure = layout.figures[spot.index]
        if figure.lift:
            whole = with_stand(product.outline, figure, spot)
            corner = (round(spot.middle - whole.width / 2), product.top)
            lay_shadow(room, whole, corner, layout.view.camera, lighting)
        else:
            depth = _TABLE_DEPTH if layout.on_table else _FLOOR_DEPTH
            lay_reflection(room, product.cutout, product.corner, _gloss(layout.view, decor))
            lay_shadow(room, product.outline, product.corner, layout.view.camera, lighting, depth=depth)
    if decor is None:
        return
    for product, spot in zip(placed, layout.spots, strict=True):
        figure = layout.figures[spot.index]
        if figure.lift:
            draw_stand(room, spot, figure, layout.view.camera, lighting.side, decor)
            touch(room, product.outline, product.corner, lighting)


def _gloss(view: View, decor: Decor | None) -> float:
    if decor is None:
        return 0.0
    return (decor.table if view.table else decor.floor).gloss
