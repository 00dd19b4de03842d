"""Synthesizing the stack in tests, and reading its template."""

import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

os.environ.setdefault("JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION", "20")

from aws_cdk import App
from aws_cdk import aws_lambda as lambda_

from infra.app import STACK, build
from infra.bundling.bundle import ROOT
from infra.functions import Assets


@dataclass(frozen=True, slots=True)
class Assembly:
    """What a synthesis wrote."""

    folder: Path

    @property
    def path(self) -> Path:
        return self.folder / f"{STACK}.template.json"

    def template(self) -> dict[str, Any]:
        template: dict[str, Any] = json.loads(self.path.read_text())
        return template

    def resources(self, kind: str) -> dict[str, dict[str, Any]]:
        """The resources of a type, by logical id, with references as text; see `plain`."""
        found = self.template()["Resources"].items()
        return {name: plain(resource) for name, resource in found if resource["Type"] == kind}

    def properties(self, kind: str) -> Iterator[dict[str, Any]]:
        for resource in self.resources(kind).values():
            yield resource["Properties"]


def synthesized(folder: Path, assets: Assets, context: Mapping[str, str] | None = None) -> Assembly:
    """Synthesize the stack as `python -m infra.app` does."""
    app = App(context=dict(context or {}), outdir=str(folder))
    build(app, assets)
    app.synth()
    return Assembly(folder)


def placeholder(_name: str) -> lambda_.Code:
    """Code where only the template matters."""
    return lambda_.Code.from_asset(str(ROOT / "infra" / "local"), exclude=["__pycache__"])


def plain(value: Any) -> Any:
    """A part of a template with its references and joins as text: `${Bucket.Arn}/inbox/*`."""
    match value:
        case {"Ref": str(name)}:
            return f"${{{name}}}"
        case {"Fn::GetAtt": [name, attribute]}:
            return f"${{{name}.{attribute}}}"
        case {"Fn::Join": [separator, parts]}:
            return separator.join(str(plain(part)) for part in parts)
        case dict():
            return {name: plain(part) for name, part in value.items()}
        case list():
            return [plain(part) for part in value]
    return value


def listed(value: str | list[str]) -> list[str]:
    """The list that a policy's value stands for, which may be a single one."""
    return [value] if isinstance(value, str) else value
