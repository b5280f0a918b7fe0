"""The transformers engine: any causal model of the Hub or a folder, on CUDA, MPS or the CPU.

Requests become tokens (`encoding`), labels a tree (`trie`), items one flat sequence (`packing`),
which runs behind the prefix that all share (`prefixes`) under an attention of its own
(`attention`, `packed`); models that do not allow that run plainly (`plain`).
"""

from backend.engines.transformers.engine import TransformersEngine, load

__all__ = ["TransformersEngine", "load"]
