"""A line for each drill, whatever becomes of it."""

import pytest

from dev.drills.__main__ import main
from dev.drills.drill import Drill, DrillFailedError, Tell, hold
from dev.trouble import MachineError


def keeps(tell: Tell) -> str:
    """Keep the promise."""
    tell("half way")
    return "3 of 3\nin 2 s"


def breaks(_: Tell) -> str:
    """Find that it was not kept."""
    hold(kept=1 + 1 == 3, broken="2 rows\nfor one visit")
    return "never said"


def faults(_: Tell) -> str:
    """Have a fault of its own."""
    raise ZeroDivisionError


def cannot(_: Tell) -> str:
    """Lack something."""
    raise MachineError("no room on the disk")


KEEPS, BREAKS, FAULTS, CANNOT = (
    Drill("keeps", keeps),
    Drill("breaks", breaks),
    Drill("faults", faults),
    Drill("cannot", cannot),
)


def test_each_drill_has_one_line_and_the_others_run_after_one_that_fails(
    capsys: pytest.CaptureFixture[str],
) -> None:
    status = main([], [BREAKS, FAULTS, CANNOT, KEEPS])

    said = capsys.readouterr()
    assert status == 1
    assert said.out.splitlines() == [
        "drill breaks fail 2 rows for one visit",
        "drill faults fail broke: ZeroDivisionError",
        "drill cannot fail no room on the disk",
        "drill keeps pass 3 of 3 in 2 s",
    ]
    assert "keeps    0 s: half way" in said.err
    assert "ZeroDivisionError" in said.err, "where it broke is told beside"


def test_only_the_named_run_each_once_and_nothing_fails(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["keeps", "keeps"], [BREAKS, KEEPS]) == 0
    assert capsys.readouterr().out == "drill keeps pass 3 of 3 in 2 s\n"


def test_a_name_that_is_none_is_said_with_those_there_are(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["keep"], [BREAKS, KEEPS]) == 2
    said = capsys.readouterr()
    assert (said.out, said.err) == ("", "No drill is called keep. There are: breaks, keeps.\n")


def test_a_promise_not_kept_says_what_was_found() -> None:
    with pytest.raises(DrillFailedError, match="2 rows"):
        hold(kept=False, broken="2 rows")
