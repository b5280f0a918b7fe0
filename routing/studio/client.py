"""`Studio`: all that Tandem does with Label Studio, in one object."""

from routing.studio.annotations import Annotations
from routing.studio.backends import Backends
from routing.studio.predictions import Predictions
from routing.studio.tasks import Tasks
from routing.studio.users import Users
from routing.studio.views import Views


class Studio(Tasks, Predictions, Annotations, Views, Backends, Users):
    """A Label Studio, and at most one project of it.

    Every method raises StudioUnreachable where nothing answers or something else than Label
    Studio does, and StudioRefused where Label Studio says no; both tell the cause and a hint.
    """
