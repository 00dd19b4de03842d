"""What somebody has to be told of: alarms, and where they go."""

from collections.abc import Mapping
from typing import Final

from aws_cdk import Aws, Duration
from aws_cdk import aws_budgets as budgets
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_iam as iam
from aws_cdk import aws_logs as logs
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sns_subscriptions as subscriptions
from constructs import Construct

from infra.functions import Function
from infra.http_api import HttpApi
from infra.queues import WorkQueue
from infra.settings import Settings
from scene_studio.generation.timing import Timing

_AT_LEAST: Final = cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD
_BELOW: Final = cloudwatch.ComparisonOperator.LESS_THAN_THRESHOLD
_IN_BACKGROUND: Final = ("generation_worker", "upload_ingestion", "janitor")
"""Functions whose failures no answer of the API tells of."""


class Alarms(Construct):
    """All alarms of the stack.

    Attributes:
        topic: where they go; whoever subscribes to it is told.
        alarms: the alarms by name.
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        api: HttpApi,
        functions: Mapping[str, Function],
        queues: Mapping[str, WorkQueue],
        settings: Settings,
    ) -> None:
        """Watch over the API, the functions, the queues and what was given up.

        Args:
            scope: the parent.
            id_: its name in the parent.
            api: the API.
            functions: the functions by name.
            queues: the queues by name.
            settings: those of the deployment.
        """
        super().__init__(scope, id_)
        self.topic = self._topic(settings)
        self.alarms: dict[str, cloudwatch.Alarm] = {}
        self._watch(
            "ServerErrors",
            "The API answered 5xx five times in five minutes.",
            api.metric("5xx", "Sum"),
            at_least=5,
        )
        self._watch(
            "Slow",
            "One answer in ten took 5 s or more for a quarter of an hour. An Execute that waits for its "
            "pictures takes longer by itself, so look first whether there were many.",
            api.metric("Latency", "p90"),
            at_least=5000,
            periods=3,
        )
        for name in _IN_BACKGROUND:
            self._watch(
                f"Errors-{name}",
                f"The function {name} failed; its log says why.",
                functions[name].function.metric_errors(period=Duration.minutes(5)),
                at_least=1,
            )
        self._watch(
            "JanitorStopped",
            "The janitor runs every minute, and did not run for ten.",
            functions["janitor"].function.metric_invocations(period=Duration.minutes(10)),
            below=1,
            missing=cloudwatch.TreatMissingData.BREACHING,
        )
        for name, queue in queues.items():
            self._watch(
                f"DeadLetters-{name}",
                f"A message of the {name} queue was given out too often; it is kept for 14 days.",
                queue.dead_letters.metric_approximate_number_of_messages_visible(
                    period=Duration.minutes(1), statistic="Maximum"
                ),
                at_least=1,
            )
        self._watch(
            "GenerationsStuck",
            "Pictures wait for half of the time that they may take; there may be too few workers.",
            queues["generation"].queue.metric_approximate_age_of_oldest_message(period=Duration.minutes(1)),
            at_least=Timing(settings.worker_seconds).deadline // 2000,
        )
        self._watch(
            "GenerationsGivenUp",
            "The janitor gave pictures up that did not come in the time that they may take.",
            _given_up(functions["janitor"]),
            at_least=1,
        )
        if settings.monthly_budget:
            self._budget(settings.monthly_budget)

    def _watch(
        self,
        name: str,
        description: str,
        metric: cloudwatch.IMetric,
        *,
        at_least: float | None = None,
        below: float | None = None,
        periods: int = 1,
        missing: cloudwatch.TreatMissingData = cloudwatch.TreatMissingData.NOT_BREACHING,
    ) -> None:
        alarm = cloudwatch.Alarm(
            self,
            name,
            alarm_description=description,
            metric=metric,
            threshold=(at_least if below is None else below) or 0,
            comparison_operator=_AT_LEAST if below is None else _BELOW,
            evaluation_periods=periods,
            treat_missing_data=missing,
        )
        alarm.add_alarm_action(actions.SnsAction(self.topic))
        self.alarms[name] = alarm

    def _topic(self, settings: Settings) -> sns.Topic:
        topic = sns.Topic(self, "Topic", display_name="Scene Studio")
        senders = [iam.ServicePrincipal(f"{service}.amazonaws.com") for service in ("cloudwatch", "budgets")]
        topic.add_to_resource_policy(
            iam.PolicyStatement(
                sid="Alarms",
                principals=list(senders),
                actions=["sns:Publish"],
                resources=[topic.topic_arn],
                conditions={"StringEquals": {"aws:SourceAccount": Aws.ACCOUNT_ID}},
            )
        )
        topic.add_to_resource_policy(
            iam.PolicyStatement(
                sid="TlsOnly",
                effect=iam.Effect.DENY,
                principals=[iam.AnyPrincipal()],
                actions=["sns:Publish"],
                resources=[topic.topic_arn],
                conditions={"Bool": {"aws:SecureTransport": "false"}},
            )
        )
        if settings.alarm_email:
            topic.add_subscription(subscriptions.EmailSubscription(settings.alarm_email))
        return topic

    def _budget(self, dollars: int) -> None:
        """Tell when the account has spent this much in a month, or is about to.

        It counts the whole account: a budget for what carries a tag counts nothing until somebody activates
        the tag, and would be silent without a word.
        """
        subscriber = budgets.CfnBudget.SubscriberProperty(subscription_type="SNS", address=self.topic.topic_arn)
        budgets.CfnBudget(
            self,
            "Budget",
            budget=budgets.CfnBudget.BudgetDataProperty(
                budget_type="COST",
                time_unit="MONTHLY",
                budget_limit=budgets.CfnBudget.SpendProperty(amount=dollars, unit="USD"),
            ),
            notifications_with_subscribers=[
                budgets.CfnBudget.NotificationWithSubscribersProperty(
                    notification=budgets.CfnBudget.NotificationProperty(
                        notification_type=kind, comparison_operator="GREATER_THAN", threshold=100
                    ),
                    subscribers=[subscriber],
                )
                for kind in ("ACTUAL", "FORECASTED")
            ],
        )


def _given_up(janitor: Function) -> cloudwatch.Metric:
    """How many pictures the janitor gave up, by its log."""
    given_up = "$.pictures.given_up"
    counted = logs.MetricFilter(
        janitor,
        "GivenUp",
        log_group=janitor.log_group,
        filter_pattern=logs.FilterPattern.number_value(given_up, ">", 0),
        metric_namespace="SceneStudio",
        metric_name="PicturesGivenUp",
        metric_value=given_up,
    )
    return counted.metric(statistic="Sum", period=Duration.minutes(5))
