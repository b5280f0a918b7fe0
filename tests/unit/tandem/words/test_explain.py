"""`tandem explain`: one word, the list of all, or what was probably meant."""

from tests.support.commands import tandem, the_line, the_object


def test_a_word_is_explained_in_a_line() -> None:
    told = tandem("explain", "pilot")
    assert told.exit_code == 0
    assert told.stdout.startswith("pilot: A random sample that people label first")


def test_a_word_of_two_needs_no_quotes() -> None:
    told = tandem("explain", "votes", "owed")
    assert told.stdout == tandem("explain", "votes_owed").stdout
    assert "somebody is left to give" in told.stdout


def test_no_word_lists_all_of_them() -> None:
    told = tandem("explain").stdout
    assert told.splitlines()[0].startswith("Where a project stands: promise, population, pilot,")
    assert told.splitlines()[-1] == "`tandem explain WORD` explains one of them."


def test_a_script_gets_one_object() -> None:
    assert the_object(tandem("explain", "stray", "--json"))["also"] == ["strays", "unasked"]
    listed = the_object(tandem("explain", "--json"))["chapters"]
    assert {"promise", "tab"} <= {word["name"] for one in listed for word in one["words"]}


def test_an_unknown_word_fails_in_one_line() -> None:
    told = tandem("explain", "certifid")
    assert told.exit_code == 1
    assert "Did you mean certified" in the_line(told)
