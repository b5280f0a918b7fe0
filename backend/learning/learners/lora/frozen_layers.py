"""The layers below an adapter: what they make of a text never changes, so it is computed once.

Their output is kept across epochs, trials and folds. On a CPU that is most of the work of training.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor

from backend.engines.transformers.scoring.attention import packed_attention
from backend.engines.transformers.scoring.packing import ScoringItem
from backend.engines.transformers.tokens import Tokens
from backend.learning.learners.lora.packed_pass import TrainingPass, run
from backend.learning.learners.lora.targets import decoder_layers

_Key = tuple[Tokens, Tokens, bytes, bytes]


class _ReachedError(Exception):
    """Carries what the lowest adapted layer would have been given."""

    def __init__(self, states: Tensor) -> None:
        super().__init__()
        self.states = states


class FrozenLayers:
    """The layers of a model below the first one that is adapted.

    Args:
        model: A causal model of transformers.
        first: The lowest adapted layer, counted from 0.
        limit: Bytes of their output that may be kept; what is beyond is computed anew.
    """

    def __init__(self, model: Any, first: int, limit: int) -> None:
        self._model = model
        self._layers = decoder_layers(model)
        self._first = first
        self._limit = limit
        self._kept: dict[_Key, Tensor] = {}
        self.size = 0
        """Bytes that are kept."""

    @contextmanager
    def skipped(self, prefix: Tokens, items: Sequence[ScoringItem]) -> Iterator[None]:
        """Let the model begin at the first adapted layer, from what is known of the rest.

        Args:
            prefix: Tokens that all items follow; may be empty.
            items: The items, in the order of the pass.

        Yields:
            Nothing; a pass over them begins there while the block runs.
        """
        if self._first == 0:
            yield
            return
        states = self._states(prefix, items)
        lower = list(self._layers[: self._first])
        hook = self._layers[self._first].register_forward_pre_hook(
            lambda _, args, named: _replaced(args, named, states[None]), with_kwargs=True
        )
        try:
            for layer in lower:
                layer.forward = _passed_on
            yield
        finally:
            hook.remove()
            for layer in lower:
                del layer.forward

    def _states(self, prefix: Tokens, items: Sequence[ScoringItem]) -> Tensor:
        """Return what the first adapted layer is given, shape (flat, hidden size)."""
        keys = [_key(prefix, item) for item in items]
        needed = dict(zip(keys, items, strict=True))
        missing = {key: item for key, item in needed.items() if key not in self._kept}
        start = (prefix, (), b"", b"")
        found = {key: self._kept[key] for key in (start, *keys) if key in self._kept}
        if missing or start not in found:
            run_for = missing or {keys[0]: items[0]}
            fresh = self._computed(prefix, list(run_for.values()))
            found |= zip((start, *run_for), fresh, strict=True)
        for key, states in found.items():
            self._keep(key, states)
        own = list(zip((found[key] for key in keys), map(_length, items), strict=True))
        flat = [found[start], *(s[:end] for s, end in own), *(s[end:] for s, end in own)]
        return torch.cat(flat).to(self._model.device)

    def _keep(self, key: _Key, states: Tensor) -> None:
        if key not in self._kept and self.size + states.nbytes <= self._limit:
            self._kept[key] = states
            self.size += states.nbytes

    @torch.no_grad()
    def _computed(self, prefix: Tokens, items: Sequence[ScoringItem]) -> list[Tensor]:
        """Run the frozen layers: the prefix's states, then each item's, its labels' behind it."""
        order = sorted(range(len(items)), key=lambda n: (len(items[n].tokens), id(items[n].trie)))
        laid = [items[number] for number in order]
        this = TrainingPass.of(prefix, laid, self._model.device)

        def stop(_: Any, args: Any, named: Any) -> None:
            raise _ReachedError(args[0] if args else named["hidden_states"])

        hook = self._layers[self._first].register_forward_pre_hook(stop, with_kwargs=True)
        try:
            with packed_attention(self._model, this):
                run(self._model, this)
            raise AssertionError("the model does not run its layers")
        except _ReachedError as reached:
            states = reached.states[0]
        finally:
            hook.remove()
        sizes = [len(item.tokens) for item in laid] + [len(item.trie.tokens) for item in laid]
        own = torch.split(states[this.start :], sizes)
        found = {
            number: torch.cat([own[place], own[len(laid) + place]])
            for place, number in enumerate(order)
        }
        return [states[: this.start].clone(), *(found[n] for n in range(len(items)))]


def _length(item: ScoringItem) -> int:
    return len(item.tokens)


def _key(prefix: Tokens, item: ScoringItem) -> _Key:
    return prefix, item.tokens, item.trie.tokens.tobytes(), item.trie.ancestors.tobytes()


def _passed_on(hidden_states: Tensor, *_: Any, **__: Any) -> Tensor:
    """Stand in for a layer whose output is known."""
    return hidden_states


def _replaced(args: Any, named: Any, states: Tensor) -> tuple[Any, Any]:
    """Give a layer other states than it was called with."""
    if args:
        return (states, *args[1:]), named
    return args, {**named, "hidden_states": states}
