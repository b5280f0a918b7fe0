"""What all commands share: a command of which everything failed ends as one that failed."""

import pytest
import typer

from tandem.cli.command import FAILED, require_some


@pytest.mark.parametrize(("labelled", "failed"), [(3, 0), (3, 2), (0, 0)])
def test_a_command_that_did_something_or_had_nothing_to_do_ends_well(
    labelled: int, failed: int
) -> None:
    require_some(labelled, failed)


def test_one_of_which_everything_failed_does_not() -> None:
    with pytest.raises(typer.Exit) as ended:
        require_some(0, 6)
    assert ended.value.exit_code == FAILED
