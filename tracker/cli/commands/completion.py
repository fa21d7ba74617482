"""`writethru completion`: tab completion for your shell."""

from __future__ import annotations

import click

from ..app import App, verb

_SHELLS = ["bash", "zsh", "fish", "powershell"]


@verb()
@click.argument("shell", type=click.Choice(_SHELLS))
def completion(app: App, shell: str) -> None:
    r"""Print a completion script. Save it where your shell looks for such scripts.

    \b
    bash        writethru completion bash > ~/.local/share/bash-completion/completions/writethru
    zsh         writethru completion zsh > "${fpath[1]}/_writethru"
    fish        writethru completion fish > ~/.config/fish/completions/writethru.fish
    powershell  writethru completion powershell >> $PROFILE
    """
    from click.shell_completion import get_completion_class

    from ..main import cli

    found = get_completion_class(shell)
    assert found is not None
    app.out.line(found(cli, {}, "writethru", "_WRITETHRU_COMPLETE").source())
