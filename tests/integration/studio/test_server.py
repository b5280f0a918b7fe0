"""The starter of a Label Studio: it keeps what was there, and leaves no process behind."""

import os
import shutil
import stat
from pathlib import Path

import httpx
import pytest

from labeling.errors import SettingsError, TandemError
from routing.studio import Studio
from tandem.servers.label_studio import LabelStudioServer


@pytest.mark.studio
def test_a_stopped_server_leaves_no_process_and_its_data(
    label_studio: LabelStudioServer, tmp_path: Path
) -> None:
    shutil.copytree(label_studio.data_dir, tmp_path / "data")
    with LabelStudioServer(label_studio.venv, tmp_path / "data") as server:
        made = Studio(server.url, server.token).create_project("Kept", "<View/>")
        group = server.process_id
        assert group is not None
    with pytest.raises(ProcessLookupError):
        os.killpg(group, 0)
    with pytest.raises(httpx.ConnectError):
        httpx.get(f"{server.url}/health")
    server.stop()
    again = LabelStudioServer(label_studio.venv, tmp_path / "data")
    assert (again.token, again.password) == (server.token, server.password)
    with again:
        assert made in Studio(again.url, again.token).projects()


def test_the_administrator_s_credentials_are_for_its_owner_alone(tmp_path: Path) -> None:
    server = LabelStudioServer(tmp_path, tmp_path / "data")
    assert len(server.token) == 40
    assert server.token != LabelStudioServer(tmp_path, tmp_path / "other").token
    (file,) = (tmp_path / "data").iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_an_environment_without_label_studio_is_told(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="not installed"):
        LabelStudioServer(tmp_path, tmp_path).start()


def test_a_server_that_dies_at_once_is_told_with_its_last_words(tmp_path: Path) -> None:
    program = tmp_path / "bin" / "label-studio"
    program.parent.mkdir()
    program.write_text("#!/bin/sh\necho No space left\nexit 1\n")
    program.chmod(0o755)
    with pytest.raises(TandemError, match="stopped while it started: No space left"):
        LabelStudioServer(tmp_path, tmp_path / "data").start()
