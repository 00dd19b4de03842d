"""The one stack; it reads as the diagram of the system."""

from collections.abc import Sequence

from aws_cdk import CfnOutput, Duration, Stack
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from infra import grants
from infra.functions import FUNCTIONS, INGESTION_SECONDS, Assets, Function
from infra.http_api import HttpApi
from infra.image_models import model_arns
from infra.queues import WorkQueue
from infra.settings import Settings
from infra.sign_in import Issuer, UserPool, issuer_elsewhere
from infra.storage import Storage
from scene_studio.generation.timing import DELIVERIES, Timing


class SceneStudioStack(Stack):
    """Pages and tools -> HTTP API -> functions -> bucket; queues and a schedule behind them."""

    def __init__(self, scope: Construct, id_: str, *, settings: Settings, assets: Assets) -> None:
        """Put the stack together.

        Args:
            scope: the app.
            id_: the name of the stack.
            settings: those of the deployment.
            assets: gives the code of each function.
        """
        super().__init__(scope, id_, description="Scene Studio: persistent studios for product pictures")
        timing = Timing(settings.worker_seconds)

        self.api = HttpApi(self, "Http", settings=settings)
        pages = [self.api.address, *settings.allowed_origins]

        self.generation = WorkQueue(
            self, "Generation", visibility=Duration.millis(timing.visibility), deliveries=DELIVERIES
        )
        self.uploads = WorkQueue(
            self, "Uploads", visibility=Duration.seconds(INGESTION_SECONDS * 3 // 2), deliveries=DELIVERIES
        )
        self.storage = Storage(self, "Storage", origins=pages, uploads=self.uploads)

        self.functions = self._functions(settings, assets)
        self.storage.hold_conditional_writes(self.functions["janitor"].role)

        self.api.route(self.functions, self._issuer(settings, pages))
        self._feed("generation_worker", self.generation, at_most=settings.worker_concurrency)
        self._feed("upload_ingestion", self.uploads)
        self._every_minute("janitor")

        self._tell("ApiAddress", self.api.address, "Where the service answers")
        self._tell("Bucket", self.storage.bucket.bucket_name, "Where everything is kept")
        for name, queue in (("Generation", self.generation), ("Upload", self.uploads)):
            self._tell(f"{name}Queue", queue.queue.queue_url, "Messages that wait")
            self._tell(f"{name}DeadLetters", queue.dead_letters.queue_url, "Messages that were given up")

    def _functions(self, settings: Settings, assets: Assets) -> dict[str, Function]:
        bucket = self.storage.bucket
        resources: dict[str, Sequence[str]] = {
            grant.on: [bucket.arn_for_objects(grant.on)] for table in grants.GRANTS.values() for grant in table
        }
        resources |= {
            grants.BUCKET: [bucket.bucket_arn],
            grants.GENERATION_QUEUE: [self.generation.queue.queue_arn],
            grants.UPLOAD_QUEUE: [self.uploads.queue.queue_arn],
            grants.IMAGE_MODELS: model_arns(settings.image_model, settings.bedrock_region),
        }
        environment = {
            "POWERTOOLS_SERVICE_NAME": "scene-studio",
            "POWERTOOLS_METRICS_NAMESPACE": "SceneStudio",
            "SCENE_STUDIO_STORE": f"s3:{bucket.bucket_name}",
            "SCENE_STUDIO_TENANCY": "token",
            "SCENE_STUDIO_TENANT_CLAIM": settings.tenant_claim,
            "SCENE_STUDIO_IMAGE_MODEL": settings.image_model,
            "SCENE_STUDIO_BEDROCK_REGION": settings.bedrock_region,
            "SCENE_STUDIO_WORKER_SECONDS": str(settings.worker_seconds),
        }
        queues = {
            grants.GENERATION_QUEUE: ("SCENE_STUDIO_GENERATION_QUEUE", self.generation),
            grants.UPLOAD_QUEUE: ("SCENE_STUDIO_UPLOAD_QUEUE", self.uploads),
        }
        return {
            name: Function(
                self,
                name,
                code=assets(name),
                environment=environment
                | {
                    variable: f"sqs:{queue.queue.queue_url}"
                    for grant in grants.GRANTS[name]
                    if grants.SEND in grant.actions
                    for variable, queue in [queues[grant.on]]
                },
                resources=resources,
                settings=settings,
            )
            for name in FUNCTIONS
        }

    def _issuer(self, settings: Settings, pages: Sequence[str]) -> Issuer:
        elsewhere = issuer_elsewhere(settings)
        if elsewhere is not None:
            return elsewhere
        users = UserPool(self, "Users", pages=pages)
        self._tell("UserPoolId", users.pool.user_pool_id, "Where people and their groups are")
        self._tell("UserPoolClientId", users.client.user_pool_client_id, "What the page is to the user pool")
        self._tell("SignInDomain", users.domain.base_url(), "Where people sign in")
        return users.issuer()

    def _feed(self, name: str, queue: WorkQueue, at_most: int | None = None) -> None:
        """Give a function each message of a queue by itself; it says which have to come again."""
        lambda_.CfnEventSourceMapping(
            self,
            f"Feed {name}",
            function_name=self.functions[name].target.function_arn,
            event_source_arn=queue.queue.queue_arn,
            batch_size=1,
            function_response_types=["ReportBatchItemFailures"],
            scaling_config=(
                lambda_.CfnEventSourceMapping.ScalingConfigProperty(maximum_concurrency=at_most)
                if at_most
                else None
            ),
        )

    def _every_minute(self, name: str) -> None:
        """Run a function once a minute; a run that fails is not repeated, for the next one comes soon."""
        schedule = events.Schedule.rate(Duration.minutes(1))
        target = targets.LambdaFunction(self.functions[name].target, retry_attempts=0)
        events.Rule(self, f"Schedule {name}", schedule=schedule, targets=[target])

    def _tell(self, name: str, value: str, description: str) -> None:
        CfnOutput(self, name, value=value, description=description)
