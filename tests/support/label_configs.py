"""Label configs that the tests share."""

from xml.sax.saxutils import quoteattr

SENTIMENT = """
<View>
  <Text name="text" value="$text"/>
  <Choices name="sentiment" toName="text" choice="single">
    <Choice value="positive"/>
    <Choice value="negative"/>
  </Choices>
</View>
"""
OTHER_SENTIMENT = SENTIMENT.replace("positive", "good").replace("negative", "bad")
TOPICS = """<View>
  <Header value="What is it about?"/>
  <Text name="text" value="$text"/>
  <Choices name="topic" toName="text" choice="single" required="true">
    <Choice value="Sport" hint="games and athletes"/>
    <Choice value="Food &amp; drink" alias="food"/>
    <Choice value="Travel"/>
  </Choices>
</View>"""


def choices(values: list[str], *, name: str = "topic", field: str = "text") -> str:
    """Write a config with one single choice among the values."""
    tags = "".join(f"<Choice value={quoteattr(value)}/>" for value in values)
    return (
        f'<View><Text name="text" value="${field}"/>'
        f'<Choices name="{name}" toName="text" choice="single">{tags}</Choices></View>'
    )


def on_text(control: str) -> str:
    """Write a config with one control, given as XML, on the text `text`."""
    return f'<View><Text name="text" value="$text"/>{control}</View>'
