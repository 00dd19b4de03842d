"""What happens to upload forms, and what S3 tells a queue about them, in an S3 that enforces and tells."""

from typing import Any

import boto3
import pytest

from scene_studio.queues.s3_notifications import CreatedObject, read_notification
from scene_studio.store.s3 import S3ObjectStore
from tests.infra.test_local_upload_contract import *  # noqa: F403 - the same sentences, over this folder's store
from tests.support.ministack import MiniStack
from tests.support.stores import UploadTarget


@pytest.fixture(scope="module")
def bucket(ministack: MiniStack) -> S3ObjectStore:
    return ministack.store()


@pytest.fixture(scope="module")
def target(ministack: MiniStack, bucket: S3ObjectStore) -> UploadTarget:
    return UploadTarget(bucket, ministack.address)


def test_what_s3_tells_of_a_form_names_the_version_it_stored(
    ministack: MiniStack, bucket: S3ObjectStore, target: UploadTarget
) -> None:
    sqs: Any = boto3.client("sqs", endpoint_url=ministack.address)
    queue = sqs.create_queue(QueueName=f"{bucket._bucket}-uploads")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    events: Any = {"QueueArn": arn, "Events": ["s3:ObjectCreated:*"]}
    configuration: Any = {"QueueConfigurations": [events]}
    bucket._retrying.put_bucket_notification_configuration(
        Bucket=bucket._bucket, NotificationConfiguration=configuration
    )
    key = "uploads/acme/a b+ü.png"
    version = target.post(target.ticket(key)).headers["x-amz-version-id"]

    told: list[CreatedObject] = []
    while not told:
        answer = sqs.receive_message(QueueUrl=queue, WaitTimeSeconds=5, MaxNumberOfMessages=10)
        for message in answer.get("Messages", ()):
            told += read_notification(message["Body"])
    assert told == [CreatedObject(key, version)]
