"""The policy unit's desk: answers paused and resumed, readings corrected, each in the record."""
