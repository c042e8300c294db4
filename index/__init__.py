"""From a directive's file to the clauses that answer a question: parse, read, embed, retrieve."""
