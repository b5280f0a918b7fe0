"""Control tasks: what is known to be right, who is asked it, and what they said.

A *control task* is an item with a known answer that stands among a person's blind work. It is no
task of the dataset: its answers tell of people alone. ("Control" by itself is Label Studio's word
for what a label config asks.)
"""
