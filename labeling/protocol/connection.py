"""`POST /setup` and `/webhook`: what Label Studio itself tells the service."""

from pydantic import Field

from labeling.protocol.body import Body, ConfigText, ProjectId, ProjectWithin


class SetupRequest(Body):
    """`POST /setup`: Label Studio connects a project, or asks for the version."""

    project: ProjectId = None
    label_config: ConfigText = Field(alias="schema")


class SetupResponse(Body):
    """How a project is answered now.

    Attributes:
        model_version: The model version that answers.
        training_wanted: Whether *Start training* was asked for since the project last taught.
    """

    model_version: str
    training_wanted: bool = False


class WebhookRequest(Body):
    """`POST /webhook`: something happened in Label Studio."""

    action: str = Field(max_length=100)
    project: ProjectWithin = None


class WebhookResponse(Body):
    """A webhook was taken note of."""

    status: str = "noted"
    action: str
