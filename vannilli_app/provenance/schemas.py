"""What is told of a file that somebody wants to check."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

Proof = Literal["signed_here", "signed_elsewhere", "changed", "unreadable", "only_said", "nothing"]


class Finding(BaseModel):
    """What a file proves of its making, and what not. All but the first three are what the file says, null where it
    says nothing."""

    model_config = ConfigDict(frozen=True)

    proof: Proof
    title: str = Field(description="The answer in a few words.")
    sentences: list[str] = Field(description="What is proven and by whom, in plain words.")
    says_ai: bool = Field(description="Whether the file says that a trained model made it or a part of it.")
    digital_source_type: str | None = Field(
        description="Of IPTC's vocabulary, such as trainedAlgorithmicMedia."
    )
    signed_by: str | None = Field(description="The organisation that the certificate names.")
    made_with: str | None
    made_at: str | None = Field(description="As the signer wrote it.")
    stamped_at: str | None = Field(description="As a time stamp authority wrote it.")
