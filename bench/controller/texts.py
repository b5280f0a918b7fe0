"""What the measured projects ask, of which texts, and what is right."""

TOPICS = ("World", "Sports", "Business", "Science")
_CHOICES = "".join(f'<Choice value="{topic}"/>' for topic in TOPICS)
LABEL_CONFIG = (
    '<View><Text name="text" value="$text"/>'
    f'<Choices name="topic" toName="text" choice="single">{_CHOICES}</Choices></View>'
)

WORDS = 40
"""Of each text, as many as a short news report's."""

ERROR = 0.1
"""The share of the texts that people see otherwise than the model."""

GOLDEN = 0.618033988749895
"""Multiples of it are spread evenly over [0, 1), modulo 1."""


def text_of(number: int) -> str:
    """Return the text of a number: all are different, and of about one length."""
    words = " ".join(f"word{(number * 7919 + place * 104729) % 9973}" for place in range(WORDS))
    return f"{number}: {words}"


def number_of(text: str) -> int:
    """Return the number that a text was made of."""
    return int(text.partition(":")[0])


def predicted(number: int) -> tuple[str, float]:
    """Return what the model says of a text, and how sure it is: from 0.55 to 1, evenly spread."""
    return TOPICS[number % len(TOPICS)], round(0.55 + 0.45 * (number * GOLDEN % 1), 4)


def right(number: int) -> str:
    """Return what people say of a text: mostly what the model does."""
    is_otherwise = number * GOLDEN * GOLDEN % 1 < ERROR
    return TOPICS[(number + is_otherwise) % len(TOPICS)]
