"""The functions: what each runs, for how long, and what it is told."""

import re
from typing import Any

import pytest

from infra import grants
from infra.functions import FUNCTIONS
from infra.grants import GRANTS
from scene_studio.generation.timing import DELIVERIES, Timing
from scene_studio.runtime import Environment
from scene_studio.store.s3 import S3ObjectStore
from tests.infra.stack.synthesis import Assembly
from web.settings import PageSettings

pytestmark = pytest.mark.xdist_group("stack")


def functions_of(stack: Assembly) -> dict[str, dict[str, Any]]:
    return {
        function["Handler"].partition(".")[0]: function
        for function in stack.properties("AWS::Lambda::Function")
    }


def seconds_of(stack: Assembly, name: str) -> int:
    seconds: int = functions_of(stack)[name]["Timeout"]
    return seconds


def fed(stack: Assembly) -> dict[str, dict[str, Any]]:
    """The queue that feeds each function that has one."""
    queues = {
        f"${{{name}.Arn}}": queue["Properties"] for name, queue in stack.resources("AWS::SQS::Queue").items()
    }
    folders = {
        f"${{{name}.Arn}}": function["Properties"]["Handler"].partition(".")[0]
        for name, function in stack.resources("AWS::Lambda::Function").items()
    }
    return {
        folders[feed["FunctionName"]]: queues[feed["EventSourceArn"]]
        for feed in stack.properties("AWS::Lambda::EventSourceMapping")
    }


def test_every_function_is_there_and_runs_on_graviton_under_python_3_13(stack: Assembly):
    functions = functions_of(stack)
    assert functions.keys() == FUNCTIONS.keys()
    for name, function in functions.items():
        assert function["Handler"] == f"{name}.handler.lambda_handler"
        assert (function["Runtime"], function["Architectures"]) == ("python3.13", ["arm64"])


def test_every_function_logs_to_a_group_of_its_own_that_is_not_kept_for_ever(stack: Assembly):
    groups = stack.resources("AWS::Logs::LogGroup")
    logged = [function["LoggingConfig"]["LogGroup"] for function in functions_of(stack).values()]
    assert len(set(logged)) == len(FUNCTIONS)
    assert set(logged) < {f"${{{name}}}" for name in groups}
    assert {group["Properties"]["RetentionInDays"] for group in groups.values()} == {90}


def deployed(text: str) -> str:
    """A variable with something in place of each reference that may stand there once it is deployed."""

    def stands_for(reference: re.Match[str]) -> str:
        name = reference[1].lower().replace(":", "-")
        return f"https://{name}" if "queue" in name or name.endswith(".providerurl") else name

    return re.sub(r"\$\{([^}]+)}", stands_for, text)


@pytest.mark.parametrize("told", ["stack", "told_everything"])
def test_functions_are_told_what_their_code_reads(told: str, request: pytest.FixtureRequest):
    stack: Assembly = request.getfixturevalue(told)
    for name, function in functions_of(stack).items():
        variables = function["Environment"]["Variables"]
        known = [*Environment.model_fields, *(PageSettings.model_fields if name == "web" else ())]
        own = {variable for variable in variables if variable.startswith("SCENE_STUDIO_")}
        assert own <= {f"SCENE_STUDIO_{field.upper()}" for field in known}
        told_to_it = {name.removeprefix("SCENE_STUDIO_").lower(): deployed(variables[name]) for name in own}
        assert Environment.model_validate(told_to_it).tenancy == "token"
        PageSettings.model_validate(told_to_it)
        sends = {grant.on for grant in GRANTS[name] if grants.SEND in grant.actions}
        assert ("SCENE_STUDIO_GENERATION_QUEUE" in variables) == (grants.GENERATION_QUEUE in sends)
        assert ("SCENE_STUDIO_UPLOAD_QUEUE" in variables) == (grants.UPLOAD_QUEUE in sends)
        assert ("SCENE_STUDIO_INLINE_PICTURES" in variables) == (name == "intake_api")


def test_settings_reach_the_functions(told_everything: Assembly):
    for function in functions_of(told_everything).values():
        variables = function["Environment"]["Variables"]
        assert variables["SCENE_STUDIO_IMAGE_MODEL"] == "bedrock-core"
        assert variables["SCENE_STUDIO_BEDROCK_REGION"] == "us-east-1"
        assert variables["SCENE_STUDIO_TENANT_CLAIM"] == "groups"
        assert variables["SCENE_STUDIO_WORKER_SECONDS"] == "240"
        assert function["TracingConfig"] == {"Mode": "Active"}
    assert functions_of(told_everything)["generation_worker"]["Timeout"] == 240
    (scaled,) = [
        feed["ScalingConfig"]
        for feed in told_everything.properties("AWS::Lambda::EventSourceMapping")
        if "ScalingConfig" in feed
    ]
    assert scaled == {"MaximumConcurrency": 5}


def test_nothing_is_reserved_which_an_account_with_a_small_quota_would_refuse(told_everything: Assembly):
    for function in functions_of(told_everything).values():
        assert "ReservedConcurrentExecutions" not in function


def test_versions_are_published_of_what_people_wait_for(stack: Assembly, told_everything: Assembly):
    assert not stack.resources("AWS::Lambda::Version")
    snapped = {name for name, function in functions_of(told_everything).items() if "SnapStart" in function}
    assert snapped == FUNCTIONS.keys() - {"generation_worker", "upload_ingestion", "janitor"}
    assert len(told_everything.resources("AWS::Lambda::Alias")) == len(snapped)


def test_functions_end_before_whoever_waits_for_them(stack: Assembly):
    waits = {
        integration["TimeoutInMillis"] for integration in stack.properties("AWS::ApiGatewayV2::Integration")
    }
    asked = {name for name, spec in FUNCTIONS.items() if name.endswith("_api") or name == "web"}
    assert waits == {30_000}
    assert all(seconds_of(stack, name) < 30 for name in asked)
    assert seconds_of(stack, "inline_pictures") < seconds_of(stack, "intake_api")
    assert seconds_of(stack, "janitor") <= 60  # another run begins then


@pytest.mark.parametrize("told", ["stack", "told_everything"])
def test_a_message_stays_hidden_until_its_function_has_ended(told: str, request: pytest.FixtureRequest):
    stack: Assembly = request.getfixturevalue(told)
    queues = fed(stack)
    assert queues.keys() == {"generation_worker", "upload_ingestion"}
    for name, queue in queues.items():
        assert queue["VisibilityTimeout"] > seconds_of(stack, name)
    worker = seconds_of(stack, "generation_worker")
    assert queues["generation_worker"]["VisibilityTimeout"] == Timing(worker).visibility // 1000


def test_messages_come_one_by_one_and_each_fails_for_itself(stack: Assembly):
    for feed in stack.properties("AWS::Lambda::EventSourceMapping"):
        assert feed["BatchSize"] == 1
        assert feed["FunctionResponseTypes"] == ["ReportBatchItemFailures"]


def test_messages_that_were_given_out_too_often_are_kept_for_two_weeks(stack: Assembly):
    all_queues = stack.resources("AWS::SQS::Queue")
    for queue in fed(stack).values():
        redrive = queue["RedrivePolicy"]
        assert redrive["maxReceiveCount"] == DELIVERIES
        dead_letters = all_queues[redrive["deadLetterTargetArn"].removeprefix("${").removesuffix(".Arn}")]
        assert dead_letters["Properties"]["MessageRetentionPeriod"] == 14 * 24 * 3600


def test_the_janitor_runs_every_minute_and_no_run_is_repeated(stack: Assembly):
    (janitor,) = [name for name in stack.resources("AWS::Lambda::Function") if name.startswith("Janitor")]
    (rule,) = stack.properties("AWS::Events::Rule")
    (target,) = rule["Targets"]
    assert rule["ScheduleExpression"] == "rate(1 minute)"
    assert rule["State"] == "ENABLED"
    assert target["Arn"] == f"${{{janitor}.Arn}}"
    assert target["RetryPolicy"] == {"MaximumRetryAttempts": 0}
    # The rule only hands the event over; Lambda itself would run what failed twice more, and keep for hours
    # what it had no room for.
    (invoked,) = stack.properties("AWS::Lambda::EventInvokeConfig")
    assert invoked == {
        "FunctionName": f"${{{janitor}}}",
        "Qualifier": "$LATEST",
        "MaximumRetryAttempts": 0,
        "MaximumEventAgeInSeconds": 60,
    }


def test_the_page_is_told_where_people_sign_in_and_where_pictures_lie(
    stack: Assembly, told_everything: Assembly
):
    (bucket,) = stack.resources("AWS::S3::Bucket")
    (pool,) = stack.resources("AWS::Cognito::UserPool")
    (client,) = stack.resources("AWS::Cognito::UserPoolClient")
    (domain,) = stack.resources("AWS::Cognito::UserPoolDomain")
    own = functions_of(stack)["web"]["Environment"]["Variables"]
    assert own["SCENE_STUDIO_SIGN_IN_ISSUER"] == f"${{{pool}.ProviderURL}}"
    assert own["SCENE_STUDIO_SIGN_IN_CLIENT_ID"] == f"${{{client}}}"
    assert own["SCENE_STUDIO_SIGN_IN_SCOPE"] == "openid email profile"
    assert own["SCENE_STUDIO_SIGN_IN_ORIGINS"] == (
        f"https://${{{domain}}}.auth.${{AWS::Region}}.amazoncognito.com"
    )
    assert own["SCENE_STUDIO_PICTURES_ORIGIN"] == f"https://${{{bucket}.RegionalDomainName}}"
    elsewhere = functions_of(told_everything)["web"]["Environment"]["Variables"]
    assert {name: value for name, value in elsewhere.items() if "SIGN_IN" in name} == {
        "SCENE_STUDIO_SIGN_IN_ISSUER": "https://issuer.example",
        "SCENE_STUDIO_SIGN_IN_CLIENT_ID": "page",
        "SCENE_STUDIO_SIGN_IN_SCOPE": "openid profile",
        "SCENE_STUDIO_SIGN_IN_ORIGINS": "https://login.issuer.example",
    }


def test_the_addresses_that_functions_sign_are_those_that_the_page_is_told(
    stack: Assembly, monkeypatch: pytest.MonkeyPatch
):
    variables = functions_of(stack)["studios_api"]["Environment"]["Variables"]
    for region in ("us-east-1", "eu-central-1"):
        with monkeypatch.context() as patch:
            patch.setenv("AWS_DEFAULT_REGION", region)
            name = "AWS_S3_US_EAST_1_REGIONAL_ENDPOINT"
            patch.setenv(name, variables[name])
            store = S3ObjectStore.connect("some-bucket")
            regional = f"https://some-bucket.s3.{region}.amazonaws.com/"
            assert store.presigned_url("clients/c/x.jpg", seconds=60).startswith(regional)
            ticket = store.upload_ticket("uploads/x", content_type="image/png", max_bytes=1, seconds=60)
            assert ticket.url.startswith(regional)
