"""`writethru completion`: tab completion for your shell."""

from __future__ import annotations

from typing import Final

import click

from ..app import App, verb

_SHELLS = ["bash", "zsh", "fish", "powershell"]
# Click keeps the lines of a paragraph that begins with a backspace.
_HELP: Final = """Print a completion script. Save it where your shell looks for such scripts.

\b
bash        writethru completion bash > ~/.local/share/bash-completion/completions/writethru
zsh         writethru completion zsh > "${fpath[1]}/_writethru"
fish        writethru completion fish > ~/.config/fish/completions/writethru.fish
powershell  writethru completion powershell >> $PROFILE
"""
# In click's script for bash: bash inserts a completion as it is, so a name such as "The Herald" would become two words,
# unless the word begins with a quotation mark.
_INSERTED: Final = "COMPREPLY+=($value)"
_QUOTED: Final = r"""if [[ ${COMP_WORDS[COMP_CWORD]} != [\"\']* && $value == *[[:space:]\&\(\)\']* ]]; then
                printf -v value %q "$value"
            fi
            COMPREPLY+=("$value")"""


@verb(help=_HELP)
@click.argument("shell", type=click.Choice(_SHELLS))
def completion(app: App, shell: str) -> None:
    """Print a completion script for a shell."""
    from click.shell_completion import get_completion_class

    from ..main import cli

    found = get_completion_class(shell)
    assert found is not None
    app.out.line(found(cli, {}, "writethru", "_WRITETHRU_COMPLETE").source().replace(_INSERTED, _QUOTED))
