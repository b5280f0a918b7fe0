"""What goes wrong, as responses: a status, and one line that says what is wrong."""

import logging

from flask import Flask, Response
from werkzeug.exceptions import HTTPException

from backend.http.body_input import BadFraming
from backend.http.limits import TooLarge
from backend.http.requests import BadBody, CompressedBody, LateBody
from backend.http.responses import response_of
from backend.runtime.retry_later import RetryLater
from labeling.errors import EngineError, LabelConfigError, SettingsError, TandemError
from labeling.logs.safe_trace import trace
from labeling.protocol.body import ErrorResponse

logger = logging.getLogger(__name__)

_STATUS: dict[type[TandemError], int] = {
    BadBody: 400,
    BadFraming: 400,
    LateBody: 408,
    TooLarge: 413,
    CompressedBody: 415,
    LabelConfigError: 400,
    SettingsError: 422,
    RetryLater: 503,
    EngineError: 502,
}
"""The HTTP status of each error; a model that cannot be loaded is a bad gateway's, for good."""


def add_error_handlers(app: Flask) -> None:
    """Let every error be answered in JSON; of what was not foreseen the log alone says all."""

    @app.errorhandler(TandemError)
    def refuse(error: TandemError) -> Response:
        status = next((code for kind, code in _STATUS.items() if isinstance(error, kind)), 400)
        answer = _error(str(error), status)
        if isinstance(error, RetryLater):
            answer.headers["Retry-After"] = str(error.retry_after)
        return answer

    @app.errorhandler(HTTPException)
    def explain(error: HTTPException) -> Response:
        return _error(error.description or error.name, error.code or 500)

    @app.errorhandler(Exception)
    def apologise(error: Exception) -> Response:
        logger.error("A request failed: %s", trace(error))
        return _error(f"The backend failed: {type(error).__name__}; its log says more.", 500)


def _error(message: str, status: int) -> Response:
    answer = response_of(ErrorResponse(error=message))
    answer.status_code = status
    return answer
