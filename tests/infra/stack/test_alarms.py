"""Alarms: what somebody is told of, and over what."""

import json
import re
from functools import reduce
from types import SimpleNamespace
from typing import Any

import pytest

from infra.functions import FUNCTIONS
from janitor import handler as janitor
from janitor.places import Care, Place
from janitor.purge import Purged
from janitor.sweep import Done
from scene_studio import runtime
from tests.infra.stack.synthesis import Assembly

pytestmark = pytest.mark.xdist_group("stack")


def alarms_on(stack: Assembly, metric: str) -> list[dict[str, Any]]:
    return [one for one in stack.properties("AWS::CloudWatch::Alarm") if one.get("MetricName") == metric]


def watched(alarm: dict[str, Any], dimension: str) -> str:
    (value,) = [one["Value"] for one in alarm["Dimensions"] if one["Name"] == dimension]
    return str(value)


def test_there_is_an_alarm_on_every_queue_of_dead_letters(stack: Assembly):
    queues = stack.resources("AWS::SQS::Queue")
    dead_letters = {
        queue["Properties"]["RedrivePolicy"]["deadLetterTargetArn"].replace(".Arn}", ".QueueName}")
        for queue in queues.values()
        if "RedrivePolicy" in queue["Properties"]
    }
    alarms = alarms_on(stack, "ApproximateNumberOfMessagesVisible")
    assert {watched(alarm, "QueueName") for alarm in alarms} == dead_letters
    assert len(dead_letters) == 2
    assert {(alarm["Threshold"], alarm["Statistic"]) for alarm in alarms} == {(1, "Maximum")}


def test_every_alarm_goes_to_the_topic_and_says_what_it_means(stack: Assembly):
    (topic,) = stack.resources("AWS::SNS::Topic")
    alarms = list(stack.properties("AWS::CloudWatch::Alarm"))
    assert len(alarms) >= 10
    for alarm in alarms:
        assert alarm["AlarmActions"] == [f"${{{topic}}}"]
        assert alarm["AlarmDescription"].endswith(".")


def test_cloudwatch_and_budgets_of_this_account_may_use_the_topic_and_only_over_tls(stack: Assembly):
    (policy,) = stack.properties("AWS::SNS::TopicPolicy")
    statements = {one["Sid"]: one for one in policy["PolicyDocument"]["Statement"]}
    assert statements["Alarms"]["Principal"] == {
        "Service": ["cloudwatch.amazonaws.com", "budgets.amazonaws.com"]
    }
    assert statements["Alarms"]["Condition"] == {"StringEquals": {"aws:SourceAccount": "${AWS::AccountId}"}}
    assert statements["TlsOnly"]["Effect"] == "Deny"
    assert statements.keys() == {"Alarms", "TlsOnly"}


def test_failures_that_no_answer_tells_of_are_an_alarm(stack: Assembly):
    functions = stack.resources("AWS::Lambda::Function")
    failing = {watched(alarm, "FunctionName") for alarm in alarms_on(stack, "Errors")}
    assert {functions[name[2:-1]]["Properties"]["Handler"].partition(".")[0] for name in failing} == {
        "generation_worker",
        "upload_ingestion",
        "janitor",
    }


def test_the_api_is_watched_for_errors_and_slowness(stack: Assembly):
    (api,) = stack.resources("AWS::ApiGatewayV2::Api")
    (errors,) = alarms_on(stack, "5xx")
    (slow,) = alarms_on(stack, "Latency")
    assert {watched(errors, "ApiId"), watched(slow, "ApiId")} == {f"${{{api}}}"}
    assert (slow["ExtendedStatistic"], slow["Threshold"], slow["EvaluationPeriods"]) == ("p90", 5000, 3)


def test_a_janitor_that_does_not_run_is_an_alarm(stack: Assembly):
    (alarm,) = alarms_on(stack, "Invocations")
    assert watched(alarm, "FunctionName").startswith("${Janitor")
    assert alarm["ComparisonOperator"] == "LessThanThreshold"
    assert alarm["TreatMissingData"] == "breaching"


def test_pictures_that_wait_for_half_of_their_time_are_an_alarm(stack: Assembly, told_everything: Assembly):
    (usual,) = alarms_on(stack, "ApproximateAgeOfOldestMessage")
    (slow,) = alarms_on(told_everything, "ApproximateAgeOfOldestMessage")
    assert (usual["Threshold"], slow["Threshold"]) == (120 * 15 / 2, 240 * 15 / 2)


def test_pictures_that_were_given_up_are_counted_by_the_janitors_own_log(
    stack: Assembly, monkeypatch: pytest.MonkeyPatch
):
    logged: dict[str, Any] = {}
    monkeypatch.setattr(runtime.logger, "info", lambda _message, **extra: logged.update(extra))
    done = Done(0, (), pictures=Care(given_up=3), uploads=Care(given_up=5), purged=Purged())
    sweep: Any = SimpleNamespace(look_after=lambda _place: done)
    assert janitor._look_after(sweep, Place("acme-corp", "summer"))

    (counted,) = stack.properties("AWS::Logs::MetricFilter")
    (transformation,) = counted["MetricTransformations"]
    selector = transformation["MetricValue"]
    (alarm,) = alarms_on(stack, transformation["MetricName"])
    found: Any = reduce(lambda value, name: value[name], selector.split(".")[1:], logged)
    assert found == 3
    assert counted["FilterPattern"] == f"{{ {selector} > 0 }}"
    assert counted["LogGroupName"].startswith("${Janitor")
    assert transformation["MetricNamespace"] == alarm["Namespace"] == "SceneStudio"


def test_somebody_is_told_of_alarms_and_of_the_months_spending_where_the_settings_say_so(
    stack: Assembly, told_everything: Assembly
):
    (topic,) = told_everything.resources("AWS::SNS::Topic")
    (mail,) = told_everything.properties("AWS::SNS::Subscription")
    (budget,) = told_everything.properties("AWS::Budgets::Budget")
    assert (mail["Protocol"], mail["Endpoint"]) == ("email", "somebody@studio.example")
    assert budget["Budget"]["BudgetLimit"] == {"Amount": 50, "Unit": "USD"}
    told = {
        notification["Notification"]["NotificationType"]: notification["Subscribers"]
        for notification in budget["NotificationsWithSubscribers"]
    }
    subscriber = [{"SubscriptionType": "SNS", "Address": f"${{{topic}}}"}]
    assert told == {"ACTUAL": subscriber, "FORECASTED": subscriber}
    assert not stack.resources("AWS::SNS::Subscription")
    assert not stack.resources("AWS::Budgets::Budget")


def test_the_dashboard_shows_every_alarm_and_every_function(stack: Assembly):
    (dashboard,) = stack.properties("AWS::CloudWatch::Dashboard")
    body = json.loads(re.sub(r"\$\{AWS::\w+}", "here", dashboard["DashboardBody"]))
    shown = json.dumps(body)
    for alarm in stack.resources("AWS::CloudWatch::Alarm"):
        assert f"${{{alarm}.Arn}}" in shown
    functions = [name for name in stack.resources("AWS::Lambda::Function") if f"${{{name}}}" in shown]
    assert len(functions) == len(FUNCTIONS)
