"""Projects, and which Label Studio holds them."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import count
from typing import Any

from routing.studio.connection import Connection
from routing.studio.error_mapping import not_label_studio
from routing.studio.models import StudioProject, StudioVersion
from routing.studio.reading import plain, project_of

PAGE = 100

LONGEST_TITLE = 50
"""Characters that a project's title may have."""


class Projects(Connection):
    """The part of `Studio` that is about the server and its projects."""

    def version(self) -> StudioVersion:
        """Return which Label Studio answers.

        No key is needed, so a wrong address can be told from a wrong key.
        """
        with self.asking() as api:
            answer = plain(api.versions.get())
        if not answer.get("release"):
            raise not_label_studio(self.url)
        community = str(answer.get("edition") or "community").lower() == "community"
        return StudioVersion(answer["release"], "community" if community else "enterprise")

    def projects(self) -> list[StudioProject]:
        """List the projects that this user sees, newest first."""
        return [project_of(one) for one in self._listed()]

    def descriptions(self) -> dict[int, str]:
        """Read the descriptions of the projects that this user sees, by id."""
        listed = self._listed(include="id,description")
        return {one["id"]: one["description"] or "" for one in listed}

    def project(self) -> StudioProject:
        """Read the project with its counters, which tell whether something changed."""
        with self.asking() as api:
            return project_of(plain(api.projects.get(id=self.project_id)))

    def projects_of(self, ids: Sequence[int]) -> dict[int, StudioProject]:
        """Read some projects with their counters, which tell whether something changed.

        Args:
            ids: Label Studio's ids.

        Returns:
            The projects, by id.

        Raises:
            StudioRefused: One of them is not there.
        """
        listed = self._listed(ids=",".join(map(str, ids)))
        found = {one.id: one for one in map(project_of, listed)}
        missing = [one for one in ids if one not in found]
        # Asking for one that is missing says in Label Studio's own way why.
        return found | {one: self.beside(one).project() for one in missing}

    def create_project(
        self,
        title: str,
        label_config: str,
        instruction: str = "",
        description: str = "",
        page_settings: Mapping[str, Any] | None = None,
    ) -> StudioProject:
        """Create a project; the title needs 3 characters, and has room for `LONGEST_TITLE`.

        Args:
            title: Its title.
            label_config: What it asks.
            instruction: What annotators are told.
            description: What stands below the title.
            page_settings: See `StudioProject`; None: Label Studio's defaults.

        Returns:
            The project.
        """
        with self.asking() as api:
            created = api.projects.create(
                title=title,
                label_config=label_config,
                expert_instruction=instruction,
                description=description,
                **(page_settings or {}),
            )
            return project_of(plain(api.projects.get(id=plain(created)["id"])))

    def export_json(self) -> bytes:
        """Export all tasks with all annotations, skipped ones too, in Label Studio's own JSON."""
        with self.asking() as api:
            parts = api.projects.exports.download_sync(
                id=self.project_id, export_type="JSON", download_all_tasks=True
            )
            return b"".join(parts)

    def delete_project(self) -> None:
        """Delete the project with all that it holds; one that is gone already is no fault."""
        with self.asking() as api, self.unless_gone():
            api.projects.delete(id=self.project_id)

    def update_project(self, **changes: Any) -> None:
        """Change the project's fields, by Label Studio's own names.

        A `model_version` is refused unless it is the version of a stored prediction or the title
        of a connected ML backend: import first, then name it.
        """
        with self.asking() as api:
            api.projects.update(id=self.project_id, **changes)

    def _listed(self, **parameters: object) -> Iterator[dict[str, Any]]:
        """List projects page by page; the SDK would ask for a page more, which is empty."""
        for page in count(1):
            answer = self.get_json(
                "api/projects/", "results", page=page, page_size=PAGE, **parameters
            )
            yield from answer["results"]
            if not answer.get("next"):
                return


def marked_by(descriptions: Mapping[int, str], line: str) -> int | None:
    """Find the project whose description holds a line; of several, the oldest.

    Args:
        descriptions: Of all projects, by id.
        line: The whole line.

    Returns:
        Label Studio's id of it; None: there is none.
    """
    marked = (one for one, text in descriptions.items() if line in text.splitlines())
    return min(marked, default=None)
