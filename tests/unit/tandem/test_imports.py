"""What starting a command imports: nothing heavy, so that it starts at once."""

import pytest

from tests.support.fresh_interpreter import printed

HEAVY = ("label_studio_sdk.client", "crowdkit", "nltk", "scipy", "sklearn", "torch", "transformers")


@pytest.mark.parametrize(
    ("module", "absent"),
    [
        ("tandem.cli.app", (*HEAVY, "numpy", "pandas", "pyarrow", "sqlalchemy", "pydantic")),
        ("routing.sync", HEAVY),
        ("tandem.status", HEAVY),
        ("tandem.doctor", HEAVY),
        ("tandem.export.export", HEAVY),
        ("tandem.dashboard.app", HEAVY),
    ],
)
def test_a_command_imports_what_is_heavy_only_where_it_uses_it(
    module: str, absent: tuple[str, ...]
) -> None:
    program = f"import sys, {module}; print(*sys.modules)"

    assert not set(absent) & set(printed(program, hash_seed=0).split())
