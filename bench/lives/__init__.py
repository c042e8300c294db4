"""Lives of requests, lived by processes that may be killed: for ``bench.soak`` and for a test."""
