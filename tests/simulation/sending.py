"""What people do with files: ask for a scene or a product's picture, and send its file, or not, or twice."""

from typing import Final

from scene_studio.queues.s3_notifications import created
from scene_studio.store import keys
from scene_studio.store.keys import UploadPlace
from tests.simulation.browsers import PRODUCT_IDS, STUDIO_PATH
from tests.simulation.containers import CLIENT, STUDIO
from tests.simulation.executing import Executing
from tests.simulation.requests import Answer, Request

_MOST_OF_A_PRODUCT: Final = 8
"""Fewer than a product may have, so that nothing is refused for their number."""
_VANISHING: Final = 0.05
"""How often a file is gone soon after it came."""


class Sending(Executing):
    """Somebody who has files."""

    def send_scene(self) -> None:
        """Add a scene, and send its file."""
        scene_id = f"scene{next(self._values)}"
        self._ask(UploadPlace(CLIENT, STUDIO, "scene", scene_id, scene_id), is_new=True)

    def replace_scene(self) -> None:
        """Send another file for a scene."""
        scenes = self.tab.state.raw.get("userScenes", ()) if self.tab.state is not None else ()
        if scenes:
            self._ask(UploadPlace(CLIENT, STUDIO, "scene", self._random.choice(scenes)["id"], ""))

    def send_product(self) -> None:
        """Send a file for a product."""
        product_id = self._random.choice(PRODUCT_IDS)
        if self._service.checker.files.asked_for(product_id) < _MOST_OF_A_PRODUCT:
            self._ask(UploadPlace(CLIENT, keys.LIBRARY, "product", product_id, ""))

    def _ask(self, place: UploadPlace, *, is_new: bool = False) -> None:
        request = Request("await", self._session.new_key(), repr(tuple(place)), place=place)
        answer = self._session.send(
            request,
            f"POST {STUDIO_PATH} {place.owner} {place.owner_id}",
            lambda container, change: container.await_file(place, change, is_new=is_new),
        )
        if isinstance(answer, Answer) and answer.ticket is not None:
            for _ in range(self._random.choice((0, 1, 1, 1, 1, 2))):
                self._post(answer.ticket)

    def _post(self, key: str) -> None:
        """Send the file by its form, as soon as it is chosen and for as long as the line takes."""
        world, platform = self._service.world, self._service.platform
        number = next(self._values)
        word = self._random.choice(("plain", "plain", "busy", "bad")) + f" {number}"
        seconds = self._random.choice((0.1, 5.0, 5.0, 60.0))

        def arrive() -> None:
            version = self._service.store.post(key, word.encode())
            if self._random.random() >= self._service.store.faults.unsent:
                platform.uploads.take(created(key, version.version_id, len(word)))
            else:
                world.note("S3 tells nobody of", key)
            if self._random.random() < _VANISHING:
                world.later(self._random.uniform(0, 3), lambda: self._service.store.vanish(key))

        world.later(self._random.uniform(0, seconds), arrive)
