"""The environment of tests and benchmarks: functions log and count as in Lambda, and ask nothing of the machine."""

import os


def keep_apart() -> None:
    """Leave nothing in the environment by which the credentials of the machine could be read."""
    os.environ.update(
        AWS_ACCESS_KEY_ID="testing",
        AWS_SECRET_ACCESS_KEY="testing",
        AWS_DEFAULT_REGION="us-east-1",
        AWS_EC2_METADATA_DISABLED="true",
        POWERTOOLS_METRICS_DISABLED="true",
        POWERTOOLS_LOG_LEVEL="CRITICAL",
    )
    os.environ.pop("AWS_PROFILE", None)
