"""One page that shows how the service is."""

from collections.abc import Mapping, Sequence

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from constructs import Construct

from infra.alarms import Alarms
from infra.functions import Function
from infra.http_api import HttpApi
from infra.queues import WorkQueue

_MINUTES = Duration.minutes(5)


def dashboard(
    scope: Construct,
    *,
    api: HttpApi,
    functions: Mapping[str, Function],
    queues: Mapping[str, WorkQueue],
    alarms: Alarms,
) -> cloudwatch.Dashboard:
    """The page: alarms, requests, functions, pictures, queues.

    Args:
        scope: the parent.
        api: the API.
        functions: the functions by name.
        queues: the queues by name.
        alarms: the alarms.
    """
    lambdas = [one.function for one in functions.values()]
    waiting = [
        one.queue.metric_approximate_number_of_messages_visible(period=_MINUTES) for one in queues.values()
    ]
    ages = [one.queue.metric_approximate_age_of_oldest_message(period=_MINUTES) for one in queues.values()]
    page = cloudwatch.Dashboard(scope, "Dashboard", default_interval=Duration.days(1))
    page.add_widgets(
        cloudwatch.AlarmStatusWidget(title="Alarms", alarms=list(alarms.alarms.values()), width=24, height=3)
    )
    page.add_widgets(
        _graph("Requests", [api.metric(name, "Sum") for name in ("Count", "4xx", "5xx")]),
        _graph("Latency, ms", [api.metric("Latency", statistic) for statistic in ("p50", "p90", "p99")]),
    )
    page.add_widgets(
        _graph(
            "Functions: p95, ms", [one.metric_duration(period=_MINUTES, statistic="p95") for one in lambdas]
        ),
        _graph("Functions: errors", [one.metric_errors(period=_MINUTES) for one in lambdas]),
    )
    page.add_widgets(
        cloudwatch.GraphWidget(
            title="Pictures",
            width=12,
            left=[
                cloudwatch.MathExpression(
                    expression="SEARCH('{SceneStudio,service} Pictures', 'Sum', 300)", label="", period=_MINUTES
                )
            ],
        ),
        cloudwatch.GraphWidget(
            title="Queues: messages that wait; age of the oldest, s", width=12, left=waiting, right=ages
        ),
    )
    return page


def _graph(title: str, metrics: Sequence[cloudwatch.IMetric]) -> cloudwatch.GraphWidget:
    return cloudwatch.GraphWidget(title=title, width=12, left=list(metrics))
