"""The demo: the whole loop on a Label Studio of its own, with texts that ship with Tandem."""
