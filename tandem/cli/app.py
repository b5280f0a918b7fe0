"""The command `tandem`: what its commands are, and what it says of itself."""

from importlib.metadata import version
from typing import Annotated

import typer

from tandem.cli import (
    backups,
    checking,
    compressing,
    dashboard,
    disputes,
    distill,
    explaining,
    generate,
    guidelines,
    leaving,
    models,
    outcomes,
    pay,
    people,
    person_page,
    planning,
    project,
    replaying,
    setup,
    syncing,
    words,
)
from tandem.extras import DISTRIBUTION

EXIT_CODES = """\
Exit codes: 0 done · 1 something is wrong, in one line on stderr · 2 wrong usage ·
3 `doctor` found faults · 130 stopped by Ctrl-C."""

app = typer.Typer(
    name="tandem",
    help="An LLM and human reviewers label together on an existing Label Studio project.",
    epilog=f"Begin with `tandem init`, then `tandem doctor`. {EXIT_CODES}",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _print_version(asked: bool) -> None:
    if asked:
        typer.echo(f"tandem {version(DISTRIBUTION)}")
        raise typer.Exit


Version = Annotated[
    bool,
    typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version."),
]


@app.callback()
def _before_every_command(version: Version = False) -> None:
    """Offer the options that stand before a command."""


for command in (
    setup.init,
    setup.doctor,
    explaining.settings,
    setup.serve,
    compressing.compress,
    project.connect,
    project.prelabel,
    syncing.sync,
    project.status,
    planning.plan,
    dashboard.dashboard,
    checking.check,
    outcomes.report,
    outcomes.export,
    outcomes.verify,
    distill.distill,
    generate.generate,
    guidelines.guidelines,
    words.explain,
    backups.backup,
    backups.restore,
    leaving.adopt,
    leaving.disconnect,
    replaying.replay,
    setup.demo,
):
    app.command(epilog=command.epilog)(command.function)
app.add_typer(models.app)
app.add_typer(people.app)
for command in (disputes.disputes, disputes.decide, pay.pay, person_page.page):
    people.app.command(epilog=command.epilog)(command.function)


def main() -> None:
    """Run the command line."""
    app()
