"""The actions of the audit log in a person's words."""

WORDS = {
    "signed_up": "You made this account",
    "signed_in": "You signed in",
    "signed_out": "You signed out",
    "sign_in_refused": "Somebody tried to sign in with a wrong password",
    "totp_required": "The password was right, and a code was asked for",
    "invalid_totp": "Somebody tried to sign in with a wrong code",
    "refreshed": "You came back",
    "refresh_replayed": "A session was ended: its key was used twice",
    "session_ended": "You signed a device out",
    "other_sessions_ended": "You signed all other devices out",
    "password_changed": "You changed the password",
    "password_reset": "You chose a new password by mail",
    "email_verified": "You confirmed your email",
    "totp_on": "You turned the second step on",
    "totp_off": "You turned the second step off",
    "recovery_codes_renewed": "You made new recovery codes",
    "do_not_sell_on": "You said: do not sell or share my data",
    "do_not_sell_off": "You took back: do not sell or share my data",
    "export_asked": "You asked for a copy of your data",
    "credits_granted": "The Vannilli team gave you credits",
    "plan_changed": "You changed your plan",
    "generation_started": "You started a video",
    "generation_cancelled": "You cancelled a video",
    "video_downloaded": "You took a finished video",
    "sign_in_banned": "A sign-in was refused: the account is closed",
    "setting_changed": "You changed a setting for everybody",
    "admin_granted": "You were made an admin",
    "admin_revoked": "You are no admin any more",
    "project_deleted": "You deleted a project",
    "video_shown": "You showed a video to everybody, or renamed it",
    "video_hidden": "You took a video out of the showcase",
    "video_reported": "You reported a video",
    "video_taken_down": "You took somebody's video down, as an admin",
    "video_restored": "You lifted a takedown, as an admin",
    "report_dismissed": "You dismissed a report, as an admin",
    "uploads_deleted": "You deleted what you had uploaded for a video",
}


def words(action: str) -> str:
    """What was done; an action without words of its own by its name."""
    return WORDS.get(action) or action.replace("_", " ").capitalize()
