"""``osteocast trial``, ``osteocast policy`` and ``osteocast replicates``."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from osteocast.cli.output import console, print_json, say
from osteocast.cli.progress import progress_shown

if TYPE_CHECKING:
    from osteocast.virtual_trials import TrialResult

__all__ = ["policy", "replicates", "trial"]


def trial(
    spec: Annotated[
        str,
        typer.Argument(
            help="File with a design or a published trial, or the name of a trial that comes with osteocast.",
            metavar="SPEC",
            show_default=False,
        ),
    ],
    replicates: Annotated[
        int | None,
        typer.Option(help="How often to run it; as the design says by default.", min=1, max=100_000),
    ] = None,
    power: Annotated[
        str | None,
        typer.Option(help="Sizes, such as 50,100,200, at which power is counted.", show_default=False),
    ] = None,
    analysis: Annotated[
        str | None,
        typer.Option(help="t, ancova or mixed, instead of the design's.", show_default=False),
    ] = None,
    draws: Annotated[
        int | None,
        typer.Option(
            help="Draws of the posterior that replicates take in turn; 0 for the calibrated values.",
            min=0,
            max=10_000,
        ),
    ] = None,
    people: Annotated[
        int | None, typer.Option(help="Candidates simulated for each draw.", min=8, max=100_000)
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option(help="Folder for page, charts, data and replicates; a stopped run goes on there."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print everything as JSON.")] = False,
) -> None:
    """Run a trial on virtual people: effects, power, and what became of everybody.

    People are screened, randomised, measured at their visits with the error of scanners and assays, rescued
    by the protocol's rules, and lost. With a folder, every replicate is written as it is done, and the same
    command goes on where it was stopped.

    Examples
    --------
        osteocast trial examples/trials/denosumab-vs-placebo-on-ai.yaml

        osteocast trial examples/trials/denosumab-vs-placebo-on-ai.yaml --power 12,20,40 --output trial

        osteocast trial z-fast --replicates 50
    """
    from contextlib import ExitStack
    from dataclasses import replace

    from osteocast.cli.compilation import announced

    with ExitStack() as until_done:
        if output is not None:
            from osteocast.charts import drawing

            until_done.enter_context(drawing())
        from osteocast.virtual_trials import load_design, run_trial

        sizes = _sizes(power)
        design = load_design(spec)
        given = {"replicates": replicates, "draws": draws, "people": people}
        design = replace(design, **{key: value for key, value in given.items() if value is not None})  # type: ignore[arg-type]
        with announced(), progress_shown(counts=True) as report:
            result = run_trial(
                design,
                power=sizes,
                analysis=analysis,  # type: ignore[arg-type]
                output=output,
                report=report,
            )
        _print(result, as_json=as_json)
        if output is None:
            return
        from osteocast.report.virtual_trials import write_trial

        written = write_trial(result, output)
    say(
        f"\nPage:  {written.page}\nData:  {written.data}\n"
        + "\n".join(f"Chart: {one}" for one in written.charts)
    )


def _print(result: TrialResult, *, as_json: bool) -> None:
    from osteocast.report.virtual_trials import trial_data, trial_renderables

    if as_json:
        print_json(trial_data(result))
        return
    screen = console()
    for part in trial_renderables(result):
        screen.print(part)


def _sizes(text: str | None) -> list[int]:
    from osteocast.errors import InputError, Problem

    sizes, problems = [], []
    for part in (text or "").split(","):
        if part.strip().isdecimal():
            sizes.append(int(part))
        elif text is not None:
            expected = "whole numbers of people with commas between them"
            problems.append(Problem("--power", part, expected, "write them as in 50,100,200"))
    if problems:
        raise InputError(problems)
    return sizes


def policy(
    names: Annotated[
        list[str] | None,
        typer.Argument(help="Only these studies; all by default.", metavar="[NAMES]", show_default=False),
    ] = None,
    file: Annotated[
        Path | None, typer.Option(help="File with studies of yours (YAML).", show_default=False)
    ] = None,
    women: Annotated[
        int, typer.Option(help="Virtual women, the same in every world.", min=4, max=10_000)
    ] = 96,
    worlds: Annotated[int, typer.Option(help="Draws of the posterior.", min=2, max=2_000)] = 96,
    write: Annotated[
        Path | None, typer.Option(help="Write the tables to this file, .md or .json.", show_default=False)
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print everything as JSON.")] = False,
) -> None:
    """Compare policies in a population: fractures averted and harms done, per 1,000 women.

    The same virtual women live under each policy: zoledronate at once or delayed, what follows denosumab,
    holidays from a bisphosphonate, five more years of an inhibitor; or studies in a file of yours.

    Examples
    --------
        osteocast policy denosumab-exits

        osteocast policy --write policy.md

        osteocast policy --file my-policies.yaml --json
    """
    from functools import partial

    from osteocast.cli.compilation import announced
    from osteocast.errors import InputError, unknown_name

    _check_suffix(write)
    from osteocast.report import policies as told
    from osteocast.virtual_trials import load_policies, run_policy

    known = load_policies(file)
    wrong = [name for name in names or () if name not in known]
    if wrong:
        raise InputError([unknown_name("NAMES", name, known, "policy study") for name in wrong])
    results = []
    with announced(), progress_shown(counts=True) as report:
        for name in names or known:
            results.append(
                run_policy(
                    known[name],
                    women=women,
                    worlds=worlds,
                    report=partial(report, name),
                )
            )
    chosen = "".join(f" {name}" for name in names or ())
    command = f"osteocast policy{chosen} --women {women} --worlds {worlds} --write {write}"
    if write is not None:
        _write(write, lambda: told.policy_markdown(results, command), lambda: told.policy_data(results))
    if as_json:
        print_json(told.policy_data(results))
    else:
        screen = console()
        for part in told.policy_renderables(results):
            screen.print(part)


def replicates(
    names: Annotated[
        list[str] | None,
        typer.Argument(
            help="Only these published trials, or files of trials; all by default.",
            metavar="[TRIALS]",
            show_default=False,
        ),
    ] = None,
    repeat: Annotated[
        int, typer.Option("--replicates", help="Replicates of each trial.", min=20, max=100_000)
    ] = 120,
    draws: Annotated[
        int, typer.Option(help="Draws of the posterior that replicates take in turn.", min=0, max=10_000)
    ] = 30,
    people: Annotated[
        int, typer.Option(help="Candidates simulated for each draw.", min=8, max=100_000)
    ] = 160,
    write: Annotated[
        Path | None, typer.Option(help="Write the tables to this file, .md or .json.", show_default=False)
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print everything as JSON.")] = False,
) -> None:
    """Run published trials again as trials, and ask whether the published number lies among the replicates.

    Each number stands beside the central 95% of its replicates, alone and with what studies differ by; the
    end says how often 50, 80 and 95% intervals hold what was published.

    Examples
    --------
        osteocast replicates z-fast atac

        osteocast replicates --write replicates.md
    """
    from osteocast.cli.compilation import announced

    _check_suffix(write)
    from osteocast.report import replicates as told
    from osteocast.trials import load_trials
    from osteocast.virtual_trials import replicate_check
    from osteocast.virtual_trials.reading import find_trial

    chosen = [find_trial(name) for name in names] if names else load_trials()
    with announced(), progress_shown(counts=True) as report:
        check = replicate_check(chosen, replicates=repeat, draws=draws, people=people, report=report)
    shown = "".join(f" {name}" for name in names or ())
    command = (
        f"osteocast replicates{shown} --replicates {repeat} --draws {draws} --people {people} --write {write}"
    )
    if write is not None:
        _write(write, lambda: told.replicates_markdown(check, command), lambda: told.replicates_data(check))
    if as_json:
        print_json(told.replicates_data(check))
    else:
        screen = console()
        for part in told.replicates_renderables(check):
            screen.print(part)


def _check_suffix(write: Path | None) -> None:
    from osteocast.errors import InputError, Problem

    if write is not None and write.suffix.lower() not in (".md", ".json"):
        problem = Problem(
            "--write", str(write), "a file name with .md or .json", "choose one of these suffixes"
        )
        raise InputError([problem])


def _write(path: Path, markdown: Callable[[], str], data: Callable[[], object]) -> None:
    import json

    from osteocast.report.writing import write_text

    text = markdown() if path.suffix.lower() == ".md" else json.dumps(data(), allow_nan=False) + "\n"
    write_text(path, text)
