"""Writes the contract: `python -m infra.contract.write FILE`."""

import argparse
import json
from pathlib import Path
from typing import Any

from infra.contract.document import document


def text_of(contract: Any) -> str:
    """The contract as it stands in its file."""
    return json.dumps(contract, indent=1, ensure_ascii=False) + "\n"


def main() -> None:
    """Write the contract to the file that the command line names."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path)
    file: Path = parser.parse_args().file
    file.write_text(text_of(document()))


if __name__ == "__main__":
    main()
