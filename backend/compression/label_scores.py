"""Labels' log-probabilities as torch can differentiate them: one text at a time, nothing kept."""

from collections.abc import Iterator, Sequence
from typing import Any

import torch

from backend.engines.transformers.encoding.encoded import EncodedPrompt
from backend.engines.transformers.tokens import Tokens


def label_log_probabilities(
    model: Any, prompt: EncodedPrompt, labels: Sequence[int] | None = None
) -> torch.Tensor:
    """Score labels behind a prompt, as the engine does.

    What labels begin with is run once for all that begin so: labels of one token take one sequence.

    Args:
        model: A causal model of transformers.
        prompt: The prompt, encoded with its labels.
        labels: Which of them are scored, by their places; None: all.

    Returns:
        Natural-log probability of each whole label, float32, shape (labels,).
    """
    chosen = [prompt.continuations[n] for n in labels] if labels else [*prompt.continuations]
    rows: dict[Tokens, torch.Tensor] = {}
    for begin in _beginnings(chosen):
        tokens = torch.tensor([[*prompt.context, *begin]], device=model.device)
        logits = model(input_ids=tokens, use_cache=False).logits[0, -len(begin) - 1 :]
        rows[begin] = logits.float().log_softmax(dim=-1)
    return torch.stack([_score(rows, label) for label in chosen])


def _beginnings(labels: Sequence[Tokens]) -> Iterator[Tokens]:
    """Yield what labels are read behind: each label less its last token, if no longer one does."""
    begins = {label[:-1] for label in labels}
    for begin in sorted(begins):
        longer = (other for other in begins if len(other) > len(begin))
        if not any(other[: len(begin)] == begin for other in longer):
            yield begin


def _score(rows: dict[Tokens, torch.Tensor], label: Tokens) -> torch.Tensor:
    begin = label[:-1]
    row = next(row for read, row in rows.items() if read[: len(begin)] == begin)
    places = torch.arange(len(label), device=row.device)
    return row[places, torch.tensor(label, device=row.device)].sum()
