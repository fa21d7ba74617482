"""The values that people are shown, one file a noun.

A noun is declared once, as a struct (`json.Part`, `json.Answer`): its fields are the keys of its JSON object. A class
method `of` makes one from model values. The same struct is written by the command line, the API, `.json` twins and
exports, and described in OpenAPI. A struct may hold frozen dataclasses of `model/` with slots, whose fields are keys,
too. `UNSET` is the default of a key that may be missing; a subclass adds keys. Times are in UTC, durations are numbers.

The keys are a contract (docs/reference/json.md): they may be added, never renamed.
"""
