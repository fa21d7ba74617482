"""The values that are shown to people. Each file has those of one subject, such as a change or a story.

A value is declared once, as a struct (`json.Part`, `json.Answer`) whose fields are the keys of its JSON object. A class
method `of` makes it from model values. The command line, the API, the `.json` pages and exports write the same struct,
and OpenAPI describes it. A struct may contain frozen dataclasses of `model/` with slots; their fields are keys too.
`UNSET` is the default of a key that may be missing; a subclass adds keys. Times are in UTC, durations are numbers.

The keys are a contract (docs/reference/json.md): they may be added, never renamed.
"""
