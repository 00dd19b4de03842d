"""The stack as it is synthesized, deployed to an emulator of AWS, with bundles for the machine at hand.

No command-line tool takes part: files go where the assembly says, and CreateStack is asked as the tool asks.
"""

import json
import os
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

os.environ.setdefault("JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION", "20")

from aws_cdk import App

from infra.app import STACK, build, bundled
from infra.bundling.bundle import Bundler
from infra.bundling.wheels import HERE
from tests.support.ministack import ACCOUNT, REGION, MiniStack

CONTEXT: Final = {"workerConcurrency": "2", "throttleRate": "5000", "throttleBurst": "5000"}
"""As many pictures at once as the machine at hand has cores for."""
_DEPLOY_SECONDS: Final = 60
_BOOTSTRAP: Final = "/cdk-bootstrap/hnb659fds/version"


def synthesize(folder: Path) -> None:
    """Write the assembly of the stack into a folder."""
    app = App(outdir=str(folder), context=CONTEXT)
    build(app, bundled(Bundler(HERE)))
    app.synth()


def template_of(assembly: Path) -> dict[str, Any]:
    """The template of an assembly, as it would be deployed."""
    template: dict[str, Any] = json.loads((assembly / f"{STACK}.template.json").read_text())
    return template


def amended(template: Mapping[str, Any], *, iam: bool) -> dict[str, Any]:
    """The template as the emulator takes it.

    It does not know the address of a user pool by its name, so that is spelled out. People sign in without
    a browser, by leave of the owner of the pool. How many runs a queue feeds at once it takes from what is
    reserved for the function alone.

    Where policies are evaluated, they are not told the conditions of a write, and nothing is asked over
    TLS: the statements on those two would refuse everything, and are left out. And sending messages in a
    batch is an action of its own to the emulator, which it is not to SQS.
    """
    taken: dict[str, Any] = _spelled_out(template)
    for name, resource in list(taken["Resources"].items()):
        match resource["Type"].rpartition("::")[2]:
            case "UserPoolClient":
                resource["Properties"]["ExplicitAuthFlows"].append("ALLOW_ADMIN_USER_PASSWORD_AUTH")
            case "EventSourceMapping" if "ScalingConfig" in resource["Properties"]:
                feed = resource["Properties"]
                fed = taken["Resources"][feed["FunctionName"]["Fn::GetAtt"][0]]["Properties"]
                fed["ReservedConcurrentExecutions"] = feed["ScalingConfig"]["MaximumConcurrency"]
            case "Role" if iam:
                for policy in resource["Properties"]["Policies"]:
                    for statement in policy["PolicyDocument"]["Statement"]:
                        if statement["Action"] == "sqs:SendMessage":
                            statement["Action"] = ["sqs:SendMessage", "sqs:SendMessageBatch"]
            case "BucketPolicy" | "QueuePolicy" | "TopicPolicy" if iam:
                document = resource["Properties"]["PolicyDocument"]
                document["Statement"] = [one for one in document["Statement"] if not _is_beyond(one)]
                if not document["Statement"]:
                    del taken["Resources"][name]
    return taken


def _is_beyond(statement: Mapping[str, Any]) -> bool:
    sid: str = statement["Sid"]
    return sid == "TlsOnly" or sid.startswith("ConditionalWrites")


def _spelled_out(part: Any) -> Any:
    match part:
        case {"Fn::GetAtt": [pool, "ProviderURL"]}:
            issuer = ["https://cognito-idp.", {"Ref": "AWS::Region"}, ".amazonaws.com/", {"Ref": pool}]
            return {"Fn::Join": ["", issuer]}
        case dict():
            return {name: _spelled_out(value) for name, value in part.items()}
        case list():
            return [_spelled_out(value) for value in part]
    return part


@dataclass(frozen=True, slots=True)
class Deployment:
    """A stack that stands.

    Attributes:
        cloud: where it stands.
        outputs: what it tells of itself.
        resources: the physical ids of its resources, by logical id.
        template: what it was made from.
        iam: whether policies are evaluated.
        invoked: how often each function was invoked by `invoke`.
    """

    cloud: MiniStack
    outputs: Mapping[str, str]
    resources: Mapping[str, str]
    template: Mapping[str, Any]
    iam: bool
    invoked: Counter[str] = field(default_factory=Counter)

    @property
    def host(self) -> str:
        """The host name that the API answers to; all names lead to the one address of the emulator."""
        return self.outputs["ApiAddress"].partition("://")[2]

    def of_type(self, kind: str) -> dict[str, Mapping[str, Any]]:
        """The resources of a type, by logical id, as the template has them."""
        return {name: one for name, one in self.template["Resources"].items() if one["Type"] == kind}

    def function(self, folder: str) -> str:
        """The name of the function whose code is in a folder of `functions/`."""
        return self.resources[self._logical("AWS::Lambda::Function", folder)]

    def role(self, folder: str) -> str:
        """The name of the role that this function acts as."""
        return self.resources[self._logical("AWS::IAM::Role", folder)]

    def invoke(self, folder: str, event: Any) -> Any:
        """Invoke a function by itself, and give its answer."""
        self.invoked[folder] += 1
        answer = self.cloud.client("lambda").invoke(
            FunctionName=self.function(folder), Payload=json.dumps(event).encode()
        )
        body = json.loads(answer["Payload"].read())
        assert "FunctionError" not in answer, f"{folder} failed: {body}\n{self.cloud.complaints()}"
        return body

    def _logical(self, kind: str, folder: str) -> str:
        beginning = "".join(part.title() for part in folder.split("_"))
        (found,) = [name for name in self.of_type(kind) if name.startswith(beginning)]
        return found


def deploy(cloud: MiniStack, assembly: Path, *, iam: bool) -> Deployment:
    """Put the assembly into an emulator.

    Raises:
        RuntimeError: the stack does not stand in time, or not at all; the message has its events.
    """
    template = amended(template_of(assembly), iam=iam)
    address = _upload(cloud, assembly, template)
    cloud.client("ssm").put_parameter(Name=_BOOTSTRAP, Value="30", Type="String")
    formation = cloud.client("cloudformation")
    formation.create_stack(StackName=STACK, TemplateURL=address, Capabilities=["CAPABILITY_IAM"])
    until = time.monotonic() + _DEPLOY_SECONDS
    while True:
        (stack,) = formation.describe_stacks(StackName=STACK)["Stacks"]
        if stack["StackStatus"] == "CREATE_COMPLETE":
            break
        if not stack["StackStatus"].endswith("CREATE_IN_PROGRESS") or time.monotonic() > until:
            events = formation.describe_stack_events(StackName=STACK)["StackEvents"]
            seen = "\n".join(_told(event) for event in reversed(events))
            raise RuntimeError(f"{stack['StackStatus']}\n{seen}\n{cloud.complaints()}")
        time.sleep(0.1)
    resources: list[Any] = []
    for page in formation.get_paginator("list_stack_resources").paginate(StackName=STACK):
        resources += page["StackResourceSummaries"]
    return Deployment(
        cloud,
        {one["OutputKey"]: one["OutputValue"] for one in stack["Outputs"]},
        {one["LogicalResourceId"]: one["PhysicalResourceId"] for one in resources},
        template,
        iam,
    )


def _upload(cloud: MiniStack, assembly: Path, template: Mapping[str, Any]) -> str:
    """Put every file of the assembly where it says; gives the address of the template."""
    objects = cloud.client("s3")
    files = json.loads((assembly / f"{STACK}.assets.json").read_text())["files"].values()
    address = ""
    for file in files:
        (place,) = file["destinations"].values()
        bucket = place["bucketName"].replace("${AWS::AccountId}", ACCOUNT).replace("${AWS::Region}", REGION)
        body = (assembly / file["source"]["path"]).read_bytes()
        if file["source"]["path"] == f"{STACK}.template.json":
            body = json.dumps(template).encode()
            address = f"{cloud.address}/{bucket}/{place['objectKey']}"
        objects.create_bucket(Bucket=bucket)
        objects.put_object(Bucket=bucket, Key=place["objectKey"], Body=body)
    return address


def _told(event: Mapping[str, Any]) -> str:
    reason = event.get("ResourceStatusReason", "")
    return f"{event['ResourceStatus']:<20} {event['ResourceType']} {event['LogicalResourceId']} {reason}"
