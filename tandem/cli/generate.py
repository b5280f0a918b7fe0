"""The command generate: a model writes texts by label, and gates let through what is of use."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from tandem.cli.command import Debug, Json, SettingsFile, command, speaking
from tandem.cli.synthetic_texts import gate_table, remove_texts, review_texts
from tandem.extras import require

if TYPE_CHECKING:
    from backend.synthesis.generate import Generated
    from backend.synthesis.generation.budget import WritingBudget
    from labeling.settings.settings import Settings


@command(
    "tandem generate --answers labels.jsonl --out synthetic --method paraphrase --number 500",
    "tandem generate --answers labels.jsonl --propose attributes.yaml",
    "tandem generate --answers labels.jsonl --out synthetic --attributes attributes.yaml",
    "tandem generate --out synthetic --review 50",
    "tandem generate --out synthetic --remove",
)
def generate(
    answers: Annotated[
        Path | None,
        typer.Option(help="People's answers, as `tandem export` writes them, or text and label."),
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="The folder of texts; one that is there is gone on with.")
    ] = None,
    method: Annotated[
        Literal["zero-shot", "attributes", "paraphrase", "counterfactual", "uncertain"] | None,
        typer.Option(
            help="By label alone; by --attributes as well; people's texts in other words, the"
            " hardest first; people's texts, changed just so far that their label is another one;"
            " texts that could be taken for another label, used once people confirmed them."
        ),
    ] = None,
    number: Annotated[
        int, typer.Option(min=1, help="Texts by this method that there are to be.")
    ] = 100,
    attributes: Annotated[
        Path | None, typer.Option(help="Attributes and their values, each asked for as often.")
    ] = None,
    propose: Annotated[
        Path | None, typer.Option(help="Have the model propose attributes: the file to write.")
    ] = None,
    held_out: Annotated[
        Path | None,
        typer.Option(help="Texts that something is judged on, one a line; none is repeated."),
    ] = None,
    label_config: Annotated[
        Path | None, typer.Option(help="The label config's file; default: the answers' labels.")
    ] = None,
    temperature: Annotated[float, typer.Option(min=0, max=2, help="Texts are sampled at.")] = 1.0,
    max_tokens: Annotated[int, typer.Option(min=1, help="Tokens of one text, at most.")] = 64,
    seed: Annotated[int, typer.Option(min=0, help="Of all that is drawn.")] = 0,
    budget_tokens: Annotated[
        int | None, typer.Option(min=0, help="Tokens that all texts of the folder may take.")
    ] = None,
    budget_money: Annotated[
        float | None,
        typer.Option(min=0, help="What they may cost, by server.price_read and price_written."),
    ] = None,
    review: Annotated[
        int | None,
        typer.Option(
            min=1,
            help="Have people review so many texts of the folder --out in Label Studio, read what"
            " they said by now, and end.",
        ),
    ] = None,
    remove: Annotated[
        bool, typer.Option("--remove", help="Remove all texts of the folder --out, and end.")
    ] = False,
    settings_file: SettingsFile = None,
    json: Json = False,
    debug: Debug = False,
) -> None:
    """Have the model write texts by label, and keep those that pass the gates."""
    with speaking(json=json, debug=debug) as terminal:
        require("backend", "tandem generate")
        _require_one_way(out, propose)
        _require_use(method, attributes)
        from backend.synthesis import generate as generation
        from backend.synthesis.answered_project import AnsweredProject
        from backend.synthesis.generation.attributes import read_attributes, write_attributes
        from backend.synthesis.generation.write import Sampling
        from labeling.settings.load import load

        if remove or review:
            folder = _folder_alone(out, answers, review, remove=remove)
            if review:
                review_texts(folder, review, seed, settings_file, terminal)
            else:
                remove_texts(folder, settings_file, terminal)
            return
        settings = load(settings_file)
        config = _read(label_config, "--label-config") if label_config else None
        project = AnsweredProject.read(_given(answers), settings, config)
        if out is None:
            file = propose or Path()
            proposed = generation.propose_attributes(project, settings, seed)
            write_attributes(file, proposed, settings.model.name)
            terminal.say(f"Written: {file}. Read and change it, then give it as --attributes.")
            terminal.result({"attributes": str(file)})
            return
        wanted = generation.Wanted(
            method or ("attributes" if attributes else "zero-shot"),
            number,
            Sampling(temperature, max_tokens, seed),
            read_attributes(attributes) if attributes else None,
            tuple(_read(held_out, "--held-out").splitlines()) if held_out else (),
            _budget(settings, budget_tokens, budget_money),
        )
        with terminal.progress() as progress:
            made = generation.generate(
                project, wanted, out, settings, lambda done, all_: progress("texts", done, all_)
            )
        cost = wanted.budget.cost(made.spending)
        terminal.say(gate_table(made.passed.reports))
        for line in _lines(made, out, cost, settings.costs.currency):
            terminal.say(line)
        terminal.result(_result(made, out, cost))


def _folder_alone(
    out: Path | None, answers: Path | None, review: int | None, *, remove: bool
) -> Path:
    """Return the folder that is reviewed or removed, where nothing else is asked for.

    Raises:
        SettingsError: Something else is asked for as well.
    """
    from labeling.errors import SettingsError

    if out is None or answers is not None or (remove and review):
        raise SettingsError(
            "Texts are written, or reviewed, or removed",
            hint="Give --out, and one of --answers, --review and --remove at a time.",
        )
    return out


def _given(answers: Path | None) -> Path:
    """Return the file of people's answers.

    Raises:
        SettingsError: There is none.
    """
    from labeling.errors import SettingsError

    if answers is None:
        raise SettingsError(
            "Texts are written beside people's answers",
            hint="Give --answers with the file that `tandem export` writes: labels.jsonl.",
        )
    return answers


def _require_one_way(out: Path | None, propose: Path | None) -> None:
    """Check that the options say one thing to do.

    Raises:
        SettingsError: They say none or two, or a file is in the way.
    """
    from labeling.errors import SettingsError

    if (out is None) == (propose is None):
        raise SettingsError(
            "Either texts are written, or attributes are proposed",
            hint="Give --out with a folder, or --propose with a file.",
        )
    if propose is not None and propose.exists():
        raise SettingsError(
            "There is something already", where=str(propose), hint="Name another file."
        )


def _require_use(method: str | None, attributes: Path | None) -> None:
    """Check that attributes are there for the method that needs them, and for no other.

    Raises:
        SettingsError: It is not so.
    """
    from labeling.errors import SettingsError

    if (method == "attributes") > (attributes is not None):
        raise SettingsError(
            "Texts by attributes need a file of them",
            hint="Have one written with --propose, and give it as --attributes.",
        )
    if attributes is not None and method not in (None, "attributes"):
        raise SettingsError(
            f"The method {method} has no use for attributes",
            hint="Leave --attributes out, or --method.",
        )


def _read(file: Path, option: str) -> str:
    """Read a text file.

    Raises:
        SettingsError: It cannot be read, or is no text.
    """
    from labeling.errors import SettingsError

    try:
        return file.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is no UTF-8 text"
        raise SettingsError(
            f"What {option} names cannot be read: {why}",
            where=str(file),
            hint=f"Give a text file with {option}, or leave it out.",
        ) from error


def _budget(settings: "Settings", tokens: int | None, money: float | None) -> "WritingBudget":
    """Return what may be used.

    Raises:
        SettingsError: Money is to be counted, and nothing has a price.
    """
    from backend.synthesis.generation.budget import WritingBudget
    from labeling.errors import SettingsError

    server = settings.server
    if money is not None and not (server.price_read or server.price_written):
        raise SettingsError(
            "A budget of money needs prices",
            where="server.price_read, server.price_written",
            hint="Set them in tandem.yaml, or give --budget-tokens.",
        )
    return WritingBudget(tokens, money, server.price_read, server.price_written)


def _lines(made: "Generated", out: Path, cost: float, currency: str) -> list[str]:
    writing, spending = made.writing, made.spending
    tokens = spending.read + spending.written
    lines = [
        f"Written: {writing.new} texts, beside {writing.known} that were there;"
        f" about {tokens:,} tokens in all" + (f", {currency}{cost:.2f}." if cost else "."),
        f"Passed: {made.passed.passes.sum()} of {len(made.passed.passes)}, in {out}.",
    ]
    if writing.failed:
        lines.append(f"Failed: {writing.failed} texts: {writing.why_failed}. Run it again.")
    if not writing.is_within_budget:
        lines.append("The budget was too small for the rest; a larger one goes on from here.")
    return lines


def _result(made: "Generated", out: Path, cost: float) -> dict[str, Any]:
    return {
        "folder": str(out),
        "new": made.writing.new,
        "known": made.writing.known,
        "failed": made.writing.failed,
        "is_within_budget": made.writing.is_within_budget,
        "tokens": {"read": made.spending.read, "written": made.spending.written},
        "cost": cost,
        "passed": int(made.passed.passes.sum()),
        "gates": [one.to_json() for one in made.passed.reports],
    }
