"""A YAML file with the line of everything in it, so that what is wrong can be pointed at."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

import yaml

Place: TypeAlias = tuple[str | int, ...]
"""Where a value stands: the keys, and indices of lists, that lead to it."""

DEEPEST = 8
"""Levels that are looked into; a list that holds itself has no end."""


@dataclass(frozen=True, slots=True)
class YamlFile:
    """What a file holds.

    Attributes:
        content: Its content, in plain types.
        lines: The line of each key and each entry of a list, counted from 1, by its place.
        repeated: Keys that stand twice, of which only the last counts, with their lines.
    """

    content: Any
    lines: Mapping[Place, int]
    repeated: tuple[tuple[Place, int, int], ...]


def read_yaml(text: str) -> YamlFile:
    """Read YAML of plain types.

    Raises:
        YAMLError: It is none.
    """
    loader = yaml.SafeLoader(text)
    try:
        node = loader.get_single_node()
        if node is None:
            return YamlFile(None, {}, ())
        lines: dict[Place, int] = {}
        repeated = []
        for place, line in _lines(node, ()):
            if place in lines:
                repeated.append((place, lines[place], line))
            lines[place] = line
        return YamlFile(loader.construct_document(node), lines, tuple(repeated))
    finally:
        loader.dispose()


def _lines(node: yaml.Node, place: Place) -> Iterator[tuple[Place, int]]:
    if len(place) > DEEPEST:
        return
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            inner = (*place, str(key.value))
            yield inner, key.start_mark.line + 1
            yield from _lines(value, inner)
    elif isinstance(node, yaml.SequenceNode):
        for index, value in enumerate(node.value):
            yield (*place, index), value.start_mark.line + 1
            yield from _lines(value, (*place, index))
