"""What each function may do, and to what: the table that its policy is made from, and nothing else is.

Reading follows the code: whoever commits to a document reads it too, since S3 asks for `s3:GetObject` of a
write with `If-Match`, and may cut off pages of a studio's history. Without `s3:ListBucket` S3 answers 403
for a key that does not exist, so every function that reads has it, on the whole bucket. The janitor alone
deletes for good, and of what people made only what belongs to a studio.
"""

from collections.abc import Mapping
from typing import Final, NamedTuple

BUCKET: Final = "bucket"
GENERATION_QUEUE: Final = "generation queue"
UPLOAD_QUEUE: Final = "upload queue"
IMAGE_MODELS: Final = "image models"
INLINE_PICTURES: Final = "inline_pictures"

CLIENT: Final = "clients/*/client.json"
PRODUCTS: Final = "clients/*/products/*"
STUDIO: Final = "clients/*/scene-studios/*/config.json"
PAGES: Final = "clients/*/scene-studios/*/slots/*/history/*"
REVISIONS: Final = "clients/*/scene-studios/*/slots/*/revisions/*"
SCENES: Final = "clients/*/scene-studios/*/user-scenes/*"
INBOX: Final = "inbox/*"
CLAIMS: Final = "claims/*"
REMINDERS: Final = "reminders/*"
ROUND: Final = "janitor/*"
SHARES: Final = "shares/*"
UPLOADS: Final = "uploads/*"

LIST: Final = "s3:ListBucket"
LIST_VERSIONS: Final = "s3:ListBucketVersions"
GET: Final = "s3:GetObject"
GET_VERSION: Final = "s3:GetObjectVersion"
PUT: Final = "s3:PutObject"
DELETE: Final = "s3:DeleteObject"
DELETE_VERSION: Final = "s3:DeleteObjectVersion"
PURGE: Final = (DELETE, DELETE_VERSION)
"""S3 asks for both, of whoever names a version to delete."""
SEND: Final = "sqs:SendMessage"
TAKE: Final = ("sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes")
INVOKE_MODEL: Final = "bedrock:InvokeModel"
INVOKE: Final = "lambda:InvokeFunction"


class Grant(NamedTuple):
    """Leave to do something.

    Attributes:
        on: the keys, as a pattern; or one of the names above.
        actions: what may be done.
    """

    on: str
    actions: tuple[str, ...]


def _may(on: str, *actions: str) -> Grant:
    return Grant(on, actions)


GRANTS: Final[Mapping[str, tuple[Grant, ...]]] = {
    "clients_api": (
        _may(BUCKET, LIST),
        _may(CLIENT, GET, PUT),
        _may(PRODUCTS, GET),
        _may(STUDIO, GET),
        _may(PAGES, GET),
        _may(REMINDERS, PUT),
        _may(UPLOADS, PUT),
    ),
    "intake_api": (
        _may(BUCKET, LIST),
        _may(CLIENT, GET, PUT),
        _may(STUDIO, GET, PUT),
        _may(PAGES, PUT),
        _may(INLINE_PICTURES, INVOKE),
    ),
    "studios_api": (
        _may(BUCKET, LIST, LIST_VERSIONS),
        _may(CLIENT, GET),
        _may(STUDIO, GET, GET_VERSION, PUT),
        _may(PAGES, GET, PUT),
        _may(REVISIONS, GET, PUT),
        _may(SCENES, GET, PUT),
    ),
    "slots_api": (
        _may(BUCKET, LIST),
        _may(CLIENT, GET),
        _may(STUDIO, GET, GET_VERSION, PUT),
        _may(PAGES, GET, PUT),
        _may(REVISIONS, GET),
    ),
    "generation_api": (
        _may(BUCKET, LIST),
        _may(CLIENT, GET),
        _may(STUDIO, GET, PUT),
        _may(PAGES, GET, PUT),
        _may(REVISIONS, GET),
        _may(SCENES, GET),
        _may(CLAIMS, GET),
        _may(REMINDERS, PUT),
        _may(GENERATION_QUEUE, SEND),
    ),
    "user_scenes_api": (
        _may(BUCKET, LIST),
        _may(STUDIO, GET, PUT),
        _may(PAGES, GET, PUT),
        _may(REVISIONS, GET),
        _may(SCENES, GET),
        _may(REMINDERS, PUT),
        _may(UPLOADS, PUT),
    ),
    "shares_api": (
        _may(BUCKET, LIST),
        _may(CLIENT, GET),
        _may(STUDIO, GET, PUT),
        _may(PAGES, GET, PUT),
        _may(REVISIONS, GET),
        _may(SCENES, GET),
        _may(SHARES, GET, PUT),
    ),
    "web": (),
    "inline_pictures": (
        _may(PRODUCTS, PUT),
        _may(REVISIONS, PUT),
        _may(SCENES, PUT),
    ),
    "generation_worker": (
        _may(BUCKET, LIST),
        _may(STUDIO, GET, PUT),
        _may(PAGES, PUT),
        _may(PRODUCTS, GET),
        _may(REVISIONS, GET, PUT),
        _may(SCENES, GET),
        _may(CLAIMS, GET, PUT),
        _may(INBOX, GET, PUT, DELETE),
        _may(GENERATION_QUEUE, *TAKE),
        _may(IMAGE_MODELS, INVOKE_MODEL),
    ),
    "upload_ingestion": (
        _may(BUCKET, LIST),
        _may(CLIENT, GET, PUT),
        _may(PRODUCTS, GET, PUT),
        _may(STUDIO, GET, PUT),
        _may(PAGES, PUT),
        _may(SCENES, GET, PUT),
        _may(UPLOADS, GET, GET_VERSION, DELETE),
        _may(INBOX, GET, PUT, DELETE),
        _may(UPLOAD_QUEUE, *TAKE),
    ),
    "janitor": (
        _may(BUCKET, LIST, LIST_VERSIONS),
        _may(CLIENT, GET, PUT),
        _may(PRODUCTS, GET),
        _may(STUDIO, GET, PUT, *PURGE),
        _may(PAGES, PUT, *PURGE),
        _may(REVISIONS, GET, *PURGE),
        _may(SCENES, GET, *PURGE),
        _may(INBOX, GET, *PURGE),
        _may(CLAIMS, *PURGE),
        _may(REMINDERS, PUT, DELETE),
        _may(ROUND, GET, PUT),
        _may(SHARES, *PURGE),
        _may(UPLOADS, GET, *PURGE),
        _may(GENERATION_QUEUE, SEND),
        _may(UPLOAD_QUEUE, SEND),
    ),
}
"""Every function of the service, and what it may do."""
