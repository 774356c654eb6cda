"""How the commands look: their option --help speaks Chinese like the others."""

from __future__ import annotations

import click


class Command(click.Command):
    """A command whose option --help speaks Chinese like the others."""

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        """The option, in Chinese."""
        option = super().get_help_option(ctx)
        if option is not None:
            option.help = "显示这段说明。"
        return option


class Group(Command, click.Group):
    """A group of such commands."""

    command_class = Command
