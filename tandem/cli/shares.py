"""Shares as people write them: `5%` or `0.05`."""

import typer


def share(text: str) -> float:
    """Read a share, as `5%` or `0.05`.

    Raises:
        BadParameter: It is none.
    """
    number, is_percent = text.strip().removesuffix("%"), text.strip().endswith("%")
    try:
        found = float(number) / (100 if is_percent else 1)
    except ValueError as error:
        raise typer.BadParameter(f"{text!r} is no share, such as 5% or 0.05") from error
    if not 0 < found < 1:
        raise typer.BadParameter(f"{text} is not between 0% and 100%")
    return round(found, 10)
