"""Texts, written in batches: greedy or sampled, free or under a schema, with log-probabilities."""

import inspect
from collections.abc import Iterator, Sequence
from typing import Any

import torch
from torch import Tensor
from transformers import (
    DynamicCache,
    GenerationConfig,
    LogitsProcessorList,
    PreTrainedTokenizerBase,
    StoppingCriteria,
    StoppingCriteriaList,
)

from backend.engines.base import GenerateRequest, Generation
from backend.engines.transformers.choosing import Sampling
from backend.engines.transformers.grammar import Grammars, Obedience
from backend.engines.transformers.packed import PackedScorer
from backend.engines.transformers.prefixes import Tokens
from backend.engines.transformers.rows import Row, known_layers, laid_out

KEPT_A_RUN = 4
"""Tokens whose keys and values are kept for a row at the cost of one that is run."""


class Writer:
    """Continues prompts with a model's own `generate`, behind a prefix from memory where it can.

    Args:
        model: A causal model of transformers.
        tokenizer: Its tokenizer.
        packed: Where prefixes come from; None: they are run with every prompt.
        batch_tokens: Tokens of one batch of prompts, padding included.
        context_tokens: The longest sequence.
    """

    def __init__(
        self,
        model: Any,
        tokenizer: PreTrainedTokenizerBase,
        packed: PackedScorer | None,
        batch_tokens: int,
        context_tokens: int,
    ) -> None:
        self._model = model
        self._tokenizer = tokenizer
        self._packed = packed
        self._batch_tokens = batch_tokens
        self._context_tokens = context_tokens
        self._grammars = Grammars(tokenizer, model.config.get_text_config().vocab_size)
        window = getattr(model.config.get_text_config(), "sliding_window", None)
        self.reuses = packed is not None and window is None
        """Whether it goes on behind what was read before."""
        takes = inspect.signature(model.forward).parameters
        self._cache_argument = "cache" if "cache" in takes else "past_key_values"

    def check(self, request: GenerateRequest) -> None:
        """Refuse what cannot be written.

        Raises:
            EngineError: The schema is none that can be obeyed.
        """
        if request.schema is not None:
            self._grammars.check(request.schema)

    def write(self, prefix: Tokens, rows: Sequence[Row]) -> list[Generation]:
        """Continue prompts.

        Args:
            prefix: Tokens that all prompts begin with; may be empty.
            rows: What stands behind it, and how each is to be continued.

        Returns:
            One text a prompt, in order.
        """
        written: dict[int, Generation] = {}
        for batch in self._batches(len(prefix), rows):
            texts = self._batch(prefix, [rows[number] for number in batch])
            written |= zip(batch, texts, strict=True)
        return [written[number] for number in range(len(rows))]

    def _batches(self, prefix: int, rows: Sequence[Row]) -> Iterator[list[int]]:
        """Put together what may write about equally much, within the token budget.

        A batch is run until its last row ends, so that the budget, which counts every row as long
        as the longest may become, also bounds what rows that ended before are run in vain. None may
        by that grow beyond the context.
        """
        batch: list[int] = []
        for index in sorted(
            range(len(rows)), key=lambda n: (rows[n].request.max_tokens, -len(rows[n].rest))
        ):
            limit = rows[index].request.max_tokens
            together = [rows[number] for number in [*batch, index]]
            longest = max(row.length for row in together) + limit
            run = max(len(row.rest) for row in together)
            is_full = len(together) * max(run, longest / KEPT_A_RUN) > self._batch_tokens
            if batch and (is_full or prefix + longest > self._context_tokens):
                yield batch
                batch = []
            batch.append(index)
        if batch:
            yield batch

    @torch.inference_mode()
    def _batch(self, prefix: Tokens, rows: Sequence[Row]) -> list[Generation]:
        requests = [row.request for row in rows]
        device = self._model.device
        tokens, real = (torch.tensor(one, device=device) for one in laid_out(prefix, rows))
        width = tokens.shape[1]
        ends = _ends(self._model)
        endings = [Ending(self._tokenizer, r.stop, r.max_tokens) for r in requests]
        stops = [self._stops(request) for request in requests]
        obedience = Obedience(self._grammars, [r.schema for r in requests], width, ends, stops)
        output = self._model.generate(
            tokens,
            attention_mask=real,
            **{self._cache_argument: self._cache(prefix, rows)},
            generation_config=GenerationConfig(  # type: ignore[no-untyped-call]
                do_sample=False,
                max_new_tokens=max(r.max_tokens for r in requests),
                eos_token_id=ends or None,
                pad_token_id=0,
                return_dict_in_generate=True,
                output_logits=True,
            ),
            logits_processor=LogitsProcessorList([obedience, Sampling(requests)]),
            stopping_criteria=StoppingCriteriaList([Stopping(endings, width)]),
        )
        new = output.sequences[:, width:]
        logprobs = torch.stack(output.logits, dim=1).float().log_softmax(dim=-1)
        picked = logprobs.gather(2, new[..., None])[..., 0].cpu().double()
        return [
            ending.generation(ids, values, ends)
            for ending, ids, values in zip(endings, new.tolist(), picked, strict=True)
        ]

    def _stops(self, request: GenerateRequest) -> list[int]:
        """Give the tokens that are a stop string as a whole."""
        encoded = [self._tokenizer.encode(one, add_special_tokens=False) for one in request.stop]
        return [ids[0] for ids in encoded if len(ids) == 1]

    def _cache(self, prefix: Tokens, rows: Sequence[Row]) -> DynamicCache | None:
        """Give the keys and values of what is known of the rows; None: all of it is run."""
        if self._packed is None or not self.reuses:
            return None
        layers = known_layers(self._packed.prefix(prefix) if prefix else {}, rows)
        return DynamicCache(layers) if layers else None


class Ending:
    """Where one text ends.

    Args:
        tokenizer: The model's tokenizer.
        stop: Strings before which it ends.
        limit: Tokens after which it ends at the latest.
    """

    def __init__(self, tokenizer: PreTrainedTokenizerBase, stop: Sequence[str], limit: int) -> None:
        self._tokenizer = tokenizer
        self._stop = stop
        self._limit = limit

    def is_reached(self, ids: list[int]) -> bool:
        """Tell whether a stop string was written, or so much as may be."""
        if len(ids) >= self._limit:
            return True
        return bool(self._stop) and self._end(self._text(ids)) is not None

    def generation(self, ids: list[int], logprobs: Tensor, ends: Sequence[int]) -> Generation:
        """Cut what was written at the limit, the end token, and the first of the stop strings."""
        ids = ids[: self._limit]
        count = next((place for place, token in enumerate(ids) if token in ends), len(ids))
        whole = self._text(ids[:count])
        end = self._end(whole)
        text = whole[:end]
        is_whole = count < len(ids) or end is not None
        if end is not None:
            count = next(n for n in range(count + 1) if len(self._text(ids[:n])) >= end)
        ends_at = tuple(min(len(self._text(ids[:n])), len(text)) for n in range(1, count + 1))
        return Generation(text, logprobs[:count].numpy(), is_whole, ends_at)

    def _end(self, text: str) -> int | None:
        return min((text.find(string) for string in self._stop if string in text), default=None)

    def _text(self, ids: list[int]) -> str:
        return str(self._tokenizer.decode(ids, skip_special_tokens=True))


class Stopping(StoppingCriteria):
    """Ends the rows whose text has come to its end.

    Args:
        endings: One a row.
        width: Tokens of the prompts.
    """

    def __init__(self, endings: Sequence[Ending], width: int) -> None:
        self._endings = endings
        self._width = width

    def __call__(self, input_ids: Tensor, _: Any, **kwargs: Any) -> Tensor:  # noqa: ARG002 - transformers' call
        """Tell which rows are done, shape (rows,)."""
        rows = input_ids[:, self._width :].tolist()
        done = [ending.is_reached(ids) for ending, ids in zip(self._endings, rows, strict=True)]
        return torch.tensor(done, dtype=torch.bool, device=input_ids.device)


def _ends(model: Any) -> list[int]:
    ends = model.generation_config.eos_token_id
    if ends is None:
        return []
    return list(ends) if isinstance(ends, list) else [ends]
