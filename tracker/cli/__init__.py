"""The command ``tracker``, a module a family of subcommands."""
