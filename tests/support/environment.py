"""The environment of tests and benchmarks: as in Lambda, and apart from the machine's own."""

import os


def keep_apart() -> None:
    """Have functions log and count for nobody, and read none of the machine's credentials."""
    os.environ.update(
        AWS_ACCESS_KEY_ID="testing",
        AWS_SECRET_ACCESS_KEY="testing",
        AWS_DEFAULT_REGION="us-east-1",
        AWS_EC2_METADATA_DISABLED="true",
        POWERTOOLS_METRICS_DISABLED="true",
        POWERTOOLS_LOG_LEVEL="CRITICAL",
    )
    os.environ.pop("AWS_PROFILE", None)
