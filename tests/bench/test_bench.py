"""`make bench` from its servers to its file, measuring as little as it can."""

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

from bench.__main__ import main
from bench.plan import Plan

TINY = Plan(
    households=40,
    searched_households=40,
    warm_up=2,
    requests=60,  # so that the bare view spends more than one tick of the kernel's clock
    threads=2,
    clients=2,
    rounds=1,
    round_s=1,
    pgbench_scale=1,
    photos=1,
)
UNITS = {
    "posting": "/s",
    "posting_to_prepared": "/s",
    "posting_client_cpu": "ms",
    "posting_cpu": "ms",
    "http_inspection": "ms",
    "http_inspection_20": "ms",
    "http_approval": "ms",
    "http_balance": "ms",
    "inspection_to_posting": "ms",
    "search_p95": "ms",
    "search_cpu": "ms",
    "photos_1600": "s/100",
    "photos_12mp": "s/100",
}


def test_every_figure_is_printed_and_written_with_its_reference(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("GONGDI_WORKERS", "1")
    file = tmp_path / "bench.json"

    code = main([], replace(TINY, file=file))

    said, written = capsys.readouterr().out, json.loads(file.read_text())
    lines = re.findall(r"^(\w+) +([0-9.]+) (\S+) +.+: ([0-9.]+)  ratio ([0-9.]+)$", said, re.MULTILINE)
    assert code == 0
    assert {name: figure["unit"] for name, figure in written.items()} == UNITS
    assert [name for name, *_ in lines] == list(UNITS)
    for name, value, unit, reference, ratio in lines:
        figure = written[name]
        assert figure.keys() == {"value", "unit", "reference", "ratio"}
        assert min(figure["value"], figure["reference"]) > 0
        assert figure["ratio"] == figure["value"] / figure["reference"]
        assert (value, unit) == (f"{figure['value']:.3f}", figure["unit"])
        assert (reference, ratio) == (f"{figure['reference']:.3f}", f"{figure['ratio']:.2f}")
    assert written["posting_client_cpu"]["reference"] == 0.5
    assert len({written[name]["reference"] for name in UNITS if name.startswith("http_")}) == 1
    assert said.endswith(f"\nWritten to {file}.\n")


def test_the_defaults_are_what_the_documentation_reports() -> None:
    plan = Plan()

    assert (plan.households, plan.requests, plan.warm_up) == (1505, 600, 60)
    assert (plan.clients, plan.rounds, plan.round_s, plan.pgbench_scale) == (8, 3, 6, 16)
    assert (plan.photos, plan.searched_households) == (10, 23_240)
    assert plan.file == plan.repository / "var/bench.json"
