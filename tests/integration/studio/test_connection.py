"""Who answers, who asks, and what a person is told when the answer is no."""

import pytest

from labeling.errors import SettingsError, StudioRefused, StudioUnreachable
from routing.studio import Studio
from routing.studio.models import StudioUser
from routing.studio.users import legacy_token, personal_access_token
from tandem.servers.label_studio import LabelStudioServer
from tests.integration.studio.conftest import PASSWORD

pytestmark = pytest.mark.studio


def test_release_and_edition_are_told_without_a_key(label_studio: LabelStudioServer) -> None:
    version = Studio(label_studio.url, "no key at all").version()
    assert version.edition == "community"
    assert version.release.count(".") >= 2


def test_both_kinds_of_key_are_taken(label_studio: LabelStudioServer) -> None:
    by_legacy = Studio(label_studio.url, label_studio.token).me()
    by_pat = Studio(f"{label_studio.url}/", label_studio.pat).me()
    assert by_legacy == by_pat
    assert by_pat.email == label_studio.email


def test_a_project_is_made_listed_read_and_changed(label_studio: LabelStudioServer) -> None:
    door = Studio(label_studio.url, label_studio.token)
    config = '<View><Text name="t" value="$t"/></View>'
    made = door.create_project("Tones", config, "Judge the tone.")
    assert (made.title, made.label_config, made.instruction) == ("Tones", config, "Judge the tone.")
    assert (made.task_count, made.annotation_count, made.prediction_count) == (0, 0, 0)
    assert made in door.projects()
    studio = Studio(label_studio.url, label_studio.token, made.id)
    studio.update_project(title="Tunes")
    assert studio.project().title == "Tunes"


def test_a_user_is_made_once_and_can_log_in(label_studio: LabelStudioServer) -> None:
    door = Studio(label_studio.url, label_studio.token)
    made = door.create_user("ursula@connection.localhost", PASSWORD, "Ursula", "(once)")
    assert made == StudioUser(made.id, "ursula@connection.localhost", "Ursula (once)")
    assert door.create_user("Ursula@connection.localhost", "another-password") == made
    assert [one for one in door.users() if one.email == made.email] == [made]
    for token in (personal_access_token, legacy_token):
        key = token(label_studio.url, made.email, PASSWORD)
        assert Studio(label_studio.url, key).me() == made


def test_a_weak_password_is_refused(label_studio: LabelStudioServer) -> None:
    door = Studio(label_studio.url, label_studio.token)
    with pytest.raises(StudioRefused, match="at least 8 characters"):
        door.create_user("weak@localhost", "123")


def test_a_wrong_password_is_refused(label_studio: LabelStudioServer) -> None:
    for token in (personal_access_token, legacy_token):
        with pytest.raises(StudioRefused, match="Check the password"):
            token(label_studio.url, label_studio.email, "wrong")


@pytest.mark.parametrize("key", ["f" * 40, "nonsense", "", "käse"])
def test_a_wrong_key_is_told_and_not_shown(label_studio: LabelStudioServer, key: str) -> None:
    with pytest.raises(StudioRefused, match="does not know the API key") as caught:
        Studio(label_studio.url, key).me()
    assert not key or key not in str(caught.value)


def test_a_forged_personal_access_token_is_told(label_studio: LabelStudioServer) -> None:
    head, body, _ = label_studio.pat.split(".")
    with pytest.raises(StudioRefused, match="does not know the API key"):
        Studio(label_studio.url, f"{head}.{body}.{'x' * 43}").me()


@pytest.mark.usefixtures("without_legacy_tokens")
def test_a_legacy_key_where_they_are_off_is_told_from_a_wrong_one(
    label_studio: LabelStudioServer,
) -> None:
    with pytest.raises(StudioRefused, match="legacy tokens are off") as caught:
        Studio(label_studio.url, label_studio.token).me()
    assert "personal access token" in str(caught.value)
    assert "/api/jwt/settings" in str(caught.value)
    assert label_studio.token not in str(caught.value)


def test_a_project_that_is_gone_is_told(label_studio: LabelStudioServer) -> None:
    studio = Studio(label_studio.url, label_studio.token, 999_999)
    with pytest.raises(StudioRefused, match=r"no longer has that.*studio\.project"):
        studio.project()
    with pytest.raises(StudioRefused, match="no longer has that"):
        list(studio.tasks())


def test_no_project_is_told(label_studio: LabelStudioServer) -> None:
    with pytest.raises(SettingsError, match=r"studio\.project"):
        Studio(label_studio.url, label_studio.token).project()


def test_the_ssrf_block_is_told_with_the_flags_that_lift_it(
    guarded_label_studio: LabelStudioServer,
) -> None:
    door = Studio(guarded_label_studio.url, guarded_label_studio.token)
    project = door.create_project("Guarded", "<View/>").id
    studio = Studio(guarded_label_studio.url, guarded_label_studio.token, project)
    for act in (
        lambda: studio.save_backend("http://127.0.0.1:9090", "v1"),
        lambda: studio.save_webhook("http://10.0.0.1:9090/webhook", {}),
    ):
        with pytest.raises(StudioRefused, match="SSRF protection blocks") as caught:
            act()
        assert "ML_BLOCK_LOCAL_IP=false" in str(caught.value)
        assert "SSRF_PROTECTION_ENABLED=false" in str(caught.value)


def test_a_backend_that_is_down_is_told(studio: Studio) -> None:
    with pytest.raises(StudioUnreachable, match="does not reach the ML backend"):
        studio.save_backend("http://127.0.0.1:1", "v1")


def test_a_webhook_is_kept_once_with_its_latest_headers(studio: Studio) -> None:
    url = "http://127.0.0.1:9/webhook"
    first = studio.save_webhook(url, {"Authorization": "Basic b2xk"})
    second = studio.save_webhook(url, {"Authorization": "Basic bmV3"})
    assert second.id == first.id
    assert studio.webhooks() == [second]


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:1", "http://no.such.host.invalid", "nonsense", "ftp://host"]
)
def test_a_wrong_address_is_told(url: str) -> None:
    with pytest.raises(StudioUnreachable, match="does not answer") as caught:
        Studio(url, "f" * 40).version()
    assert url in str(caught.value)
    assert "LABEL_STUDIO_URL" in str(caught.value)


def test_a_place_of_label_studio_that_is_not_its_root_is_told(
    label_studio: LabelStudioServer,
) -> None:
    for key in (label_studio.token, label_studio.pat):
        with pytest.raises(StudioUnreachable, match="not Label Studio"):
            Studio(f"{label_studio.url}/projects", key).me()
