"""A browser's tab that closes in mid-generation changes nothing."""

import socket
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.support.api import STUDIO
from tests.support.service import Service


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    service = Service(tmp_path / "data").start()
    yield service
    service.kill()


def test_pictures_come_although_the_tab_that_asked_for_them_is_closed(service: Service) -> None:
    httpx.put(service.address + STUDIO, json={})
    httpx.post(f"{service.address}{STUDIO}/slots", json={"id": "slot-1", "productIds": ["product-a"]})
    host, port = service.address.removeprefix("http://").split(":")
    body = b'{"slotId":"slot-1","count":4}'
    with socket.create_connection((host, int(port))) as tab:
        head = f"POST {STUDIO}/generate HTTP/1.1\r\nHost: {host}:{port}\r\nContent-Length: {len(body)}\r\n\r\n"
        tab.sendall(head.encode() + body)
        until = time.monotonic() + 60
        while not pending(service):
            assert time.monotonic() < until
    while pending(service):
        assert time.monotonic() < until + 60
        time.sleep(0.1)
    slot = httpx.get(service.address + STUDIO).json()["outputSlots"][0]
    assert (slot["status"], slot["historyCount"]) == ("COMPLETED", 4)
    assert slot["outputImage"] == slot["history"][0]["url"]


def pending(service: Service) -> bool:
    return bool(httpx.get(f"{service.address}{STUDIO}").json()["outputSlots"][0]["generation"])
