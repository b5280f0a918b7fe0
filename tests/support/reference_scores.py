"""What the tests hold the engine against: one unpadded forward pass a label, nothing kept."""

from collections.abc import Sequence
from itertools import takewhile

import numpy as np
import torch
from numpy.typing import NDArray

from backend.engines import Engine, GenerateRequest, Generation, Request, Scored
from backend.engines.transformers import TransformersEngine


def scores_of(engine: Engine, requests: Sequence[Request]) -> list[NDArray[np.float64]]:
    return [one.loglikelihoods for one in scored_by(engine, requests)]


def scored_by(engine: Engine, requests: Sequence[Request]) -> list[Scored]:
    scored = engine.loglikelihood(requests)
    return [one for one in scored if isinstance(one, Scored)]


def generated_by(engine: Engine, requests: Sequence[GenerateRequest]) -> list[Generation]:
    written = engine.generate(requests)
    return [one for one in written if isinstance(one, Generation)]


def unbatched(engine: TransformersEngine, request: Request) -> NDArray[np.float64]:
    """Score one label at a time: one sequence, no padding, no cache."""
    tokenizer, model = engine.tokenizer, engine._model
    prompt = request.context
    context = prompt.before + prompt.text + prompt.after
    alone = tokenizer(context).input_ids
    joint = [tokenizer(context + label).input_ids for label in request.continuations]
    columns = zip(alone, *joint, strict=False)
    shared = sum(1 for _ in takewhile(lambda column: len(set(column)) == 1, columns))
    sums = []
    for ids in joint:
        with torch.inference_mode():
            logits = model(input_ids=torch.tensor([ids]), use_cache=False).logits
        logprobs = logits[0].float().log_softmax(dim=-1)
        sums.append(sum(float(logprobs[i - 1, ids[i]]) for i in range(shared, len(ids))))
    return np.array(sums)
