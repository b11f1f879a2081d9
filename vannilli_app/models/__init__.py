"""The tables, one file a noun. Importing this package registers all of them with SQLModel's metadata."""

from vannilli_app.models.account import AccountSession, AuditEntry, Consent, User
from vannilli_app.models.alert import AlertClaim, AlertMessage, Incident
from vannilli_app.models.backup import Backup
from vannilli_app.models.credit import CreditEntry, CreditReservation
from vannilli_app.models.export import Export
from vannilli_app.models.factor import RecoveryCode, SecondFactor, SignInFailure
from vannilli_app.models.free_use import FreeUse
from vannilli_app.models.generation import Generation
from vannilli_app.models.mail import Mail, OneTimeLink
from vannilli_app.models.payment import PaymentEvent, Reconciliation
from vannilli_app.models.project import Asset, Project
from vannilli_app.models.provider import ProviderState, ProviderTaskRow, RunSetting
from vannilli_app.models.push_subscription import PushSubscription
from vannilli_app.models.release_kit import ReleaseKit
from vannilli_app.models.render import LocalRender
from vannilli_app.models.segment import Segment
from vannilli_app.models.showcase import ContentReport, ShowcaseItem, ShowcaseWatch, Takedown
from vannilli_app.models.subscription import Subscription
from vannilli_app.models.traffic import Traffic

__all__ = [
    "AccountSession",
    "AlertClaim",
    "AlertMessage",
    "Asset",
    "AuditEntry",
    "Backup",
    "Consent",
    "ContentReport",
    "CreditEntry",
    "CreditReservation",
    "Export",
    "FreeUse",
    "Generation",
    "Incident",
    "LocalRender",
    "Mail",
    "OneTimeLink",
    "PaymentEvent",
    "Project",
    "ProviderState",
    "ProviderTaskRow",
    "PushSubscription",
    "Reconciliation",
    "RecoveryCode",
    "ReleaseKit",
    "RunSetting",
    "SecondFactor",
    "Segment",
    "ShowcaseItem",
    "ShowcaseWatch",
    "SignInFailure",
    "Subscription",
    "Takedown",
    "Traffic",
    "User",
]
