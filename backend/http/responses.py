"""Bodies of the contract, as Flask's responses."""

from flask import Response, jsonify

from labeling.protocol.body import Body


def response_of(body: Body) -> Response:
    """Write a body; errors that there are none of are left out."""
    unknown = {name for name in ("error", "embedding_error") if getattr(body, name, "") is None}
    return jsonify(body.model_dump(mode="json", exclude=unknown))
