"""How probable labels that nobody checked are wrong, once audits of others have told."""

from collections.abc import Sequence

from labeling.mathtypes import Floats
from routing.guarantee.audit_test import AuditEvent

HIGHEST_ERROR = 1 / 3
"""The model keeps a certified label that is at least twice as probably right as wrong."""

PRIOR_ERRORS = 5.0
"""Errors, as many expected as found, that audits are shrunk by: a few of them tell little."""


def audited_errors(errors: Floats, checked: Sequence[AuditEvent]) -> Floats:
    """Return predicted errors, all scaled as audits found more of them or fewer than predicted.

    Args:
        errors: Predicted probability that each frozen label is wrong, shape (items,).
        checked: What people said; those audits count that they could answer.

    Returns:
        How probable each label is wrong if nobody checked it, shape (items,), in [0, 1].
    """
    audits = [one for one in checked if one.kind == "audit" and one.is_wrong is not None]
    expected = float(errors[[one.item for one in audits]].sum())
    found = sum(bool(one.is_wrong) for one in audits)
    scaled: Floats = (errors * (found + PRIOR_ERRORS) / (expected + PRIOR_ERRORS)).clip(0, 1)
    return scaled
