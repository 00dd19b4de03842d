"""Messages about wanted pictures, from the queue: each is made, or left for a later delivery."""

from typing import Any, Final

from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
from aws_lambda_powertools.utilities.typing import LambdaContext
from pydantic import ValidationError

from scene_studio import runtime
from scene_studio.generation.message import WantedPicture
from scene_studio.generation.timing import DELIVERIES
from scene_studio.generation.work import ClaimedByAnother, Worker
from scene_studio.store.pacing import within

_RESERVED_SECONDS: Final = 20.0
"""Kept back of the invocation's time to store the picture and to fold the result."""
_FOLD_SECONDS: Final = 6.0


def worker() -> Worker:
    """What runs of this process share."""
    return Worker(
        objects=runtime.object_store(),
        studios=runtime.studios(),
        inbox=runtime.inbox(),
        claims=runtime.claims(),
        model=runtime.image_model,
        clock=runtime.now_milliseconds,
        unique=runtime.unique_name,
        pacing=lambda: within(_FOLD_SECONDS),
    )


def handle(record: SQSRecord, lambda_context: LambdaContext) -> None:
    """Make the picture of one message.

    Raises:
        Exception: the message has to come again.
    """
    wanted = _read(record)
    remaining = lambda_context.get_remaining_time_in_millis() / 1000
    seconds = max(1.0, remaining - min(_RESERVED_SECONDS, remaining / 4))
    last = int(record.attributes.approximate_receive_count) >= DELIVERIES
    with runtime.logger.append_context_keys(**wanted.to_json()):
        try:
            outcome = worker().run(wanted, seconds=seconds, last=last)
        except ClaimedByAnother:
            runtime.logger.info("another worker has this picture")
            raise
        except Exception:
            runtime.logger.exception("a picture was not made this time")
            raise
        runtime.logger.info("a message was dealt with", outcome=outcome.value)
        _count(f"Pictures{outcome.name.title().replace('_', '')}", 1)


def _read(record: SQSRecord) -> WantedPicture:
    try:
        return WantedPicture.model_validate_json(record.body)
    except ValidationError:
        runtime.logger.exception("a message of another kind", message_id=record.message_id)
        raise


@runtime.logger.inject_lambda_context
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Deal with a batch of messages; those that have to come again are named in the answer."""
    processor = BatchProcessor(event_type=EventType.SQS, raise_on_entire_batch_failure=False)
    answer: Any = process_partial_response(
        event=event, record_handler=handle, processor=processor, context=context
    )
    _count("PictureMessages", len(event["Records"]))
    _count("PictureMessagesLeft", len(answer["batchItemFailures"]))
    runtime.metrics.flush_metrics()
    runtime.metrics.clear_metrics()
    failures: dict[str, Any] = answer
    return failures


def _count(name: str, value: int) -> None:
    runtime.metrics.add_metric(name=name, unit=MetricUnit.Count, value=value)
