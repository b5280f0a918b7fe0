"""Texts that seem to hold personal data do not pass: a model may repeat what it was trained on.

The detector is simple on purpose: it finds what has a form of its own (e-mail addresses, telephone
numbers, payment cards and bank accounts whose check digits are right, addresses of machines). Names
and places it does not find.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from backend.synthesis.gates.base import Gate, RealTexts, Verdict
from backend.synthesis.synthetic_texts import SyntheticTexts

_EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_PHONE = re.compile(r"(?<![\w.])\+?\(?\d{1,4}\)?(?:[ \-./]?\(?\d{2,4}\)?){2,5}(?![\w.]?\d)")
_CARD = re.compile(r"(?<!\d)\d(?:[ -]?\d){12,18}(?!\d)")
_ACCOUNT = re.compile(r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?\b")
_MACHINE = re.compile(r"(?<![\d.])(?:\d{1,3}\.){3}\d{1,3}(?![\d.])")

PHONE_DIGITS = (9, 15)
"""Digits of what may be a telephone number: fewer are years and prices, more than the standard
E.164 allows are none."""


@dataclass(frozen=True, slots=True)
class PersonalData(Gate):
    """Refuses texts in which personal data are found."""

    name: ClassVar[str] = "personal data"

    def judge(self, synthetic: SyntheticTexts, real: RealTexts) -> Verdict:  # noqa: ARG002 - see the contract
        """Say which texts may pass; see `Gate.judge`."""
        found = [kinds_of_personal_data(text) for text in synthetic.texts]
        figures = {kind: float(sum(kind in one for one in found)) for kind in KINDS}
        return Verdict(np.array([not one for one in found], dtype=np.bool_), figures)


def kinds_of_personal_data(text: str) -> frozenset[str]:
    """Return what kinds of personal data a text seems to hold.

    Examples:
        >>> sorted(kinds_of_personal_data("Write to ann@example.org, or call +44 20 7946 0958."))
        ['e-mail', 'telephone']
        >>> kinds_of_personal_data("In 2019 it cost 1,250.50.")
        frozenset()
    """
    return frozenset(kind for kind, holds in KINDS.items() if holds(text))


def _is_phone(text: str) -> bool:
    low, high = PHONE_DIGITS
    digits = (len(_digits(found.group())) for found in _PHONE.finditer(text))
    return any(low <= count <= high for count in digits)


def _is_card(text: str) -> bool:
    return any(_passes_luhn(_digits(found.group())) for found in _CARD.finditer(text))


def _is_account(text: str) -> bool:
    return any(_passes_mod_97(found.group()) for found in _ACCOUNT.finditer(text))


def _is_machine(text: str) -> bool:
    addresses = (found.group().split(".") for found in _MACHINE.finditer(text))
    return any(all(int(part) <= 255 for part in address) for address in addresses)


def _digits(text: str) -> str:
    return "".join(sign for sign in text if sign.isdecimal())


def _passes_luhn(digits: str) -> bool:
    """Return whether the check digit of a payment card is right (ISO/IEC 7812)."""
    doubled = [int(one) * (1 + place % 2) for place, one in enumerate(reversed(digits))]
    return sum(one - 9 if one > 9 else one for one in doubled) % 10 == 0


def _passes_mod_97(account: str) -> bool:
    """Return whether the check digits of a bank account are right (ISO 13616)."""
    written = account.replace(" ", "")
    return int("".join(str(int(sign, 36)) for sign in written[4:] + written[:4])) % 97 == 1


KINDS: Mapping[str, Callable[[str], bool]] = {
    "e-mail": lambda text: _EMAIL.search(text) is not None,
    "telephone": _is_phone,
    "payment card": _is_card,
    "bank account": _is_account,
    "machine address": _is_machine,
}
"""How each kind is found."""
