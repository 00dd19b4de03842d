"""Purging with policies evaluated: the janitor may delete all that is a studio's own, and does."""

import json
from typing import Any

from scene_studio.store import keys
from tests.support.deployment import Deployment
from tests.support.signed_in import team as new_team


def test_a_studio_whose_time_has_come_is_gone_with_every_version_and_its_id_is_free(
    iam_deployment: Deployment,
) -> None:
    team = new_team(iam_deployment)
    place = team.client_id, "default"
    team.see(200, "PUT", f"{team.client}/products/product-a", {"name": "Oak Chair"})
    team.see(201, "PUT", team.studio, {}, if_none_match="*")
    team.see(201, "POST", f"{team.studio}/slots", {"id": "slot-1", "productIds": ["product-a"]})
    team.see(200, "POST", f"{team.studio}/generate", {"slotId": "slot-1"})
    link = team.see(201, "POST", f"{team.studio}/shares", {}).json()["share"]["id"]
    team.see(204, "DELETE", team.studio)
    own = keys.studio_folder(*place), keys.claims(*place), keys.inbox(*place), f"shares/{link}/"
    assert {"config.json", "revisions", "claims", "inbox", "shares"} <= _parts(iam_deployment, own)

    _mark(iam_deployment, keys.studio(*place))
    team.see(410, "GET", team.studio)
    seen = iam_deployment.invoke("janitor", {})
    assert (seen["studios"] >= 1, seen["failed"]) == (True, 0), iam_deployment.cloud.complaints()

    assert set() == _parts(iam_deployment, own)
    team.see(404, "GET", team.studio)
    assert [] == team.see(201, "PUT", team.studio, {}, if_none_match="*").json()["outputSlots"]


def _mark(deployment: Deployment, key: str) -> None:
    """Mark the studio, as the janitor does after 31 days, for which no test can wait."""
    s3, at = deployment.cloud.client("s3"), {"Bucket": deployment.outputs["Bucket"], "Key": key}
    found: Any = s3.get_object(**at)
    body = json.loads(found["Body"].read()) | {"purgingAt": "2026-01-01T00:00:00.000Z"}
    s3.put_object(**at, Body=json.dumps(body).encode(), IfMatch=found["ETag"], Metadata=found["Metadata"])


def _parts(deployment: Deployment, prefixes: tuple[str, ...]) -> set[str]:
    """The parts of the keys of all versions and delete markers under these prefixes."""
    s3, bucket = deployment.cloud.client("s3"), deployment.outputs["Bucket"]
    listings = [s3.list_object_versions(Bucket=bucket, Prefix=prefix) for prefix in prefixes]
    found = [
        *(one.get("Versions", []) for one in listings),
        *(one.get("DeleteMarkers", []) for one in listings),
    ]
    return {part for several in found for one in several for part in one["Key"].split("/")}
