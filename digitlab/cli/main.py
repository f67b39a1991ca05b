"""The group of all commands, and how their errors are shown."""

import os
import sys
from contextlib import suppress
from typing import Any

import click

from digitlab import __version__
from digitlab.cli.backup import backup
from digitlab.cli.download import download
from digitlab.cli.evaluate import evaluate
from digitlab.cli.export import export
from digitlab.cli.import_run import import_run
from digitlab.cli.import_unipen import import_unipen
from digitlab.cli.output import print_trouble
from digitlab.cli.predict import predict
from digitlab.cli.report import report
from digitlab.cli.restore import restore
from digitlab.cli.runs import runs
from digitlab.cli.sweep import sweep
from digitlab.cli.train import train
from digitlab.errors import DigitlabError
from digitlab.settings import Settings

_BAD_INPUT = 2
_INTERRUPTED = 130


class _OneLineErrors(click.Group):
    """Ends with one line on standard error and exit code 2 for everything that the user can mend."""

    def main(self, *args: Any, **kwargs: Any) -> Any:
        try:
            result = super().main(*args, **{**kwargs, "standalone_mode": False})
        except click.exceptions.NoArgsIsHelpError as error:
            click.echo(error.ctx.get_help() if error.ctx else "", err=True)
            sys.exit(_BAD_INPUT)
        except click.ClickException as error:
            _fail(error.format_message())
        except DigitlabError as error:
            _fail(str(error))
        except OSError as error:
            _drop_output()
            what = error.filename or "The output"
            _fail(f"{what} cannot be read or written: {error.strerror or error}. Make room or name another file.")
        except (click.Abort, KeyboardInterrupt):
            click.echo("Stopped.", err=True)
            sys.exit(_INTERRUPTED)
        sys.exit(result if isinstance(result, int) else 0)

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except BrokenPipeError:  # whoever read the results has enough of them, as `head` has; click would end with 1
            _drop_output()
            sys.exit(0)


def _fail(message: str) -> None:
    print_trouble(message)
    sys.exit(_BAD_INPUT)


def _drop_output() -> None:
    """Standard output leads nowhere from here on: Python would try to write the rest of it when it ends."""
    with suppress(OSError, ValueError):  # standard output is no file
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


@click.group(cls=_OneLineErrors, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="digitlab")
@click.pass_context
def main(context: click.Context) -> None:
    """See how a machine reads a handwritten digit: train, evaluate and ask models."""
    context.obj = Settings.from_environment()


for command in (
    download,
    train,
    sweep,
    evaluate,
    predict,
    report,
    export,
    runs,
    import_run,
    import_unipen,
    backup,
    restore,
):
    main.add_command(command)
