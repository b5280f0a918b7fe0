"""Settings: file, keys and environment, each refused in words where it cannot be used."""

from pathlib import Path

import pytest

from labeling.errors import SettingsError
from labeling.settings.backend_section import BackendSettings
from labeling.settings.faults import InvalidSettings
from labeling.settings.load import load, read
from labeling.settings.settings import KEYS_FILE


@pytest.fixture(autouse=True)
def empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write_keys(text: str) -> None:
    KEYS_FILE.write_text(text)
    KEYS_FILE.chmod(0o600)


def refusal(content: str = "", **environment: str) -> str:
    Path("tandem.yaml").write_text(content)
    with pytest.raises(SettingsError) as error:
        load(environment=environment)
    return str(error.value)


def test_nothing_needs_to_be_set() -> None:
    assert load(environment={}).model.name == "bundled"


def test_the_file_is_read(tmp_path: Path) -> None:
    file = tmp_path / "tandem.yaml"
    file.write_text("studio: {project: 7}\nmodel:\nreviewers:\n  - email: a@example.org\n")

    settings = load(environment={})

    assert settings.studio.project == 7
    assert settings.reviewers[0].capacity > 0


def test_what_wins_is_the_environment_then_the_keys_file_then_the_settings_file() -> None:
    Path("tandem.yaml").write_text("policy: {votes: 2, max_votes: 3}\nstudio: {url: http://a}\n")
    write_keys("TANDEM_POLICY__VOTES=3\nLABEL_STUDIO_URL=http://b\n")

    settings = load(environment={"LABEL_STUDIO_URL": "http://c", "TANDEM_POLICY__PILOT": ""})

    assert (settings.policy.votes, settings.policy.max_votes) == (3, 3)
    assert settings.studio.url == "http://c"
    assert settings.policy.pilot is None


@pytest.mark.parametrize(
    ("policy", "share"),
    [
        ("{}", 0.0),
        ("{selection: random}", 0.0),
        ("{selection: auto}", 0.2),
        ("{selection: margin}", 0.2),
        ("{selection: margin, random_share: null}", 0.2),
        ("{selection: margin, random_share: 0}", 0.0),
        ("{selection: margin, random_share: 0.5}", 0.5),
        ("{random_share: 0.1}", 0.1),
    ],
)
def test_a_strategy_that_may_lose_to_chance_is_watched_unless_a_share_is_given(
    policy: str, share: float
) -> None:
    Path("tandem.yaml").write_text(f"policy: {policy}\n")
    assert load(environment={}).policy.drawn_share == share


@pytest.mark.parametrize(
    ("variable", "value", "place", "read_as"),
    [
        ("TANDEM_POLICY__PILOT", "null", "policy.pilot", None),
        ("TANDEM_STUDIO__API_KEY", "12345678", "studio.api_key", "12345678"),
        ("TANDEM_LEARNING__EMBEDDING", "null", "learning.embedding", None),
        ("TANDEM_CONFIDENCE__METHODS", '["margin"]', "confidence.methods", ("margin",)),
        ("TANDEM_POLICY", '{"votes": 2}', "policy.votes", 2),
        ("TANDEM_DATA_DIR", "elsewhere", "data_dir", Path("elsewhere")),
    ],
)
def test_a_variable_sets_what_it_names(
    variable: str, value: str, place: str, read_as: object
) -> None:
    found: object = load(environment={variable: value})
    for name in place.split("."):
        found = getattr(found, name)

    assert getattr(found, "get_secret_value", lambda: found)() == read_as


def test_a_variable_names_a_control_in_its_own_case() -> None:
    settings = load(environment={"TANDEM_CONTROLS__Topic__AGREEMENT": "0.5"})

    assert settings.controls["Topic"].agreement == 0.5


def test_a_key_comes_from_the_environment_and_is_never_shown() -> None:
    settings = load(environment={"LABEL_STUDIO_API_KEY": "hush"})

    assert settings.studio.api_key is not None
    assert settings.studio.api_key.get_secret_value() == "hush"
    assert "hush" not in repr(settings)


def test_a_key_comes_from_a_file_that_only_its_owner_reads() -> None:
    write_keys("# keys\n\nLABEL_STUDIO_API_KEY=hush\n")

    key = load(environment={}).studio.api_key

    assert key is not None
    assert key.get_secret_value() == "hush"


def test_the_keys_file_stands_beside_the_settings_file(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "mine.yaml").write_text("studio: {project: 7}\n")
    keys = tmp_path / "elsewhere" / KEYS_FILE
    keys.write_text("LABEL_STUDIO_API_KEY=hush\n")
    keys.chmod(0o600)

    assert load(Path("elsewhere/mine.yaml"), environment={}).studio.api_key is not None


def test_a_keys_file_that_others_read_is_refused() -> None:
    KEYS_FILE.write_text("LABEL_STUDIO_API_KEY=hush\n")
    KEYS_FILE.chmod(0o644)

    with pytest.raises(SettingsError, match="chmod 600"):
        load(environment={})


def test_a_line_of_the_keys_file_that_sets_nothing_is_named() -> None:
    write_keys("LABEL_STUDIO_API_KEY=hush\nLABEL_STUDIO_KEY=hush\nhush\n")

    said = refusal()

    assert "LABEL_STUDIO_KEY sets nothing (.tandem.env:2). Did you mean LABEL_STUDIO_API_KEY?" in (
        said
    )
    assert "A line is not NAME=value (.tandem.env:3)" in said
    assert "hush" not in said


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (
            "policy:\n  votess: 2",
            "There is no setting policy.votess (tandem.yaml:2). Did you mean policy.votes?",
        ),
        (
            "policy:\n  human_label: 2",
            "There is no setting policy.human_label (tandem.yaml:2)."
            " Did you mean costs.human_label?",
        ),
        ("votes: 2", "There is no setting votes (tandem.yaml:1). Did you mean policy.votes?"),
        ("polici: {}", "There is no setting polici (tandem.yaml:1). Did you mean policy?"),
        ("zzz: 1", "There is no setting zzz (tandem.yaml:1). `tandem settings` lists"),
        (
            "reviewers:\n- email: a@x\n- email: b@x\n  capcity: 3",
            "There is no setting reviewers[2].capcity (tandem.yaml:4)."
            " Did you mean reviewers.capacity?",
        ),
        (
            "# one\n\npolicy:\n  votes: many",
            "policy.votes must be a whole number, at least 1, and is 'many' (tandem.yaml:4)."
            " `tandem settings policy.votes` explains it.",
        ),
        ("policy: {votes: 0}", "policy.votes must be a whole number, at least 1, and is 0"),
        ("policy: {blind_share: 2}", "must be a number, at least 0, at most 1, and is 2"),
        (
            "aggregation: {method: dawid}",
            "aggregation.method must be one of auto, bayesian-one-coin,"
            " bayesian-per-label-one-step, bayesian-confusion-one-step, bayesian-per-label,"
            " bayesian-confusion, majority-vote, wawa, zero-based-skill, dawid-skene,"
            " one-coin-dawid-skene, glad, mace, and is 'dawid' (tandem.yaml:1)."
            " Did you mean dawid-skene?",
        ),
        (
            "confidence: {methods: [guess]}",
            "confidence.methods[1] must be one of label-logprob,",
        ),
        ("confidence: {methods: []}", "confidence.methods must be a list of"),
        (
            "confidence: {methods: [margin, margin]}",
            "confidence.methods: each method may be named once (tandem.yaml:1)",
        ),
        ("controls: {a: {agreement: 3}}", "controls.a.agreement must be a number, at least 0"),
        ("controls: 3", "controls must be a section by control, and is 3"),
        ("reviewers: ada@x", "reviewers must be a list of sections, and is 'ada@x'"),
        ("reviewers:\n- {capacity: 3}", "reviewers[1].email must be given (tandem.yaml:2)"),
        ("studio: text", "studio must be a section of settings, and is 'text' (tandem.yaml:1)"),
        (
            "policy:\n  max_votes: 2\n  votes: 3",
            "policy.votes is 3, more than policy.max_votes, 2 (tandem.yaml:3)."
            " Raise policy.max_votes, or lower policy.votes.",
        ),
        (
            "reviewers:\n- email: ada@x\n- email: ben@x\n- email: Ada@X",
            "The reviewer Ada@X is named twice, first in tandem.yaml:2 (tandem.yaml:4)",
        ),
        (
            "studio: {url: localhost:8080}",
            "studio.url must begin with http:// or https://, and is 'localhost:8080'",
        ),
        ("policy: {}\npolicy: {}", "policy stands twice: the first is in line 1 (tandem.yaml:2)"),
        ("studio: {api_key: hush}", "studio.api_key does not belong in the settings file"),
        ("studio:\n  url: [", "The settings file is not YAML"),
        ("- a list", "does not hold sections (tandem.yaml:1)"),
        ("a: &a [*a]", "There is no setting a (tandem.yaml:1)"),
    ],
)
def test_a_fault_is_one_line_with_file_and_line(content: str, said: str) -> None:
    line = refusal(content)

    assert said in line
    assert "\n" not in line
    assert "hush" not in line
    assert "Input should" not in line


def test_several_faults_are_a_line_each() -> None:
    content = "policy:\n  votess: 2\n  risk: 3\nmodel:\n  device: tpu\n"
    Path("tandem.yaml").write_text(content)

    with pytest.raises(InvalidSettings) as error:
        load(environment={"TANDEM_POLICY__VOTE": "1"})

    lines = str(error.value).splitlines()
    assert len(lines) == len(error.value.faults) == 4
    for line, where in zip(
        sorted(lines),
        ["environment", "tandem.yaml:2", "tandem.yaml:5", "tandem.yaml:3"],
        strict=True,
    ):
        assert f"({where})" in line


@pytest.mark.parametrize(
    ("variable", "value", "said"),
    [
        (
            "TANDEM_POLICY__VOTES",
            "many",
            "must be a whole number, at least 1, and is 'many' (TANDEM_POLICY__VOTES).",
        ),
        (
            "TANDEM_POLICY_VOTES",
            "3",
            "TANDEM_POLICY_VOTES sets nothing (environment). Did you mean TANDEM_POLICY__VOTES?",
        ),
        ("TANDEM_REVIEWERS", "[", "reviewers must be a list of sections, and is '['"),
        ("LABEL_STUDIO_URL", "here", "and is 'here' (LABEL_STUDIO_URL)"),
    ],
)
def test_a_variable_at_fault_is_named(variable: str, value: str, said: str) -> None:
    assert said in refusal(**{variable: value})


def test_a_variable_that_is_no_setting_of_ours_is_none_of_our_business() -> None:
    assert load(environment={"TANDEM_CACHE": "/cache", "TANDEMX": "1"})


def test_a_secret_that_cannot_be_used_is_not_shown() -> None:
    assert "hush" not in refusal("server: {api_key: [hush]}")


def test_a_file_that_is_named_must_be_there(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="tandem init"):
        load(tmp_path / "other.yaml", environment={})


def test_where_each_setting_comes_from_is_known() -> None:
    Path("tandem.yaml").write_text("studio: {project: 7}\npolicy:\n  risk: 0.1\n")

    given = read(environment={"TANDEM_POLICY__VOTES": "3"})

    assert given.origin_of(("policy", "votes")) == "TANDEM_POLICY__VOTES"
    assert given.origin_of(("policy", "risk")) == "tandem.yaml:3"
    assert given.origin_of(("model", "name")) is None


@pytest.mark.parametrize(
    ("url", "port", "listens_on"),
    [
        ("http://localhost:9095", None, 9095),
        ("http://127.0.0.1:9095/", None, 9095),
        ("http://[::1]:9095", None, 9095),
        ("http://localhost:9095", 9091, 9091),
        ("http://localhost:9095", 0, 0),
        ("http://gpu:9095", None, 9090),
        ("http://localhost", None, 9090),
        ("http://localhost:8000/behind-a-proxy", None, 9090),
        ("https://localhost:8443", None, 9090),
        ("http://localhost:many", None, 9090),
    ],
)
def test_the_backend_listens_where_its_address_leads_on_this_machine(
    url: str, port: int | None, listens_on: int
) -> None:
    assert BackendSettings(url=url, port=port).listening_port == listens_on
