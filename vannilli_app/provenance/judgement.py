"""From a file's marks to plain words: what is proven, by whom, and what is not. Pure."""

from vannilli_app.media.marks import Marks, Signed
from vannilli_app.provenance.schemas import Finding, Proof

AI = ("trainedAlgorithmicMedia", "compositeWithTrainedAlgorithmicMedia")
_MADE = {
    "trainedAlgorithmicMedia": "It says that its picture was made by AI.",
    "compositeWithTrainedAlgorithmicMedia": "It says that AI made a part of its picture, or moved it.",
}
_TITLES: dict[Proof, str] = {
    "signed_here": "Made here, and not changed since",
    "signed_elsewhere": "Signed by somebody whom we do not know",
    "changed": "Changed after it was signed",
    "unreadable": "Its signature is damaged",
    "only_said": "It says so itself, and nobody signed that",
    "nothing": "It carries no mark",
}


def judged(marks: Marks, *, own: bool) -> Finding:
    """What to tell of a file. `own`: our certificates are of our own making, on no public trust list."""
    proof = _proof(marks)
    signed = marks.signed or Signed("Unreadable")
    holds = proof in ("signed_here", "signed_elsewhere")
    says = (signed.says if holds else None) or marks.says
    sentences = [_by_whom(proof, signed, own=own)]
    if says:
        sentences.append(_MADE.get(says, f"It says of its origin: {says}."))
    sentences.append(_not_proven(proof))
    return Finding(
        proof=proof,
        title=_TITLES[proof],
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
    signer = signed.issuer or signed.name or "nobody"
    match proof:
        case "signed_here" if own:
            return (
                "This Vannilli signed this file with a certificate of its own, and it is the same as on that "
                "day. That certificate is not on the public trust list: other programs will call the signer "
                "unknown."
            )
        case "signed_here":
            return (
                f"This Vannilli signed this file with the certificate of {signer}, and it is the same as on "
                "that day."
            )
        case "signed_elsewhere":
            return (
                f"The file is the same as when it was signed. Its certificate says {signer}, but anybody can "
                "make one that says so, and this one is none of ours."
            )
        case "changed":
            return (
                "It carries a signature, but picture, sound or notes were changed afterwards. Do not "
                "believe what it says of itself."
            )
        case "unreadable":
            return "It carries a signature that cannot be read, or that has run out. It proves nothing."
        case "only_said":
            return (
                "There is no signature in it. Saving it anew in another program often takes the signature "
                "away."
            )
        case "nothing":
            return "There is neither a signature nor a note of its making in it."


def _not_proven(proof: Proof) -> str:
    if proof == "nothing":
        return (
            "That does not prove that it is real: marks are lost whenever a video is sent through an app "
            "or recorded anew."
        )
    if proof == "only_said":
        return "Anybody can write such a note, and anybody can take it away."
    return (
        "A signature tells where a file comes from. It does not tell who is seen in it, or whether they "
        "agreed."
    )
