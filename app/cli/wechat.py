"""The commands that look after what goes between us and WeChat."""

import sys
from uuid import UUID

import click

from app import messages
from app.cli.sessions import one_session, record
from app.config import Settings
from app.errors import NotFoundError

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
