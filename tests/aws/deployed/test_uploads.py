"""Pictures of a team's own: a ticket, a form sent to the bucket itself, the event, and what becomes of it."""

from collections.abc import Mapping
from typing import Any

import pytest

from tests.support.deployment import Deployment
from tests.support.pictures import as_image, jpeg, png
from tests.support.signed_in import Person, slot_of
from tests.support.signed_in import team as new_team

PICTURE = jpeg(7, (640, 480))


@pytest.fixture
def studio(team: Person) -> str:
    team.see(201, "PUT", team.studio, {}, if_none_match="*")
    return team.studio


def ticket(team: Person, scene_id: str, body: bytes) -> dict[str, Any]:
    """A new scene's ticket for a file of this size."""
    wanted = {"id": scene_id, "name": "Beach", "contentType": "image/jpeg", "size": len(body)}
    made = team.see(201, "POST", f"{team.studio}/user-scenes", wanted).json()
    assert "PROCESSING" == made["scene"]["state"]
    upload: dict[str, Any] = made["upload"]
    return upload


def send(deployment: Deployment, upload: Mapping[str, Any], body: bytes, **changed: str) -> int:
    """Post the form of a ticket as a browser does, without a token; gives the status."""
    answer = deployment.cloud.http.post(
        upload["url"], data={**upload["fields"], **changed}, files={"file": ("beach.jpg", body)}
    )
    return answer.status_code


def test_a_form_is_taken_as_its_ticket_says_and_otherwise_refused(
    team: Person, studio: str, deployment: Deployment
) -> None:
    upload = ticket(team, "beach", PICTURE)
    key = upload["fields"]["key"]
    assert 400 <= send(deployment, upload, PICTURE, key=f"{key}x") < 500
    assert 400 <= send(deployment, upload, PICTURE, **{"Content-Type": "text/html"}) < 500
    assert 400 <= send(deployment, upload, PICTURE + bytes(26 * 1024 * 1024)) < 500
    assert send(deployment, upload, PICTURE) in {200, 201, 204}


def test_a_raw_upload_is_never_served(iam_deployment: Deployment) -> None:
    """Where policies are evaluated; elsewhere the emulator gives everything to everybody."""
    team = new_team(iam_deployment)
    team.see(201, "PUT", team.studio, {}, if_none_match="*")
    upload = ticket(team, "beach", PICTURE)
    assert send(iam_deployment, upload, PICTURE) in {200, 201, 204}
    cloud, bucket, key = iam_deployment.cloud, iam_deployment.outputs["Bucket"], upload["fields"]["key"]
    cloud.client("s3").head_object(Bucket=bucket, Key=key)
    assert 403 == cloud.http.get(f"{cloud.address}/{bucket}/{key}").status_code


def test_an_upload_becomes_a_scene_that_pictures_are_made_in(
    team: Person, studio: str, deployment: Deployment
) -> None:
    assert send(deployment, ticket(team, "beach", PICTURE), PICTURE) in {200, 201, 204}
    scene = team.wait(f"{studio}/user-scenes/beach", lambda one: one["state"] != "PROCESSING", what="READY")
    assert "READY" == scene["state"], scene
    assert (640, 480) == as_image(team.picture(f"{studio}/user-scenes/beach/image")).size
    team.see(200, "PUT", f"{team.client}/products/product-a", {"name": "Oak Chair"})
    settings = {"scene": {"id": "beach", "name": "Beach", "imageUrl": scene["imageUrl"]}}
    body = {"slotId": "slot-1", "productIds": ["product-a"], "settings": settings}
    team.see(200, "POST", f"{studio}/generate", body)
    (image,) = slot_of(team.see(200, "GET", studio).json(), "slot-1")["history"]
    assert "beach" == image["settings"]["scene"]["id"]
    assert team.picture(image["url"]).startswith(b"\xff\xd8\xff")


def test_what_is_no_picture_is_rejected_with_a_reason(
    team: Person, studio: str, deployment: Deployment
) -> None:
    body = b"MZ" + bytes(500)
    assert send(deployment, ticket(team, "beach", body), body) in {200, 201, 204}
    scene = team.wait(f"{studio}/user-scenes/beach", lambda one: one["state"] != "PROCESSING", what="REJECTED")
    assert "REJECTED" == scene["state"], scene
    assert scene["reason"]


def test_an_uploaded_picture_of_a_product_stands_in_the_library(team: Person, deployment: Deployment) -> None:
    product = f"{team.client}/products/product-a"
    team.see(200, "PUT", product, {"name": "Oak Chair"})
    body = png(5, (300, 400))
    wanted = {"contentType": "image/png", "size": len(body)}
    upload = team.see(201, "POST", f"{product}/image", wanted).json()["upload"]
    assert send(deployment, upload, body) in {200, 201, 204}
    team.wait(product, lambda one: one.get("pictures"), what="a picture of the product")
    assert as_image(team.picture(f"{product}/image")).mode == "RGBA"
