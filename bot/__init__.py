"""From hits to an answer, and from an answer to an approval request; surfaces render the same answer."""
