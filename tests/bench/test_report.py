"""What is told of figures: a table, results, and a README that quotes them to the letter."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests.bench import __main__ as command
from tests.bench.figures import Figure, Goal, Say
from tests.bench.quoting import HEADING, requoted
from tests.bench.report import figures_of, table
from tests.support.service import ROOT

FIGURES = [
    Figure("warm edit", 1, "requests", Goal("exactly", 1)),
    Figure("warm edit", 2345, "bytes"),
    Figure("growth", 1.23456, "times", Goal("at most", 1.1)),
    Figure("pause", 12.3456, "seconds"),
]


def readme_of(*rows: str) -> str:
    table = "\n".join(["| what | figure | goal |", "|---|---|---|", *rows])
    return f"# Scene Studio\n\n{HEADING}\n\nThe main lines:\n\n{table}\n\nThat is all.\n"


@pytest.fixture
def benchmarks(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> dict[str, list[Figure]]:
    """What the benchmarks of a list of two give in this test; results and README are files of its own."""
    gives = {"first": FIGURES[:2], "second": FIGURES[3:]}

    def module(name: str) -> Any:
        def benchmark(say: Say) -> Iterator[Figure]:
            say("something")
            yield from gives[name.rpartition(".")[2]]

        return SimpleNamespace(BENCHMARK=benchmark)

    monkeypatch.setattr(command, "BENCHMARKS", tuple(gives))
    monkeypatch.setattr(command, "import_module", module)
    monkeypatch.setattr(command, "RESULTS", tmp_path / "results.json")
    monkeypatch.setattr(command, "README", tmp_path / "README.md")
    command.README.write_text(readme_of("| warm edit | 0 requests |  |"))
    return gives


def test_figures_of_one_name_share_a_row_with_their_goals() -> None:
    lines = [re.split(r"\s{2,}", line) for line in table(FIGURES)]
    assert lines == [
        ["what", "figures", "goal", "met"],
        ["warm edit", "1 request, 2,345 bytes", "exactly 1 request", "yes"],
        ["growth", "1.235 times", "at most 1.1", "NO"],
        ["pause", "12.3 seconds"],
    ]


def test_a_run_tells_what_it_is_at_and_writes_what_it_found(
    benchmarks: dict[str, list[Figure]], capsys: pytest.CaptureFixture[str]
) -> None:
    assert command.main([]) == 0
    told = capsys.readouterr()
    assert "first: something" in told.err
    assert "12.3 seconds" in told.out
    written = json.loads(command.RESULTS.read_text())
    assert list(written) == ["first", "second"]
    assert figures_of(written) == [*FIGURES[:2], *FIGURES[3:]]
    assert written["first"]["figures"][0]["met"] is True
    assert {"cores", "python"} <= written["first"]["machine"].keys()
    assert "| warm edit | 1 request | exactly 1 |" in command.README.read_text()


def test_a_run_of_one_leaves_the_figures_of_the_others(benchmarks: dict[str, list[Figure]]) -> None:
    command.main([])
    benchmarks["first"] = [Figure("warm edit", 7, "requests")]
    command.main(["first"])
    assert figures_of(json.loads(command.RESULTS.read_text())) == [
        Figure("warm edit", 7, "requests"),
        *FIGURES[3:],
    ]


def test_a_missed_goal_is_an_error(benchmarks: dict[str, list[Figure]]) -> None:
    benchmarks["second"] = FIGURES[2:3]
    assert command.main(["first"]) == 0
    assert command.main(["second"]) == 1


def test_a_name_that_is_not_on_the_list_is_refused(
    benchmarks: dict[str, list[Figure]], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        command.main(["third"])
    assert "there is no third" in capsys.readouterr().err


def test_the_readme_quotes_the_results_to_the_letter() -> None:
    readme = command.README.read_text()
    assert requoted(readme, figures_of(json.loads(command.RESULTS.read_text()))) == readme
    section = readme.partition(HEADING)[2].partition("\n## ")[0]
    plots = re.findall(r"\]\((tests/bench/\w+\.svg)\)", section)
    assert len(plots) == 2
    assert all((ROOT / plot).is_file() for plot in plots)


def test_rows_of_the_readme_keep_their_names_and_units_and_get_their_values() -> None:
    quoted = readme_of("| growth | 9 times | at most 2 |", "| warm edit | 3 bytes, 7 requests |  |")
    assert requoted(quoted, FIGURES) == readme_of(
        "| growth | 1.235 times | at most 1.1 |", "| warm edit | 2,345 bytes, 1 request | exactly 1 request |"
    )


@pytest.mark.parametrize("row", ["| growth | 3 seconds |  |", "| decline | 3 times |  |"])
def test_a_row_of_the_readme_that_nothing_measures_is_an_error(row: str) -> None:
    with pytest.raises(ValueError, match="was not measured"):
        requoted(readme_of(row), FIGURES)


def test_a_readme_without_the_table_is_an_error() -> None:
    with pytest.raises(ValueError, match="no table"):
        requoted("# Scene Studio\n", FIGURES)
