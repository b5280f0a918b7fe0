"""The transformers engine: any causal model of the Hub or a folder, on CUDA, MPS or the CPU.

Requests become tokens (`encoding`). To be scored, labels become a tree (`scoring.trie`) and items
one flat sequence (`scoring.packing`), which runs behind the prefix that all share
(`cache.prefix_cache`) under an attention of its own (`scoring.attention`); models that do not allow
that run plainly (`scoring.plain`). Texts are written in batches (`generation`). Each package knows
those before it alone: `tokens`, `cache`, `encoding`, `scoring`, `generation`.
"""

from backend.engines.transformers.engine import TransformersEngine, load

__all__ = ["TransformersEngine", "load"]
