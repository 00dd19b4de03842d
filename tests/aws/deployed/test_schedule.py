"""The janitor's schedule."""

import time

from tests.support.deployment import Deployment


def test_the_janitor_runs_though_nobody_invokes_it(open_deployment: Deployment) -> None:
    until = time.monotonic() + 90
    while _runs(open_deployment) <= open_deployment.invoked["janitor"]:
        assert time.monotonic() < until, f"no run of the janitor\n{open_deployment.cloud.complaints()}"
        time.sleep(0.5)


def _runs(deployment: Deployment) -> int:
    """How many runs of the janitor its log tells of."""
    logs = deployment.cloud.client("logs")
    (group,) = [
        one["logGroupName"]
        for one in logs.describe_log_groups()["logGroups"]
        if "JanitorLogs" in one["logGroupName"]
    ]
    events = logs.filter_log_events(logGroupName=group)["events"]
    return sum("JanitorStudios" in one["message"] for one in events)
