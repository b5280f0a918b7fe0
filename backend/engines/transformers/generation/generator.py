"""Texts, written in batches: greedy or sampled, free or under a schema, with log-probabilities."""

import inspect
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import torch
from torch import Tensor
from torch.nn.functional import pad
from transformers import (
    DynamicCache,
    GenerationConfig,
    LogitsProcessorList,
    PreTrainedTokenizerBase,
    StoppingCriteria,
    StoppingCriteriaList,
)

from backend.engines.base import GenerateRequest, Generation
from backend.engines.transformers.cache.preallocated_kv import preallocated_cache
from backend.engines.transformers.generation.batch_rows import PromptRow, known_layers, laid_out
from backend.engines.transformers.generation.grammar import SchemaGrammars
from backend.engines.transformers.generation.sampling import GumbelSampling, SchemaConstraint
from backend.engines.transformers.generation.sequence import GeneratedSequence
from backend.engines.transformers.scoring.packed import PackedScorer
from backend.engines.transformers.tokens import Tokens

KEPT_PER_RUN = 4
"""Tokens whose keys and values are kept for a row at the cost of one that is run."""


class BatchedGenerator:
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
        self._grammars = SchemaGrammars(tokenizer, model.config.get_text_config().vocab_size)
        window = getattr(model.config.get_text_config(), "sliding_window", None)
        self.reuses = packed is not None and window is None
        """Whether it goes on behind what was read before."""
        takes = inspect.signature(model.forward).parameters
        self._cache_argument = "cache" if "cache" in takes else "past_key_values"

    def check(self, request: GenerateRequest) -> None:
        """Refuse what cannot be written.

        Raises:
            EngineError: The schema is none that can be followed.
        """
        if request.schema is not None:
            self._grammars.check(request.schema)

    def generate(self, prefix: Tokens, rows: Sequence[PromptRow]) -> list[Generation]:
        """Continue prompts.

        Args:
            prefix: Tokens that all prompts begin with; may be empty.
            rows: What stands behind it, and how each is to be continued.

        Returns:
            One text per prompt, in order.
        """
        if not self.reuses:
            # Filling within a prompt would stand within a sliding window.
            rows = [replace(row, rest=(*prefix, *row.rest)) for row in rows]
            prefix = ()
        written: dict[int, Generation] = {}
        for batch in self._batches(len(prefix), rows):
            texts = self._batch(prefix, [rows[number] for number in batch])
            written |= zip(batch, texts, strict=True)
        return [written[number] for number in range(len(rows))]

    def _batches(self, prefix: int, rows: Sequence[PromptRow]) -> Iterator[list[int]]:
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
            is_full = len(together) * max(run, longest / KEPT_PER_RUN) > self._batch_tokens
            if batch and (is_full or prefix + longest > self._context_tokens):
                yield batch
                batch = []
            batch.append(index)
        if batch:
            yield batch

    @torch.inference_mode()
    def _batch(self, prefix: Tokens, rows: Sequence[PromptRow]) -> list[Generation]:
        """Write one batch, in rounds: each ends as soon as half of its texts have ended.

        So that those that go on do not carry the ended ones along.
        """
        ends, device = _ends(self._model), self._model.device
        sequences = [
            GeneratedSequence(row.request, self._tokenizer, self._grammars, ends) for row in rows
        ]
        tokens, real = (torch.tensor(one, device=device) for one in laid_out(prefix, rows))
        cache: Any = self._cache(prefix, rows)
        width, going = tokens.shape[1], sequences
        while going:
            output = self._model.generate(
                tokens,
                attention_mask=real,
                **{self._cache_argument: cache},
                generation_config=GenerationConfig(  # type: ignore[no-untyped-call]
                    do_sample=False,
                    max_new_tokens=max(sequence.left for sequence in going),
                    eos_token_id=ends or None,
                    pad_token_id=0,
                    return_dict_in_generate=True,
                    output_logits=True,
                ),
                logits_processor=LogitsProcessorList(
                    [SchemaConstraint(going, width, ends), GumbelSampling(going)]
                ),
                stopping_criteria=StoppingCriteriaList(
                    [RoundStopping(going, width, in_rounds=self.reuses)]
                ),
            )
            _go_on(going, output.sequences[:, tokens.shape[1] :], output.logits)
            left = [n for n, sequence in enumerate(going) if not sequence.ends_with(sequence.ids)]
            going = [going[number] for number in left]
            if going:
                tokens, cache = output.sequences[left], getattr(output, self._cache_argument)
                cache.batch_select_indices(torch.tensor(left, device=device))
                real = pad(real[left], (0, tokens.shape[1] - real.shape[1]), value=1)
        return [sequence.generation() for sequence in sequences]

    def _cache(self, prefix: Tokens, rows: Sequence[PromptRow]) -> DynamicCache | None:
        """Return the keys and values of what is known of the rows; None: all of it is run."""
        if self._packed is None or not self.reuses:
            return None
        layers = known_layers(self._packed.prefix(prefix) if prefix else {}, rows)
        return preallocated_cache(layers) if layers else None


class RoundStopping(StoppingCriteria):
    """Ends a round of writing.

    Args:
        sequences: The texts, one per row.
        width: Tokens of the prompts.
        in_rounds: Whether it ends as soon as half of the texts do, rather than when all do.
    """

    def __init__(
        self, sequences: Sequence[GeneratedSequence], width: int, *, in_rounds: bool
    ) -> None:
        self._sequences = sequences
        self._width = width
        self._in_rounds = in_rounds

    def __call__(self, input_ids: Tensor, _: Any, **kwargs: Any) -> Tensor:  # noqa: ARG002 - transformers' call
        """Compute which rows are done, shape (rows,); all of them where the round is."""
        rows = input_ids[:, self._width :].tolist()
        done = [
            sequence.ends_with(ids) for sequence, ids in zip(self._sequences, rows, strict=True)
        ]
        is_over = self._in_rounds and 2 * sum(done) >= len(done)
        return torch.tensor([is_over or one for one in done], device=input_ids.device)


def _go_on(sequences: Sequence[GeneratedSequence], new: Tensor, logits: Sequence[Tensor]) -> None:
    """Add new tokens, shape (rows, tokens), with their free probabilities, to the texts."""
    logprobs = torch.stack([*logits], dim=1).float().log_softmax(dim=-1)
    picked = logprobs.gather(2, new[..., None])[..., 0].cpu().double()
    for sequence, ids, values in zip(sequences, new.tolist(), picked.tolist(), strict=True):
        sequence.add(ids, values)


def _ends(model: Any) -> list[int]:
    ends = model.generation_config.eos_token_id
    if ends is None:
        return []
    return list(ends) if isinstance(ends, list) else [ends]
