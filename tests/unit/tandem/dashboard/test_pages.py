"""The pages: the admin sees the whole project in each phase, a reviewer what is theirs."""

from dataclasses import replace
from datetime import timedelta, timezone

import pytest

from routing.ledger.passes import PassRecord
from routing.ledger.records import LedgerState
from tandem.dashboard import pages
from tandem.dashboard.data import ProjectLook
from tandem.dashboard.links import EVERYBODY
from tandem.dashboard.live import Seen
from tandem.dashboard.look import look_without_form
from tandem.standing.next_step import next_step
from tandem.status import ProjectStatus
from tests.support.certified_population import with_tasks
from tests.support.dashboards import AT, looked_at, waiting
from tests.support.observed_tasks import ADA, NOON
from tests.support.report_pages import Page
from tests.support.snapshots import asked, in_audit, piloted, prelabelled

N = 300
ADA_S = "ada@example.org"


@pytest.fixture(scope="module")
def audit() -> ProjectLook:
    """300 tasks in audit, 5 that came later, and 11 audits that wait for Ada and Ben each."""
    blind = waiting(prelabelled(20), range(1, 12))
    return looked_at(with_tasks(in_audit(N, 20), *range(901, 906)), blind)


def admin(look: ProjectLook, *passes: PassRecord, error: str | None = None) -> Page:
    return Page(pages.admin(Seen(look, error), passes, "nonce"))


def mine(look: ProjectLook, name: str = ADA_S, *passes: PassRecord) -> Page:
    return Page(pages.reviewer(Seen(look), passes, name, "nonce"))


class TestAdmin:
    def test_it_begins_with_what_status_says(self, audit: ProjectLook) -> None:
        said = admin(audit).sections["standing"]
        assert audit.admin.sentences[0].split()[:4] == ["Population", "1,", "300", "tasks:"]
        assert said.split()[0:4] == ["Population", "1,", "300", "tasks:"]
        assert "Next: ada@example.org answers 11" in said
        assert next_step(audit.admin.standing) == audit.admin.next_step

    def test_every_population_has_a_row_the_largest_first(self, audit: ProjectLook) -> None:
        rows = admin(audit).sections["populations"]
        audited = audit.admin.standing.populations[0].audit
        assert audited is not None
        assert "1 300 in audit 20 of 20" in rows
        assert f"{audited.bound} {audited.allowed} {audited.unchecked} (73%)" in rows
        assert "2 5 not labelled yet" in rows
        assert rows.index("in audit") < rows.index("not labelled yet")
        assert "In all: 305 tasks" in rows

    def test_spending_and_what_is_to_come_are_told(self) -> None:
        look = looked_at(asked(piloted(N), 20))
        numbers, ahead = admin(look).sections["numbers"], look.admin.standing.human_labels_to_come
        assert ahead is not None
        assert f"Answers of people 60 ${look.admin.spent.money:.2f}" in numbers
        assert f"Still to come {ahead['expected']}" in numbers
        assert f"{ahead['low']} to {ahead['high']}, about $" in numbers

    def test_what_cannot_be_forecast_does_not_hide_the_audits(self, audit: ProjectLook) -> None:
        audited = audit.admin.standing.populations[0].audit
        assert audit.admin.standing.human_labels_to_come is None
        assert audited is not None
        assert f"Still to come over {audited.to_come}" in admin(audit).sections["numbers"]

    def test_people_have_a_row_each(self, audit: ProjectLook) -> None:
        rows = admin(audit).sections["people"]
        assert "ada@example.org 11 80 0" in rows
        assert "ben@example.org 11 0 0" in rows

    def test_agreement_is_with_the_others(self) -> None:
        state = piloted(N)
        bens = [
            replace(one, id=one.id + 10_000, worker_id=2, worker="ben@example.org")
            for one in state.annotations
        ]
        look = looked_at(replace(state, annotations=[*state.annotations, *bens]))
        [ada, ben] = look.admin.people
        assert ada.agreement is not None
        assert ben.agreement is not None
        assert (ada.agreement.value, ada.agreement.total) == (1.0, 60)
        assert "100%" in admin(look).sections["people"]

    def test_passes_tell_how_they_ended(self, audit: ProjectLook) -> None:
        minute = timedelta(minutes=1)
        rows = admin(
            audit,
            PassRecord(9, AT, None, 0, None),
            PassRecord(8, AT - 4 * minute, None, 0, None),
            PassRecord(7, AT - 5 * minute, AT - 4 * minute, 12, None),
            PassRecord(6, AT - 9 * minute, AT - 9 * minute, 0, "Label Studio is away."),
        ).sections["passes"]
        assert "it goes on, or was killed" in rows
        assert "it was killed" in rows
        assert "60 s 12 well" in rows
        assert "failed Label Studio is away." in rows

    def test_all_moments_are_in_the_time_zone_of_the_look(self, audit: ProjectLook) -> None:
        here = replace(audit, at=AT.astimezone(timezone(timedelta(hours=-5), "EST")))
        html = pages.admin(Seen(here), [PassRecord(1, AT, AT, 0, None)], "nonce")
        assert html.count("14 March 2026, 13:05 EST") == 2

    @pytest.mark.parametrize(
        ("state", "stamp"),
        [
            (prelabelled(N), "pilot"),
            (asked(piloted(N), 20), "reviews"),
            (in_audit(N, 20), "in audit"),
            (in_audit(N, None), "certified"),
        ],
    )
    def test_every_phase_has_its_word(self, state: LedgerState, stamp: str) -> None:
        assert f"{N} {stamp}" in admin(looked_at(state)).sections["populations"]

    def test_a_population_whose_form_changed_is_held(self, audit: ProjectLook) -> None:
        standing = audit.admin.standing
        first, *others = standing.populations
        changed = replace(first, form_changes=("the choice “mixed” was added",))
        page = replace(audit.admin, standing=replace(standing, populations=(changed, *others)))
        assert "in audit held" in admin(replace(audit, admin=page)).sections["populations"]
        assert "held" not in admin(audit).sections["populations"]

    def test_an_empty_project_says_what_to_do(self) -> None:
        read = admin(looked_at(prelabelled(0)))
        assert "Next: Import tasks at" in read.sections["standing"]
        assert "There are no tasks yet." in read.sections["populations"]
        assert "No pass was made yet: run tandem sync" in read.sections["passes"]

    def test_while_nothing_can_be_seen_the_last_look_stays(self, audit: ProjectLook) -> None:
        html = pages.admin(Seen(audit, "Label Studio does not answer."), (), "nonce")
        assert "What stands here is from 14 March 2026, 18:05 UTC" in html
        assert "Label Studio does not answer." in html
        assert "in audit" in Page(html).sections["populations"]

    def test_before_the_first_look_the_reason_and_the_passes_stand(self) -> None:
        html = pages.admin(Seen(None, "Label Studio does not answer."), (), "nonce")
        assert "Label Studio does not answer." in html
        assert list(Page(html).sections) == ["passes"]

    def test_a_form_that_cannot_be_used_is_what_is_next(self, audit: ProjectLook) -> None:
        broken = replace(audit.admin.standing, form_problem="<Choices> has no name")
        look = look_without_form(ProjectStatus(broken, {}), AT)
        said = admin(look).sections["standing"]
        assert "Next: Mend the label config" in said
        assert "no name" in said


class TestReviewer:
    def test_it_says_how_many_are_left_and_opens_the_stream(self, audit: ProjectLook) -> None:
        read = mine(audit)
        assert "11 are left for you." in read.sections["mine"]
        assert "Open the next of 11" in read.sections["mine"]
        assert [one["href"] for one in read.all("a")] == [
            "http://studio/projects/2/data?tab=7&labeling=1"
        ]
        assert "(11) Customer messages" in pages.reviewer(Seen(audit), (), ADA_S, "nonce")

    def test_blind_work_comes_first_of_both_kinds(self) -> None:
        reviewed = asked(piloted(N), 20)
        tasks = [task for task, one in reviewed.decisions.items() if one.kind == "review"]
        state = waiting(reviewed, tasks[:3])
        look = looked_at(state, waiting(prelabelled(9), [1, 2]))
        page = look.reviewers[ADA_S]
        assert [(place.left, place.is_blind) for place in page.places] == [(2, True), (3, False)]
        said = mine(look).sections["mine"]
        assert "5 are left for you." in said
        assert said.index("you see the text alone") < said.index("confirm it, or correct it")

    def test_one_is_one(self) -> None:
        said = mine(looked_at(prelabelled(N), waiting(prelabelled(9), [1]))).sections["mine"]
        assert "1 is left for you." in said
        assert "Open the next one" in said

    def test_what_was_answered_since_the_last_pass_is_left_no_more(self) -> None:
        answered = piloted(N)
        task = answered.annotations[0].task
        look = looked_at(waiting(answered, [task], ADA))
        assert look.reviewers[ADA_S].left == 0

    def test_without_a_tab_the_project_itself_is_opened(self) -> None:
        look = looked_at(prelabelled(N), waiting(prelabelled(9), [1]), tabs=())
        assert [one["href"] for one in mine(look).all("a")] == [
            "http://localhost:8080/projects/1/data"
        ]

    def test_done_is_said_with_thanks(self) -> None:
        passed = PassRecord(3, AT, AT + timedelta(minutes=1), 4, None)
        failed = PassRecord(4, AT, AT + timedelta(minutes=9), 0, "Label Studio is away.")
        said = mine(looked_at(piloted(N)), ADA_S, failed, passed).sections["mine"]
        assert "Done, thank you." in said
        assert "went through all answers last at 14 March 2026, 18:06 UTC" in said
        assert "Done in all 60" in said

    def test_once_all_is_certified_nothing_more_is_asked(self) -> None:
        said = mine(looked_at(in_audit(N, None))).sections["mine"]
        assert "All done, thank you." in said
        assert "nothing more will be asked of you" in said

    def test_who_was_asked_nothing_yet_is_not_thanked(self) -> None:
        said = mine(looked_at(prelabelled(N))).sections["mine"]
        assert "Nothing waits for you yet." in said

    def test_today_is_the_day_of_the_machine_s_own_zone(self) -> None:
        state, zone = piloted(N), timezone(timedelta(hours=12))
        midnight = NOON.astimezone(zone)
        assert (midnight.hour, midnight.day) == (0, NOON.day + 1)
        assert looked_at(state, at=midnight).reviewers[ADA_S].today == 60
        before = midnight - timedelta(hours=1)
        assert looked_at(state, at=before).reviewers[ADA_S].today == 0

    def test_who_reviews_no_more_is_told(self, audit: ProjectLook) -> None:
        html = pages.reviewer(Seen(audit), (), "gone@example.org", "nonce")
        assert "not among this project's reviewers any more" in html

    def test_an_address_is_the_same_in_any_case(self, audit: ProjectLook) -> None:
        assert "11 are left for you." in mine(audit, "Ada@Example.ORG").sections["mine"]

    def test_a_form_that_cannot_be_used_is_no_farewell(self, audit: ProjectLook) -> None:
        broken = replace(audit.admin.standing, form_problem="<Choices> has no name")
        html = pages.reviewer(
            Seen(look_without_form(ProjectStatus(broken, {}), AT)), (), ADA_S, "nonce"
        )
        assert "cannot be told now" in html
        assert "not among" not in html

    def test_without_named_reviewers_one_page_is_for_everybody(self) -> None:
        look = looked_at(asked(piloted(N), 20), anybody=True)
        assert list(look.reviewers) == [EVERYBODY]
        assert "20 are left for you." in mine(look, EVERYBODY).sections["mine"]
        assert [one.name for one in look.admin.people] == [EVERYBODY, ADA_S]
