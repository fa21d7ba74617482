"""The configuration: TOML read into frozen models that refuse unknown keys.

Editing the file does not load the models, because they need pydantic.
"""
