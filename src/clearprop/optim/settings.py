"""Settings: fields that are checked when they come, and written down for a file."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from dataclasses import MISSING, Field, dataclass, fields
from typing import Any, ClassVar, Self, dataclass_transform

from clearprop.errors import OptionError, hint, named
from clearprop.optim.constraints import Domain

__all__ = ["Settings", "domains"]


@dataclass_transform()
@dataclass(repr=False, eq=False)
class Settings:
    """
    A thing that is made of settings: an optimizer, a schedule.

    A kind is most easily a dataclass whose fields say what they may be (`constraints`); it can
    also be a plain class with an `__init__` of its own, whose attributes are its own affair.
    """

    changeable: ClassVar[tuple[str, ...]] = ()  # what may be set anew once it is made
    spellings: ClassVar[Mapping[str, str]] = {}  # what other libraries call a setting

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        if "__repr__" not in vars(cls):
            cls.__repr__ = Settings.__repr__  # type: ignore[method-assign] # or dataclass adds its own

    def __new__(cls, *args: Any, **settings: Any) -> Self:
        """Refuse settings that it does not have, in words."""
        known = cls._arguments()
        for name in settings:
            if name not in known:
                end = hint(cls.spellings.get(name, name), known)
                raise OptionError(
                    f"{cls.__name__} has no setting {name!r}{end} It has: {', '.join(known)}."
                )
        ordered = [f.name for f in fields(cls) if f.init and not f.kw_only]
        if _is_dataclass(cls) and len(args) > len(ordered):
            raise OptionError(
                f"{cls.__name__} takes {', '.join(ordered)} in this order; what comes after them"
                f" is given by name, as in {known[-1]}=...; got {len(args)} values."
            )
        return super().__new__(cls)

    @classmethod
    def _arguments(cls) -> list[str]:
        """List what it can be made with."""
        own = [f.name for f in fields(cls) if f.init]
        if _is_dataclass(cls):
            return [f.name for f in fields(cls) if not f.kw_only] + [
                f.name for f in fields(cls) if f.kw_only
            ]
        parameters = inspect.signature(cls.__init__).parameters.values()
        more = any(p.kind is p.VAR_KEYWORD for p in parameters)
        names = [name for name in named(cls.__init__) if name != "self"]
        return names + [name for name in own if name not in names] if more else names

    def __setattr__(self, name: str, value: Any) -> None:
        """Check a setting; once made, only those that are `changeable` can be set anew."""
        kind = type(self)
        found: Field[Any] | None = kind.__dataclass_fields__.get(name)
        if found is None and _is_dataclass(kind):
            raise AttributeError(f"{kind.__name__} has no setting {name!r}.")
        # While it is being made, a field is not yet in the instance's own dictionary.
        if found is not None and name in self.__dict__ and name not in self.changeable:
            raise OptionError(
                f"{name} is fixed once {kind.__name__} is made; make another with {name}={value!r}"
                + (f" ({', '.join(self.changeable)} alone can change)." * bool(self.changeable))
            )
        domain: Domain | None = None if found is None else found.metadata.get("domain")
        if domain is not None:
            value = domain.checked(f"{kind.__name__}: {name}", value)
        object.__setattr__(self, name, value)

    def __repr__(self) -> str:
        """Show it as it is made, without what every kind has and is left at its default."""
        known = type(self).__dataclass_fields__
        held = {name: self.__dict__[name] for name in self._arguments() if name in self.__dict__}
        shown = {
            name: value for name, value in held.items()
            if not (name in known and known[name].kw_only and value == known[name].default)
            and name != "name"
        }  # fmt: skip
        return f"{type(self).__name__}({', '.join(f'{k}={v!r}' for k, v in shown.items())})"

    def get_config(self) -> dict[str, Any]:
        """
        Give the settings as JSON can hold them.

        A plain class adds its own to what this gives.
        """
        return {each.name: getattr(self, each.name) for each in fields(self)}

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> Self:
        """Make what `get_config` described."""
        return cls(**config)


def _is_dataclass(kind: type) -> bool:
    """Tell whether a class is itself one, and does not only inherit from one."""
    return "__dataclass_params__" in vars(kind)


def domains(kind: type[Settings]) -> dict[str, tuple[Any, Domain]]:
    """Tell the default and the domain of each setting of a kind."""
    return {
        each.name: (None if each.default is MISSING else each.default, each.metadata["domain"])
        for each in fields(kind)
    }
