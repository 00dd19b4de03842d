"""The CDK app: `python -m infra.app [-c key=value ...]` writes the cloud assembly into `cdk.out`."""

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from aws_cdk import App
from aws_cdk import aws_lambda as lambda_

from infra.functions import Assets
from infra.scene_studio_stack import SceneStudioStack
from infra.settings import Settings, SettingsError

ROOT: Final = Path(__file__).resolve().parents[1]
STACK: Final = "SceneStudio"


def build(app: App, assets: Assets) -> SceneStudioStack:
    """Put the stack into an app, whose context has the settings.

    Raises:
        SettingsError: a context key is unknown or wrong.
    """
    return SceneStudioStack(app, STACK, settings=Settings.read(app.node.get_all_context()), assets=assets)


def main(arguments: Sequence[str]) -> int:
    """Write the cloud assembly, and return the exit code: 2 for a setting that is wrong."""
    parser = argparse.ArgumentParser(prog="python -m infra.app", description=__doc__)
    parser.add_argument("-c", "--context", action="append", default=[], metavar="KEY=VALUE")
    given = dict(pair.split("=", 1) for pair in parser.parse_args(arguments).context)
    app = App(context=given, outdir=os.environ.get("CDK_OUTDIR") or "cdk.out")
    try:
        build(app, lambda _name: lambda_.Code.from_asset(str(ROOT / "functions")))
    except SettingsError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    app.synth()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
