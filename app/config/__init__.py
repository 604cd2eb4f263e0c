"""Settings: what the process takes from its environment, read once, frozen, and refused loudly when wrong."""

from app.config.photo_files import BucketSettings, ScannerSettings
from app.config.rates import RateSettings
from app.config.retention import RetentionSettings
from app.config.sessions import PasswordProfile, SessionSettings
from app.config.settings import SAMPLE_KEY_PREFIX, Settings, SettingsError, Stage, Suite, UnknownYears
from app.config.wechat import BASE_URLS, WeChatSettings

__all__ = [
    "BASE_URLS",
    "SAMPLE_KEY_PREFIX",
    "BucketSettings",
    "PasswordProfile",
    "RateSettings",
    "RetentionSettings",
    "ScannerSettings",
    "SessionSettings",
    "Settings",
    "SettingsError",
    "Stage",
    "Suite",
    "UnknownYears",
    "WeChatSettings",
]
