"""The proof: whoever trusts nobody checks it alone, and nothing that was changed passes."""

import hashlib
import json
import math
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.guarantee.audit_test import Promise
from routing.guarantee.certificate_file import NotProved, statement, verify, write
from routing.guarantee.frozen_population import (
    Check,
    FrozenPopulation,
    Overruled,
    audit_status_of,
    audit_test_of,
    events_of,
)
from routing.guarantee.task_group import TaskGroup

EARLIER = sorted((Path(__file__).parent / "earlier_certificates").iterdir())
OPEN = range(101, 401)
FROZEN = FrozenPopulation(
    promise=Promise(340, 0.1, 0.05),
    answered=list(range(1, 41)),
    labels={task: "ab"[task % 2] for task in OPEN},
    errors={task: 0.3 if task % 10 == 0 else 0.01 for task in OPEN},
    planned=60,
    texts="ab" * 32,
    model_version="m1",
    seed=3,
    at="2026-01-01T12:00:00+00:00",
)


GERMAN = {"field": "language", "value": "de"}


def right(task: int) -> str:
    return FROZEN.labels[task]


def audits(number: int, wrong: int = 0) -> list[Check]:
    """The first audits in the drawn order, of which the first few find errors."""
    order = FROZEN.order[:number]
    return [
        Check(task, "audit", "c" if place < wrong else right(task))
        for place, task in enumerate(order)
    ]


CHECKS = [Check(OPEN[-1], "review", "c"), Check(OPEN[-2], "review", None)]
CHECKS += [one for one in audits(120, wrong=2) if one.task not in OPEN[-2:]]
FILE = write(FROZEN, CHECKS)


def signed(content: dict[str, Any]) -> bytes:
    """Sign changed content anew, as a forger would: the population's digest, then the whole."""
    population = content["population"]
    population["digest"] = _sha256({k: v for k, v in population.items() if k != "digest"})
    content["sha256"] = _sha256({k: v for k, v in content.items() if k != "sha256"})
    return _canonical(content) + b"\n"


def content() -> dict[str, Any]:
    return dict(json.loads(FILE))


class TestWriting:
    def test_says_what_verifying_says(self) -> None:
        assert verify(FILE) == statement(FROZEN, audit_status_of(FROZEN, CHECKS))
        assert verify(FILE) == json.loads(FILE)["statement"]

    def test_tells_the_statement_in_a_sentence(self) -> None:
        audit_status = audit_status_of(FROZEN, CHECKS)
        assert verify(FILE) == (
            f"Of 340 labels, {audit_status.unchecked} were given by the model and checked by"
            " nobody; at most 34 (10.00% of all) differ from what people, asked blind, say, with"
            " probability at least 95.00%. All other labels are people's."
        )

    def test_is_the_same_in_bytes_at_every_time(self) -> None:
        assert write(FROZEN, CHECKS) == FILE
        assert signed(content()) == FILE

    @pytest.mark.parametrize("number", [0, 3, 10])
    def test_is_refused_before_it_is_proved(self, number: int) -> None:
        with pytest.raises(NotProved, match="do not prove the promise yet"):
            write(FROZEN, audits(number))

    def test_is_refused_where_audits_find_too_much(self) -> None:
        with pytest.raises(NotProved):
            write(FROZEN, audits(120, wrong=60))

    def test_proves_by_a_full_census_too(self) -> None:
        census = write(FROZEN, audits(len(OPEN), wrong=200))
        assert json.loads(census)["result"] == {
            "audits": 300,
            "bound": 0,
            "evidence": None,
            "found": 200,
            "unchecked": 0,
        }
        verify(census)

    def test_holds_answers_that_differ_for_errors_and_missing_ones_for_unknown(self) -> None:
        audit_status = audit_status_of(
            FROZEN, [Check(101, "review", "z"), Check(102, "review", None)]
        )
        assert (audit_status.found, audit_status.unchecked) == (1, 298)


class TestVerifying:
    @given(st.integers(0, len(FILE) - 1), st.integers(1, 255))
    def test_refuses_any_changed_byte(self, place: int, change: int) -> None:
        changed = bytearray(FILE)
        changed[place] ^= change
        with pytest.raises(NotProved):
            verify(bytes(changed))

    @pytest.mark.parametrize(
        "file",
        [b"", b"{}", b"[]", b"null", b'{"a":NaN}\n', b"[" * 100_000, b"\xff", FILE[:-1]],
        ids=["empty", "object", "list", "null", "NaN", "deep", "no UTF-8", "cut"],
    )
    def test_refuses_what_is_no_certificate(self, file: bytes) -> None:
        with pytest.raises(NotProved):
            verify(file)

    def test_refuses_other_white_space(self) -> None:
        with pytest.raises(NotProved, match="bytes"):
            verify(json.dumps(content(), sort_keys=True, indent=1).encode())

    def test_refuses_an_unsigned_change(self) -> None:
        changed = content()
        changed["statement"] = changed["statement"].replace("34", "33")
        with pytest.raises(NotProved, match="content was changed"):
            verify(_canonical(changed) + b"\n")

    @pytest.mark.parametrize(
        ("change", "reason"),
        [
            (lambda c: c.update(statement="all is well"), "statement is another"),
            (lambda c: c["result"].update(bound=0), "does not follow"),
            (lambda c: c["result"].update(found=0), "does not follow"),
            (lambda c: c["result"].update(evidence=99.0), "evidence is another"),
            (lambda c: c["result"].update(evidence=None), "evidence is another"),
            (lambda c: c["checks"][9].__setitem__(2, "zzz"), "another|not follow|not prove"),
            (lambda c: c["checks"].pop(), "another|not follow|not prove"),
            (lambda c: c["checks"].pop(8), "in place of"),
            (lambda c: c["checks"].reverse(), "in place of"),
            (lambda c: c["checks"].append(c["checks"][-1]), "checked twice"),
            (lambda c: c["checks"][0].__setitem__(0, 7), "was not open"),
            (lambda c: c["checks"][0].__setitem__(1, "guess"), "in no known way"),
            (lambda c: c["checks"][2].__setitem__(1, "review"), "another|in place of"),
            (lambda c: c["population"].update(seed=4), "in place of"),
            (lambda c: c["population"].update(texts="cd" * 32), "in place of"),
            (lambda c: c["population"].update(model_version="m2"), "in place of"),
            (lambda c: c["population"].update(planned=61), "in place of"),
            (lambda c: c["population"].update(error=0.09), "in place of"),
            (lambda c: c["population"].update(error=0), "promise is none"),
            (lambda c: c["population"].update(risk=1), "promise is none"),
            (lambda c: c["population"].update(size=341), "not as many"),
            (lambda c: c["population"]["answered"].append(40), "not as many"),
            (lambda c: c["population"]["answered"].append(101), "not as many"),
            (lambda c: c["population"]["open"].pop(), "not as many"),
            (lambda c: c["population"]["open"][5].__setitem__(2, 0.4), "in place of"),
            (lambda c: c["population"]["open"][5].__setitem__(1, 1), "in place of"),
            (lambda c: c["population"]["open"][5].__setitem__(1, 9), "not a certificate"),
            (lambda c: c["population"]["names"].reverse(), "population was changed"),
            (lambda c: c["population"].pop("open"), "not a certificate"),
            (lambda c: c.update(population={}, format=1), "not a certificate"),
            (lambda c: c.update(format=2), "format is not known"),
            (lambda c: c.update(format=5), "format is not known"),
            (lambda c: c.pop("format"), "format is not known"),
            (lambda c: c["population"].pop("test") and c.update(format=1), "in place of"),
            (lambda c: c["population"].update(test="mixture"), "audit test is not known"),
            (lambda c: c["population"].update(group=GERMAN), "in place of"),
            (lambda c: c["population"].update(group={}), "not a cert"),
        ],
    )
    def test_refuses_what_was_changed_and_signed_anew(
        self, change: Callable[[dict[str, Any]], object], reason: str
    ) -> None:
        changed = content()
        change(changed)
        with pytest.raises(NotProved, match=reason):
            verify(signed(changed))

    @pytest.mark.parametrize("file", EARLIER, ids=lambda file: file.stem)
    def test_knows_what_earlier_releases_wrote(self, file: Path) -> None:
        assert "differ from what people, asked blind, say" in verify(file.read_bytes())

    @pytest.mark.parametrize("file", EARLIER, ids=lambda file: file.stem)
    def test_refuses_an_earlier_one_with_a_check_left_out(self, file: Path) -> None:
        earlier = json.loads(file.read_bytes())
        earlier["checks"].pop()
        with pytest.raises(NotProved, match="the evidence is another"):
            verify(signed(earlier))

    def test_bears_a_digit_that_machines_differ_in(self) -> None:
        near = content()
        near["result"]["evidence"] = round(near["result"]["evidence"] + 5e-7, 7)
        verify(signed(near))

    def test_refuses_checks_that_prove_nothing(self) -> None:
        few = content()
        few["checks"] = few["checks"][:9]
        audit_status = audit_status_of(FROZEN, CHECKS[:9])
        few["statement"] = statement(FROZEN, audit_status)
        few["result"] = {
            "audits": audit_status.audits,
            "found": audit_status.found,
            "unchecked": audit_status.unchecked,
            "bound": audit_status.bound,
            "evidence": round(audit_status.evidence, 6),
        }
        assert math.isfinite(audit_status.evidence)
        with pytest.raises(NotProved, match="do not prove"):
            verify(signed(few))


class TestDigest:
    @pytest.mark.parametrize(
        "other",
        [
            replace(FROZEN, seed=4),
            replace(FROZEN, texts="x"),
            replace(FROZEN, at="2026-01-02T12:00:00+00:00"),
            replace(FROZEN, errors={**FROZEN.errors, 101: 0.5}),
            replace(FROZEN, labels={**FROZEN.labels, 101: "a"}),
            replace(FROZEN, answered=FROZEN.answered[1:]),
            replace(FROZEN, promise=Promise(340, 0.1, 0.06)),
            replace(FROZEN, group=TaskGroup(**GERMAN)),
        ],
    )
    def test_and_with_it_the_order_hangs_on_everything(self, other: FrozenPopulation) -> None:
        assert other.digest != FROZEN.digest
        assert other.order != FROZEN.order


def _canonical(value: Any) -> bytes:
    return json.dumps(value, sort_keys=True, separators=(",", ":")).encode()


def _sha256(value: Any) -> str:
    return hashlib.sha256(_canonical(value)).hexdigest()


class TestGroup:
    @pytest.mark.parametrize(
        ("value", "named"), [("de", "language: de"), (None, "language: not stated")]
    )
    def test_is_in_the_population_and_in_the_statement(self, value: str | None, named: str) -> None:
        of_group = replace(FROZEN, group=TaskGroup("language", value))
        checks = [Check(task, "audit", right(task)) for task in of_group.order[:120]]
        file = write(of_group, checks)
        assert json.loads(file)["population"]["group"] == {"field": "language", "value": value}
        assert verify(file).startswith(f"Of 340 labels ({named}), 180 were given by the model")


class TestOverruledLabels:
    """Two labels of people's stand against the model's: one of before the freeze, one checked."""

    OVERRULED = (Overruled(1, "a", "b"), Overruled(OPEN[-1], "c", "a"))
    FILE = write(FROZEN, CHECKS, overruled=OVERRULED)

    def changed(self, overruled: list[Any]) -> bytes:
        return signed({**json.loads(self.FILE), "overruled": overruled})

    def test_are_stated_and_count_as_wrong_ones(self) -> None:
        assert ", and 2 against people's own label; at most 34 " in verify(self.FILE)
        assert json.loads(self.FILE)["overruled"] == [[1, "a", "b"], [OPEN[-1], "c", "a"]]
        assert json.loads(self.FILE)["result"]["bound"] + 2 <= 34

    def test_are_refused_where_there_is_no_room_for_them(self) -> None:
        room = audit_test_of(FROZEN).room(events_of(FROZEN, CHECKS), 40)
        many = [Overruled(task, "a", "b") for task in FROZEN.answered[: room + 1]]
        assert write(FROZEN, CHECKS, overruled=many[:room])
        with pytest.raises(NotProved):
            write(FROZEN, CHECKS, overruled=many)

    @pytest.mark.parametrize(
        ("overruled", "why"),
        [
            ([[1, "a", "b"]], "the result|the evidence"),
            ([[1, "a", "b"], [2, "a", "a"]], "by the same label"),
            ([[1, "a", "b"], [1, "a", "b"]], "overruled twice"),
            ([[1, "a", "b"], [OPEN[-2], "a", "b"]], "was not answered"),
            ([[1, "a", "b"], [999, "a", "b"]], "was not answered"),
            ([], "lists no overruled label"),
        ],
    )
    def test_cannot_be_changed(self, overruled: list[Any], why: str) -> None:
        with pytest.raises(NotProved, match=why):
            verify(self.changed(overruled))

    def test_cannot_be_left_out(self) -> None:
        content = json.loads(self.FILE)
        del content["overruled"]
        with pytest.raises(NotProved):
            verify(signed(content))
