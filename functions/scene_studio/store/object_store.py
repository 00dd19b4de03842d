"""The port to an object store: what the service needs of S3, and nothing that only S3 has."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal, NamedTuple, Protocol

MAX_METADATA_BYTES: Final = 2048
"""Names and values of user metadata together (S3 user guide, "Working with object metadata")."""

UPLOADS: Final = "uploads/"
"""The prefix of raw uploads: the only one that forms write to, that is told of, and that is never served."""


class Absent:
    """The condition that a key holds no object; there is one instance, `ABSENT`."""


ABSENT: Final = Absent()


class Unchanged:
    """The answer that an object still has the entity tag it is compared with; one instance, `UNCHANGED`."""


UNCHANGED: Final = Unchanged()


class StoreError(Exception):
    """The store did not do what it was asked."""


class Conflict(StoreError):
    """The condition of a write did not hold, or the store could not tell; read again and decide again."""


class WriteUnsettled(StoreError):
    """A write was sent and no answer came: it may have landed, or may still land."""


class Unavailable(StoreError):
    """The store could not be asked. A read gave nothing; a write was definitely not applied."""


@dataclass(frozen=True, slots=True)
class ObjectVersion:
    """One version of one object.

    Attributes:
        etag: what conditional requests compare; opaque.
        version_id: names this version for as long as the store keeps it; opaque.
    """

    etag: str
    version_id: str


@dataclass(frozen=True, slots=True)
class StoredObject:
    """An object as read."""

    body: bytes
    version: ObjectVersion
    metadata: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ObjectHead:
    """An object without its body.

    Attributes:
        size: in bytes.
        metadata: the user metadata, names in lower case.
    """

    size: int
    version: ObjectVersion
    metadata: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Listing:
    """A page of a listing.

    Attributes:
        names: keys, or with a delimiter the common prefixes, in the order of their UTF-8 bytes.
        more: whether there are further ones after the last.
    """

    names: tuple[str, ...]
    more: bool


@dataclass(frozen=True, slots=True)
class VersionInfo:
    """A version of an object, without its body.

    Attributes:
        version_id: names it.
        written: when the store took it, in seconds since the Unix epoch, by the store's clock.
        size: in bytes.
    """

    version_id: str
    written: float
    size: int


class VersionName(NamedTuple):
    """What names one version of one object, or one delete marker."""

    key: str
    version_id: str


@dataclass(frozen=True, slots=True)
class UploadTicket:
    """A form by which anyone can store one object for a while, and nothing else.

    It is sent as `multipart/form-data`: the fields as they are, and after them the object in a field `file`.
    The answer is 204, or an error as S3 words it.

    Attributes:
        url: where the form is posted.
        fields: its fields.
    """

    url: str
    fields: Mapping[str, str]


Disposition = Literal["inline", "attachment"]


class ObjectStore(Protocol):
    """Keeps objects, every version of each, and changes one only on a condition."""

    def get(
        self, key: str, *, unless_etag: str | None = None, version_id: str | None = None
    ) -> StoredObject | Unchanged | None:
        """Read an object: its current version, or the one named.

        Returns:
            The object; `UNCHANGED` if its entity tag is `unless_etag`; None if there is no such object or
            version.

        Raises:
            Unavailable: the store could not be read.
        """
        ...

    def get_all(self, keys: Sequence[str]) -> list[StoredObject | None]:
        """Read several objects at once; None for those that do not exist.

        Raises:
            Unavailable: the store could not be read.
        """
        ...

    def put(
        self,
        key: str,
        body: bytes,
        *,
        expected: str | Absent,
        content_type: str,
        metadata: Mapping[str, str] | None = None,
    ) -> ObjectVersion:
        """Write an object if its current entity tag is `expected`, or if there is none and that is `ABSENT`.

        The write is sent once and never repeated by this call, so the answer is about this very write.

        Raises:
            Conflict: nothing was written.
            WriteUnsettled: it may have been written.
            Unavailable: nothing was written.
            ValueError: the metadata is over `MAX_METADATA_BYTES` or not ASCII.
        """
        ...

    def put_once(self, key: str, body: bytes, *, content_type: str) -> bool:
        """Write an object that is never changed, repeating the write until it is known to stand.

        Returns:
            Whether this call made it; False means that the key held an object already, which stays.

        Raises:
            Unavailable: it is not known to stand.
        """
        ...

    def copy_once(self, source: str, target: str) -> bool:
        """Copy an object to a key that is only ever written with these bytes; as `put_once`.

        Returns:
            Whether there was such a source.

        Raises:
            Unavailable: the copy is not known to stand.
        """
        ...

    def heads(self, keys: Sequence[str]) -> list[ObjectHead | None]:
        """What is known of each object without reading it; None for those that do not exist.

        Raises:
            Unavailable: the store could not be asked.
        """
        ...

    def list_names(
        self, prefix: str, *, after: str = "", limit: int = 1000, by_folder: bool = False
    ) -> Listing:
        """The keys under a prefix that come after the key `after`.

        With `by_folder`, keys are rolled up into what follows the prefix up to the next `/`.

        Raises:
            Unavailable: the store could not be asked.
        """
        ...

    def list_versions(self, key: str, *, before: str = "", limit: int = 1000) -> Sequence[VersionInfo]:
        """The versions of one object that the store keeps, newest first, without delete markers.

        Args:
            key: the object's.
            before: the version after which to go on, as an earlier listing gave it; empty to begin.
            limit: the most to give.

        Raises:
            Unavailable: the store could not be asked.
        """
        ...

    def list_all_versions(self, prefix: str, *, limit: int = 1000) -> Sequence[VersionName]:
        """Some of the versions of all objects under a prefix, delete markers among them, in any order.

        There is no going on: whoever has deleted these is given others.

        Args:
            prefix: the prefix.
            limit: the most to give; fewer are given only if there are no more.

        Raises:
            Unavailable: the store could not be asked.
        """
        ...

    def delete_versions(self, versions: Sequence[VersionName]) -> None:
        """Delete versions and delete markers for good; those that are gone already are no error.

        The newest version that is left of an object is then the current one.

        Raises:
            Unavailable: some are not known to be gone.
        """
        ...

    def delete(self, key: str) -> None:
        """Delete the current version of an object; older versions stay readable.

        Raises:
            Unavailable: the object is not known to be gone.
        """
        ...

    def delete_all(self, keys: Sequence[str]) -> None:
        """Delete the current versions of several objects; as `delete`.

        Raises:
            Unavailable: some are not known to be gone.
        """
        ...

    def presigned_url(
        self, key: str, *, seconds: int, disposition: Disposition = "inline", filename: str = ""
    ) -> str:
        """An address from which anyone can read the object for a while.

        Raises:
            ValueError: the object is a raw upload, which nobody may be served.
        """
        ...


class UploadStore(ObjectStore, Protocol):
    """An object store that people can upload to."""

    def upload_ticket(self, key: str, *, content_type: str, max_bytes: int, seconds: int) -> UploadTicket:
        """A form that stores an object under exactly this key.

        A form that is sent twice stores two versions.

        Args:
            key: under `UPLOADS`, and best used for no other ticket.
            content_type: the only one that the form lets through.
            max_bytes: the most that the form lets through; the least is one byte.
            seconds: for how long the form is taken.

        Raises:
            ValueError: no form may be given for this key, or none would be taken with this size.
        """
        ...


def all_names(store: ObjectStore, prefix: str) -> list[str]:
    """All keys under a prefix, however many listings that takes.

    Raises:
        Unavailable: the store could not be asked.
    """
    names: list[str] = []
    more = True
    while more:
        listing = store.list_names(prefix, after=names[-1] if names else "")
        names.extend(listing.names)
        more = listing.more
    return names


def check_metadata(metadata: Mapping[str, str]) -> None:
    """Refuse what S3 would refuse.

    Raises:
        ValueError: the metadata is over `MAX_METADATA_BYTES` or not ASCII.
    """
    size = sum(len(name) + len(value) for name, value in metadata.items())
    if size > MAX_METADATA_BYTES:
        raise ValueError(f"user metadata of {size} bytes is over {MAX_METADATA_BYTES}")
    if not all((name + value).isascii() for name, value in metadata.items()):
        raise ValueError("user metadata must be ASCII")


def check_served(key: str) -> None:
    """Refuse to serve a raw upload.

    Raises:
        ValueError: it is one.
    """
    if key.startswith(UPLOADS):
        raise ValueError(f"{key!r} is a raw upload; serve what was made of it")


def check_ticket(key: str, max_bytes: int) -> None:
    """Refuse a form that would let through more than it says, or nothing.

    Raises:
        ValueError: the key is no raw upload's, or holds what S3 replaces by the name of the sent file, or not
            one byte would be let through.
    """
    if not key.startswith(UPLOADS) or key == UPLOADS:
        raise ValueError(f"{key!r} is not under {UPLOADS}")
    if "${filename}" in key:
        raise ValueError(f"{key!r} would be another key for every file")
    if max_bytes < 1:
        raise ValueError("an upload has at least one byte")
