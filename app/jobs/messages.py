"""Sending notices by WeChat, every minute; while WeChat is away they wait, and the inbox has them anyway."""

from uuid import UUID

import structlog

from app import messages
from app.adapters import wechat
from app.db import sessions_for, transaction
from app.jobs.work import Means, record_job
from app.messages import Catalogue, Draft, MessageSend, SendState, Verdict

log = structlog.get_logger()
_BATCH = 200
_NOT_SENT = Verdict(SendState.DROPPED)


def send_messages(means: Means) -> int:
    """Send what is due, one after the other; give how many WeChat took.

    What is marked as being sent since long was interrupted and is closed first, also without WeChat.
    """
    with transaction(sessions_for(means.engine)()) as session:
        ended = messages.end_interrupted(session)
        record_job(session, means, "end_interrupted_sends", ended)
    mini = means.mini
    if mini is None:
        return 0
    catalogue = Catalogue(mini.template_ids, mini.long_term)
    with transaction(sessions_for(means.engine)()) as session:
        due = messages.due_sends(session, catalogue, limit=_BATCH)
    sent, resting, along = 0, set[str](), set[UUID]()
    for notice_id, kind in due:
        template_id = catalogue.ids.get(kind, kind)
        if template_id in resting or notice_id in along:
            continue
        verdict = _handled(means, mini, catalogue, notice_id, along)
        sent += verdict.state is SendState.SENT
        if verdict.ends_run:
            break
        if verdict.ends_template:
            resting.add(template_id)
    return sent


def forget_old_sends(means: Means) -> int:
    """Delete what is kept of messages that are over long since; give how many rows."""
    with transaction(sessions_for(means.engine)()) as session:
        forgotten = messages.forget_old_sends(session)
        record_job(session, means, "forget_old_sends", forgotten)
    return forgotten


def _handled(
    means: Means, mini: wechat.MiniProgram, catalogue: Catalogue, notice_id: UUID, along: set[UUID]
) -> Verdict:
    """Send one, each step in its own transaction; a fault of ours holds up no other.

    Notes in ``along`` which others it tells of besides.
    """
    try:
        with transaction(sessions_for(means.engine)()) as session:
            draft = messages.begin(session, means.sealer, catalogue, notice_id)
        if draft is None:
            return _NOT_SENT
        along |= draft.also
        verdict = _sent(mini, draft)
        with transaction(sessions_for(means.engine)()) as session:
            send = messages.finish(session, draft.send_id, verdict)
            record_job(session, means, "send_messages", 1)
    except Exception:
        log.exception("message_broke_off", notice_id=str(notice_id))
        return _NOT_SENT
    _tell(send, draft.template)
    return verdict


def _sent(mini: wechat.MiniProgram, draft: Draft) -> Verdict:
    """Ask WeChat, with no transaction open."""
    try:
        msgid = mini.send_message(draft.openid, draft.template, draft.values)
    except wechat.WeChatError as error:
        return messages.judged(error)
    return Verdict(SendState.SENT, msgid=msgid)


def _tell(send: MessageSend, template: str) -> None:
    """Log how it went: what an operator must see to as an error, never whom it went to."""
    say = log.error if send.state is SendState.FAILED else log.info
    say(
        "message_failed" if send.state is SendState.FAILED else "message_handled",
        send_id=str(send.id),
        template=template,
        state=str(send.state),
        fault=send.fault,
        errcode=send.errcode,
    )
