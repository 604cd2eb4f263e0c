"""The pages a browser sees: whom to be, and why it does not work. In Chinese, and plainly a simulation."""

from html import escape

from tests.fakes.wechat.accounts import User
from tests.fakes.wechat.call import Reply, html_reply

FRAME = """<!doctype html>
<html lang="zh-CN"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>模拟微信</title><style>
body{{font:18px/1.6 sans-serif;margin:0 auto;max-width:32em;padding:1em;color:#222}}
.mark{{background:#fff3cd;border:2px solid #8a6d00;border-radius:8px;padding:.6em 1em}}
a.person{{display:block;border:1px solid #888;border-radius:8px;padding:.8em 1em;margin:.6em 0;color:#064;
text-decoration:none}} small{{color:#555}}
</style></head><body>
<p class="mark"><strong>模拟微信</strong>：这不是真的微信，只用来演示和测试，不会联网。</p>
{content}
</body></html>
"""


def choice(people: list[tuple[User, str]]) -> Reply:
    """Ask which person the browser's owner is; each has a link."""
    links = [
        f'<a class="person" href="{escape(link)}">{escape(user.name)}'
        f"<br><small>{escape(user.note)}</small></a>"
        for user, link in people
    ]
    content = "<h1>您要用谁的微信登录？</h1>" + ("\n".join(links) or "<p>还没有演示人员。</p>")
    return html_reply(FRAME.format(content=content))


def people(phones: list[tuple[User, str]]) -> Reply:
    """List who has this WeChat; each has a link to his phone."""
    links = [
        f'<a class="person" href="{escape(link)}">{escape(user.name)}'
        f"<br><small>{escape(user.note)}</small></a>"
        for user, link in phones
    ]
    content = "<h1>看谁的手机？</h1>" + ("\n".join(links) or "<p>还没有演示人员。</p>")
    return html_reply(FRAME.format(content=content))


def phone(
    user: User,
    code: str,
    offers: list[tuple[str, int | None, str]],
    received: list[tuple[str, dict[str, str]]],
) -> Reply:
    """Show a person's phone: a login code, messages by template with a link that accepts one, what came."""
    asked = [
        f"<li>{escape(template)}：还可收 {'不限' if left is None else left} 条 "
        f'<a href="{escape(link)}">再同意一条</a></li>'
        for template, left, link in offers
    ]
    came = [
        f"<li>{escape(template)}<br><small>{escape('；'.join(values.values()))}</small></li>"
        for template, values in received
    ]
    content = (
        f"<h1>{escape(user.name)}的手机</h1><p>{escape(user.note)}</p>"
        f"<p>登录码（五分钟内用一次）：<br><code>{escape(code)}</code></p>"
        f"<h2>订阅消息</h2><ul>{''.join(asked) or '<li>没有模板</li>'}</ul>"
        f"<h2>收到的消息</h2><ul>{''.join(came) or '<li>还没有</li>'}</ul>"
    )
    return html_reply(FRAME.format(content=content))


def trouble(sentence: str, code: int) -> Reply:
    """Say why nothing happens, with the platform's number."""
    return html_reply(FRAME.format(content=f"<h1>{escape(sentence)}</h1><p>错误码：{code}</p>"))
