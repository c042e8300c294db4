"""From hits to an answer, from an answer to an approval request; surfaces render the same one."""
