"""`tandem compress`: what is made smaller, what is only compared, what is refused in one line."""

from pathlib import Path

import pytest

from tests.support.commands import tandem, the_line, the_object
from tests.support.small_models import LAYERS, TEXTS, small_model, write_model

ANSWERS = ("compress", "--answers", "answers.csv")


@pytest.fixture(autouse=True)
def project(empty_folder: None) -> None:  # noqa: ARG001 - it is where the files go
    """A settings file whose model has a layer that changes nothing, and answers of people."""
    model = small_model()
    for name in ("self_attn.o_proj", "mlp.down_proj"):
        model.model.layers[2].get_submodule(name).weight.data.zero_()
    write_model(model, Path("whole"))
    Path("tandem.yaml").write_text("model: {name: whole, device: cpu}\n")
    rows = [f"{text},{text.split()[0]}" for text in TEXTS]
    Path("answers.csv").write_text("\n".join(["text,label", *rows]))


def test_a_smaller_model_is_written_where_it_costs_little() -> None:
    words = ["--keep-layers", str(LAYERS - 1), "--out", "smaller", "--healing-passes", "0"]
    result = tandem(*ANSWERS, *words, "--most-loss", "20%")
    assert result.exit_code == 0, result.stderr
    assert "Accepted; set model.name to smaller" in result.stdout
    assert Path("smaller/config.json").is_file()
    assert "nats away" in result.stdout


def test_one_that_may_lose_too_much_is_one_line_and_no_folder() -> None:
    words = ["--share", "50%", "--out", "smaller", "--healing-passes", "0", "--most-loss", "0.1%"]
    result = tandem(*ANSWERS, *words, "--json")
    assert result.exit_code == 1
    assert the_object(result)["is_accepted"] is False
    assert "Refused, and nothing was written" in the_line(result)
    assert not Path("smaller").exists()


def test_two_models_are_compared_without_writing() -> None:
    before = sorted(Path().iterdir())
    result = tandem(*ANSWERS, "--against", "whole", "--most-loss", "20%", "--json")
    assert result.exit_code == 0, result.stderr
    assert the_object(result)["nats"] == 0
    assert sorted(Path().iterdir()) == before


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], "Nothing is to be done"),
        (["--keep-layers", "2"], "needs a folder"),
        (["--out", "smaller"], "needs a folder"),
        (["--out", "smaller", "--share", "50%", "--against", "whole"], "made or compared"),
        (["--out", "smaller", "--keep-layers", "9"], "has 4 layers, and was to keep 9"),
        (["--quantization", "4bit"], "needs CUDA"),
        (["--against", "nowhere/at/all"], "nowhere"),
    ],
)
def test_what_cannot_be_done_is_one_line(words: list[str], said: str) -> None:
    result = tandem(*ANSWERS, *words)
    assert result.exit_code == 1
    assert said in the_line(result)
