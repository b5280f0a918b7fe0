"""The Jinja environment of Tandem's pages: templates, the style, formats, and words explained."""

from importlib.resources import files

from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from tandem.pages import formats
from tandem.words.dictionary import chapters, find

FILTERS = (
    formats.percent,
    formats.rate,
    formats.points,
    formats.precise,
    formats.count,
    formats.money,
    formats.hours,
    formats.excerpt,
    formats.moment,
    formats.marked,
)


def new_environment(package: str, *, opens_addresses: bool = False) -> Environment:
    """Return an environment for the templates of a package, beside those that all pages share.

    Args:
        package: Where the templates are, such as `tandem.report`.
        opens_addresses: Whether an address in a sentence is to be opened by a click.

    Returns:
        It escapes every text, and fails where a template names what it was not given. Its
        templates have `style`, `term` and `words`, and the formats as filters.
    """
    environment = Environment(
        loader=ChoiceLoader([PackageLoader(package, ""), PackageLoader("tandem.pages", "")]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    style = files("tandem.pages").joinpath("style.css").read_text("utf-8")
    environment.globals.update(
        style=Markup(style),  # noqa: S704 - our own file
        term=term,
        words=chapters()[0].words,
        opens_addresses=opens_addresses,
    )
    environment.filters.update({each.__name__: each for each in FILTERS})
    return environment


def term(name: str, shown: str | None = None) -> Markup:
    """Return a word that says what it means when pointed at, tapped or reached by the keyboard.

    Args:
        name: The word.
        shown: How it is written where it stands; None: as it is.

    Returns:
        The element.
    """
    word = find(name)
    return Markup('<abbr class="term" tabindex="0" title="{}">{}</abbr>').format(
        word.plain, shown or word.name
    )
