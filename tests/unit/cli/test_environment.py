"""Every option has a variable of the environment, named after it."""

from collections.abc import Iterator

import click
from click.core import ParameterSource

from tracker.cli.app import App
from tracker.cli.main import cli


def own_options(group: click.Group, *above: str) -> Iterator[tuple[tuple[str, ...], click.Command, click.Option]]:
    for name in group.list_commands(click.Context(group)):
        command = group.get_command(click.Context(group), name)
        assert command is not None
        if isinstance(command, click.Group):
            yield from own_options(command, *above, name)
        else:
            own = (each for each in command.params if isinstance(each, click.Option) and each.expose_value)
            yield from (((*above, name), command, each) for each in own)


def value_for(option: click.Option) -> str:
    if isinstance(option.type, click.Choice):
        return str(option.type.choices[0])
    if isinstance(option.type, click.Path):
        return "/dev/null"
    if option.nargs == 2:
        return "1 2"
    texts = {"integer range": "30", "float range": "0.5", "time": "24h", "address": "127.0.0.1:1"}
    return "1" if option.is_flag else "number" if "LABEL" in str(option.metavar) else texts.get(option.type.name, "1.0")


def test_every_option_has_a_variable_of_its_name(monkeypatch):
    found = 0
    for path, command, option in own_options(cli):
        for flag in (each for each in option.opts if each.startswith("--")):
            variable = "_".join(("WRITETHRU", *path, flag[2:])).replace("-", "_").upper()
            with monkeypatch.context() as patch:
                patch.setenv(variable, value_for(option))
                outer = click.Context(cli, info_name="writethru", **cli.context_settings)
                for name in path[:-1]:
                    outer = click.Context(command, parent=outer, info_name=name)
                # While a shell completes, what is required may be missing.
                context = command.make_context(path[-1], [], parent=outer, resilient_parsing=True)
                assert context.get_parameter_source(str(option.name)) is ParameterSource.ENVIRONMENT, variable
                found += 1
    assert found > 150


def test_variables_of_the_configuration_count_where_there_is_no_file(folder, monkeypatch):
    monkeypatch.setenv("WRITETHRU_CONTACT", "desk@example.org")
    monkeypatch.setenv("WRITETHRU_ALLOW_PRIVATE", "1")
    config = App().config_or_default
    assert (config.contact, config.fetch.allow_private) == ("desk@example.org", True)
