"""The commands `tandem people`: how everybody stands."""

import typer

app = typer.Typer(name="people", no_args_is_help=True, help="People: what they earned and see.")
