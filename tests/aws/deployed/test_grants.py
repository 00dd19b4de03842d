"""With policies evaluated: what each role must not do is refused, and what it may is not.

That every role is sufficient is what the other tests here prove; this proves that it is no more.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

import pytest
from botocore.exceptions import ClientError

from infra import grants
from infra.functions import FUNCTIONS
from infra.grants import GRANTS
from tests.support.deployment import Deployment
from tests.support.ministack import ACCOUNT

KEYS: Final = {
    grants.CLIENT: "clients/acme-corp/client.json",
    grants.PRODUCTS: "clients/acme-corp/products/product-a/i.png",
    grants.STUDIO: "clients/acme-corp/scene-studios/default/config.json",
    grants.PAGES: "clients/acme-corp/scene-studios/default/slots/slot-1/history/p.json",
    grants.REVISIONS: "clients/acme-corp/scene-studios/default/slots/slot-1/revisions/i.jpg",
    grants.SCENES: "clients/acme-corp/scene-studios/default/user-scenes/s.jpg",
    grants.INBOX: "inbox/acme-corp/default/r.json",
    grants.CLAIMS: "claims/acme-corp/default/i",
    grants.REMINDERS: "reminders/acme-corp/default/r",
    grants.ROUND: "janitor/round",
    grants.SHARES: "shares/abc",
    grants.UPLOADS: "uploads/acme-corp/u",
    "elsewhere": "secrets/key",
}
"""A key of each kind, and one of none."""

Actions = Mapping[str, Callable[[], Any]]


@dataclass(frozen=True, slots=True)
class Role:
    """What a function can do with its credentials."""

    s3: Any
    sqs: Any
    functions: Any
    bucket: str
    queues: Mapping[str, str]

    def objects(self, key: str) -> Actions:
        """What may be tried on one key; the version is one that never was."""
        at = {"Bucket": self.bucket, "Key": key}
        return {
            grants.GET: lambda: self.s3.get_object(**at),
            grants.GET_VERSION: lambda: self.s3.get_object(**at, VersionId="none"),
            grants.PUT: lambda: self.s3.put_object(**at, Body=b"{}"),
            grants.DELETE: lambda: self.s3.delete_object(**at),
            grants.DELETE_VERSION: lambda: self.s3.delete_object(**at, VersionId="none"),
        }


@pytest.fixture(params=sorted(FUNCTIONS))
def name(request: pytest.FixtureRequest) -> str:
    found: str = request.param
    return found


@pytest.fixture
def role(iam_deployment: Deployment, name: str) -> Iterator[Role]:
    """The role of a function; what it wrote is gone afterwards."""
    yield assumed(iam_deployment, iam_deployment.role(name))
    for key in KEYS.values():
        iam_deployment.cloud.client("s3").delete_object(Bucket=iam_deployment.outputs["Bucket"], Key=key)


def assumed(deployment: Deployment, role: str) -> Role:
    """A role as the account's owner assumes it, who gets leave to."""
    trust = {
        "Effect": "Allow",
        "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"},
        "Action": "sts:AssumeRole",
    }
    document = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
    deployment.cloud.client("iam").update_assume_role_policy(RoleName=role, PolicyDocument=document)
    given = deployment.cloud.client("sts").assume_role(
        RoleArn=f"arn:aws:iam::{ACCOUNT}:role/{role}", RoleSessionName="test"
    )["Credentials"]
    credentials = {
        "aws_access_key_id": given["AccessKeyId"],
        "aws_secret_access_key": given["SecretAccessKey"],
        "aws_session_token": given["SessionToken"],
    }
    return Role(
        deployment.cloud.client("s3", **credentials),
        deployment.cloud.client("sqs", **credentials),
        deployment.cloud.client("lambda", **credentials),
        deployment.outputs["Bucket"],
        {
            grants.GENERATION_QUEUE: deployment.outputs["GenerationQueue"],
            grants.UPLOAD_QUEUE: deployment.outputs["UploadsQueue"],
            "dead letters": deployment.outputs["GenerationDeadLetters"],
        },
    )


def refused(action: Callable[[], Any]) -> bool:
    """Whether an action is refused; that what it is about is not there is no refusal."""
    try:
        action()
    except ClientError as error:
        return error.response["Error"]["Code"] in {"AccessDenied", "AccessDeniedException", "403"}
    return False


def test_an_object_can_be_read_written_or_deleted_only_by_a_grant(role: Role, name: str) -> None:
    granted = {(grant.on, action) for grant in GRANTS[name] for action in grant.actions}
    for kind, key in KEYS.items():
        for action, attempt in role.objects(key).items():
            assert ((kind, action) not in granted) == refused(attempt), (name, action, key)


def test_the_bucket_is_listed_only_by_a_grant_and_no_other_bucket_ever_is(
    role: Role, name: str, iam_deployment: Deployment
) -> None:
    granted = {action for grant in GRANTS[name] if grant.on == grants.BUCKET for action in grant.actions}
    lists = {
        grants.LIST: role.s3.list_objects_v2,
        grants.LIST_VERSIONS: role.s3.list_object_versions,
    }
    buckets = [one["Name"] for one in iam_deployment.cloud.client("s3").list_buckets()["Buckets"]]
    (other,) = set(buckets) - {role.bucket}
    for action, listing in lists.items():
        assert (action not in granted) == refused(partial(listing, Bucket=role.bucket)), action
        assert refused(partial(listing, Bucket=other)), action
    assert refused(partial(role.s3.get_object, Bucket=other, Key="x"))
    assert refused(partial(role.s3.put_object, Bucket=other, Key="x", Body=b""))
    assert refused(partial(role.s3.delete_bucket_policy, Bucket=role.bucket))


def test_messages_are_sent_and_taken_only_by_a_grant(role: Role, name: str) -> None:
    for on, queue in role.queues.items():
        granted = {action for grant in GRANTS[name] if grant.on == on for action in grant.actions}
        sends = refused(partial(role.sqs.send_message, QueueUrl=queue, MessageBody="{}", DelaySeconds=900))
        takes = refused(partial(role.sqs.receive_message, QueueUrl=queue))
        assert (grants.SEND not in granted, "sqs:ReceiveMessage" not in granted) == (sends, takes), on
        assert refused(partial(role.sqs.purge_queue, QueueUrl=queue)), on


def test_functions_are_invoked_only_by_a_grant(role: Role, name: str, iam_deployment: Deployment) -> None:
    granted = {grant.on for grant in GRANTS[name] if grants.INVOKE in grant.actions}
    for other in ("inline_pictures", "janitor"):
        asked = {"FunctionName": iam_deployment.function(other), "InvocationType": "DryRun"}
        assert (other not in granted) == refused(partial(role.functions.invoke, **asked)), other


def test_a_function_whose_grants_are_gone_fails(iam_deployment: Deployment) -> None:
    """So that what the others see comes of the grants, and not of policies that nobody evaluates."""
    iam, role = iam_deployment.cloud.client("iam"), iam_deployment.role("janitor")
    document = iam.get_role_policy(RoleName=role, PolicyName="Grants")["PolicyDocument"]
    iam.delete_role_policy(RoleName=role, PolicyName="Grants")
    try:
        with pytest.raises(AssertionError, match="failed"):
            iam_deployment.invoke("janitor", {})
    finally:
        iam.put_role_policy(RoleName=role, PolicyName="Grants", PolicyDocument=json.dumps(document))
    assert 0 == iam_deployment.invoke("janitor", {})["failed"]
