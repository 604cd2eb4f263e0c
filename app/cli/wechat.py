"""The commands that look after what goes between us and WeChat."""

import json
import sys
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from uuid import UUID

import click
import redis

from app import messages
from app.adapters import connect, wechat
from app.cli.seed.wechat import give_wechat
from app.cli.sessions import one_session, record
from app.clock import SHANGHAI
from app.config import Settings
from app.errors import NotFoundError
from app.sealing import Sealer

_BATCH = 200


@click.command(name="wechat-events")
@click.option(
    "--again", type=click.UUID, help="Let this one be tried anew, as the scheduler does every minute."
)
def wechat_events(again: UUID | None) -> None:
    """List what WeChat told us and could not be done, by id, kind, time and fault; exit 1 if there is any."""
    settings = Settings.read()
    with one_session(settings) as session:
        if again is not None:
            try:
                messages.try_again(session, again)
            except NotFoundError as error:
                raise click.ClickException(f"There is no event {again}.") from error
            record(session, settings, "wechat-events", 1)
        dead = messages.dead_events(session, limit=_BATCH)
    for event in dead:
        received = event.received_at.isoformat(timespec="seconds")
        click.echo(f"{event.id}  {event.kind}  {received}  {event.tries} tries  {event.fault}")
    click.echo(f"{len(dead)} events failed for good." if dead else "No event failed for good.")
    sys.exit(1 if dead else 0)


@click.command(name="wechat-messages")
@click.option("--again", type=click.UUID, help="Let this one be tried anew, if its notice is still news.")
def wechat_messages(again: UUID | None) -> None:
    """List the messages by WeChat that failed for good; exit 1 if there is any."""
    settings = Settings.read()
    with one_session(settings) as session:
        if again is not None:
            try:
                messages.send_again(session, again)
            except NotFoundError as error:
                raise click.ClickException(f"There is no message {again}.") from error
            record(session, settings, "wechat-messages", 1)
        failed = messages.failed_sends(session, limit=_BATCH)
    for send in failed:
        begun = send.begun_at.isoformat(timespec="seconds")
        click.echo(
            f"{send.id}  {send.template_id}  {begun}  {send.tries} tries  {send.fault}  {send.errcode}"
        )
    click.echo(f"{len(failed)} messages failed for good." if failed else "No message failed for good.")
    sys.exit(1 if failed else 0)


@click.command(name="wechat-quotas")
@click.option(
    "--clear", is_flag=True, help="Let WeChat begin all quotas of our apps anew: ten times a month."
)
def wechat_quotas(*, clear: bool) -> None:
    """List the calls whose daily quota at WeChat is used up, and until when; exit 1 if there is any."""
    settings = Settings.read()
    with connect(settings.redis_url) as client:
        ours = wechat.open_wechat(
            settings.wechat, client, secret_key=settings.secret_key, hosts=settings.trusted_hosts
        )
        if ours is None:
            raise click.ClickException("This installation does without WeChat.")
        try:
            if clear:
                _clear(settings, ours)
            left = [(line.appid, *one) for line in ours.lines for one in line.used_up().items()]
        except redis.RedisError as error:
            raise click.ClickException("Redis, which knows of the quotas, does not answer.") from error
    for appid, call, until in left:
        click.echo(f"{appid}  {call}  until {_shown(until)}")
    click.echo(f"{len(left)} calls wait for a new day." if left else "No call has used up its day.")
    sys.exit(1 if left else 0)


def give_demo_wechat(settings: Settings, file: Path) -> None:
    """Let people of the demo sign in by a made-up WeChat; write what that one must know of them, as JSON."""
    if settings.wechat is None:
        raise click.ClickException("This installation does without WeChat.")
    with one_session(settings) as session:
        people, new = give_wechat(session, Sealer.of(settings), settings.wechat)
        record(session, settings, "seed-wechat", new)
    templates = {
        kind: [field.key for field in template.fields.values()] for kind, template in wechat.TEMPLATES.items()
    }
    told = {"people": [asdict(person) for person in people], "templates": templates}
    file.write_text(json.dumps(told, ensure_ascii=False, indent=1))


def _clear(settings: Settings, ours: wechat.WeChat) -> None:
    for line in ours.lines:
        try:
            line.begin_anew()
        except wechat.WeChatError as error:
            raise click.ClickException(
                f"WeChat did not begin the quotas of {line.appid} anew: {error}."
            ) from error
    with one_session(settings) as session:
        record(session, settings, "wechat-quotas", len(ours.lines))


def _shown(at: datetime) -> str:
    return at.astimezone(SHANGHAI).isoformat(timespec="minutes")
