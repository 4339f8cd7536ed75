"""``inspector review``: the next call to review, and what a reviewer says of it. Heavy imports stay inside commands."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from inspector.cli.options import DayOption, JsonLinesOption, LangOption, LimitOption, PacksOption, settings_of
from inspector.errors import UsageError
from inspector.review.reasons import Reason, State
from inspector.review.reviewer import Skip

if TYPE_CHECKING:
    from inspector.config import Settings

__all__ = ["review_app"]

review_app = typer.Typer(no_args_is_help=True, help="复核：领取、听评、提交。 / Reviews: take, judge, submit.")

ItemArgument = Annotated[str, typer.Argument(help="待复核项编号，可只写开头几位。 / Id of an item, or its beginning.")]
ANSWERS_HELP = "填好的答卷（JSON）。 / Answers, filled in (JSON)."
AnswersOption = Annotated[Path, typer.Option("--answers", help=ANSWERS_HELP)]


@review_app.command("next")
def review_next(json: JsonLinesOption = False, lang: LangOption = None) -> None:
    """领取下一通（手上有未完成的先完成）。 / The next call; the one at hand first.

    例 / Example: inspector review next
    """
    from inspector.cli.review import run_next

    raise typer.Exit(run_next(settings_of(lang), json=json))


@review_app.command("show")
def review_show(
    template: Annotated[bool, typer.Option("--template", help="输出待填的答卷。 / A file to fill in.")] = False,
    json: JsonLinesOption = False,
    lang: LangOption = None,
) -> None:
    """再看手上的这一通。 / The call at hand once more.

    例 / Example: inspector review show --template > answers.json
    """
    from inspector.cli.review import run_show

    raise typer.Exit(run_show(settings_of(lang), json=json, template=template))


@review_app.command("played")
def review_played(
    spans: Annotated[list[str], typer.Argument(help="听过的时段（秒）。 / Seconds that were played: 0-35.5 …")],
    json: JsonLinesOption = False,
    lang: LangOption = None,
) -> None:
    """登记听过的时段。 / Note what was played.

    例 / Example: inspector review played 0-120 118-301.5
    """
    from inspector.cli.review import run_played

    raise typer.Exit(run_played(spans, settings_of(lang), json=json))


@review_app.command("reveal")
def review_reveal(
    answers: Annotated[Path | None, typer.Option("--answers", help=ANSWERS_HELP)] = None,
    nothing: Annotated[bool, typer.Option("--nothing", help="没有发现问题。 / Nothing is wrong.")] = False,
    json: JsonLinesOption = False,
    packs: PacksOption = None,
    lang: LangOption = None,
) -> None:
    """盲评：提交自己的结论（此后不可改），再看机检命中。 / Own verdict first, then the findings.

    例 / Example: inspector review reveal --nothing
    """
    from inspector.cli.review import run_reveal

    if (answers is None) != nothing:
        raise UsageError("--answers, --nothing", "give one of them")
    raise typer.Exit(run_reveal(answers, settings_of(lang, packs), json=json))


@review_app.command("keep")
def review_keep(answers: AnswersOption, lang: LangOption = None) -> None:
    """保存草稿，不提交。 / Keep a draft.

    例 / Example: inspector review keep --answers answers.json
    """
    from inspector.cli.review import run_keep

    raise typer.Exit(run_keep(answers, settings_of(lang)))


@review_app.command("refresh")
def review_refresh(json: JsonLinesOption = False, lang: LangOption = None) -> None:
    """通话重新质检后，查看新的命中；草稿保留。 / What is found now; the draft stays.

    例 / Example: inspector review refresh
    """
    from inspector.cli.review import run_refresh

    raise typer.Exit(run_refresh(settings_of(lang), json=json))


@review_app.command("submit")
def review_submit(
    answers: AnswersOption, json: JsonLinesOption = False, packs: PacksOption = None, lang: LangOption = None
) -> None:
    """提交。 / Submit.

    例 / Example: inspector review submit --answers answers.json
    """
    from inspector.cli.review import run_submit

    raise typer.Exit(run_submit(answers, settings_of(lang, packs), json=json))


@review_app.command("release")
def review_release(
    because: Annotated[Skip, typer.Option("--because", help="原因：回避、技能不符等。 / Why.")],
    lang: LangOption = None,
) -> None:
    """退回手上的这一通，计数，此后不再派给你。 / Give it back; it counts.

    例 / Example: inspector review release --because involved
    """
    from inspector.cli.review import run_release

    raise typer.Exit(run_release(because, settings_of(lang)))


@review_app.command("list")
def review_list(  # noqa: PLR0913 - options of a command, each its own
    date: DayOption = None,
    reason: Annotated[Reason | None, typer.Option("--reason", help="只列一种。 / Only these.")] = None,
    person: Annotated[str | None, typer.Option("--person", help="只列某人的。 / Only whose.")] = None,
    state: Annotated[State, typer.Option("--state", help="状态。 / State.")] = State.OPEN,
    overdue: Annotated[bool, typer.Option("--overdue", help="只列逾期的。 / Only overdue ones.")] = False,
    limit: LimitOption = 50,
    json: JsonLinesOption = False,
    lang: LangOption = None,
) -> None:
    """列出全部待复核项及其归属。 / Items and who has them.

    例 / Example: inspector review list --reason appeal --overdue
    """
    from inspector.cli.review import run_list
    from inspector.storage.reviews.listing import ItemFilter

    which = ItemFilter(state, date and date.date(), reason, person, overdue)
    raise typer.Exit(run_list(which, limit, settings_of(lang), json=json))


@review_app.command("assign")
def review_assign(
    item: ItemArgument,
    to: Annotated[str, typer.Option("--to", help="派给谁。 / To whom.")],
    lang: LangOption = None,
) -> None:
    """派给某人。 / Give an item to somebody.

    例 / Example: inspector review assign 3fa4c1 --to zhang.san
    """
    from inspector.cli.review import run_assign

    raise typer.Exit(run_assign(item, to, settings_of(lang)))


@review_app.command("recall")
def review_recall(item: ItemArgument, lang: LangOption = None) -> None:
    """收回，草稿保留。 / Take an item back; drafts stay.

    例 / Example: inspector review recall 3fa4c1
    """
    from inspector.cli.review import run_recall

    raise typer.Exit(run_recall(item, settings_of(lang)))


@review_app.command("reviewers")
def review_reviewers(json: JsonLinesOption = False, lang: LangOption = None) -> None:
    """质检员的时长、技能、今日进度。 / Quotas, skills, and today.

    例 / Example: inspector review reviewers
    """
    from inspector.cli.review import run_reviewers

    raise typer.Exit(run_reviewers(settings_of(lang), json=json))


@review_app.command("reviewer")
def review_reviewer(
    name: Annotated[str, typer.Argument(help="操作系统的用户名。 / The name of the operating system's user.")],
    minutes: Annotated[int | None, typer.Option("--minutes", help="每天多少分钟。 / Minutes a day.")] = None,
    skill: Annotated[
        list[str] | None, typer.Option("--skill", help="字段=值，可多次给出。 / field=value; may be repeated.")
    ] = None,
    away_until: Annotated[
        datetime | None, typer.Option("--away-until", formats=["%Y-%m-%d"], help="不在岗至该日。 / Away until.")
    ] = None,
    lang: LangOption = None,
) -> None:
    """设定某人的时长、技能、不在岗；未给出的恢复默认。 / Lay down a quota, skills, absence.

    例 / Example: inspector review reviewer zhang.san --minutes 240 --skill channel=video
    """
    from inspector.cli.review import ReviewerJob, run_reviewer

    settings = settings_of(lang)
    per_day = settings.review.minutes_per_day if minutes is None else minutes
    until = None if away_until is None else _local(away_until, settings)
    raise typer.Exit(run_reviewer(ReviewerJob(name, per_day, skill or (), until), settings))


def _local(day: datetime, settings: Settings) -> datetime:
    from zoneinfo import ZoneInfo

    return day.replace(tzinfo=ZoneInfo(settings.business_tz))
