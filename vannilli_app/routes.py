"""Every URL of the app: pages first, then the API, as constants and builders. Paths only, no origin."""

import re
from urllib.parse import urlencode
from uuid import UUID

HOME = "/"
CALCULATOR = "/calculator"
EMBED = "/embed"
EMBED_SCRIPT = "/embed.js"
EMBED_MODULE = "/embed/{module}.js"
TEMPOS = "/bpm"
TEMPO = "/bpm/{bpm}"
SHARE_CALCULATOR = "/share/calculator/{name}.png"
ROBOTS = "/robots.txt"
SITEMAP = "/sitemap.xml"
SECURITY_TXT = "/.well-known/security.txt"
OWN_AUTHORITY = "/vannilli-ca.crt"
GPC = "/.well-known/gpc.json"
PRICING = "/pricing"
SHOWCASE = "/showcase"
SHOWCASE_MODULE = "/showcase/{module}.js"
SHOWCASE_SITEMAP = "/showcase/sitemap.xml"
SHOWCASE_ITEM = "/showcase/{generation_id}"
SHOWCASE_VIDEO = "/showcase/{generation_id}/video.mp4"
SHOWCASE_POSTER = "/showcase/{generation_id}/poster.jpg"
DESIGN = "/design"
SIGN_UP = "/signup"
SIGN_IN = "/signin"
VERIFY = "/verify"
RESET = "/reset"
VERIFY_VIDEO = "/verify-video"
PRIVACY = "/privacy"
TERMS = "/terms"
STUDIO = "/studio"
STUDIO_NEW = "/studio/new"
SHARED_TRACK = "/studio/shared-track"
MANIFEST = "/manifest.webmanifest"
OFFLINE = "/offline.html"
STUDIO_RECORD = "/studio/record"
STUDIO_PREVIEW = "/studio/preview"
STUDIO_DOWNLOAD = "/studio/download"
ACCOUNT = "/account"
PAID = "/paid"
SANDBOX_CHECKOUT = "/sandbox/checkout"
ADMIN = "/admin"
ADMIN_VIDEOS = "/admin/videos"
ADMIN_VIDEO = "/admin/video"
ADMIN_PEOPLE = "/admin/people"
ADMIN_PAYMENTS = "/admin/payments"
ADMIN_SETTINGS = "/admin/settings"
ADMIN_REPORTS = "/admin/reports"
ADMIN_COSTS = "/admin/costs"
ADMIN_AUDIT = "/admin/audit"
INDEXED = (HOME, CALCULATOR, TEMPOS, PRICING, SHOWCASE, SIGN_UP, VERIFY_VIDEO, PRIVACY, TERMS)
"""Pages in every language that search engines should know; those of the tempos besides."""

API = "/api"
API_DOCS = "/api/docs"
API_OPENAPI = "/api/openapi.json"
API_HEALTH = "/api/health"
API_SIGN_UP = "/api/auth/signup"
API_SIGN_IN = "/api/auth/signin"
API_REFRESH = "/api/auth/refresh"
API_SIGN_OUT = "/api/auth/signout"
API_ME = "/api/auth/me"
API_CONFIRM = "/api/auth/confirm"
API_SESSIONS = "/api/auth/sessions"
API_SESSION = "/api/auth/sessions/{session_id}"
API_VERIFY = "/api/auth/verify"
API_VERIFY_ASK = "/api/auth/verify/ask"
API_RESET = "/api/auth/reset"
API_RESET_ASK = "/api/auth/reset/ask"
API_PASSWORD = "/api/auth/password"  # noqa: S105 (an address)
API_TOTP = "/api/auth/totp"
API_TOTP_CONFIRM = "/api/auth/totp/confirm"
API_RECOVERY_CODES = "/api/auth/recovery-codes"
API_ACCOUNT = "/api/account"
API_EXPORTS = "/api/account/exports"
API_EXPORT = "/api/account/exports/{export_id}"
API_DO_NOT_SELL = "/api/account/do-not-sell"
API_PUSH_SUBSCRIPTIONS = "/api/push-subscriptions"
API_AUDIT = "/api/account/activity"
API_VERIFY_VIDEO = "/api/verify-video"
API_CALCULATE_DURATION = "/api/calculate-duration"
API_PROJECTS = "/api/projects"
API_PROJECT = "/api/projects/{project_id}"
API_PROJECT_UPLOADS = "/api/projects/{project_id}/uploads"
API_UPLOAD_ASSETS = "/api/upload-assets"
API_PROJECT_BEATS = "/api/projects/{project_id}/beats"
API_ASSET = "/api/assets/{asset_id}"
API_ASSET_ALIGNMENT = "/api/assets/{asset_id}/alignment"
API_ASSET_PARTS = "/api/assets/{asset_id}/parts"
API_CHECK_ASSET = "/api/assets/{asset_id}/check"
API_START_GENERATION = "/api/start-generation"
API_POLL_STATUS = "/api/poll-status/{task_id}"
API_GENERATIONS = "/api/generations"
API_CANCEL_GENERATION = "/api/generations/{generation_id}/cancel"
API_PARTS = "/api/generations/{generation_id}/parts"
API_PART_AGAIN = "/api/generations/{generation_id}/parts/{number}/again"
API_RELEASE_KIT = "/api/generations/{generation_id}/release-kit"
API_DOWNLOAD = "/api/download/{generation_id}"
API_GENERATION_SHOWCASE = "/api/generations/{generation_id}/showcase"
API_SHOWCASE = "/api/showcase"
API_SHOWCASE_ITEM = "/api/showcase/{generation_id}"
API_SHOWCASE_WATCH = "/api/showcase/{generation_id}/watch"
API_CONTENT_REPORT = "/api/content-report"
API_PROVIDERS = "/api/providers"
API_PROVIDER_CALLBACK = "/api/webhooks/{provider}"
API_CHECKOUT = "/api/checkout"
API_CREDITS_TOPUP = "/api/credits/topup"
API_BILLING_PORTAL = "/api/billing/portal"
API_BILLING_PLAN = "/api/billing/plan"
API_BILLING_PLAN_PRICE = "/api/billing/plan/price"
API_STRIPE_WEBHOOK = "/api/webhooks/stripe"
API_CREDITS_BALANCE = "/api/credits/balance"
API_CREDITS_LEDGER = "/api/credits/ledger"
API_METRICS = "/api/metrics"
API_ADMIN_TABLE = "/api/admin/tables/{table}.csv"
API_ADMIN_VIDEOS = "/api/admin/videos"
API_ADMIN_VIDEO = "/api/admin/videos/{video_id}"
API_ADMIN_VIDEO_CANCEL = "/api/admin/videos/{video_id}/cancel"
API_ADMIN_VIDEO_RETRY = "/api/admin/videos/{video_id}/retry"
API_ADMIN_VIDEO_REFUND = "/api/admin/videos/{video_id}/refund"
API_ADMIN_PEOPLE = "/api/admin/people"
API_ADMIN_CREDITS = "/api/admin/people/{person_id}/credits"
API_ADMIN_BAN = "/api/admin/people/{person_id}/ban"
API_ADMIN_UNBAN = "/api/admin/people/{person_id}/unban"
API_ADMIN_WARN = "/api/admin/people/{person_id}/warn"
API_ADMIN_REPORTS = "/api/admin/reports"
API_ADMIN_DISMISS = "/api/admin/reports/{report_id}/dismiss"
API_ADMIN_TAKE_DOWN = "/api/admin/videos/{video_id}/take-down"
API_ADMIN_RESTORE = "/api/admin/videos/{video_id}/restore"
API_ADMIN_EVENTS = "/api/admin/payment-events"
API_ADMIN_REPLAY = "/api/admin/payment-events/{event}/replay"
API_ADMIN_AUDIT = "/api/admin/audit"
API_ADMIN_SETTINGS = "/api/admin/settings"
API_ADMIN_SETTING = "/api/admin/settings/{name}"
PROMETHEUS = "/metrics"


_OURS = re.compile(r"/(?![/\\])[\x21-\x5b\x5d-\x7e]*")  # no host, no backslash, no control character


def is_ours(path: str) -> bool:
    """Whether `path` stays on this site, wherever a browser may think that it leads."""
    return _OURS.fullmatch(path) is not None


def sign_in(after: str = STUDIO) -> str:
    """The sign-in page that leads on to the page `after`."""
    return f"{SIGN_IN}?{urlencode({'next': after})}"


def studio_new(project_id: UUID | str) -> str:
    """The form of a draft."""
    return _with(STUDIO_NEW, project=project_id)


def studio_record(project_id: UUID | str) -> str:
    """The camera for a project."""
    return _with(STUDIO_RECORD, project=project_id)


def studio_preview(generation_id: UUID | str) -> str:
    """The progress of a generation."""
    return _with(STUDIO_PREVIEW, generation=generation_id)


def studio_download(generation_id: UUID | str) -> str:
    """The finished video."""
    return _with(STUDIO_DOWNLOAD, generation=generation_id)


def showcase_item(generation_id: UUID) -> str:
    """The page of a shown video."""
    return SHOWCASE_ITEM.format(generation_id=generation_id)


def sandbox_checkout(session_id: str) -> str:
    """The page on which a checkout of the sandbox is paid with nothing."""
    return _with(SANDBOX_CHECKOUT, session=session_id)


def admin_videos(**filters: str | int) -> str:
    """The list of videos, filtered."""
    return f"{ADMIN_VIDEOS}?{urlencode(filters)}"


def admin_video(generation_id: UUID | str) -> str:
    """All that is known of one video."""
    return _with(ADMIN_VIDEO, video=generation_id)


def paid(session_id: str, after: str) -> str:
    """Where a checkout sends its buyer, who goes on to the page `after`. `session_id` stands as it is given: it may be
    a placeholder of the payment service."""
    return f"{PAID}?session={session_id}&{urlencode({'next': after})}"


def _with(path: str, **query: UUID | str) -> str:
    return f"{path}?{urlencode({name: str(value) for name, value in query.items()})}"


def provider_callback(provider: str, external_id: str) -> str:
    """Where a provider tells that the task with our id has changed."""
    return _with(API_PROVIDER_CALLBACK.format(provider=provider), external_id=external_id)
