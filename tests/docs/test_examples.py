"""The README's first session runs as it stands there, against the service as `make run` starts it."""

import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.support.service import ROOT, Service

README = (ROOT / "README.md").read_text()


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    service = Service(tmp_path / "data").start()
    yield service
    service.kill()


def blocks() -> list[str]:
    return re.findall(r"```sh\n(.*?)```", README, re.DOTALL)


def run(script: str, service: Service, folder: Path) -> None:
    """Run a script in which every request must succeed."""
    script = script.replace("http://127.0.0.1:8000", service.address)
    script = re.sub(r"\bcurl ", "curl --silent --show-error --fail-with-body ", script)
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script], cwd=folder, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def style_at(studio: str, version: str) -> str | None:
    [slot, *_] = httpx.get(studio, params={"version": version}).json()["outputSlots"] or [{"settings": {}}]
    style: str | None = slot["settings"].get("style")
    return style


def test_its_examples_run_as_they_stand(service, tmp_path):
    commands, session, of_import, of_pictures, of_your_own, of_two_people, of_versions, *rest = blocks()
    in_aws, for_operators = rest
    assert "make run" in commands
    assert "make deploy" in in_aws
    name_the_studio = next(line for line in session.splitlines() if line.startswith("API="))
    run(session, service, tmp_path)
    assert (tmp_path / "picture.jpg").read_bytes()[:2] == b"\xff\xd8"

    client = {"id": "your-client", "name": "Yours", "products": [], "clientSessions": [], "sceneStudios": []}
    (tmp_path / "client.json").write_text(json.dumps(client))
    run(of_import, service, tmp_path)

    run(f"{name_the_studio}\n{of_pictures}", service, tmp_path)
    run(f"{name_the_studio}\n{of_your_own}", service, tmp_path)
    loft = f"{service.address}/api/clients/acme-corp/scene-studio/summer/user-scenes/loft"
    assert httpx.get(loft).json()["state"] == "READY"
    run(f"{name_the_studio}\n{of_two_people}", service, tmp_path)
    studio = f"{service.address}/api/clients/acme-corp/scene-studio/summer"
    assert httpx.get(studio).json()["outputSlots"][0]["settings"]["style"] == "Rustic"

    newest, *earlier = [item["version"] for item in httpx.get(f"{studio}/versions").json()["items"]]
    coastal = next(version for version in earlier if style_at(studio, version) == "Coastal")
    filled = of_versions.replace("OLDER", coastal).replace("NEWER", newest)
    filled = re.sub(r"\bVERSION\b", coastal, filled)
    run(f"{name_the_studio}\n{filled}", service, tmp_path)
    assert httpx.get(studio).json()["outputSlots"][0]["settings"]["style"] == "Coastal"

    bundle = str(tmp_path / "acme-corp.zip")
    make = f"SCENE_STUDIO_DATA={service.store.parent} make -C {ROOT} --silent --assume-old=.venv/run.stamp "
    operated = re.sub(r"\bmake ", make, for_operators.replace("acme-corp.zip", bundle))
    run(f"{operated}\n{make}check", service, tmp_path)
    histories = [
        [one["id"] for one in httpx.get(f"{address}/slots/slot-1/history").json()["items"]]
        for address in (studio, studio.replace("acme-corp", "acme-copy"))
    ]
    assert histories[0] == histories[1] != []
