"""What changes too late, on the real Label Studio: what is said, and what becomes of promises."""

import httpx
import pytest

from labeling.errors import SettingsError
from labeling.form.form import parse
from routing.studio import Studio
from tests.integration.studio.conftest import PASSWORD, NewLoop
from tests.support.label_configs import SENTIMENT
from tests.support.loops import Loop, Person

pytestmark = pytest.mark.studio

People = tuple[Person, Person, Person]
SIX = (0.95,) * 6
"""Two of six may be wrong: four audits in all, then the other two labels are certified."""

ONE_MORE = SENTIMENT.replace("</Choices>", '<Choice value="neutral"/></Choices>')
RENAMED = SENTIMENT.replace("positive", "good")
LOOKS = SENTIMENT.replace("<Choices", '<Choices layout="inline"')


def configure(loop: Loop, label_config: str, model: str) -> None:
    """Change the label config, of which the model's version is made too."""
    loop.studio.update_project(label_config=label_config)
    loop.model.name = model


def digest_of(loop: Loop) -> str:
    """The digest of the label config as Label Studio holds it now."""
    return parse(loop.studio.project().label_config).digest


def is_certified(loop: Loop) -> bool:
    (population,) = loop.state.populations
    return population.kept_at is not None


@pytest.mark.usefixtures("two_at_a_time")
class TestLabelConfig:
    def test_that_changes_in_audit_holds_the_certificate_until_the_admin_says_so(
        self, new_loop: NewLoop, people: People
    ) -> None:
        loop = new_loop(*SIX, target_error=0.4)
        loop.sync()
        asked_at_freeze = digest_of(loop)
        configure(loop, LOOKS, "a")
        loop.answer_all("positive", *people)
        (population,) = loop.sync().standing.populations
        assert (population.form_changes, population.answered) == ([], 2)

        configure(loop, ONE_MORE, "b")
        loop.answer_all("positive", *people)
        report = loop.sync()
        (population,) = report.standing.populations
        assert population.form_changes == ["choice 'neutral' was added to 'sentiment'"]
        assert population.answered == 2, "later answers say nothing of the frozen labels"
        assert [line.partition(" (")[0] for line in report.standing.notices] == [
            "The backend answers as b-0 now, no more as a-0"
        ]
        assert not is_certified(loop)
        assert loop.accepted() == {}

        loop.sync(on_form_change="accept")
        assert is_certified(loop)
        assert len(loop.accepted()) == 2
        assert loop.frozen().form == asked_at_freeze

        configure(loop, ONE_MORE.replace("positive", "good"), "c")
        (population,) = loop.sync().standing.populations
        assert population.is_certified
        assert population.form_changes == ["choice 'positive' of 'sentiment' was renamed to 'good'"]

    def test_that_renames_what_was_frozen_needs_a_new_freeze(
        self, new_loop: NewLoop, people: People
    ) -> None:
        loop = new_loop(*SIX, target_error=0.4)
        loop.sync()
        audited = [task for task, *_ in loop.checks()]
        loop.answer_all("negative", *people)
        configure(loop, RENAMED, "b")
        loop.sync()
        assert not is_certified(loop)
        with pytest.raises(SettingsError, match="frozen labels"):
            loop.sync(on_form_change="accept")

        before = loop.annotations()
        foretold = loop.sync(dry_run=True, on_form_change="refreeze")
        assert [one.phase for one in foretold.standing.populations] != ["audits"]
        assert loop.frozen().labels, "a dry run takes nothing back"
        loop.sync(on_form_change="refreeze")
        frozen = loop.frozen()
        assert frozen.form == digest_of(loop)
        assert set(frozen.labels.values()) == {"good"}
        assert sorted(frozen.answered) == sorted(audited), "what people said still counts"
        assert [one.id for one in before] == [one.id for one in loop.annotations()][: len(before)]
        for _ in range(3):
            loop.answer_all("good", *people)
            loop.sync()
        assert is_certified(loop)


class TestReviewers:
    def test_who_leave_hand_on_what_waits_and_their_answers_stay(
        self, new_loop: NewLoop, people: People, raw: httpx.Client
    ) -> None:
        ana, ben, _ = people
        admin = Studio(
            loop_url := ana.url, str(raw.headers["Authorization"]).removeprefix("Token ")
        )
        gone = admin.create_user("gone@loop.localhost", PASSWORD, "Gone")
        leaver = Person(loop_url, ana.token, gone.email, gone.id)
        loop = new_loop(*[0.5] * 6)
        loop.staff(ana, ben, leaver)
        loop.sync()
        theirs = sorted(loop.asked(leaver))
        assert theirs
        ben.answer(min(loop.asked(ben)), "negative")

        loop.staff(ana, leaver)
        report = loop.sync()
        assert [line.partition(":")[0] for line in report.standing.notices] == [
            f"{ben.email} is no reviewer any more"
        ]
        assert list(loop.answers.votes.values()) == [("negative",)]
        assert len(loop.asked(ana)) + len(loop.asked(leaver)) == 5

        raw.delete(f"/api/users/{gone.id}").raise_for_status()
        report = loop.sync()
        said = [line for line in report.standing.notices if line.startswith(gone.email)]
        assert said == [
            f"{gone.email} is named under `reviewers` and is no user of Label Studio any more:"
            " others are asked instead, and the answers given so far stay counted."
        ]
        assert len(loop.asked(ana)) == 5

    def test_who_never_was_a_user_is_refused_before_anything_is_asked(
        self, new_loop: NewLoop
    ) -> None:
        loop = new_loop(0.5)
        loop.sections["reviewers"] = [{"email": "nobody@loop.localhost"}]
        with pytest.raises(SettingsError, match="is no user of Label Studio"):
            loop.sync()
