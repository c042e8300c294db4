"""Measurements and papers: nothing here is needed to answer a question, or installed with it."""
