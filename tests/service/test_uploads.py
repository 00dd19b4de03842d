"""A team's own photographs, from the form in a browser to the generated picture, over the local server."""

import json
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import httpx
import pytest
from PIL import Image, ImageChops, ImageDraw, ImageStat

from scene_studio.model import addresses
from scene_studio.model.identifiers import derive
from scene_studio.store.object_store import UPLOADS
from tests.support.api import CLIENT
from tests.support.pictures import as_image, jpeg, photograph
from tests.support.service import Service
from tests.support.stored import STUDIO_KEY, stored_objects

PRODUCT = f"{CLIENT}/products/product-a"
SECONDS = 60.0
GPS_LATITUDE = "52 deg 31 min"
MAGENTA = (214, 12, 160)


class Team:
    """People who send photographs to a service and look at what becomes of them."""

    def __init__(self, service: Service, store: Path, studio_id: str = "default") -> None:
        self.service = service
        self.store = store
        self.studio = addresses.studio("acme-corp", studio_id)
        self.scenes = f"{self.studio}/user-scenes"

    def moved_in(self) -> "Team":
        """The team in a studio of its own, with a slot that is filled."""
        self.call("PUT", self.studio, {})
        self.call("POST", f"{self.studio}/slots", {"id": "slot-1", "productIds": ["product-a"]})
        return self

    def call(self, method: str, path: str, body: Any = None) -> Any:
        """The answer to a request that has to succeed."""
        answer = httpx.request(method, self.service.address + path, json=body, timeout=60)
        assert answer.status_code < 400, answer.text
        return answer.json() if answer.content else {}

    def picture(self, path: str) -> bytes:
        """The picture that an address leads to."""
        answer = httpx.get(self.service.address + path, follow_redirects=True)
        assert answer.status_code == 200, answer.text
        assert "uploads/" not in str(answer.url)
        return answer.content

    def send(self, ticket: Any, body: bytes, content_type: str = "image/jpeg") -> None:
        """Send a file as a browser does: a form whose fields come first and whose file comes last."""
        url = urljoin(self.service.address, ticket["url"])
        file = {"file": ("IMG 1.jpg", body, content_type)}
        answer = httpx.post(url, data=ticket["fields"], files=file, timeout=60)
        assert answer.status_code == 204, answer.text

    def add_scene(self, scene_id: str, body: bytes) -> Any:
        """Add a scene of this photograph, and give its ticket."""
        wanted = {"id": scene_id, "contentType": "image/jpeg", "size": len(body)}
        ticket = self.call("POST", self.scenes, wanted)["upload"]
        self.send(ticket, body)
        return ticket

    def ended(self, path: str, has_ended: Callable[[Any], bool]) -> Any:
        """What is at an address once its upload has ended."""
        until = time.monotonic() + SECONDS
        while not has_ended(found := self.call("GET", path)):
            assert time.monotonic() < until, (found, self.service.log()[-3000:])
            time.sleep(0.1)
        return found

    def scene(self, scene_id: str) -> Any:
        """A scene once its upload has ended."""
        return self.ended(f"{self.scenes}/{scene_id}", lambda scene: scene["state"] != "PROCESSING")

    def raw_uploads(self) -> list[str]:
        """The keys of the files that lie where they were sent, a moment after the last has been dealt with."""
        until = time.monotonic() + 60
        while left := [key for key in stored_objects(self.store) if key.startswith(UPLOADS)]:
            if time.monotonic() > until:
                break
            time.sleep(0.1)
        return left

    def generate(self, **body: Any) -> Any:
        """A new revision of the slot, always of the same seed."""
        return self.call("POST", f"{self.studio}/generate", {"slotId": "slot-1", "seed": 7} | body)["images"][0]


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Team]:
    """A service that the tests share, each in a studio of its own."""
    data = tmp_path_factory.mktemp("uploads") / "data"
    service = Service(data).start()
    yield Team(service, data / "store.sqlite")
    service.kill()


@pytest.fixture
def team(running: Team, request: pytest.FixtureRequest) -> Team:
    return Team(running.service, running.store, derive(request.node.name)).moved_in()


@pytest.fixture
def team_alone(tmp_path: Path) -> Iterator[Team]:
    """A team whose service may be killed; its janitor comes twice in the time that a worker has."""
    service = Service(tmp_path / "data", SCENE_STUDIO_WORKER_SECONDS="8").start()
    yield Team(service, tmp_path / "data" / "store.sqlite").moved_in()
    service.kill()


def turned_photograph(number: int) -> bytes:
    """A JPEG as a telephone held upright makes it: lying on its side, and saying so, and where it was."""
    exif = Image.Exif()
    exif[0x0112] = 6  # show it turned by 90 degrees clockwise
    exif[0x010F] = "Maker of Cameras"
    exif.get_ifd(0x8825).update({1: "N", 2: (52.0, 31.0, 12.0), 29: GPS_LATITUDE})
    out = BytesIO()
    photograph(number, (480, 640)).transpose(Image.Transpose.ROTATE_90).save(out, "JPEG", exif=exif, quality=95)
    return out.getvalue()


def ellipse_on_white() -> bytes:
    """A product photograph before a plain background."""
    picture = Image.new("RGB", (600, 600), "white")
    ImageDraw.Draw(picture).ellipse((150, 100, 450, 500), fill=MAGENTA)
    out = BytesIO()
    picture.save(out, "JPEG", quality=95)
    return out.getvalue()


def distance(one: Image.Image, other: Image.Image) -> float:
    """How far two pictures of one size are from one another, in levels of a channel."""
    return max(ImageStat.Stat(ImageChops.difference(one, other)).mean)


def corners_of_product(picture: Image.Image) -> list[tuple[int, ...]]:
    """The pixels in the corners of what is as magenta as the product."""
    bands = [
        band.point(lambda value, at=level: 255 if abs(value - at) < 40 else 0)
        for band, level in zip(picture.split(), MAGENTA, strict=True)
    ]
    box = ImageChops.multiply(ImageChops.multiply(bands[0], bands[1]), bands[2]).getbbox()
    assert box is not None
    left, top, right, bottom = box
    assert right - left > 20
    corners = [(left, top), (right - 1, top), (left, bottom - 1), (right - 1, bottom - 1)]
    return [pixel for at in corners if isinstance(pixel := picture.getpixel(at), tuple)]


def test_a_photograph_becomes_a_scene_upright_and_without_metadata_and_pictures_are_made_in_it(
    team: Team,
) -> None:
    photo = turned_photograph(3)
    assert GPS_LATITUDE.encode() in photo
    ticket = team.add_scene("loft", photo)
    scene = team.scene("loft")
    assert (scene["state"], scene["width"], scene["height"]) == ("READY", 480, 640)
    assert 1 <= len(scene["colors"]) <= 8
    served = team.picture(scene["imageUrl"])
    assert distance(as_image(served), photograph(3, (480, 640))) < 4
    assert max(as_image(team.picture(scene["thumbnailUrl"])).size) == 320
    for secret in (b"Exif", b"Maker of Cameras", GPS_LATITUDE.encode()):
        assert secret not in served
    without, within = team.generate(), team.generate(settings={"scene": scene})
    assert within["settings"]["scene"]["imageUrl"] == scene["imageUrl"]
    empty, filled = (as_image(team.picture(image["url"])) for image in (without, within))
    assert empty.size == filled.size
    assert distance(empty, filled) > 4
    assert team.raw_uploads() == []
    raw = httpx.get(f"{team.service.address}/_objects/{ticket['fields']['key']}")
    assert raw.status_code in {403, 404}


def test_a_product_on_a_plain_background_is_cut_out_and_stands_in_the_picture_without_it(team: Team) -> None:
    photo = ellipse_on_white()
    before = team.call("GET", PRODUCT)
    asked = team.call("POST", f"{PRODUCT}/image", {"contentType": "image/jpeg", "size": len(photo)})
    assert [one["state"] for one in asked["product"]["uploads"]] == ["PROCESSING"]
    team.send(asked["upload"], photo)
    product = team.ended(PRODUCT, lambda found: "uploads" not in found)
    shown, *others = product["pictures"]
    assert (shown["id"], shown["cutout"]) == (product["imageId"], True)
    assert (shown["width"], shown["height"]) == (600, 600)
    assert [one["id"] for one in others] == [one["id"] for one in before["pictures"]]
    assert as_image(team.picture(shown["thumbnailUrl"])).format is None
    cutout = as_image(team.picture(f"{product['imageUrl']}?size=cutout"))
    assert cutout.mode == "RGBA"
    middle, corner = cutout.getpixel((cutout.width // 2, cutout.height // 2)), cutout.getpixel((0, 0))
    assert isinstance(middle, tuple)
    assert isinstance(corner, tuple)
    assert (middle[3], corner[3]) == (255, 0)
    image = team.generate(settings={"style": "Industrial", "lighting": "Evening"})
    corners = corners_of_product(as_image(team.picture(image["url"])))
    assert not all(min(pixel) > 240 for pixel in corners)
    assert team.call("PATCH", PRODUCT, {"imageId": others[0]["id"]})["imageId"] == others[0]["id"]
    assert team.raw_uploads() == []


@pytest.mark.parametrize("body", [jpeg(1)[:-200], b"<svg onload='alert(1)'/>"])
def test_a_file_that_is_no_picture_is_rejected_with_a_reason_and_another_can_be_sent(
    team: Team, body: bytes
) -> None:
    team.add_scene("loft", body)
    scene = team.scene("loft")
    assert (scene["state"], "imageUrl" in scene) == ("REJECTED", False)
    assert len(scene["reason"]) > 20
    nothing = httpx.get(f"{team.service.address}{team.scenes}/loft/image")
    assert (nothing.status_code, scene["reason"] in nothing.json()["detail"]) == (404, True)
    wanted = {
        "slotId": "slot-1",
        "settings": {"scene": {"id": "loft", "imageUrl": f"{team.scenes}/loft/image"}},
    }
    refused = httpx.post(f"{team.service.address}{team.studio}/generate", json=wanted)
    assert refused.status_code == 422
    assert team.raw_uploads() == []
    photo = jpeg(2, (320, 200))
    file = {"contentType": "image/jpeg", "size": len(photo)}
    team.send(team.call("POST", f"{team.scenes}/loft/image", file)["upload"], photo)
    assert (team.scene("loft")["state"], team.scene("loft")["width"]) == ("READY", 320)


def test_a_replaced_picture_is_there_until_the_new_one_is(team: Team) -> None:
    team.add_scene("loft", jpeg(1, (640, 480)))
    first = team.picture(team.scene("loft")["imageUrl"])
    photo = jpeg(2, (400, 300))
    wanted = {"contentType": "image/jpeg", "size": len(photo)}
    ticket = team.call("POST", f"{team.scenes}/loft/image", wanted)["upload"]
    assert team.picture(f"{team.scenes}/loft/image") == first
    team.send(ticket, photo)
    scene = team.scene("loft")
    assert (scene["state"], scene["width"]) == ("READY", 400)
    assert as_image(team.picture(scene["imageUrl"])).size == (400, 300)
    assert team.raw_uploads() == []


def test_a_form_that_is_sent_twice_makes_one_picture(team: Team) -> None:
    photo = jpeg(1, (640, 480))
    ticket = team.add_scene("loft", photo)
    team.send(ticket, photo)
    first = team.picture(team.scene("loft")["imageUrl"])
    assert team.raw_uploads() == []
    team.send(ticket, jpeg(2, (320, 200)))
    assert team.raw_uploads() == []
    scene = team.scene("loft")
    assert (scene["state"], scene["width"]) == ("READY", 640)
    assert team.picture(scene["imageUrl"]) == first


def test_a_stock_scene_and_a_revision_become_scenes_of_the_teams_own(team: Team) -> None:
    made = team.generate()
    sources: dict[str, Any] = {
        "kitchen": {"stock": "stock-kitchen-1"},
        "again": {"slotId": "slot-1", "imageId": made["id"]},
    }
    for scene_id, source in sources.items():
        team.call("POST", team.scenes, {"id": scene_id, "from": source})
        scene = team.scene(scene_id)
        assert scene["state"] == "READY"
        assert as_image(team.picture(scene["imageUrl"])).size == (scene["width"], scene["height"])
    assert (scene["width"], scene["height"]) == (made["width"], made["height"])
    assert team.raw_uploads() == []


def test_a_file_whose_event_was_lost_with_the_server_becomes_a_picture_all_the_same(team_alone: Team) -> None:
    team, photo = team_alone, jpeg(1, (3600, 2400))
    for attempt in range(10):
        team.add_scene(f"loft-{attempt}", photo)
        team.service.kill()
        if lose_the_event_ten_minutes_ago(team.store, f"loft-{attempt}"):
            break
        team.service.start()  # it was dealt with before it could be lost
    else:
        pytest.fail("every file was dealt with between the answer and the kill")
    team.service.start()
    scene = team.scene(f"loft-{attempt}")
    assert (scene["state"], scene["width"], scene["height"]) == ("READY", 3600, 2400)
    assert as_image(team.picture(scene["imageUrl"])).size == (3600, 2400)
    assert team.raw_uploads() == []


def lose_the_event_ten_minutes_ago(store: Path, scene_id: str) -> bool:
    """Take from the file of a service that is dead all that tells of an upload, and let time pass.

    Returns:
        Whether the upload was still awaited.
    """
    with closing(sqlite3.connect(store)) as db, db:
        select = "SELECT id, body FROM versions JOIN heads ON id = version WHERE heads.key = ?"
        version, body = db.execute(select, (STUDIO_KEY,)).fetchone()
        document = json.loads(body)
        (scene,) = [one for one in document["userScenes"] if one["id"] == scene_id]
        if "upload" not in scene:
            return False
        for moment in ("askedAt", "queuedAt", "deadline"):
            scene["upload"][moment] -= 10 * 60_000
        db.execute("UPDATE versions SET body = ? WHERE id = ?", (json.dumps(document).encode(), version))
        db.execute("DELETE FROM messages WHERE queue = 'uploads'")
    return True
