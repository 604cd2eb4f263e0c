"""A stand-in for WeChat's servers: a real HTTP process on loopback, with a virtual clock and control calls.

It answers as the platform's documentation says (HTTP 200 with ``errcode``), refuses what the platform
refuses, and breaks as networks break. ``python -m tests.fakes.wechat`` starts it, ``control.WeChatFake``
steers it.
"""
