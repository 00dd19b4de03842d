"""S3's events about new files, through a queue: each file is taken in, or left for a later delivery."""

from typing import Any, Final

from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
from aws_lambda_powertools.utilities.typing import LambdaContext

from scene_studio import runtime
from scene_studio.images.forms import Purpose, TakenIn
from scene_studio.images.sandbox import take_in_safely
from scene_studio.queues.s3_notifications import CreatedObject, NotANotification, read_notification
from scene_studio.store.pacing import within
from upload_ingestion.ingest import Ingestion

_TAKE_IN_SECONDS: Final = 15.0
_RESERVED_SECONDS: Final = 12.0
"""Kept back of the invocation's time to start the decoder, to store the picture and to fold the result."""
_FOLD_SECONDS: Final = 6.0


class NoTimeLeft(Exception):
    """There is not the time that a file may take; it comes again, and is not judged by what is left."""


def ingestion(context: LambdaContext) -> Ingestion:
    """What runs of this invocation share."""

    def take_in(data: bytes, purpose: Purpose) -> TakenIn:
        if context.get_remaining_time_in_millis() / 1000 < _TAKE_IN_SECONDS + _RESERVED_SECONDS:
            raise NoTimeLeft
        return take_in_safely(data, purpose, seconds=_TAKE_IN_SECONDS)

    return Ingestion(
        objects=runtime.object_store(),
        folders=runtime.folders(),
        inbox=runtime.inbox(),
        take_in=take_in,
        clock=runtime.now_milliseconds,
        unique=runtime.unique_name,
        pacing=lambda: within(_FOLD_SECONDS),
    )


def handle(record: SQSRecord, lambda_context: LambdaContext) -> None:
    """Take in the files of one message.

    Raises:
        Exception: the message has to come again.
    """
    failures = [error for one in _read(record) if (error := _failure(one, lambda_context)) is not None]
    if failures:
        raise failures[0]


def _read(record: SQSRecord) -> list[CreatedObject]:
    try:
        return read_notification(record.body)
    except NotANotification:
        runtime.logger.exception("a message of another kind", message_id=record.message_id)
        raise


def _failure(created: CreatedObject, context: LambdaContext) -> Exception | None:
    """Why this file could not be dealt with this time; None if it was."""
    with runtime.logger.append_context_keys(key=created.key, version_id=created.version_id):
        try:
            outcome = ingestion(context).run(created)
        except NoTimeLeft as error:
            runtime.logger.info("there is no time left for this file")
            return error
        except Exception as error:  # noqa: BLE001 - whatever it is, the other files are dealt with all the same
            runtime.logger.exception("a file was not dealt with this time")
            return error
        runtime.logger.info("a file was dealt with", outcome=outcome.value)
        _count(f"Uploads{outcome.name.title().replace('_', '')}", 1)
        return None


@runtime.logger.inject_lambda_context
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Deal with a batch of messages; those that have to come again are named in the answer."""
    processor = BatchProcessor(event_type=EventType.SQS, raise_on_entire_batch_failure=False)
    answer: Any = process_partial_response(
        event=event, record_handler=handle, processor=processor, context=context
    )
    _count("UploadMessages", len(event["Records"]))
    _count("UploadMessagesLeft", len(answer["batchItemFailures"]))
    runtime.metrics.flush_metrics()
    runtime.metrics.clear_metrics()
    failures: dict[str, Any] = answer
    return failures


def _count(name: str, value: int) -> None:
    runtime.metrics.add_metric(name=name, unit=MetricUnit.Count, value=value)
