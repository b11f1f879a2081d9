"""The actions of the audit log in a person's words."""

from vannilli_app.words import N_, _

WORDS = {
    "signed_up": N_("You made this account"),
    "signed_in": N_("You signed in"),
    "signed_out": N_("You signed out"),
    "sign_in_refused": N_("Somebody tried to sign in with a wrong password"),
    "totp_required": N_("The password was right, and a code was asked for"),
    "invalid_totp": N_("Somebody tried to sign in with a wrong code"),
    "refreshed": N_("You came back"),
    "refresh_replayed": N_("A session was ended: its key was used twice"),
    "session_ended": N_("You signed a device out"),
    "other_sessions_ended": N_("You signed all other devices out"),
    "password_changed": N_("You changed the password"),
    "password_reset": N_("You chose a new password by mail"),
    "email_verified": N_("You confirmed your email"),
    "totp_on": N_("You turned the second step on"),
    "totp_off": N_("You turned the second step off"),
    "recovery_codes_renewed": N_("You made new recovery codes"),
    "do_not_sell_on": N_("You said: do not sell or share my data"),
    "do_not_sell_off": N_("You took back: do not sell or share my data"),
    "export_asked": N_("You asked for a copy of your data"),
    "release_kit_asked": N_("You asked for a release kit"),
    "credits_granted": N_("The Vannilli team gave you credits"),
    "plan_changed": N_("You changed your plan"),
    "generation_started": N_("You started a video"),
    "part_made_again": N_("You had a part of a video made again"),
    "generation_cancelled": N_("You cancelled a video"),
    "video_downloaded": N_("You took a finished video"),
    "sign_in_banned": N_("A sign-in was refused: the account is closed"),
    "setting_changed": N_("You changed a setting for everybody"),
    "admin_granted": N_("You were made an admin"),
    "admin_revoked": N_("You are no admin any more"),
    "project_deleted": N_("You deleted a project"),
    "video_shown": N_("You showed a video to everybody, or renamed it"),
    "video_hidden": N_("You took a video out of the showcase"),
    "video_reported": N_("You reported a video"),
    "video_taken_down": N_("You took somebody's video down, as an admin"),
    "video_restored": N_("You lifted a takedown, as an admin"),
    "report_dismissed": N_("You dismissed a report, as an admin"),
    "uploads_deleted": N_("You deleted what you had uploaded for a video"),
}


def words(action: str) -> str:
    """What was done; an action without words of its own by its name."""
    return _(WORDS[action]) if action in WORDS else action.replace("_", " ").capitalize()
