"""`digitlab sweep`: train many trials from this process, which conducts them, and print what was best."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from filelock import Timeout

from digitlab.cli.output import json_option, percent, print_json
from digitlab.cli.train import start_config
from digitlab.errors import BadConfig, BadRun, DigitlabError
from digitlab.presets import PRESETS
from digitlab.settings import Settings
from digitlab.sweeps.journal import Ending, read_journal
from digitlab.sweeps.plan import Objective, SweepPlan
from digitlab.sweeps.results import importance, ranked
from digitlab.sweeps.space import Axis, axis_from_text
from digitlab.sweeps.sweep import Sweep, find_sweep, sweeps
from digitlab.sweeps.trials import Trial, read_trials

if TYPE_CHECKING:  # it starts jobs, which a list of sweeps does not
    from digitlab.sweeps.undertaking import Listener

_BEST = 10
"""Trials that the table at the end shows."""

_PLANNED = ("method", "seeds", "most_runs", "at_once", "prune", "objective", "seed", "name")
"""Options that are fields of a plan."""

_COLUMNS = "{sweep:<22} {state:<12} {method:<7} {trials:<9} {message}"

_PATIENCE = 2.0
"""Seconds that another process may take to let a sweep go."""


@click.command()
@click.option("--preset", type=str, help=f"What all runs have in common: a named config: {', '.join(PRESETS)}.")
@click.option("--config", "file", type=click.Path(path_type=Path), help="The same from a saved config.json.")
@click.option(
    "--over",
    multiple=True,
    metavar="SETTING=VALUES",
    help="What is tried: batch_size=32,64 or learning_rate=0.001..0.1:log, for a grid with a number of points: "
    "learning_rate=0.001..0.1:log:5. Once for each setting.",
)
@click.option("--method", default="random", help="grid, random or tpe (near what was good). Default random.")
@click.option("--seeds", type=int, default=1, help="How often each trial is trained. Default 1.")
@click.option("--runs", "most_runs", type=int, default=0, help="The most runs. A grid needs no limit.")
@click.option("--minutes", type=float, default=0.0, help="The longest time; what is under way then is stopped.")
@click.option("--at-once", type=int, default=0, help="Runs under way. Default as many as DIGITLAB_JOBS.")
@click.option("--prune/--no-prune", default=True, help="Stop what does worse than half of the others. Default yes.")
@click.option("--objective", default="loss", help="Compare by validation loss or accuracy. Default loss.")
@click.option("--seed", type=int, default=0, help="Start of the random numbers that choose the trials. Default 0.")
@click.option("--name", default="sweep", help="What its runs are called.")
@click.option("--resume", metavar="SWEEP", help="Go on with a sweep that was stopped or interrupted.")
@click.option("--list", "as_list", is_flag=True, help="List all sweeps, newest first.")
@json_option
@click.pass_context
def sweep(context: click.Context, resume: str | None, as_list: bool, as_json: bool, **given: Any) -> None:
    """Train many trials and compare them by their validation part; it needs the extra `cluster`."""
    settings: Settings = context.obj
    if as_list:
        _print_list(settings, as_json)
        return
    from digitlab.sweeps.start import make_sweep, prepare_to_resume

    if resume is None:
        conducted = make_sweep(_plan(given), settings)
    else:
        conducted = find_sweep(resume, settings)
        if given["over"]:
            raise BadConfig("Give --resume alone: a sweep goes on with the plan that it began with.")
        prepare_to_resume(conducted)
    try:
        with conducted.lock().acquire(timeout=_PATIENCE):
            _conduct(conducted, settings)
    except Timeout as error:
        raise BadRun(f"The sweep {conducted.id} is under way in another process.") from error
    _print_result(conducted, as_json)


def _conduct(sweep: Sweep, settings: Settings) -> None:
    from digitlab.sweeps.conductor import conduct

    click.echo(f"Sweep {sweep.id} in {sweep.folder}", err=True)
    try:
        conduct(sweep, settings, _teller(sweep.plan))
    except KeyboardInterrupt:
        click.echo(f"Go on with: digitlab sweep --resume {sweep.id}", err=True)
        raise


def _teller(plan: SweepPlan) -> "Listener":
    """Prints a line on standard error for each trial that ends."""
    of = f"/{plan.most_trials}" if plan.most_trials else ""

    def tell(number: int, ending: Ending, value: float | None, reason: str) -> None:
        came_to = "" if value is None else f", {plan.objective} {_value(plan.objective, value)}"
        click.echo(f"trial {number}{of}: {ending}{came_to}{f'  {reason}' if reason else ''}", err=True)

    return tell


def _value(objective: Objective, value: float) -> str:
    return percent(value) if objective is Objective.ACCURACY else f"{value:.4f}"


def _plan(given: dict[str, Any]) -> SweepPlan:
    space: dict[str, Axis] = {}
    for words in given["over"]:
        field, equals, text = words.partition("=")
        if not equals:
            raise BadConfig(field="--over", value=words, allowed="write SETTING=VALUES, as in batch_size=32,64")
        field = field.strip().replace("-", "_")
        if field in space:
            raise BadConfig(
                field="--over", value=words, allowed=f"{field} is tried already: name all its values at once"
            )
        space[field] = axis_from_text(field, text)
    if not space:
        raise BadConfig("There is nothing to try. Name settings and values: --over batch_size=32,64")
    return SweepPlan(
        base=start_config(given["preset"], given["file"]),
        space=space,
        most_seconds=60 * given["minutes"],
        **{name: given[name] for name in _PLANNED},
    )


def _print_result(sweep: Sweep, as_json: bool) -> None:
    plan, trials = sweep.plan, read_trials(sweep)
    best = ranked(trials, plan.objective)
    if as_json:
        rows = [_row(trial) for trial in trials]
        shares = importance(plan, trials)
        print_json({**_facts(sweep), "best": best[0].number if best else None, "importance": shares, "trials": rows})
        return
    if not best:
        click.echo(f"No trial was trained to its end. Sweep {sweep.id}")
        return
    fields = list(plan.space)
    widths = [max(len(field), *(len(_word(trial.setting[field])) for trial in best[:_BEST])) for field in fields]
    names = "  ".join(f"{field:<{width}}" for field, width in zip(fields, widths, strict=True))
    click.echo(f"TRIAL    LOSS    ACCURACY  SECONDS  {names}  RUNS")
    for trial in best[:_BEST]:
        values = "  ".join(
            f"{_word(trial.setting[field]):<{width}}" for field, width in zip(fields, widths, strict=True)
        )
        loss, accuracy = trial.value(Objective.LOSS), trial.value(Objective.ACCURACY)
        runs = " ".join(one.run.id for one in trial.runs)
        click.echo(
            f"{trial.number:<7}  {'' if loss is None else f'{loss:.4f}':<6}  "
            f"{'' if accuracy is None else percent(accuracy):<8}  {trial.seconds:<7.1f}  {values}  {runs}"
        )
    click.echo(sweep.id)


def _word(value: object) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def _row(trial: Trial) -> dict[str, Any]:
    runs = [
        {
            "run": one.run.id,
            "seed": one.seed,
            "state": one.state,
            "epoch": one.epoch,
            "loss": one.loss,
            "accuracy": one.accuracy,
            "seconds": one.seconds,
        }
        for one in trial.runs
    ]
    return {
        "number": trial.number,
        "setting": dict(trial.setting),
        "ending": trial.ending,
        "reason": trial.reason,
        "loss": trial.value(Objective.LOSS),
        "accuracy": trial.value(Objective.ACCURACY),
        "runs": runs,
    }


def _facts(sweep: Sweep) -> dict[str, Any]:
    status = sweep.status
    return {"sweep": sweep.id, "state": sweep.state, "seconds": status.seconds, "message": status.message}


def _print_list(settings: Settings, as_json: bool) -> None:
    rows = [_listed(one) for one in sweeps(settings)]
    if as_json:
        print_json({"sweeps": rows})
        return
    if not rows:
        click.echo("No sweep yet. Start one: digitlab sweep --preset quick --over learning_rate=0.01..0.1:log --runs 8")
        return
    click.echo(_COLUMNS.format(sweep="SWEEP", state="STATE", method="METHOD", trials="TRIALS", message=""))
    for row in rows:
        click.echo(_COLUMNS.format(**row).rstrip())


def _listed(sweep: Sweep) -> dict[str, Any]:
    try:
        return {**_facts(sweep), "method": sweep.plan.method, "trials": len(read_journal(sweep.journal))}
    except DigitlabError as error:
        return {"sweep": sweep.id, "state": "damaged", "method": "", "trials": 0, "message": str(error)}
