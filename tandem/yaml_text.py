"""YAML on one line, as it stands behind a name in the settings file."""

from typing import Any

import yaml


class _OneLineDumper(yaml.SafeDumper):
    """Writes each text on one line, whatever stands in it."""

    def represent_text(self, text: str) -> yaml.ScalarNode:
        """Quote what is not plainly printable."""
        style = None if text.isprintable() else '"'
        return self.represent_scalar("tag:yaml.org,2002:str", text, style)


_OneLineDumper.add_representer(str, _OneLineDumper.represent_text)


def in_yaml(content: Any) -> str:
    """Return plain types as YAML on one line."""
    is_collection = isinstance(content, list | dict)
    text: str = yaml.dump(
        [content] if is_collection else {"": content},
        Dumper=_OneLineDumper,
        allow_unicode=True,
        sort_keys=False,
        default_flow_style=is_collection,
        width=float("inf"),
    )
    return text.strip()[1:-1] if is_collection else text.partition(": ")[2].rstrip("\n")
