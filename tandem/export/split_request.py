"""How a dataset is to be split, as it is typed: `80/10/10`, a seed, and fields of the data."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from math import isclose
from types import MappingProxyType

from labeling.errors import SettingsError

NAMES: Mapping[int, tuple[str, ...]] = MappingProxyType(
    {1: ("train",), 2: ("train", "test"), 3: ("train", "validation", "test")}
)
"""What parts are called, by how many there are: as Hugging Face's `datasets` calls them."""

WHOLES = (1, 100)
"""What shares add up to, typed as fractions or in percent."""

UNSPLIT: Mapping[str, float] = MappingProxyType({"train": 1.0})


@dataclass(frozen=True, slots=True)
class SplitRequest:
    """How a dataset is to be split.

    Attributes:
        shares: How much of all goes into each part, by its name; one part: it is not split.
        seed: Another seed makes other parts.
        group: The field of the data whose equal values stay together; None: duplicates alone do.
        field: The field of the data that says the part; None: the shares do.
    """

    shares: Mapping[str, float] = field(default_factory=lambda: UNSPLIT)
    seed: int = 0
    group: str | None = None
    field: str | None = None

    @property
    def is_split(self) -> bool:
        """Whether there are parts at all."""
        return self.field is not None or len(self.shares) > 1


def shares_of(text: str) -> Mapping[str, float]:
    """Read shares, such as `80/10/10` or `0.9/0.1`: train, validation and test, or train and test.

    Raises:
        SettingsError: They are none.

    Examples:
        >>> dict(shares_of("80/20"))
        {'train': 0.8, 'test': 0.2}
    """
    words = text.split("/")
    is_numbers = all(re.fullmatch(r"\d+(\.\d+)?", word.strip()) for word in words)
    numbers = [float(word) for word in words] if is_numbers else []
    if len(numbers) not in (2, 3) or min(numbers) <= 0:
        raise SettingsError(
            f"{text!r} is no split",
            where="--split",
            hint="Write the shares of train, validation and test, such as 80/10/10, or of train and"
            " test, such as 80/20.",
        )
    total = sum(numbers)
    if not any(isclose(total, whole) for whole in WHOLES):
        raise SettingsError(
            f"The shares {text!r} add up to {total:g}",
            where="--split",
            hint="Have them add up to 100, such as 80/10/10, or to 1, such as 0.9/0.1.",
        )
    names = NAMES[len(numbers)]
    return {name: number / total for name, number in zip(names, numbers, strict=True)}


def request_of(shares: str | None, field: str | None, group: str | None, seed: int) -> SplitRequest:
    """Read how a dataset is to be split, as it was typed.

    Args:
        shares: Such as `80/10/10`; None: it is not split by shares.
        field: The field of the data that says the part; None: there is none.
        group: The field of the data whose equal values stay together; None: there is none.
        seed: The seed.

    Returns:
        The request.

    Raises:
        SettingsError: The shares are none, or what is asked for goes not together.
    """
    if field is not None and (shares is not None or group is not None):
        raise SettingsError(
            "The parts are said by the data, so they are not made",
            where="--split-field",
            hint="Leave out --split and --group, or --split-field.",
        )
    if group is not None and shares is None:
        raise SettingsError(
            "Groups are kept together in a split, and none is asked for",
            where="--group",
            hint="Add --split 80/10/10.",
        )
    return SplitRequest(UNSPLIT if shares is None else shares_of(shares), seed, group, field)
