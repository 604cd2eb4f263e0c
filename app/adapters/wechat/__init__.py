"""The client of WeChat's server APIs: ``open_wechat`` makes it, and its errors are the kinds of WeChatError.

Nothing here knows a table or a route: who an openid is to us, and what a refusal means to people, is decided
above.
"""

from app.adapters.wechat.callbacks import (
    LARGEST_BODY as LARGEST_CALLBACK,
)
from app.adapters.wechat.callbacks import (
    CallbackRefusedError,
    CallbackRepeatedError,
    Callbacks,
    CallbackUncertainError,
)
from app.adapters.wechat.errors import (
    CircuitOpenError,
    CodeRefusedError,
    ForeignPhoneError,
    MessageFieldError,
    NotSubscribedError,
    UserBlockedError,
    WeChatAnswerError,
    WeChatBusyError,
    WeChatConfigurationError,
    WeChatError,
    WeChatQuotaError,
    WeChatRetryableError,
    WeChatTimeoutError,
    WeChatTokenError,
    WeChatUnreachableError,
    WeChatUserError,
)
from app.adapters.wechat.events import Event, EventError
from app.adapters.wechat.mini_program import (
    SEND_MESSAGE,
    MiniProgram,
    RiskScene,
    WeChatIdentity,
    WeChatPhone,
)
from app.adapters.wechat.opening import WeChat, open_wechat
from app.adapters.wechat.service_account import PageRefusedError, PageSignature, ServiceAccount
from app.adapters.wechat.templates import TEMPLATES, Template, says_too_much

__all__ = [
    "LARGEST_CALLBACK",
    "SEND_MESSAGE",
    "TEMPLATES",
    "CallbackRefusedError",
    "CallbackRepeatedError",
    "CallbackUncertainError",
    "Callbacks",
    "CircuitOpenError",
    "CodeRefusedError",
    "Event",
    "EventError",
    "ForeignPhoneError",
    "MessageFieldError",
    "MiniProgram",
    "NotSubscribedError",
    "PageRefusedError",
    "PageSignature",
    "RiskScene",
    "ServiceAccount",
    "Template",
    "UserBlockedError",
    "WeChat",
    "WeChatAnswerError",
    "WeChatBusyError",
    "WeChatConfigurationError",
    "WeChatError",
    "WeChatIdentity",
    "WeChatPhone",
    "WeChatQuotaError",
    "WeChatRetryableError",
    "WeChatTimeoutError",
    "WeChatTokenError",
    "WeChatUnreachableError",
    "WeChatUserError",
    "open_wechat",
    "says_too_much",
]
