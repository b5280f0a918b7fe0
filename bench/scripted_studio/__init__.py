"""A Label Studio in memory, over HTTP: what the controller asks of one, and nothing else.

It answers as the real one does as far as the controller relies on it: the same calls through
`routing.studio.Studio` give the same records of both. It calls nobody by itself: no webhook, no ML
backend. What it holds is small enough for a million tasks.
"""
