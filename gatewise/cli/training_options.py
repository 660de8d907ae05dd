"""The options of `train` and `evaluate` that are generated from the fields of a configuration.

A field of a nested group is an option with a dot, `--language-model.epochs`. Only the options that
are given reach the configuration, so that a preset can decide on all others.
"""

import inspect
from collections.abc import Callable, Iterable, Iterator
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from cyclopts import Group, Parameter
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from gatewise.cli.errors import option_name
from gatewise.cli.options import ADVANCED, OPTIONS

_SEPARATOR = "__"  # between the names of nested fields, in the name of a parameter
_OFF = "off"


def parameters_of(
    model: type[BaseModel], common: frozenset[str], path: tuple[str, ...] = ()
) -> Iterator[inspect.Parameter]:
    """Yield a keyword-only parameter for every field of a model and of the models nested in it.

    Args:
        model: The configuration.
        common: Dotted names of the fields that are in the group "Options"; all others are in
            "Advanced".
        path: Names of the fields that lead to `model`.
    """
    inherited_last = sorted(model.model_fields, key=lambda name: name not in model.__annotations__)
    for name in inherited_last:
        field = model.model_fields[name]
        here = (*path, name)
        if nested := _nested_model(field.annotation):
            if _is_optional(field.annotation):
                yield _switch_off(here)
            yield from parameters_of(nested, common, here)
        else:
            yield _parameter(here, field, ADVANCED if ".".join(here) not in common else OPTIONS)


def with_options(
    function: Callable[..., Any], options: Iterable[inspect.Parameter]
) -> inspect.Signature:
    """Return the signature of a command with its `**options` spelled out.

    Args:
        function: The command.
        options: The parameters that replace its `**options`.
    """
    written = inspect.signature(function)
    own = [entry for entry in written.parameters.values() if entry.kind is entry.KEYWORD_ONLY]
    return written.replace(parameters=[*own, *options])


def given_options(arguments: dict[str, Any]) -> dict[str, Any]:
    """Return the arguments of `parameters_of` that were given, as the tree that the model reads."""
    tree: dict[str, Any] = {}
    for name, value in arguments.items():
        path = name.split(_SEPARATOR)
        switched_off = path[-1] == _OFF
        *groups, last = path[:-1] if switched_off else path
        branch = tree
        for group in groups:
            branch = branch.setdefault(group, {})
        branch[last] = None if switched_off else value
    return tree


def _parameter(path: tuple[str, ...], field: FieldInfo, group: Group) -> inspect.Parameter:
    default = None if field.default_factory else field.default
    hint: Any = field.annotation
    parameter = Parameter(
        name=option_name(path),
        negative=_negative(path, hint),
        group=group,
        help=field.description or "",
        show_default=_show(default),
    )
    # cyclopts checks a default against the type, also one that is only computed later.
    return _keyword(path, Annotated[hint | None if default is None else hint, parameter], default)


def _switch_off(path: tuple[str, ...]) -> inspect.Parameter:
    """Return the parameter that leaves out an optional group which a preset may have set."""
    annotation = Annotated[
        bool,
        Parameter(
            name=_negated(path),
            negative=(),
            group=ADVANCED,
            help=f"Leave out {' '.join(path).replace('_', ' ')}, whatever the preset has.",
            show_default=False,
        ),
    ]
    return _keyword((*path, _OFF), annotation, default=False)


def _keyword(path: tuple[str, ...], annotation: Any, default: Any) -> inspect.Parameter:
    return inspect.Parameter(
        _SEPARATOR.join(path),
        inspect.Parameter.KEYWORD_ONLY,
        default=default,
        annotation=annotation,
    )


def _negative(path: tuple[str, ...], annotation: Any) -> tuple[str, ...]:
    """Return the option that turns a flag off or empties a list: `--no-snippets`."""
    is_list = get_origin(annotation) in {tuple, list}
    return (_negated(path),) if annotation is bool or is_list else ()


def _negated(path: tuple[str, ...]) -> str:
    return f"--no-{option_name(path).removeprefix('--')}"


def _show(default: Any) -> bool | str:
    """Return how the help shows a default; none if there is nothing to show."""
    if default is None or default == () or isinstance(default, bool):
        return False
    return str(default)


def _nested_model(annotation: Any) -> type[BaseModel] | None:
    """Return the model of a field that is one, or that is one or None."""
    candidates = get_args(annotation) if _is_union(annotation) else (annotation,)
    return next(
        (one for one in candidates if isinstance(one, type) and issubclass(one, BaseModel)), None
    )


def _is_optional(annotation: Any) -> bool:
    return _is_union(annotation) and type(None) in get_args(annotation)


def _is_union(annotation: Any) -> bool:
    return get_origin(annotation) in {Union, UnionType}
