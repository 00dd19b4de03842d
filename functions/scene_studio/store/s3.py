"""The object store over Amazon S3: the only module that knows what 304, 404, 409 and 412 mean there.

Conditional writes go through a client that never repeats a request. botocore's own retries would send a
PUT again after a lost reply and then report the 412 that the first one caused.
"""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, Final

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError, ConnectTimeoutError, EndpointConnectionError

from scene_studio.store.object_store import (
    UNCHANGED,
    Absent,
    Conflict,
    Disposition,
    Listing,
    ObjectHead,
    ObjectVersion,
    StoredObject,
    Unavailable,
    Unchanged,
    UploadTicket,
    VersionInfo,
    VersionName,
    WriteUnsettled,
    check_metadata,
    check_served,
    check_ticket,
)

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

_CONNECT_SECONDS: Final = 2
_READ_SECONDS: Final = 3
_ATTEMPTS: Final = 3
"""With these time-outs an attempt of the commit loop that begins at its last moment still ends in time."""
_CREATE_ATTEMPTS: Final = 4
_PARALLEL_READS: Final = 16
_DELETED_AT_ONCE: Final = 1000
_AFTER_FOLDER: Final = "~"
"""Comes after every character that `keys` uses, so a listing that starts there skips a whole folder."""


class S3ObjectStore:
    """An `UploadStore` in one versioned bucket."""

    def __init__(self, bucket: str, *, retrying: "S3Client", single_shot: "S3Client") -> None:
        """Use these clients.

        Args:
            bucket: its name; versioning must be on.
            retrying: for whatever may be repeated.
            single_shot: sends each request exactly once; for conditional writes.
        """
        self._bucket = bucket
        self._retrying = retrying
        self._single_shot = single_shot

    @classmethod
    def connect(cls, bucket: str, **client_options: Any) -> "S3ObjectStore":
        """The store with clients of its own; options such as `endpoint_url` go to both."""
        from botocore.session import get_session  # boto3 would add its transfers, which nothing here uses

        session = get_session()

        def client(attempts: int) -> "S3Client":
            retries: Any = {"mode": "standard", "total_max_attempts": attempts}
            config = Config(
                signature_version="s3v4",
                # Otherwise presigned addresses name the global host, which serves us-east-1 alone reliably.
                s3={"addressing_style": "virtual"},
                retries=retries,
                connect_timeout=_CONNECT_SECONDS,
                read_timeout=_READ_SECONDS,
                max_pool_connections=_PARALLEL_READS,
            )
            made: Any = session.create_client("s3", config=config, **client_options)
            typed: S3Client = made
            return typed

        return cls(bucket, retrying=client(_ATTEMPTS), single_shot=client(1))

    def get(
        self, key: str, *, unless_etag: str | None = None, version_id: str | None = None
    ) -> StoredObject | Unchanged | None:
        """See `ObjectStore.get`."""
        request: dict[str, Any] = {"Bucket": self._bucket, "Key": key}
        if unless_etag is not None:
            request["IfNoneMatch"] = unless_etag
        if version_id is not None:
            request["VersionId"] = version_id
        try:
            answer = self._retrying.get_object(**request)
            body = answer["Body"].read()
        except ClientError as error:
            if _status(error) == 304:
                return UNCHANGED
            if _code(error) in {"NoSuchKey", "NoSuchVersion", "404", "MethodNotAllowed"}:
                return None
            if version_id is not None and _code(error) == "InvalidArgument":
                return None
            raise _read_failure(error) from error
        except BotoCoreError as error:
            raise Unavailable(str(error)) from error
        return StoredObject(body, _version(answer), answer["Metadata"])

    def get_all(self, keys: Sequence[str]) -> list[StoredObject | None]:
        """See `ObjectStore.get_all`."""
        with ThreadPoolExecutor(min(_PARALLEL_READS, max(1, len(keys)))) as pool:
            found = pool.map(self.get, keys)
            return [one if isinstance(one, StoredObject) else None for one in found]

    def put(
        self,
        key: str,
        body: bytes,
        *,
        expected: str | Absent,
        content_type: str,
        metadata: Mapping[str, str] | None = None,
    ) -> ObjectVersion:
        """See `ObjectStore.put`."""
        check_metadata(metadata or {})
        condition = {"IfNoneMatch": "*"} if isinstance(expected, Absent) else {"IfMatch": expected}
        try:
            answer = self._single_shot.put_object(
                Bucket=self._bucket,
                Key=key,
                Body=body,
                ContentType=content_type,
                Metadata=metadata or {},
                **condition,  # type: ignore[arg-type]  # the stubs know only members that are spelt out
            )
        except ClientError as error:
            raise _write_failure(error) from error
        except (ConnectTimeoutError, EndpointConnectionError) as error:
            raise Unavailable(str(error)) from error
        except BotoCoreError as error:
            raise WriteUnsettled(str(error)) from error
        return _version(answer)

    def put_once(self, key: str, body: bytes, *, content_type: str) -> bool:
        """See `ObjectStore.put_once`."""
        return self._create(
            lambda: self._retrying.put_object(
                Bucket=self._bucket, Key=key, Body=body, ContentType=content_type, IfNoneMatch="*"
            )
        )

    def copy_once(self, source: str, target: str) -> bool:
        """See `ObjectStore.copy_once`."""
        try:
            self._create(
                lambda: self._retrying.copy_object(
                    Bucket=self._bucket, Key=target, CopySource={"Bucket": self._bucket, "Key": source}
                )
            )
        except ClientError as error:
            if _code(error) in {"NoSuchKey", "404"}:
                return False
            raise
        return True

    def heads(self, keys: Sequence[str]) -> list[ObjectHead | None]:
        """See `ObjectStore.heads`."""
        if len(keys) <= 1:
            return [self._head(key) for key in keys]
        with ThreadPoolExecutor(min(_PARALLEL_READS, len(keys))) as pool:
            return list(pool.map(self._head, keys))

    def list_names(
        self, prefix: str, *, after: str = "", limit: int = 1000, by_folder: bool = False
    ) -> Listing:
        """See `ObjectStore.list_names`."""
        request: dict[str, Any] = {"Bucket": self._bucket, "Prefix": prefix, "MaxKeys": limit}
        if by_folder:
            request["Delimiter"] = "/"
        if after:
            request["StartAfter"] = after + _AFTER_FOLDER if by_folder else after
        try:
            answer = self._retrying.list_objects_v2(**request)
        except ClientError as error:
            raise _read_failure(error) from error
        except BotoCoreError as error:
            raise Unavailable(str(error)) from error
        if by_folder:
            names = tuple(folder["Prefix"] for folder in answer.get("CommonPrefixes", ()))
        else:
            names = tuple(found["Key"] for found in answer.get("Contents", ()))
        return Listing(names, answer["IsTruncated"])

    def list_versions(self, key: str, *, before: str = "", limit: int = 1000) -> Sequence[VersionInfo]:
        """See `ObjectStore.list_versions`."""
        request: dict[str, Any] = {"Bucket": self._bucket, "Prefix": key, "MaxKeys": limit}
        if before:
            request |= {"KeyMarker": key, "VersionIdMarker": before}
        try:
            answer = self._retrying.list_object_versions(**request)
        except ClientError as error:
            if _code(error) == "InvalidArgument":
                return []  # `before` is no version of this store
            raise _read_failure(error) from error
        except BotoCoreError as error:
            raise Unavailable(str(error)) from error
        return [
            VersionInfo(found["VersionId"], found["LastModified"].timestamp(), found["Size"])
            for found in answer.get("Versions", ())
            if found["Key"] == key
        ]

    def list_all_versions(self, prefix: str, *, limit: int = 1000) -> Sequence[VersionName]:
        """See `ObjectStore.list_all_versions`."""
        found: list[VersionName] = []
        request: dict[str, Any] = {"Bucket": self._bucket, "Prefix": prefix}
        while True:
            try:
                answer = self._retrying.list_object_versions(**request, MaxKeys=limit - len(found))
            except ClientError as error:
                raise _read_failure(error) from error
            except BotoCoreError as error:
                raise Unavailable(str(error)) from error
            listed = [*answer.get("Versions", ()), *answer.get("DeleteMarkers", ())]
            found.extend(VersionName(one["Key"], one["VersionId"]) for one in listed)
            if not answer["IsTruncated"] or len(found) >= limit:
                return found
            # S3 may give fewer than were asked for.
            request |= {"KeyMarker": answer["NextKeyMarker"], "VersionIdMarker": answer["NextVersionIdMarker"]}

    def delete_versions(self, versions: Sequence[VersionName]) -> None:
        """See `ObjectStore.delete_versions`."""
        self._delete_objects([{"Key": one.key, "VersionId": one.version_id} for one in versions])

    def delete(self, key: str) -> None:
        """See `ObjectStore.delete`."""
        try:
            self._retrying.delete_object(Bucket=self._bucket, Key=key)
        except ClientError as error:
            raise _read_failure(error) from error
        except BotoCoreError as error:
            raise Unavailable(str(error)) from error

    def delete_all(self, keys: Sequence[str]) -> None:
        """See `ObjectStore.delete_all`."""
        self._delete_objects([{"Key": key} for key in keys])

    def presigned_url(
        self, key: str, *, seconds: int, disposition: Disposition = "inline", filename: str = ""
    ) -> str:
        """See `ObjectStore.presigned_url`."""
        check_served(key)
        shown = f'{disposition}; filename="{filename}"' if filename else disposition
        request = {"Bucket": self._bucket, "Key": key, "ResponseContentDisposition": shown}
        return self._retrying.generate_presigned_url("get_object", Params=request, ExpiresIn=seconds)

    def upload_ticket(self, key: str, *, content_type: str, max_bytes: int, seconds: int) -> UploadTicket:
        """See `UploadStore.upload_ticket`."""
        check_ticket(key, max_bytes)
        form = self._retrying.generate_presigned_post(
            self._bucket,
            key,
            Fields={"Content-Type": content_type},
            Conditions=[{"Content-Type": content_type}, ["content-length-range", 1, max_bytes]],
            ExpiresIn=seconds,
        )
        return UploadTicket(form["url"], form["fields"])

    def _delete_objects(self, names: Sequence[Any]) -> None:
        for first in range(0, len(names), _DELETED_AT_ONCE):
            wanted = names[first : first + _DELETED_AT_ONCE]
            try:
                answer = self._retrying.delete_objects(
                    Bucket=self._bucket, Delete={"Objects": wanted, "Quiet": True}
                )
            except ClientError as error:
                raise _read_failure(error) from error
            except BotoCoreError as error:
                raise Unavailable(str(error)) from error
            if failed := answer.get("Errors"):
                raise Unavailable(f"{len(failed)} objects are not known to be gone: {failed[0].get('Code')}")

    def _create(self, send: Callable[[], Any]) -> bool:
        for _ in range(_CREATE_ATTEMPTS):
            try:
                send()
            except ClientError as error:
                if _status(error) == 412:
                    return False
                if _status(error) == 409:
                    continue  # another write or delete of the key is under way; this says nothing of its end
                raise _read_failure(error) from error
            except BotoCoreError as error:
                raise Unavailable(str(error)) from error
            else:
                return True
        raise Unavailable("S3 kept answering that another write of the key was under way")

    def _head(self, key: str) -> ObjectHead | None:
        try:
            answer = self._retrying.head_object(Bucket=self._bucket, Key=key)
        except ClientError as error:
            if _status(error) == 404:
                return None
            raise _read_failure(error) from error
        except BotoCoreError as error:
            raise Unavailable(str(error)) from error
        return ObjectHead(answer["ContentLength"], _version(answer), answer["Metadata"])


def _version(answer: Mapping[str, Any]) -> ObjectVersion:
    if answer.get("VersionId", "null") == "null":  # versioning was never turned on, or is suspended
        raise RuntimeError("the bucket is not versioned; turn versioning on, studios depend on it")
    return ObjectVersion(answer["ETag"], answer["VersionId"])


def _code(error: ClientError) -> str:
    return str(error.response.get("Error", {}).get("Code", ""))


def _status(error: ClientError) -> int:
    return int(error.response["ResponseMetadata"]["HTTPStatusCode"])


def _passes(error: ClientError) -> bool:
    """Whether S3 refused only for now: its own faults, throttling, a slow or late request."""
    return _status(error) >= 500 or _code(error) in {"RequestTimeout", "RequestTimeTooSkewed", "SlowDown"}


def _read_failure(error: ClientError) -> Exception:
    return Unavailable(str(error)) if _passes(error) else error


def _write_failure(error: ClientError) -> Exception:
    """What a refused conditional PUT means (S3 user guide, "How to prevent object overwrites")."""
    if _status(error) in {404, 409, 412}:
        return Conflict(_code(error))
    if _status(error) >= 500:
        return WriteUnsettled(str(error))
    return _read_failure(error)
