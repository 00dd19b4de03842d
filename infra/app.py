"""The CDK app: `python -m infra.app [-c key=value ...]` writes the cloud assembly into `cdk.out`."""

import argparse
import json
import os
import sys
from collections.abc import Sequence
from typing import Final

from aws_cdk import App
from aws_cdk import aws_lambda as lambda_

from infra.bundling.bundle import ROOT, Bundler
from infra.bundling.wheels import LAMBDA, BundlingError
from infra.functions import Assets
from infra.nag import check
from infra.scene_studio_stack import SceneStudioStack
from infra.settings import Settings, SettingsError

STACK: Final = "SceneStudio"


def build(app: App, assets: Assets) -> SceneStudioStack:
    """Put the stack into an app, whose context has the settings, and have it checked.

    Raises:
        SettingsError: a context key is unknown or wrong.
    """
    stack = SceneStudioStack(app, STACK, settings=Settings.read(app.node.get_all_context()), assets=assets)
    check(app, stack)
    return stack


def bundled(bundler: Bundler) -> Assets:
    """The code of each function as a bundle of its own."""

    def code(name: str) -> lambda_.Code:
        bundle = bundler.bundle(name)
        return lambda_.Code.from_asset(str(bundle.path), asset_hash=bundle.digest)

    return code


def main(arguments: Sequence[str]) -> int:
    """Write the cloud assembly, and return the exit code: 2 for a setting or a function that is wrong."""
    parser = argparse.ArgumentParser(prog="python -m infra.app", description=__doc__)
    parser.add_argument("-c", "--context", action="append", default=[], metavar="KEY=VALUE")
    given = dict(pair.partition("=")[::2] for pair in parser.parse_args(arguments).context)
    defaults = json.loads((ROOT / "infra" / "cdk.json").read_text())["context"]
    app = App(context={**defaults, **given}, outdir=os.environ.get("CDK_OUTDIR") or str(ROOT / "cdk.out"))
    try:
        build(app, bundled(Bundler(LAMBDA)))
    except (SettingsError, BundlingError) as error:
        sys.stderr.write(f"{error}\n")
        return 2
    app.synth()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
