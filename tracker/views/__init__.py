"""What people are shown, one file a noun: frozen values made of model values, each with one `as_json`.

The same noun is the same JSON on the command line, in the API, in `.json` twins, in exports and in webhooks. The keys
are a contract (docs/reference/json.md): they may be added, never renamed.
"""
