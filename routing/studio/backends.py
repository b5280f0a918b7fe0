"""What Label Studio calls by itself: the project's ML backends and webhooks."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import httpx
from label_studio_sdk.core.api_error import ApiError

from routing.studio.models import StudioBackend, StudioWebhook
from routing.studio.projects import Projects
from routing.studio.reading import backend_of, plain, webhook_of


class Backends(Projects):
    """The part of `Studio` that is about ML backends and webhooks."""

    def backends(self) -> list[StudioBackend]:
        """List the project's ML backends."""
        with self.asking() as api:
            return [backend_of(plain(one)) for one in api.ml.list(project=self.project_id)]

    def save_backend(
        self,
        url: str,
        title: str,
        credentials: tuple[str, str] | None = None,
        backend_id: int | None = None,
    ) -> StudioBackend:
        """Connect the project to an ML backend, or change the connection.

        Label Studio asks the backend's `/health` and `/setup` before it answers, and makes the
        title the project's `model_version`.

        Args:
            url: How Label Studio reaches the backend.
            title: The backend's name; keep it the model version that predictions carry.
            credentials: User and password of Basic auth; None: what the connection has, a new
                one none.
            backend_id: The connection to change; None: the one to this address, else a new one,
                since a refused attempt may have left one behind.

        Returns:
            The connection as Label Studio has it then.
        """
        if backend_id is None:
            backend_id = next((one.id for one in self.backends() if one.url == url), None)
        # Naming no auth, rather than leaving it out, is a 500 when a connection is created.
        auth: dict[str, Any] = {}
        if credentials:
            auth["auth_method"] = "BASIC_AUTH"
            auth["basic_auth_user"], auth["basic_auth_pass"] = credentials
        with self.asking() as api:
            if backend_id is None:
                saved = api.ml.create(project=self.project_id, url=url, title=title, **auth)
            else:
                saved = api.ml.update(
                    id=backend_id, project=self.project_id, url=url, title=title, **auth
                )
            return backend_of(plain(saved))

    def delete_backend(self, backend: int) -> None:
        """Disconnect an ML backend; one that is gone already is no fault.

        Label Studio leaves a webhook with headers. That it empties the project's `model_version`
        is read back: under load it was seen to keep it.
        """
        titles = {one.title for one in self.backends() if one.id == backend}
        with self.asking() as api, self.unless_gone():
            api.ml.delete(id=backend)
        if self.project().model_version in titles:
            self.update_project(model_version="")

    def judge_address(self, url: str) -> bool:
        """Ask Label Studio whether it would call an ML backend; stores and calls nothing.

        Both requests lack what Label Studio wants, a user and an action that there is, so that
        none is carried out; but it judges the address first.

        Returns:
            Whether it would tell the address of events too: it takes no webhook to a host that
            has no dot, such as `backend`, and says nothing of it when it connects one.

        Raises:
            StudioRefused: Its SSRF protection blocks the address, or it cannot be resolved.
        """
        with self.asking() as api:
            with _unless_invalid():
                made = api.ml.create(project=self.project_id, url=url, auth_method="BASIC_AUTH")
                api.ml.delete(id=plain(made)["id"])
            with _unless_invalid() as problems:
                hook = api.webhooks.create(
                    project=self.project_id,
                    url=f"{url.rstrip('/')}/webhook",
                    actions=["NO_ACTION"],
                    is_active=False,
                )
                api.webhooks.delete(id=plain(hook)["id"])
        return "url" not in problems

    def webhooks(self) -> list[StudioWebhook]:
        """List the project's webhooks."""
        with self.asking() as api:
            hooks = api.webhooks.list(project=str(self.project_id))
        return [webhook_of(plain(one)) for one in hooks]

    def save_webhook(self, url: str, headers: Mapping[str, str]) -> StudioWebhook:
        """Have every action on the project sent to an address, with these headers.

        The hook that is there for the address gets the headers: the one that Label Studio makes
        for an ML backend carries no credentials by itself.

        Args:
            url: The address.
            headers: HTTP headers, by name.

        Returns:
            The webhook.
        """
        known = next((one for one in self.webhooks() if one.url == url), None)
        wanted = {"headers": dict(headers), "send_payload": True, "send_for_all_actions": True}
        with self.asking() as api:
            if known is None:
                saved = api.webhooks.create(url=url, project=self.project_id, **wanted)
            else:
                saved = api.webhooks.update(id=known.id, url=url, **wanted)
        return StudioWebhook(plain(saved)["id"] if known is None else known.id, url, dict(headers))

    def delete_webhook(self, webhook: int) -> None:
        """Delete a webhook; one that is gone already is no fault."""
        with self.asking() as api, self.unless_gone():
            api.webhooks.delete(id=webhook)


@contextmanager
def _unless_invalid() -> Iterator[dict[str, Any]]:
    """Let pass that Label Studio finds a request invalid; lends what fills with its reasons."""
    problems: dict[str, Any] = {}
    try:
        yield problems
    except ApiError as error:
        if error.status_code != httpx.codes.BAD_REQUEST:
            raise
        if isinstance(error.body, dict):
            problems.update(error.body.get("validation_errors") or {})
