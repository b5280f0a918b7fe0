"""The one tree of errors: each names what is wrong, where, and how to fix it, in one line."""


class TandemError(Exception):
    """What a person is told when something fails: one line, with a hint.

    Args:
        what: What is wrong, without a full stop.
        where: The file, address, tag or task that it happened at.
        hint: What the reader can do about it, as an imperative.
    """

    def __init__(self, what: str, *, where: str | None = None, hint: str | None = None) -> None:
        self.what = what
        self.where = where
        self.hint = hint
        super().__init__(str(self))

    @property
    def lines(self) -> tuple[str, ...]:
        """What a person is told: a line for each thing that is wrong."""
        return (" ".join(str(self).split()),)

    def __str__(self) -> str:
        place = f" ({self.where})" if self.where else ""
        hint = f" {self.hint}" if self.hint else ""
        return f"{self.what}{place}.{hint}"


class SettingsError(TandemError):
    """The settings, a file that they name, or a command's arguments cannot be used."""


class LabelConfigError(TandemError):
    """The project's label config is broken, or holds nothing that Tandem can answer."""


class TaskError(TandemError):
    """One task cannot be read or answered; its neighbours can."""


class AnswerError(TandemError):
    """Regions that do not form an answer of the control that they are read for."""


class StudioUnreachable(TandemError):
    """Label Studio does not answer."""


class StudioRefused(TandemError):
    """Label Studio answered no: token, permission, SSRF rule, or an object that is gone."""


class BackendUnreachable(TandemError):
    """The ML backend does not answer, is still loading, or refuses the credentials."""


class ForeignLedger(TandemError):
    """The project is kept by another ledger than the one that was opened."""


class LedgerError(TandemError):
    """The ledger's database is away, full, damaged, or may not be written."""


class Busy(TandemError):
    """Another process is at work on the project; asking again later helps."""


class EngineError(TandemError):
    """The model cannot be loaded, or cannot answer."""


class NotEnoughVotes(TandemError):
    """There are too few answers for the statistic that was asked for."""
