"""The one stack; it reads as the diagram of the system."""

from typing import Any

from aws_cdk import CfnOutput, Duration, Stack
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from constructs import Construct

from infra.alarms import Alarms
from infra.dashboard import dashboard
from infra.functions import OPEN_PICTURES, Assets, make_functions
from infra.http_api import HttpApi
from infra.queues import WorkQueue
from infra.settings import Settings
from infra.sign_in import UserPool, issuer_elsewhere
from infra.storage import Storage
from scene_studio.generation.timing import DELIVERIES, Timing
from scene_studio.queues import s3_notifications


class SceneStudioStack(Stack):
    """Pages and tools -> HTTP API -> functions -> bucket; queues and a schedule behind them.

    Attributes:
        settings: what the deployment was told.
        api: the HTTP API.
        queues: the queues of work: `generation` and `uploads`.
        storage: the bucket.
        functions: the functions by name.
        users: the stack's own user pool; None if tokens come from another issuer.
        feeds: what gives the messages of the queues to functions.
        schedule: what runs the janitor.
        alarms: what somebody is told of.
    """

    def __init__(self, scope: Construct, id_: str, *, settings: Settings, assets: Assets) -> None:
        """Put the stack together.

        Args:
            scope: the app.
            id_: the name of the stack.
            settings: those of the deployment.
            assets: gives the code of each function.
        """
        super().__init__(scope, id_, description="Scene Studio: persistent studios for product pictures")
        self.settings = settings
        self.api = HttpApi(self, "Http", settings=settings)
        pages = [self.api.address, *settings.allowed_origins]

        picture_visibility = Duration.millis(Timing(settings.worker_seconds).visibility)
        upload_visibility = Duration.seconds(s3_notifications.VISIBILITY_SECONDS)
        self.queues = {
            "generation": WorkQueue(self, "Generation", visibility=picture_visibility, deliveries=DELIVERIES),
            "uploads": WorkQueue(
                self, "Uploads", visibility=upload_visibility, deliveries=s3_notifications.DELIVERIES
            ),
        }
        self.storage = Storage(self, "Storage", origins=pages, uploads=self.queues["uploads"])
        self.users = None if settings.oidc_issuer else UserPool(self, "Users", pages=pages)
        issuer = self.users.issuer() if self.users else issuer_elsewhere(settings)

        self.functions = make_functions(self, self.storage.bucket, self.queues, issuer, settings, assets)
        openers = [self.functions[name].role for name in OPEN_PICTURES]
        self.storage.hold_conditional_writes(self.functions["janitor"].role, openers)
        self.api.route(self.functions, issuer)
        self.feeds = [
            self.queues["generation"].feed(
                self.functions["generation_worker"].target, at_most=settings.worker_concurrency
            ),
            self.queues["uploads"].feed(self.functions["upload_ingestion"].target),
        ]
        # A run that fails is not repeated: the next one comes soon, and does what is left. The rule hands its
        # event over once; what becomes of it then is for Lambda, which has to be told the same.
        janitor = self.functions["janitor"].function
        janitor.configure_async_invoke(retry_attempts=0, max_event_age=Duration.minutes(1))
        self.schedule = events.Rule(
            self,
            "EveryMinute",
            schedule=events.Schedule.rate(Duration.minutes(1)),
            targets=[targets.LambdaFunction(janitor, retry_attempts=0)],
        )
        watched: Any = {"api": self.api, "functions": self.functions, "queues": self.queues}
        self.alarms = Alarms(self, "Alarms", settings=settings, **watched)
        dashboard(self, alarms=self.alarms, **watched)
        self._tell()

    def _tell(self) -> None:
        """Name what people and tools have to know of the stack."""
        told = {
            "ApiAddress": (self.api.address, "Where the service answers"),
            "Bucket": (self.storage.bucket.bucket_name, "Where everything is kept"),
            "AlarmTopic": (self.alarms.topic.topic_arn, "Whoever subscribes to it is told of alarms"),
        }
        for name, queue in self.queues.items():
            told[f"{name.title()}Queue"] = (queue.queue.queue_url, "Messages that wait")
            told[f"{name.title()}DeadLetters"] = (queue.dead_letters.queue_url, "Messages given out too often")
        if self.users:
            told["UserPoolId"] = (self.users.pool.user_pool_id, "Where people and their groups are")
            told["UserPoolClientId"] = (self.users.client.user_pool_client_id, "What the page is to the pool")
            told["SignInDomain"] = (self.users.domain.base_url(), "Where people sign in")
        for name, (value, description) in told.items():
            CfnOutput(self, name, value=value, description=description)
