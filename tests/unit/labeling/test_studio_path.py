"""Which Label Studio a request is about: part of the backend's address, from its own address."""

import socket

import pytest

from labeling.studio_path import (
    path_of,
    project_key,
    split_path,
    studio_id,
    without_studio,
)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("http://label.example.org", "http://label.example.org/"),
        ("http://label.example.org", "https://LABEL.example.org:443"),
        ("http://label.example.org:80/prefix/", "http://label.example.org/prefix"),
        ("http://localhost:8080", "http://127.0.0.1:8080"),
        ("http://localhost:8080", "http://[::1]:8080/"),
    ],
)
def test_spellings_of_one_address_are_one_label_studio(one: str, other: str) -> None:
    assert path_of(one) == path_of(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("http://label.example.org", "http://label-copy.example.org"),
        ("http://label.example.org:8080", "http://label.example.org:8081"),
        ("http://label.example.org/a", "http://label.example.org/b"),
    ],
)
def test_other_addresses_are_other_label_studios(one: str, other: str) -> None:
    assert path_of(one) != path_of(other)


def test_localhost_is_another_one_on_another_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    here, named = studio_id("http://localhost:8080"), studio_id("http://label.example.org")
    monkeypatch.setattr(socket, "gethostname", lambda: "elsewhere")

    assert studio_id("http://localhost:8080") != here
    assert studio_id("http://label.example.org") == named


@pytest.mark.parametrize("odd", ["", "nonsense", "http://[", "http://host:port", "ftp://host"])
def test_what_is_no_address_has_a_path_as_well(odd: str) -> None:
    studio, route = split_path(f"{path_of(odd)}/predict")
    assert studio
    assert route == "/predict"


@pytest.mark.parametrize(
    ("path", "split"),
    [
        ("/predict", (None, "/predict")),
        ("/studios/1a2b3c4d/predict", ("1a2b3c4d", "/predict")),
        ("/studios/1a2b3c4d", ("1a2b3c4d", "/")),
        ("/studios/1a2b3c4d5/predict", (None, "/studios/1a2b3c4d5/predict")),
        ("/studios/../predict", (None, "/studios/../predict")),
    ],
)
def test_a_path_is_split_where_it_names_a_label_studio(
    path: str, split: tuple[str | None, str]
) -> None:
    assert split_path(path) == split


def test_the_backend_s_own_address_is_what_is_left() -> None:
    for end in ("", "/"):
        assert without_studio(f"http://gpu:9090{path_of('http://x')}{end}") == "http://gpu:9090"
        assert without_studio(f"http://gpu:9090/ml{end}") == "http://gpu:9090/ml"


def test_a_project_is_known_by_its_label_studio_too() -> None:
    assert project_key("7", "1a2b3c4d") == "1a2b3c4d/7"
    assert project_key("7", None) == "7"
    assert project_key(None, "1a2b3c4d") is None
