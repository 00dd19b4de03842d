"""A view camera: where points and planes of the room appear in the picture.

The back of the camera stays upright and only its lens is shifted, as architects' photographers do it, so
uprights stay upright at every camera height and the horizon may lie outside the picture. Metres run to the
right, up from the ground, and away from the camera.
"""

from dataclasses import dataclass

from scene_studio.generation.rendering.drawing import Point, Size

Metres = tuple[float, float, float]
Perspective = tuple[float, float, float, float, float, float, float, float]


@dataclass(frozen=True, slots=True)
class Camera:
    """How the picture is taken.

    Attributes:
        size: of the picture, in pixels.
        focal: the distance from lens to picture, in pixels.
        centre: the column that the lens looks at.
        horizon: the row of the horizon; it may lie outside the picture.
        eye: how high the lens is above the ground, in metres.
    """

    size: Size
    focal: float
    centre: float
    horizon: float
    eye: float

    def point(self, x: float, y: float, z: float) -> Point:
        """Where a point of the room appears, in pixels."""
        return self.centre + self.focal * x / z, self.horizon + self.focal * (self.eye - y) / z

    def scale(self, z: float) -> float:
        """How many pixels a metre has at this distance."""
        return self.focal / z

    def row(self, z: float) -> float:
        """The row at which the ground at this distance appears."""
        return self.horizon + self.focal * self.eye / z

    def distance(self, row: float) -> float:
        """How far away the ground is that appears at this row, which is below the horizon."""
        return self.focal * self.eye / max(row - self.horizon, 1e-3)

    def reach(self, z: float) -> tuple[float, float]:
        """The leftmost and the rightmost point that is seen at this distance, in metres."""
        return -self.centre * z / self.focal, (self.size[0] - self.centre) * z / self.focal

    def lowered(self, metres: float) -> "Camera":
        """The same camera, its heights measured from a ground this much lower."""
        return Camera(self.size, self.focal, self.centre, self.horizon, self.eye + metres)

    def shrunk(self, factor: float) -> "Camera":
        """The same view in a picture smaller by this factor."""
        width, height = self.size
        return Camera(
            (max(1, round(width * factor)), max(1, round(height * factor))),
            self.focal * factor,
            self.centre * factor,
            self.horizon * factor,
            self.eye,
        )

    def plane(self, origin: Metres, right: Metres, down: Metres) -> Perspective:
        """What Pillow's perspective transform needs to show a plane.

        Args:
            origin: where the texture's top left corner lies.
            right: from one pixel of the texture to the next in its row.
            down: from one pixel of the texture to the next in its column.
        """
        (a, d, g), (b, e, h), (c, f, i) = self._seen(right), self._seen(down), self._seen_from(origin)
        # The inverse of the matrix with these columns, up to a factor.
        whole = a * e - b * d or 1e-9
        return (
            (e * i - f * h) / whole,
            (c * h - b * i) / whole,
            (b * f - c * e) / whole,
            (f * g - d * i) / whole,
            (a * i - c * g) / whole,
            (c * d - a * f) / whole,
            (d * h - e * g) / whole,
            (b * g - a * h) / whole,
        )

    def _seen(self, step: Metres) -> Metres:
        x, y, z = step
        return self.focal * x + self.centre * z, self.horizon * z - self.focal * y, z

    def _seen_from(self, origin: Metres) -> Metres:
        x, y, z = origin
        return self._seen((x, y - self.eye, z))
