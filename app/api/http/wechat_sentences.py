"""The Chinese sentences of what WeChat refuses, and of notices and accounts there."""

OF_WECHAT = {
    "push_refused": "这条推送不是微信发来的，或已过时，没有受理，请核对消息推送的设置",
    "wechat_off": "这里没有开通微信功能，请用手机号登录",
    "wechat_away": "微信暂时连不上，请稍后再试，或用手机号登录；其他功能照常使用",
    "wechat_busy": "微信登录的人太多，请过一会儿再试",
    "wechat_code": "微信登录没有成功，请重新打开再试一次",
    "wechat_blocked": "微信没有同意这次登录，请用手机号登录，或联系社区",
    "wechat_phone_code": "微信授权已经过期，请重新点一次按钮",
    "wechat_phone_foreign": "这个手机号不是授权给本小程序的，请重新点一次按钮",
    "wechat_not_linked": "这个账号还没有绑定微信，请先在微信里登录",
    "notice_settings_changed": "消息设置已在别处改过，请刷新后再改",
    "urgent_kind": "紧急的消息不能关，请从列表里去掉",
    "quiet_hours": "免打扰请填不同的开始和结束时间，最长14小时，不要就都留空",
    "template_unknown": "没有这个消息模板，请刷新页面后再试",
    "wechat_taken": "这个微信已经绑定了别的账号，请用那个账号登录，或联系社区",
    "wechat_check_unfit": "您有密码、动态验证码或工作身份，请用密码或动态验证码确认",
    "wechat_other": "这不是您平时登录用的微信，请用那个微信确认",
    "user_disabled": "这个账号已经停用，请联系社区",
    "sign_in_state": "登录已经过期，请重新打开页面再登录",
    "page_foreign": "这个网址不是本站的页面，不能使用微信功能，请从本站的页面打开",
    "phone_abroad": "请用大陆的11位手机号",
}
