"""The ways of scoring labels that the scoring benchmark compares, each in a process of its own.

    python -m bench.contenders NAME < WORK.json

NAME is `ours`, `alone`, `naive`, `lm_eval` or `llama_cpp`. All read the bundled model from disk,
are timed from the loaded model on, and print one object: `items`, `seconds`, `memory_mb` (the
process's peak), `scores` of the first texts, and what each has to add.
"""

import json
import os
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import torch
from transformers import AutoModelForCausalLM, AutoTokenizer

from backend import engines
from backend.engines import Prompt, Request, Scored, bundled
from backend.engines.transformers import TransformersEngine
from backend.engines.transformers.encoding.encoded import EncodedPrompt, group_prefix
from backend.engines.transformers.scoring.trie import trie_of
from bench.llama_server import MODEL, LlamaServer
from bench.scoring_work import ScoringWork
from labeling.settings.model_sections import ModelSettings, ServerSettings
from labeling.settings.settings import Settings

Outcome = dict[str, Any]

_COMPARED = 4
"""Texts whose scores are handed back."""

_LLAMA_SLOTS = 4
"""Requests that llama.cpp's server answers at one time."""

_LM_EVAL_BATCH = 16
"""Sequences of one batch of lm-evaluation-harness: of 1, 4, 16 and 64 the fastest here."""


def ours(work: ScoringWork) -> Outcome:
    """Score by the transformers engine; the prefix is run within the time."""
    engine = _engine()
    started = time.perf_counter()
    scored = engine.loglikelihood(_requests(work))
    seconds = time.perf_counter() - started
    scores = [one.loglikelihoods for one in scored if isinstance(one, Scored)]
    return {**_told(work, seconds, scores), "flops": _flops(engine, work)}


def alone(work: ScoringWork) -> Outcome:
    """Score one text whose prefix is known, beside a bare forward pass over its own tokens."""
    engine = _engine()
    [request] = _requests(work)[:1]
    [scored] = engine.loglikelihood([request])
    encoded = engine._encoder.encode(request.context, request.continuations)
    own = torch.tensor([encoded.context[len(group_prefix([encoded])) :]])

    def bare() -> None:
        with torch.inference_mode():
            engine._model(input_ids=own, use_cache=False, logits_to_keep=1)

    seconds = _fastest(lambda: engine.loglikelihood([request]))
    scores = [scored.loglikelihoods] if isinstance(scored, Scored) else []
    return {**_told(work, seconds, scores), "bare_seconds": _fastest(bare)}


def naive(work: ScoringWork) -> Outcome:
    """Score by a plain loop over transformers: every text with every label, from the beginning."""
    folder = bundled.converted_folder()
    tokenizer = AutoTokenizer.from_pretrained(folder)
    model: Any = AutoModelForCausalLM.from_pretrained(folder)
    model.eval()
    scores = []
    started = time.perf_counter()
    for text in work.texts:
        context = work.before + text + work.after
        known = len(tokenizer(context).input_ids)
        sums = []
        for label in work.labels:
            ids = tokenizer(context + label, return_tensors="pt").input_ids
            with torch.inference_mode():
                logprobs = model(ids).logits.log_softmax(dim=-1)
            picked = logprobs[0, known - 1 : -1].gather(1, ids[0, known:, None])
            sums.append(float(picked.sum()))
        scores.append(np.array(sums))
    return _told(work, time.perf_counter() - started, scores)


def lm_eval(work: ScoringWork) -> Outcome:
    """Score by lm-evaluation-harness 0.4.13, as its multiple-choice tasks do."""
    from lm_eval.api.instance import Instance  # type: ignore[import-not-found]
    from lm_eval.models.huggingface import HFLM  # type: ignore[import-not-found]

    folder = bundled.converted_folder()
    model = HFLM(pretrained=str(folder), device="cpu", dtype="float32", batch_size=_LM_EVAL_BATCH)
    asked = [
        Instance("loglikelihood", {}, (work.before + text + work.after, label), index)
        for index, text in enumerate(work.texts)
        for label in work.labels
    ]
    started = time.perf_counter()
    answers = model.loglikelihood(asked, disable_tqdm=True)
    seconds = time.perf_counter() - started
    sums = np.array([answer[0] for answer in answers]).reshape(len(work.texts), -1)
    return _told(work, seconds, list(sums))


def llama_cpp(work: ScoringWork) -> Outcome:
    """Score by llama.cpp's server with the 4-bit weights, which has seen the prefix before."""
    first, *rest = _requests(work)
    warm = Request(Prompt(work.before, "Anything.", work.after), first.continuations)
    with LlamaServer(threads=os.cpu_count() or 1) as server, TemporaryDirectory() as folder:
        told = ServerSettings(url=server.url, concurrency=_LLAMA_SLOTS)
        named = ModelSettings(engine="openai", name=MODEL)
        engine = engines.load(Settings(data_dir=Path(folder), model=named, server=told))
        engine.loglikelihood([warm] * _LLAMA_SLOTS)
        started = time.perf_counter()
        scored = engine.loglikelihood([first, *rest])
        seconds = time.perf_counter() - started
        engine.close()
    return _told(work, seconds, [s.loglikelihoods for s in scored if isinstance(s, Scored)])


def _engine() -> TransformersEngine:
    engine = engines.load(Settings())
    if not isinstance(engine, TransformersEngine):
        raise TypeError("The bundled model runs on the transformers engine")
    return engine


def _requests(work: ScoringWork) -> list[Request]:
    return [Request(Prompt(work.before, text, work.after), work.labels) for text in work.texts]


def _told(work: ScoringWork, seconds: float, scores: list[Any]) -> Outcome:
    return {
        "items": len(work.texts),
        "seconds": seconds,
        "memory_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "scores": [array.tolist() for array in scores[:_COMPARED]],
    }


def _flops(engine: TransformersEngine, work: ScoringWork) -> float:
    """Count what the model cannot do without: two a weight and token, and attention's products.

    The prefix is counted once, each text and each inner node of the labels' tree once, and the
    output layer once a prediction.
    """
    model = engine._model
    config = model.config.get_text_config()
    head = model.get_output_embeddings()
    layers = [m for m in model.modules() if isinstance(m, torch.nn.Linear) and m is not head]
    linear = 2 * sum(layer.weight.numel() for layer in layers)
    width = config.num_attention_heads * config.head_dim * config.num_hidden_layers
    found = engine._encoder.encode_all([(r.context, r.continuations) for r in _requests(work)])
    encoded = [one for one in found if isinstance(one, EncodedPrompt)]
    prefix = len(group_prefix(encoded))
    total = prefix * (linear + 4 * width * prefix / 2)
    for one in encoded:
        own, depths = len(one.context) - prefix, trie_of(one.continuations).depth
        seen = own * (prefix + own / 2) + (prefix + own + depths).sum()
        total += (own + len(depths)) * linear + 4 * width * seen
        total += 2 * (1 + len(depths)) * head.weight.numel()
    return float(total)


def _fastest(call: Callable[[], object], times: int = 7) -> float:
    seconds = []
    for _ in range(times):
        started = time.perf_counter()
        call()
        seconds.append(time.perf_counter() - started)
    return min(seconds)


CONTENDERS: dict[str, Callable[[ScoringWork], Outcome]] = {
    "ours": ours,
    "alone": alone,
    "naive": naive,
    "lm_eval": lm_eval,
    "llama_cpp": llama_cpp,
}

if __name__ == "__main__":
    given = json.load(sys.stdin)
    asked = ScoringWork(
        given["before"], tuple(given["texts"]), given["after"], tuple(given["labels"])
    )
    print(json.dumps(CONTENDERS[sys.argv[1]](asked)))
