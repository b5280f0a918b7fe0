"""The distribution as it is uploaded: built, and installed alone into an empty environment."""

import shutil
import subprocess
import sys
import tarfile
import tomllib
import venv
from collections.abc import Sequence
from pathlib import Path

import pytest

from tandem.servers.process import free_port

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

ROOT = Path(__file__).parents[2]
ROOMS = ("aggregation", "backend", "labeling", "routing", "tandem")
FOLDERS = (*ROOMS, "bench", "docs", "examples", "tests")
ABSENT = {"torch", "gunicorn", "openai", "llguidance", "sentence-transformers", "ray"}
STRONG_COPYLEFT = ("GPL", "General Public License", "AGPL", "SSPL")


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the sdist, and the wheel that is built from it."""
    source, folder = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("dist")
    # A copy, since a build also takes up what an earlier one noted beside the sources.
    for entry in ROOT.iterdir():
        if entry.is_file():
            shutil.copy(entry, source)
    for name in FOLDERS:
        shutil.copytree(ROOT / name, source / name, ignore=shutil.ignore_patterns("__pycache__"))
    run([sys.executable, "-m", "build", "--no-isolation", "--outdir", folder, source])
    return folder


@pytest.fixture(scope="module")
def programs(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The programs of an environment that holds the wheel, and what it depends on."""
    folder = tmp_path_factory.mktemp("plain")
    venv.create(folder, with_pip=True)
    (wheel,) = built.glob("*.whl")
    install = ["install", "--quiet", "--no-compile", "--constraint", "constraints.txt"]
    run([folder / "bin" / "pip", *install, wheel])
    return folder / "bin"


def run(
    command: Sequence[str | Path], folder: Path = ROOT, code: int = 0
) -> "subprocess.CompletedProcess[str]":
    """Run a program without what this process has in its environment."""
    environment = {"PATH": "/usr/bin:/bin", "HOME": str(Path.home())}
    done = subprocess.run(
        [str(word) for word in command],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == code, done.stdout + done.stderr
    return done


def data_files() -> set[str]:
    """What the rooms hold beside Python."""
    return {
        str(file.relative_to(ROOT))
        for room in ROOMS
        for file in (ROOT / room).rglob("*")
        if file.is_file() and file.suffix not in (".py", ".pyc")
    }


def test_the_sdist_holds_all_that_a_build_and_its_tests_need(built: Path) -> None:
    (archive,) = built.glob("*.tar.gz")
    with tarfile.open(archive) as sdist:
        held = {name.partition("/")[2] for name in sdist.getnames()}

    sources = {
        str(file.relative_to(ROOT)) for folder in FOLDERS for file in (ROOT / folder).rglob("*.py")
    }
    assert sources | data_files() <= held
    assert {"LICENSE", "Makefile", "README.md", "constraints.txt", "pyproject.toml"} <= held
    tops = {name.partition("/")[0] for name in held if "/" in name}
    assert tops == {*FOLDERS, "label_studio_tandem.egg-info"}


def test_the_wheel_installs_the_rooms_whole_and_nothing_else(programs: Path) -> None:
    (site,) = programs.parent.glob("lib/python*/site-packages")
    (metadata,) = site.glob("label_studio_tandem-*.dist-info")
    record = (metadata / "RECORD").read_text("utf-8").splitlines()
    tops = {line.partition("/")[0] for line in record} - {"..", metadata.name}

    assert tops == set(ROOMS)
    assert data_files() >= {f"{room}/py.typed" for room in ROOMS}
    assert not {name for name in data_files() if not (site / name).is_file()}


def test_a_plain_install_brings_no_model_no_server_and_no_strong_copyleft(programs: Path) -> None:
    program = (
        "from importlib.metadata import distributions\n"
        "for one in distributions():\n"
        "    about = one.metadata\n"
        "    classifiers = about.get_all('Classifier') or []\n"
        "    licences = [about.get('License-Expression'), (about.get('License') or '')[:80]]\n"
        "    licences += [c for c in classifiers if c.startswith('License')]\n"
        "    print(about['Name'].lower(), licences, sep='\\t')\n"
    )
    lines = run([programs / "python", "-c", program]).stdout.splitlines()
    licences = dict(line.split("\t") for line in lines)

    assert "label-studio-tandem" in licences
    assert not ABSENT & licences.keys()
    assert not [
        name for name, found in licences.items() if any(word in found for word in STRONG_COPYLEFT)
    ]


def test_commands_work_without_any_extra(programs: Path, tmp_path: Path) -> None:
    def tandem(*words: str, code: int = 0) -> "subprocess.CompletedProcess[str]":
        return run([programs / "tandem", *words], tmp_path, code)

    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    nobody = f"http://127.0.0.1:{free_port()}"

    assert "Commands:" in tandem("--help").stdout
    assert tandem("--version").stdout == f"tandem {project['version']}\n"
    tandem(
        "init",
        "--yes",
        "--unchecked",
        "--project=1",
        "--key=none",
        f"--url={nobody}",
        f"--backend={nobody}",
    )
    assert "Label Studio does not answer" in tandem("doctor", code=3).stdout
    (line,) = tandem("status", code=1).stderr.splitlines()
    assert line.startswith("tandem: Label Studio does not answer")


def test_everything_but_the_backend_imports_without_any_extra(programs: Path) -> None:
    program = (
        "import importlib, pkgutil\n"
        "for room in ('aggregation', 'labeling', 'routing', 'tandem'):\n"
        "    paths = importlib.import_module(room).__path__\n"
        "    for one in pkgutil.walk_packages(paths, f'{room}.'):\n"
        "        if not one.name.endswith(('.__main__', '.migrations.env')):\n"
        "            importlib.import_module(one.name)\n"
    )
    run([programs / "python", "-c", program])


@pytest.mark.parametrize(
    ("words", "extra"),
    [
        (("serve",), "backend"),
        (("demo", "--once"), "demo"),
        (("prelabel", "--engine", "ray"), "ray"),
        (("status",), "postgres"),
    ],
)
def test_a_command_says_which_extra_is_missing(
    programs: Path, tmp_path: Path, words: tuple[str, ...], extra: str
) -> None:
    (tmp_path / "tandem.yaml").write_text(
        "studio: {project: 1}\nledger: postgresql://user@host/name\n"
    )
    keys = tmp_path / ".tandem.env"
    keys.touch(mode=0o600)
    keys.write_text("LABEL_STUDIO_API_KEY=none\n")

    (line,) = run([programs / "tandem", *words], tmp_path, code=1).stderr.splitlines()

    assert line.endswith(f"Run: pip install 'label-studio-tandem[{extra}]'")
