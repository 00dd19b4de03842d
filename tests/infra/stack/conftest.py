"""The stack, synthesized once for all tests, with the bundles that would be deployed."""

import pytest

from infra.app import bundled
from infra.bundling.bundle import Bundler
from infra.bundling.wheels import LAMBDA
from tests.infra.stack.synthesis import Assembly, placeholder, synthesized

EVERYTHING = {
    "imageModel": "bedrock-core",
    "bedrockRegion": "us-east-1",
    "oidcIssuer": "https://issuer.example",
    "oidcAudience": "scene-studio, tools",
    "oidcClientId": "page",
    "oidcScope": "openid profile",
    "oidcOrigins": "https://login.issuer.example",
    "tenantClaim": "groups",
    "allowedOrigins": "https://studio.example",
    "throttleRate": "7",
    "throttleBurst": "9",
    "workerSeconds": "240",
    "workerConcurrency": "5",
    "snapStart": "true",
    "tracing": "true",
    "logRetentionDays": "30",
    "alarmEmail": "somebody@studio.example",
    "monthlyBudget": "50",
}
"""A value for every context key that is not its default."""


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Assembly:
    """The stack as it is without any setting."""
    return synthesized(tmp_path_factory.mktemp("cdk"), bundled(Bundler(LAMBDA)))


@pytest.fixture(scope="session")
def told_everything(tmp_path_factory: pytest.TempPathFactory) -> Assembly:
    """The stack with every setting at another value than its default."""
    return synthesized(tmp_path_factory.mktemp("cdk"), placeholder, EVERYTHING)
