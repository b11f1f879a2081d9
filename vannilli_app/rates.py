"""How often something may happen: counted in memory, or in Redis where several servers share it."""

import logging
import math
from functools import cache
from typing import NamedTuple

from limits import RateLimitItem, RateLimitItemPerMinute
from limits.aio.storage import MemoryStorage
from limits.aio.storage.redis.bridge import RedisBridge
from redis.asyncio import ConnectionPool, Redis
from redis.commands.core import AsyncScript
from redis.exceptions import RedisError

from vannilli_app.config import settings

log = logging.getLogger(__name__)
# What `limits` asks in two round trips: whether there is room, which takes it, and how the windows stand then.
_TAKE = f"""
local function take(KEYS, ARGV) {RedisBridge.SCRIPT_ACQUIRE_SLIDING_WINDOW.decode()} end
local function look(KEYS, ARGV) {RedisBridge.SCRIPT_SLIDING_WINDOW.decode()} end
local taken = take(KEYS, ARGV)
return {{taken, look(KEYS, {{ARGV[2]}})}}
"""


class Window(NamedTuple):
    """What was counted in the last whole window and in this one, and for how many seconds each still counts."""

    previous: int
    previous_seconds: float
    current: int
    current_seconds: float


class Count(NamedTuple):
    """Where a caller stands: `left` more of `most` in `window` seconds, all of them again in `reset` seconds."""

    allowed: bool
    most: int
    left: int
    reset: int
    window: int


async def count(limit: RateLimitItem, *key: str) -> Count:
    """Count one more for `key`, unless its limit is reached. While Redis is away everything is allowed."""
    expiry = limit.get_expiry()
    try:
        allowed, window = await _take(limit, limit.key_for(*key))
    except RedisError:
        log.warning("Redis is away; nothing is counted")
        return Count(True, limit.amount, limit.amount, expiry, expiry)
    weighted = math.floor(window.previous * window.previous_seconds / expiry) + window.current
    return Count(allowed, limit.amount, max(0, limit.amount - weighted), _reset(window, expiry), expiry)


def _reset(window: Window, expiry: int) -> int:
    """Whole seconds until there is room for one more than now."""
    ends = [window.previous_seconds % (expiry / window.previous)] if window.previous else []
    ends += [window.current_seconds % expiry] if window.current else []
    return max(1, math.ceil(min(ends, default=0)))


async def _take(limit: RateLimitItem, key: str) -> tuple[bool, Window]:
    """Take one of what there is room for, and see how it stands."""
    expiry = limit.get_expiry()
    if not settings().redis_url.get_secret_value():
        taken = await _memory().acquire_sliding_window_entry(key, limit.amount, expiry)
        return taken, Window(*await _memory().get_sliding_window(key, expiry))
    taken, counted = await _script()([f"{{{key}}}/before", f"{{{key}}}"], [limit.amount, expiry, 1])
    previous, previous_ms, current, current_ms = (max(0, int(one or 0)) for one in counted)
    return bool(taken), Window(previous, previous_ms / 1000, current, current_ms / 1000)


def per_minute(amount: int, name: str) -> RateLimitItem:
    """`amount` a minute; limits of different `name` are counted apart."""
    return RateLimitItemPerMinute(amount, namespace=name)


@cache
def _memory() -> MemoryStorage:
    return MemoryStorage()


@cache
def _script() -> AsyncScript:
    redis = Redis(connection_pool=_connections(settings().redis_url.get_secret_value()))
    return redis.register_script(_TAKE)


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
    _memory.cache_clear()
    _script.cache_clear()
    _connections.cache_clear()
