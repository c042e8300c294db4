"""How good answers are, held against labelled questions."""
