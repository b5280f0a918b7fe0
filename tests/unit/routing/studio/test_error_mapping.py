"""What a failure of Label Studio means to a person, for failures that are hard to provoke."""

import httpx
import pytest
from label_studio_sdk.core.api_error import ApiError

from labeling.errors import StudioRefused, StudioUnreachable
from routing.studio.error_mapping import explain

URL = "http://studio"


def refused(status: int, detail: str) -> str:
    error = explain(ApiError(status_code=status, body={"detail": detail}), URL)
    assert isinstance(error, StudioRefused)
    return str(error)


def test_a_missing_permission_is_told_from_the_ssrf_block() -> None:
    assert "no permission" in refused(403, "You do not have permission to perform this action.")
    assert "SSRF" in refused(403, "URL resolves to a reserved network address")


def test_a_failure_inside_label_studio_points_to_its_log() -> None:
    error = explain(ApiError(status_code=500, body={"detail": "database is locked"}), URL)
    assert isinstance(error, StudioUnreachable)
    assert str(error) == (
        "Label Studio failed with status 500: database is locked (http://studio)."
        " Its own log says why."
    )


@pytest.mark.parametrize("body", ["<html>502</html>", None, {}, [], {"error": "who?"}])
def test_what_does_not_speak_as_label_studio_is_not_it(body: object) -> None:
    error = explain(ApiError(status_code=404, body=body), URL)
    assert isinstance(error, StudioUnreachable)
    assert "not Label Studio" in str(error)


def test_a_slow_answer_is_told_from_none() -> None:
    slow = explain(httpx.ReadTimeout("timed out"), URL)
    absent = explain(httpx.ConnectTimeout("timed out"), URL)
    assert "in time" in str(slow)
    assert "does not answer" in str(absent)


def test_the_reason_of_a_validation_error_is_told_in_one_line() -> None:
    body = {
        "detail": "Validation error",
        "validation_errors": {"title": ["Ensure this field\nhas 3 characters."]},
    }
    error = explain(ApiError(status_code=400, body=body), URL)
    assert str(error) == (
        "Label Studio refused with status 400: Validation error:"
        " Ensure this field has 3 characters. (http://studio)."
    )


def test_the_reason_of_a_refused_import_is_told_and_no_text() -> None:
    reason = (
        "Error at item 1: data['other']={'name': 'Ann'} is of type 'dict', but the object tag Text"
        " expects the following types: ['str', 'list'] [assume: item[\"data\"] = task root with"
        " values] :: {'data': {'text': 'Dear Ann'}}"
    )
    body = {"detail": "Validation error", "validation_errors": {"non_field_errors": [{}, reason]}}
    assert explain(ApiError(status_code=400, body=body), URL).what == (
        "Label Studio refused with status 400: Validation error: Error at item 1: data['other'] is"
        " of type 'dict', but the object tag Text expects the following types: ['str', 'list']"
    )
