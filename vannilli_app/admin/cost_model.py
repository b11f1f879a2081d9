"""What so many people would cost, from assumptions that an admin may change: dollars, and months of 30 days."""

from dataclasses import dataclass
from math import ceil

from vannilli_app.errors import Invalid

SECONDS_A_MONTH = 30 * 24 * 3600
MB_A_GB = 1000


@dataclass(frozen=True)
class Assumption:
    """One number of the model; `source` says where its default comes from."""

    name: str
    label: str
    default: float
    source: str


ASSUMPTIONS = (
    Assumption("previews", "Previews a person makes a month", 4, "assumed"),
    Assumption("paid_videos", "Paid videos a person makes a month", 0.25, "assumed: 1 of 16 previews"),
    Assumption("seconds", "Seconds of a video", 14, "8 bars at 140"),
    Assumption("requests", "Requests and pushes a person causes a month", 1500, "assumed"),
    Assumption(
        "request_ms", "CPU of a request or push, ms", 2.8, "measured: 2 the server, else PostgreSQL, Redis"
    ),
    Assumption(
        "preview_cpu", "CPU seconds for a second of preview", 0.8, "measured: 8 s as a draft took 6.6"
    ),
    Assumption(
        "finish_cpu", "CPU seconds to finish a second of video", 0.3, "measured: 4.1 s for 14 s of 720p"
    ),
    Assumption("mb_a_second", "MB kept for a second of video", 0.1, "assumed"),
    Assumption("kept_months", "Months a video is kept", 1, "30 days"),
    Assumption("provider_seconds", "Seconds a provider works on a second", 20, "assumed"),
    Assumption("provider_usd", "Provider's price of a second, $", 0.07, "Kling's list price, standard"),
    Assumption("earned_usd", "Earned for a second, $", 0.25, "the plan Artist"),
    Assumption("fee_share", "Payment service's share of what is earned", 0.05, "assumed"),
    Assumption("core_usd", "A core a month, $", 12, "assumed"),
    Assumption("storage_usd", "A GB kept a month, $", 0.015, "assumed"),
    Assumption("peak", "Busiest hour, times the average", 4, "assumed"),
)


@dataclass(frozen=True)
class Costs:
    """A month: what is needed at the busiest hour, and dollars."""

    server_cores: int
    worker_cores: int
    provider_slots: int
    storage_gb: float
    machines_usd: float
    storage_usd: float
    provider_usd: float
    fees_usd: float
    earned_usd: float

    @property
    def spent_usd(self) -> float:
        return self.machines_usd + self.storage_usd + self.provider_usd + self.fees_usd

    @property
    def margin(self) -> float | None:
        """What is left of a dollar earned."""
        return (self.earned_usd - self.spent_usd) / self.earned_usd if self.earned_usd else None


def defaults() -> dict[str, float]:
    """The assumptions as they are when nobody changes them."""
    return {one.name: one.default for one in ASSUMPTIONS}


def given(values: dict[str, str]) -> dict[str, float]:
    """The defaults with what was typed. Raises Invalid for what is no number from 0 on."""
    found = defaults()
    for one in ASSUMPTIONS:
        if text := values.get(one.name, "").strip():
            try:
                found[one.name] = float(text)
            except ValueError:
                found[one.name] = -1
            if not 0 <= found[one.name] < 1e12:
                raise Invalid(f"{one.label}: give a number from 0 on.")
    return found


def costs(people: float, a: dict[str, float]) -> Costs:
    """What so many people a month cost, by assumptions as `given` gives them."""
    previews, paid = people * a["previews"] * a["seconds"], people * a["paid_videos"] * a["seconds"]
    busy = a["peak"] / SECONDS_A_MONTH
    server_cores = ceil(people * a["requests"] * a["request_ms"] / 1000 * busy)
    worker_cores = ceil((previews * (a["preview_cpu"] + a["finish_cpu"]) + paid * a["finish_cpu"]) * busy)
    storage = (previews + paid) * a["mb_a_second"] * a["kept_months"] / MB_A_GB
    earned = paid * a["earned_usd"]
    return Costs(
        server_cores=server_cores,
        worker_cores=worker_cores,
        provider_slots=ceil(paid * a["provider_seconds"] * busy),
        storage_gb=storage,
        machines_usd=(server_cores + worker_cores) * a["core_usd"],
        storage_usd=storage * a["storage_usd"],
        provider_usd=paid * a["provider_usd"],
        fees_usd=earned * a["fee_share"],
        earned_usd=earned,
    )
