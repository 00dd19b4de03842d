"""The bucket: private, versioned, and with a policy that holds the first invariant of the store.

It is encrypted under S3's own keys. A key of KMS would be paid for by request, and would keep out nobody whom
the policies let in.
"""

from collections.abc import Sequence
from typing import Any, Final

from aws_cdk import Duration, RemovalPolicy
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3
from constructs import Construct

from infra.grants import PRODUCTS, REVISIONS, SCENES
from infra.queues import WorkQueue

KEPT_VERSIONS: Final = 100
KEPT_DAYS: Final = 30
DOCUMENTS: Final = ("*/config.json", "*/client.json")
"""The keys of the documents that are written by compare-and-swap alone."""


class Storage(Construct):
    """The one bucket, in which everything is kept.

    Attributes:
        bucket: the bucket.
    """

    def __init__(self, scope: Construct, id_: str, *, origins: Sequence[str], uploads: WorkQueue) -> None:
        """Make the bucket.

        Args:
            scope: the parent.
            id_: its name in the parent.
            origins: the origins of pages that may post uploads and read signed pictures.
            uploads: the queue that hears of every upload.
        """
        super().__init__(scope, id_)
        self.bucket = s3.Bucket(
            self,
            "Bucket",
            versioned=True,
            encryption=s3.BucketEncryption.S3_MANAGED,
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            object_ownership=s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
            removal_policy=RemovalPolicy.RETAIN,
            lifecycle_rules=_lifecycle(),
            cors=[_cors(origins)],
        )
        self._tell_of_uploads(uploads)
        self.bucket.add_to_resource_policy(
            iam.PolicyStatement(
                sid="TlsOnly",
                effect=iam.Effect.DENY,
                principals=[iam.AnyPrincipal()],
                actions=["s3:*"],
                resources=[self.bucket.bucket_arn, self.bucket.arn_for_objects("*")],
                conditions={"Bool": {"aws:SecureTransport": "false"}},
            )
        )

    def hold_conditional_writes(self, janitor: iam.IRole, openers: Sequence[iam.IRole]) -> None:
        """Refuse what would break the first rule of the store: documents are written on condition.

        A document is written under `If-Match` or `If-None-Match`, and deleted, with its versions, by nobody
        but the janitor. Parts of a multipart upload carry no condition, so they are refused too. Whoever opens
        files from anybody writes pictures under `If-None-Match` only: a file that took a decoder over could
        add pictures that nothing names, and replace none.

        Args:
            janitor: the role of the function that purges studios.
            openers: the roles of the functions that open pictures.
        """
        documents = [self.bucket.arn_for_objects(pattern) for pattern in DOCUMENTS]
        pictures = [self.bucket.arn_for_objects(kind) for kind in (PRODUCTS, REVISIONS, SCENES)]
        for sid, actions, resources, conditions in (
            (
                "ConditionalWritesOfDocuments",
                ["s3:PutObject"],
                documents,
                {"Null": {"s3:if-match": "true", "s3:if-none-match": "true"}},
            ),
            (
                "ConditionalWritesNoDeletes",
                ["s3:DeleteObject", "s3:DeleteObjectVersion"],
                documents,
                {"ArnNotEquals": {"aws:PrincipalArn": janitor.role_arn}},
            ),
            (
                "ConditionalWritesOfPictures",
                ["s3:PutObject"],
                pictures,
                {
                    "ArnEquals": {"aws:PrincipalArn": [opener.role_arn for opener in openers]},
                    "Null": {"s3:if-none-match": "true"},
                },
            ),
        ):
            self.bucket.add_to_resource_policy(
                iam.PolicyStatement(
                    sid=sid,
                    effect=iam.Effect.DENY,
                    principals=[iam.AnyPrincipal()],
                    actions=actions,
                    resources=resources,
                    conditions=conditions,
                )
            )

    def _tell_of_uploads(self, uploads: WorkQueue) -> None:
        """Send a message for every object made under `uploads/`, without a function to set that up."""
        bucket: Any = self.bucket.node.default_child
        bucket.notification_configuration = s3.CfnBucket.NotificationConfigurationProperty(
            queue_configurations=[
                s3.CfnBucket.QueueConfigurationProperty(
                    event="s3:ObjectCreated:*",
                    queue=uploads.queue.queue_arn,
                    filter=s3.CfnBucket.NotificationFilterProperty(
                        s3_key=s3.CfnBucket.S3KeyFilterProperty(
                            rules=[s3.CfnBucket.FilterRuleProperty(name="prefix", value="uploads/")]
                        )
                    ),
                )
            ]
        )
        uploads.take_events_of_s3()
        bucket.node.add_dependency(uploads.queue)


def _lifecycle() -> list[s3.LifecycleRule]:
    """What is kept, and for how long.

    Deleting the last version of an object leaves a delete marker behind; S3 clears it away only by a rule
    that says so, which no rule with a number of days may do as well.
    """
    day = Duration.days(1)
    short_lived = [
        s3.LifecycleRule(
            id=prefix.rstrip("/"),
            prefix=prefix,
            noncurrent_version_expiration=day,
            expired_object_delete_marker=True,
        )
        for prefix in ("inbox/", "reminders/", "janitor/")
    ]
    expiring = [
        s3.LifecycleRule(
            id=prefix.rstrip("/"), prefix=prefix, expiration=age, noncurrent_version_expiration=day
        )
        for prefix, age in (("claims/", Duration.days(7)), ("uploads/", day))
    ]
    markers = [
        s3.LifecycleRule(id=f"{prefix.rstrip('/')}-markers", prefix=prefix, expired_object_delete_marker=True)
        for prefix in ("claims/", "uploads/")
    ]
    documents = s3.LifecycleRule(
        id="versions",
        prefix="clients/",
        noncurrent_version_expiration=Duration.days(KEPT_DAYS),
        noncurrent_versions_to_retain=KEPT_VERSIONS,
        expired_object_delete_marker=True,
    )
    multipart = s3.LifecycleRule(id="multipart", abort_incomplete_multipart_upload_after=day)
    return [documents, *short_lived, *expiring, *markers, multipart]


def _cors(origins: Sequence[str]) -> s3.CorsRule:
    return s3.CorsRule(
        allowed_methods=[s3.HttpMethods.GET, s3.HttpMethods.HEAD, s3.HttpMethods.POST],
        allowed_origins=list(origins),
        allowed_headers=["*"],
        exposed_headers=["ETag", "Location"],
        max_age=3600,
    )
