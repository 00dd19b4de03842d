"""The queues of work, each with a queue of dead letters.

They are encrypted under SQS's own keys, as the bucket is under S3's; messages name pictures and hold none.
"""

from typing import Final

from aws_cdk import Aws, Duration
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sqs as sqs
from constructs import Construct, IConstruct

DEAD_LETTER_DAYS: Final = 14
"""The longest that SQS keeps a message: time for somebody to look at it, and to send it back."""


class WorkQueue(Construct):
    """A queue that one function takes messages from.

    Attributes:
        queue: the queue.
        dead_letters: where messages go that were given out too often.
    """

    def __init__(self, scope: Construct, id_: str, *, visibility: Duration, deliveries: int) -> None:
        """Make the queue and that of its dead letters.

        Args:
            scope: the parent.
            id_: its name in the parent.
            visibility: how long a message is hidden once it was given out.
            deliveries: how often a message is given out.
        """
        super().__init__(scope, id_)
        self.dead_letters = sqs.Queue(
            self,
            "DeadLetters",
            encryption=sqs.QueueEncryption.SQS_MANAGED,
            retention_period=Duration.days(DEAD_LETTER_DAYS),
        )
        self.queue = sqs.Queue(
            self,
            "Queue",
            encryption=sqs.QueueEncryption.SQS_MANAGED,
            visibility_timeout=visibility,
            dead_letter_queue=sqs.DeadLetterQueue(queue=self.dead_letters, max_receive_count=deliveries),
        )
        for queue in (self.queue, self.dead_letters):
            queue.add_to_resource_policy(
                iam.PolicyStatement(
                    sid="TlsOnly",
                    effect=iam.Effect.DENY,
                    principals=[iam.AnyPrincipal()],
                    actions=["sqs:*"],
                    resources=[queue.queue_arn],
                    conditions={"Bool": {"aws:SecureTransport": "false"}},
                )
            )

    def take_events_of_s3(self) -> None:
        """Let the account's buckets send events here.

        The policy does not name the bucket: the bucket can only be made when it may send already, so each
        would have to be there before the other.
        """
        self.queue.add_to_resource_policy(
            iam.PolicyStatement(
                sid="EventsOfS3",
                principals=[iam.ServicePrincipal("s3.amazonaws.com")],
                actions=["sqs:SendMessage"],
                resources=[self.queue.queue_arn],
                conditions={"StringEquals": {"aws:SourceAccount": Aws.ACCOUNT_ID}},
            )
        )

    def feed(self, function: lambda_.IFunction, *, at_most: int | None = None) -> IConstruct:
        """Give a function each message by itself; it answers which have to come again.

        The queue keeps to the limit by itself, so nothing is reserved for the function: that would be taken
        from all others, and accounts with a small quota refuse it.

        Args:
            function: the function.
            at_most: to how many runs at once; without it, to as many as there are messages.
        """
        scaling = lambda_.CfnEventSourceMapping.ScalingConfigProperty(maximum_concurrency=at_most)
        return lambda_.CfnEventSourceMapping(
            self,
            "Feed",
            function_name=function.function_arn,
            event_source_arn=self.queue.queue_arn,
            batch_size=1,
            function_response_types=["ReportBatchItemFailures"],
            scaling_config=scaling if at_most else None,
        )
