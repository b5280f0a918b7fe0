"""One label out of a closed set: the aggregators of votes, by name."""
