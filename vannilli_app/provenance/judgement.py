"""From a file's marks to plain words: what is proven, by whom, and what is not. Pure."""

from vannilli_app.media.marks import Marks, Signed
from vannilli_app.provenance.schemas import Finding, Proof
from vannilli_app.words import N_, _

AI = ("trainedAlgorithmicMedia", "compositeWithTrainedAlgorithmicMedia")
_MADE = {
    "trainedAlgorithmicMedia": N_("It says that its picture was made by AI."),
    "compositeWithTrainedAlgorithmicMedia": N_("It says that AI made a part of its picture, or moved it."),
}
_TITLES: dict[Proof, str] = {
    "signed_here": N_("Made here, and not changed since"),
    "signed_elsewhere": N_("Signed by somebody whom we do not know"),
    "changed": N_("Changed after it was signed"),
    "unreadable": N_("Its signature is damaged"),
    "only_said": N_("It says so itself, and nobody signed that"),
    "nothing": N_("It carries no mark"),
}


def judged(marks: Marks, *, own: bool) -> Finding:
    """What to tell of a file. `own`: our certificates are of our own making, on no public trust list."""
    proof = _proof(marks)
    signed = marks.signed or Signed("Unreadable")
    holds = proof in ("signed_here", "signed_elsewhere")
    says = (signed.says if holds else None) or marks.says
    sentences = [_by_whom(proof, signed, own=own)]
    if says:
        sentences.append(_(_MADE[says]) if says in _MADE else _("It says of its origin: {says}.", says=says))
    sentences.append(_not_proven(proof))
    return Finding(
        proof=proof,
        title=_(_TITLES[proof]),
        sentences=sentences,
        says_ai=says in AI,
        digital_source_type=says,
        signed_by=(signed.issuer or signed.name) if holds else None,
        made_with=signed.made_by if holds else None,
        made_at=signed.made_at if holds else None,
        stamped_at=signed.stamped_at if holds else None,
    )


def _proof(marks: Marks) -> Proof:
    match marks.signed:
        case None:
            return "only_said" if marks.says else "nothing"
        case Signed(state="Trusted"):
            return "signed_here"
        case Signed(state="Valid"):
            return "signed_elsewhere"
        case Signed(state="Invalid", failures=failures) if any("mismatch" in code for code in failures):
            return "changed"
    return "unreadable"


def _by_whom(proof: Proof, signed: Signed, *, own: bool) -> str:
    signer = signed.issuer or signed.name or _("nobody")
    match proof:
        case "signed_here" if own:
            return _(
                "This Vannilli signed this file with a certificate of its own, and it is the same as on that "
                "day. That certificate is not on the public trust list: other programs will call the signer "
                "unknown."
            )
        case "signed_here":
            return _(
                "This Vannilli signed this file with the certificate of {signer}, and it is the same as on "
                "that day.",
                signer=signer,
            )
        case "signed_elsewhere":
            return _(
                "The file is the same as when it was signed. Its certificate says {signer}, but anybody can "
                "make one that says so, and this one is none of ours.",
                signer=signer,
            )
        case "changed":
            return _(
                "It carries a signature, but picture, sound or notes were changed afterwards. Do not "
                "believe what it says of itself."
            )
        case "unreadable":
            return _("It carries a signature that cannot be read, or that has run out. It proves nothing.")
        case "only_said":
            return _(
                "There is no signature in it. Saving it anew in another program often takes the signature "
                "away."
            )
        case "nothing":
            return _("There is neither a signature nor a note of its making in it.")


def _not_proven(proof: Proof) -> str:
    if proof == "nothing":
        return _(
            "That does not prove that it is real: marks are lost whenever a video is sent through an app "
            "or recorded anew."
        )
    if proof == "only_said":
        return _("Anybody can write such a note, and anybody can take it away.")
    return _(
        "A signature tells where a file comes from. It does not tell who is seen in it, or whether they "
        "agreed."
    )
