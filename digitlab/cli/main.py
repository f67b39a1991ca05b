"""The group of all commands, and how their errors are shown."""

import sys
from typing import Any

import click

from digitlab import __version__
from digitlab.cli.evaluate import evaluate
from digitlab.cli.import_unipen import import_unipen
from digitlab.cli.predict import predict
from digitlab.cli.report import report
from digitlab.cli.runs import runs
from digitlab.cli.train import train
from digitlab.errors import DigitlabError

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
        except (click.Abort, KeyboardInterrupt):
            click.echo("Stopped.", err=True)
            sys.exit(_INTERRUPTED)
        sys.exit(result if isinstance(result, int) else 0)


def _fail(message: str) -> None:
    click.echo("Error: " + " ".join(message.split()), err=True)
    sys.exit(_BAD_INPUT)


@click.group(cls=_OneLineErrors, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="digitlab")
def main() -> None:
    """See how a machine reads a handwritten digit: train, evaluate and ask models."""


for command in (train, evaluate, predict, report, runs, import_unipen):
    main.add_command(command)
