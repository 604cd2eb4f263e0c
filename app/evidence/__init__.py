"""Photos and presence: what a record from a phone can show for itself."""

from app.evidence.challenges import CHALLENGE_LIFE, NewChallenge, issue_challenge, shown_digits
from app.evidence.comparing import compare
from app.evidence.coordinates import (
    ACCURACY_KNOWN_M,
    Point,
    accuracy_is_known,
    distance_m,
    to_gcj02,
    to_wgs84,
)
from app.evidence.devices import Device, DeviceFindings, device_findings
from app.evidence.gathering import (
    CLOCK_AHEAD,
    CLOCK_BEHIND,
    Gathered,
    Position,
    Signals,
    clock_flag,
    gather,
    weigh,
)
from app.evidence.links import (
    MAX_PHOTOS,
    MOST_PHOTOS,
    NamedPhoto,
    lacks_photos,
    link_photos,
    link_signature,
    photos_of,
    signature_of,
)
from app.evidence.manifests import ManifestError, ManifestSigner, manifest_signer, verify_manifest
from app.evidence.matches import MatchedPhoto, OwnPhotoError, Settled, ToldMatch, matches, settle
from app.evidence.photos import SeenPhoto, forget, is_shown, keep, old_files, photo_in_reach, sweep_orphans
from app.evidence.pictures import (
    BrokenPictureError,
    NotAPictureError,
    PictureError,
    SignatureUnfitError,
    TooManyPixelsError,
    smaller,
)
from app.evidence.quarantine import discard, held_back, release, scan_again
from app.evidence.sealed_links import COPIES, LINK_LIFE_S, Copy, link_holds, seal_link
from app.evidence.taking_out import TakenOut, take_out
from app.evidence.witnesses import codes_shown, show_witness_code
from app.models import ClockFlag, Datum, MatchKind, MatchVerdict, PhotoOwner, Presence

__all__ = [
    "ACCURACY_KNOWN_M",
    "CHALLENGE_LIFE",
    "CLOCK_AHEAD",
    "CLOCK_BEHIND",
    "COPIES",
    "LINK_LIFE_S",
    "MAX_PHOTOS",
    "MOST_PHOTOS",
    "BrokenPictureError",
    "ClockFlag",
    "Copy",
    "Datum",
    "Device",
    "DeviceFindings",
    "Gathered",
    "ManifestError",
    "ManifestSigner",
    "MatchKind",
    "MatchVerdict",
    "MatchedPhoto",
    "NamedPhoto",
    "NewChallenge",
    "NotAPictureError",
    "OwnPhotoError",
    "PhotoOwner",
    "PictureError",
    "Point",
    "Position",
    "Presence",
    "SeenPhoto",
    "Settled",
    "Signals",
    "SignatureUnfitError",
    "TakenOut",
    "ToldMatch",
    "TooManyPixelsError",
    "accuracy_is_known",
    "clock_flag",
    "codes_shown",
    "compare",
    "device_findings",
    "discard",
    "distance_m",
    "forget",
    "gather",
    "held_back",
    "is_shown",
    "issue_challenge",
    "keep",
    "lacks_photos",
    "link_holds",
    "link_photos",
    "link_signature",
    "manifest_signer",
    "matches",
    "old_files",
    "photo_in_reach",
    "photos_of",
    "release",
    "scan_again",
    "seal_link",
    "settle",
    "show_witness_code",
    "shown_digits",
    "signature_of",
    "smaller",
    "sweep_orphans",
    "take_out",
    "to_gcj02",
    "to_wgs84",
    "verify_manifest",
    "weigh",
]
