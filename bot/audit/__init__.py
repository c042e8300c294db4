"""The record: every change in one keyed chain, what people wrote beside it, and its checkpoints."""
