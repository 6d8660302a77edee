"""The SPARQL 1.1 Protocol endpoint: `protocol` reads requests, `worker` answers, `pool` bounds, `app` serves."""
