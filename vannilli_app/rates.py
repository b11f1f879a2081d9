"""How often something may happen: counted by `limits` in memory, or in Redis where several servers share it."""

import logging
import math
import time
from functools import cache
from typing import NamedTuple

from limits import RateLimitItem, RateLimitItemPerMinute
from limits.aio.storage import MemoryStorage, RedisStorage, Storage
from limits.aio.strategies import SlidingWindowCounterRateLimiter
from limits.errors import StorageError
from redis.asyncio import ConnectionPool, Redis

from vannilli_app.config import settings

log = logging.getLogger(__name__)


class Count(NamedTuple):
    """Where a caller stands: `left` more of `most` in `window` seconds, all of them again in `reset` seconds."""

    allowed: bool
    most: int
    left: int
    reset: int
    window: int


async def count(limit: RateLimitItem, *key: str) -> Count:
    """Count one more for `key`, unless its limit is reached. While Redis is away everything is allowed."""
    try:
        allowed = await _limiter().hit(limit, *key)
        stats = await _limiter().get_window_stats(limit, *key)
    except StorageError:
        log.warning("Redis is away; nothing is counted")
        return Count(True, limit.amount, limit.amount, limit.get_expiry(), limit.get_expiry())
    reset = max(1, math.ceil(stats.reset_time - time.time()))
    return Count(allowed, limit.amount, stats.remaining, reset, limit.get_expiry())


def per_minute(amount: int, name: str) -> RateLimitItem:
    """`amount` a minute; limits of different `name` are counted apart."""
    return RateLimitItemPerMinute(amount, namespace=name)


@cache
def _limiter() -> SlidingWindowCounterRateLimiter:
    return SlidingWindowCounterRateLimiter(_storage())


def _storage() -> Storage:
    url = settings().redis_url.get_secret_value()
    if not url:
        return MemoryStorage()
    return RedisStorage(
        "async+redis://",  # only for its scheme: the pool knows where
        implementation="redispy",
        wrap_exceptions=True,
        connection_pool=_connections(url),  # type: ignore[arg-type]  # handed on to redis, whatever limits says
    )


@cache
def _connections(url: str) -> ConnectionPool:
    return ConnectionPool.from_url(url)


async def ping() -> None:
    """Raises RedisError when Redis, which has to be set, does not answer."""
    redis = Redis(connection_pool=_connections(settings().redis_url.get_secret_value()))
    await redis.execute_command("PING")  # type: ignore[no-untyped-call]


async def close() -> None:
    """Give the connections to Redis back."""
    if url := settings().redis_url.get_secret_value():
        await _connections(url).disconnect()


def forget() -> None:
    """Choose the storage anew."""
    _limiter.cache_clear()
    _connections.cache_clear()
