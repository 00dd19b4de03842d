"""What the loopback S3 holds and how it answers: one bucket, one request at a time."""

import hashlib
import re
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import quote, unquote
from xml.sax.saxutils import escape, unescape

_VERSION_ID: Final = re.compile(r"[0-9a-f]{32}")
_DELETED: Final = re.compile(r"<Object><Key>([^<]*)</Key>(?:<VersionId>([^<]*)</VersionId>)?</Object>")
_META: Final = "x-amz-meta-"


@dataclass(frozen=True)
class Request:
    """A request as it came; header names are in lower case."""

    method: str
    key: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes = b""


@dataclass(frozen=True)
class Reply:
    """An answer."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


@dataclass(frozen=True)
class _Version:
    id: str
    body: bytes | None
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def etag(self) -> str:
        return f'"{hashlib.md5(self.body or b"", usedforsecurity=False).hexdigest()}"'


def error_reply(status: int, code: str) -> Reply:
    """An error as S3 words it."""
    body = f"<?xml version='1.0'?><Error><Code>{code}</Code><Message>{code}</Message></Error>"
    return Reply(status, {"Content-Type": "application/xml"}, body.encode())


class _Refused(Exception):
    def __init__(self, status: int, code: str) -> None:
        super().__init__(code)
        self.reply = error_reply(status, code)


class Bucket:
    """The bucket: applies requests one at a time.

    Attributes:
        version_header: what it says of versions: `on`, `off` for an unversioned bucket, or `suspended`.
        most_versions_listed: at once, however many are asked for.
    """

    def __init__(self) -> None:
        self.version_header = "on"
        self.most_versions_listed = 1000
        self._lock = threading.Lock()
        self._objects: dict[str, list[_Version]] = {}
        self._count = 0

    def apply(self, request: Request) -> Reply:
        """Do what the request asks, atomically."""
        handlers: dict[str, Callable[[Request], Reply]] = {
            "GET": self._get
            if request.key
            else self._list_versions
            if "versions" in request.query
            else self._list,
            "HEAD": self._get,
            "PUT": self._copy if "x-amz-copy-source" in request.headers else self._put,
            "DELETE": self._delete,
            "POST": self._delete_several,
        }
        with self._lock:
            try:
                return handlers[request.method](request)
            except _Refused as refused:
                return refused.reply

    def _current(self, key: str) -> _Version | None:
        versions = self._objects.get(key)
        return versions[-1] if versions and versions[-1].body is not None else None

    def _put(self, request: Request) -> Reply:
        current = self._current(request.key)
        if request.headers.get("if-none-match") == "*" and current is not None:
            raise _Refused(412, "PreconditionFailed")
        if "if-match" in request.headers:
            if current is None:
                raise _Refused(404, "NoSuchKey")
            if request.headers["if-match"] != current.etag:
                raise _Refused(412, "PreconditionFailed")
        kept = {n: v for n, v in request.headers.items() if n == "content-type" or n.startswith(_META)}
        made = self._add(request.key, request.body, kept)
        return Reply(200, {"ETag": made.etag, **self._named(made)})

    def _copy(self, request: Request) -> Reply:
        source = unquote(request.headers["x-amz-copy-source"]).partition("/")[2]
        found = self._current(source)
        if found is None:
            raise _Refused(404, "NoSuchKey")
        made = self._add(request.key, found.body, found.headers)
        body = f"<CopyObjectResult><ETag>{escape(made.etag)}</ETag></CopyObjectResult>"
        return Reply(200, {"Content-Type": "application/xml", **self._named(made)}, body.encode())

    def _add(self, key: str, body: bytes | None, headers: Mapping[str, str]) -> _Version:
        self._count += 1
        version_id = hashlib.sha256(str(self._count).encode()).hexdigest()[:32]
        self._objects.setdefault(key, []).append(_Version(version_id, body, headers))
        return self._objects[key][-1]

    def _named(self, version: _Version) -> dict[str, str]:
        ids = {"on": version.id, "suspended": "null"}
        shown = ids.get(self.version_header)
        return {"x-amz-version-id": shown} if shown else {}

    def _get(self, request: Request) -> Reply:
        found = self._current(request.key)
        if "versionId" in request.query:
            found = self._version(request.key, request.query["versionId"])
        if found is None:
            raise _Refused(404, "NoSuchKey")
        if request.headers.get("if-none-match") == found.etag:
            return Reply(304, {"ETag": found.etag})
        headers = {**found.headers, "ETag": found.etag, **self._named(found)}
        if "response-content-disposition" in request.query:
            headers["Content-Disposition"] = request.query["response-content-disposition"]
        return Reply(200, headers, found.body or b"")

    def _version(self, key: str, version_id: str) -> _Version:
        if not _VERSION_ID.fullmatch(version_id):
            raise _Refused(400, "InvalidArgument")
        found = next((v for v in self._objects.get(key, ()) if v.id == version_id), None)
        if found is None:
            raise _Refused(404, "NoSuchVersion")
        if found.body is None:
            raise _Refused(405, "MethodNotAllowed")
        return found

    def _delete(self, request: Request) -> Reply:
        self._add(request.key, None, {})
        return Reply(204)

    def _delete_several(self, request: Request) -> Reply:
        if "delete" not in request.query:
            raise _Refused(405, "MethodNotAllowed")
        for key, version_id in _DELETED.findall(request.body.decode()):
            if version_id:
                self._delete_version(unescape(key), version_id)
            else:
                self._add(unescape(key), None, {})
        body = b"<DeleteResult></DeleteResult>"
        return Reply(200, {"Content-Type": "application/xml"}, body)

    def _delete_version(self, key: str, version_id: str) -> None:
        kept = [version for version in self._objects.pop(key, []) if version.id != version_id]
        if kept:
            self._objects[key] = kept

    def _list_versions(self, request: Request) -> Reply:
        limit = min(int(request.query.get("max-keys", "1000")), self.most_versions_listed)
        marker = request.query.get("version-id-marker", "")
        shown: list[tuple[str, _Version]] = []
        for key in sorted(self._objects, key=str.encode):
            if key.startswith(request.query.get("prefix", "")):
                shown.extend((key, version) for version in reversed(self._objects[key]))
        if marker:
            ids = [version.id for _, version in shown]
            if marker not in ids:
                raise _Refused(400, "InvalidArgument")
            shown = shown[ids.index(marker) + 1 :]
        elements = [
            f"<{kind}><Key>{quote(key)}</Key><VersionId>{version.id}</VersionId>"
            f"<LastModified>2026-01-01T00:00:00.000Z</LastModified>"
            f"<Size>{len(version.body or b'')}</Size></{kind}>"
            for key, version in shown[:limit]
            for kind in ["DeleteMarker" if version.body is None else "Version"]
        ]
        more = len(shown) > limit
        body = "<ListVersionsResult><EncodingType>url</EncodingType>"
        body += f"<IsTruncated>{str(more).lower()}</IsTruncated>"
        if more:
            key, version = shown[limit - 1]
            body += f"<NextKeyMarker>{quote(key)}</NextKeyMarker>"
            body += f"<NextVersionIdMarker>{version.id}</NextVersionIdMarker>"
        body += "".join(elements)
        return Reply(200, {"Content-Type": "application/xml"}, (body + "</ListVersionsResult>").encode())

    def _list(self, request: Request) -> Reply:
        prefix, delimiter = request.query.get("prefix", ""), request.query.get("delimiter", "")
        limit, after = int(request.query.get("max-keys", "1000")), request.query.get("start-after", "")
        shown: dict[str, str] = {}
        for key in sorted(self._objects, key=str.encode):
            if self._current(key) is None or not key.startswith(prefix) or key.encode() <= after.encode():
                continue
            folder, slash, _ = key.removeprefix(prefix).partition(delimiter or "\0")
            name, tag = (prefix + folder + slash, "Prefix") if slash else (key, "Key")
            shown.setdefault(name, tag)
        elements = [
            f"<CommonPrefixes><Prefix>{quote(name)}</Prefix></CommonPrefixes>"
            if tag == "Prefix"
            else f"<Contents><Key>{quote(name)}</Key></Contents>"
            for name, tag in list(shown.items())[:limit]
        ]
        more = str(len(shown) > limit).lower()
        body = f"<ListBucketResult><EncodingType>url</EncodingType><IsTruncated>{more}</IsTruncated>"
        body += "".join(elements) + "</ListBucketResult>"
        return Reply(200, {"Content-Type": "application/xml"}, body.encode())
