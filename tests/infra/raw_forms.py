"""Upload forms written by hand, to be sent as no client would send them."""

import re
import socket
from typing import Any, Final

import httpx

from tests.support.stores import UploadTarget

BOUNDARY: Final = "limit"
TYPE: Final = f"multipart/form-data; boundary={BOUNDARY}"
END: Final = f"--{BOUNDARY}--\r\n".encode()


def part(name: str, value: bytes, more: str = "") -> bytes:
    """One field; `more` is what else its header says."""
    header = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"{more}\r\n\r\n'
    return header.encode() + value + b"\r\n"


def form(fields: dict[str, str], body: bytes = b"picture", *after: bytes) -> bytes:
    """A whole form: these fields, this file, and what comes after it."""
    sent = [part(name, value.encode()) for name, value in fields.items()]
    return b"".join([*sent, part("file", body), *after, END])


def ticket(target: UploadTarget, key: str, max_bytes: int = 10**9) -> dict[str, str]:
    """The fields of a ticket."""
    made = target.store.upload_ticket(key, content_type="image/png", max_bytes=max_bytes, seconds=60)
    return dict(made.fields)


def post(address: str, content: Any, content_type: str = TYPE, **headers: str) -> httpx.Response:
    """Post bytes, or an iterator of them in chunks, to where forms are taken."""
    headers = {"Content-Type": content_type, **headers}
    return httpx.post(f"{address}/_uploads", content=content, headers=headers, timeout=30)


def refusal(answer: httpx.Response) -> tuple[int, str]:
    """The status and code of an answer that is an error in S3's form."""
    assert answer.headers["content-type"] == "application/xml"
    assert f"<RequestId>{answer.headers['x-amz-request-id']}</RequestId>" in answer.text
    [code] = re.findall("<Code>(.*)</Code>", answer.text)
    return answer.status_code, code


def connect(address: str, *headers: str) -> socket.socket:
    """A connection on which the headers of a form have been sent, and nothing of its body."""
    host = address.removeprefix("http://")
    lines = ["POST /_uploads HTTP/1.1", f"Host: {host}", f"Content-Type: {TYPE}", *headers, "", ""]
    connection = socket.create_connection(("127.0.0.1", int(host.rpartition(":")[2])))
    connection.sendall("\r\n".join(lines).encode())
    return connection
