"""Form-encoded parameters, read by the types that the pinned library declares: names, kinds and choices.

So the fake refuses what Stripe's own description of the API does not know.
"""

import contextlib
import importlib
import re
import types
from collections.abc import Iterable, Mapping
from decimal import Decimal, InvalidOperation
from functools import cache
from typing import Any, Literal, Union, get_args, get_origin

from stripe._request_options import RequestOptions
from stripe._stripe_object import UntypedStripeObject
from typing_extensions import get_type_hints, is_typeddict

from tests.fakes.stripe.problems import Problem, invalid

Parameters = dict[str, Any]
_UNSET = ""


def read(shape: str, pairs: Iterable[tuple[str, str]], supported: frozenset[str] | None = None) -> Parameters:
    """The parameters, typed. `shape` names the library's description: "checkout.SessionCreateParams". What is known to
    Stripe and not in `supported` is refused as a limit of the fake; `a.b` there says which parts of `a` are supported,
    `a` alone means all of it. Raises Problem."""
    tree = _tree(pairs)
    described = _described(shape) if shape else None
    found = _structure(described, tree, "") if described else _only_expand(tree)
    if supported is not None:
        _check_limits(found, supported | {"expand"}, "")
    return found


def merged(old: Mapping[str, str], new: Mapping[str, str] | str) -> dict[str, str]:
    """Metadata after a change: an empty value removes its key, an empty whole removes all."""
    if not isinstance(new, Mapping):
        return {}
    return {key: value for key, value in {**old, **new}.items() if value != _UNSET}


def _check_limits(found: Parameters, supported: frozenset[str], path: str) -> None:
    for name, value in found.items():
        full = _within(path, name)
        parts = frozenset(one.removeprefix(f"{name}.") for one in supported if one.startswith(f"{name}."))
        if not parts and name not in supported:
            raise invalid(f"The fake of Stripe does not know what to do with {full}.", full, "fake_limit")
        for number, part in enumerate(value if isinstance(value, list) else [value]):
            if parts and isinstance(part, dict):
                _check_limits(part, parts, f"{full}[{number}]" if isinstance(value, list) else full)


def _tree(pairs: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """`a[b][0]=c` as nested dicts; `a[]=c` counts up."""
    tree: dict[str, Any] = {}
    for name, value in pairs:
        keys = re.findall(r"[^\[\]]+|(?<=\[)(?=\])", name)
        here = tree
        for key in keys[:-1]:
            here = here.setdefault(key, {})
            if not isinstance(here, dict):
                raise invalid(f"Invalid object: {name}", name)
        here[keys[-1] or str(len(here))] = value
    return tree


@cache
def _described(shape: str) -> type:
    """The library's class of that name."""
    folder, _, name = shape.rpartition(".")
    snake = re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()
    module = importlib.import_module(".".join(["stripe.params", *filter(None, [folder]), f"_{snake}"]))
    described: type = getattr(module, name)
    return described


@cache
def _fields(described: type) -> dict[str, Any]:
    hints = get_type_hints(described, localns={"StripeContext": object, "Mapping": Mapping})
    return {name: hint for name, hint in hints.items() if name not in RequestOptions.__annotations__}


def _only_expand(tree: dict[str, Any]) -> Parameters:
    for name in tree.keys() - {"expand"}:
        raise _unknown(name)
    return {name: list(value.values()) for name, value in tree.items()}


def _structure(described: Any, tree: Any, path: str) -> Parameters:
    if not isinstance(tree, dict):
        raise invalid("Invalid object", path)
    fields = _fields(described)
    for name in described.__required_keys__ & fields.keys():
        if name not in tree:
            full = _within(path, name)
            raise invalid(f"Missing required param: {full}.", full, "parameter_missing")
    found = {}
    for name, value in tree.items():
        if name not in fields:
            raise _unknown(_within(path, name))
        found[name] = _typed(fields[name], value, _within(path, name))
    return found


def _typed(hint: Any, value: Any, path: str) -> Any:
    if get_origin(hint) in (Union, types.UnionType):
        return _one_of(get_args(hint), value, path)
    if is_typeddict(hint):
        return _structure(hint, value, path)
    if get_origin(hint) is list:
        if not isinstance(value, dict):
            raise invalid("Invalid array", path)
        (inner,) = get_args(hint)
        return [_typed(inner, one, f"{path}[{number}]") for number, one in enumerate(value.values())]
    if get_origin(hint) in (dict, UntypedStripeObject):
        if not isinstance(value, dict):
            raise invalid("Invalid object", path)
        return value
    if isinstance(value, dict):
        raise invalid(f"Invalid string: {value}", path)
    return _scalar(hint, value, path)


def _one_of(hints: tuple[Any, ...], value: Any, path: str) -> Any:
    """By the first description that takes the value. A choice that the library leaves open is closed at Stripe's."""
    if value == _UNSET and any(_UNSET in get_args(hint) for hint in hints if get_origin(hint) is Literal):
        return _UNSET
    choices = [hint for hint in hints if get_origin(hint) is Literal and get_args(hint) != (_UNSET,)]
    others = [hint for hint in hints if get_origin(hint) is not Literal and not (hint is str and choices)]
    fitting = [hint for hint in [*choices, *others] if _is_structure(hint) == isinstance(value, dict)]
    for hint in fitting[:-1]:
        with contextlib.suppress(Problem):
            return _typed(hint, value, path)
    if not fitting:
        raise invalid(f"Invalid value: {value}", path)
    return _typed(fitting[-1], value, path)


def _is_structure(hint: Any) -> bool:
    return is_typeddict(hint) or get_origin(hint) in (list, dict, UntypedStripeObject)


def _scalar(hint: Any, value: str, path: str) -> Any:
    if get_origin(hint) is Literal:
        if value not in get_args(hint):
            choices = ", ".join(get_args(hint)[:-1]) + f", or {get_args(hint)[-1]}"
            raise invalid(f"Invalid {path}: must be one of {choices.removeprefix(', or ')}", path)
        return value
    if hint is bool:
        if value not in ("true", "false"):
            raise invalid(f"Invalid boolean: {value}", path, "parameter_invalid_boolean")
        return value == "true"
    if hint is int:
        if not re.fullmatch(r"-?\d+", value):
            raise invalid(f"Invalid integer: {value}", path, "parameter_invalid_integer")
        return int(value)
    if hint in (float, Decimal):
        try:
            return Decimal(value)
        except InvalidOperation:
            raise invalid(f"Invalid decimal: {value}", path) from None
    return value


def _unknown(name: str) -> Problem:
    return invalid(f"Received unknown parameter: {name}", name, "parameter_unknown")


def _within(path: str, name: str) -> str:
    return f"{path}[{name}]" if path else name
