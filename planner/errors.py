"""Every error that the planner raises on purpose, with fields so that any language can say it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field


class Words(tuple[str, ...]):
    """English words in a field of a fault, each said in the reader's language."""

    __slots__ = ()

    def __str__(self) -> str:
        return "; ".join(self)

    def __format__(self, spec: str) -> str:
        return format(str(self), spec)


FieldValue = str | float | Words


@dataclass(frozen=True)
class Fault:
    """One thing wrong with one input, said so that a person can mend it.

    Attributes
    ----------
    text : str
        English sentence template with named fields, e.g. ``"persons {found!r}: give 0 or more"``.
        It is the message id in the catalogue of `planner.locales`.
    file, row, column : str, int, str
        Where; row 1 is the header, ``None`` and ``""`` where it does not apply.
    fields : mapping of str to str, number or Words
        What the template names.
    key : str
        Where in a scenario or another TOML file, in place of row and column.
    """

    text: str
    file: str = ""
    row: int | None = None
    column: str = ""
    fields: Mapping[str, FieldValue] = field(default_factory=dict)
    key: str = ""

    @property
    def where(self) -> str:
        """File, row, column and key, as far as they are known, in English."""
        row = f"row {self.row}" if self.row is not None else ""
        column = f"column {self.column}" if self.column else ""
        key = f"key {self.key}" if self.key else ""
        return ", ".join(part for part in (self.file, row, column, key) if part)

    def __str__(self) -> str:
        said = self.text.format(**self.fields)
        return f"{self.where}: {said}" if self.where else said


class PlannerError(Exception):
    """What the planner says when it cannot go on; never raised itself.

    Attributes
    ----------
    code : str
        Short name of the kind of error, stable across versions.
    exit_code : int
        What the command line returns.
    faults : tuple of Fault
        All that is wrong, at once.
    """

    code = "error"
    exit_code = 1

    def __init__(self, *faults: Fault) -> None:
        self.faults = faults
        super().__init__("\n".join(str(fault) for fault in faults))


class InputError(PlannerError, ValueError):
    """A file, a scenario or an argument is not usable; holds every fault found."""

    code = "input"
    exit_code = 2


class NetworkFetchError(PlannerError, OSError):
    """Roads could not be fetched; the network in use stays as it was."""

    code = "fetch"
    exit_code = 2


class NoPlanError(PlannerError, TimeoutError):
    """The limits ended the search before any plan was found."""

    code = "no_plan"
    exit_code = 3


class InfeasibleError(PlannerError, ArithmeticError):
    """No plan keeps every rule; the faults name a smallest set of rules in conflict."""

    code = "infeasible"
    exit_code = 4


class VerificationError(PlannerError, AssertionError):
    """A plan breaks a rule of its problem; the faults name each."""

    code = "broken_rules"
    exit_code = 5


class DisclosureError(PlannerError, PermissionError):
    """What was asked would let small counts of persons out."""

    code = "disclosure"
    exit_code = 6


class CancelledError(PlannerError, RuntimeError):
    """The person who asked stopped the work."""

    code = "cancelled"
    exit_code = 130


class FaultList:
    """Gathers faults, so that all of a file's are told at once."""

    def __init__(self) -> None:
        self._faults: list[Fault] = []

    def add(
        self,
        text: str,
        *,
        file: str = "",
        row: int | None = None,
        column: str = "",
        fields: Mapping[str, FieldValue] | None = None,
        key: str = "",
    ) -> None:
        """Note one fault; see `Fault`."""
        self._faults.append(Fault(text, file, row, column, dict(fields or {}), key))

    def extend(self, faults: Sequence[Fault]) -> None:
        """Note the faults of another error."""
        self._faults.extend(faults)

    @property
    def faults(self) -> tuple[Fault, ...]:
        """What has been noted so far."""
        return tuple(self._faults)

    def __len__(self) -> int:
        return len(self._faults)

    def __bool__(self) -> bool:
        return bool(self._faults)

    def raise_if_any(self, error: type[PlannerError] = InputError) -> None:
        """Raise `error` with all faults, if there are any."""
        if self._faults:
            raise error(*self._faults)


@contextmanager
def saying_unwritable(name: str) -> Iterator[None]:
    """Say as an `InputError` that `name` cannot be written, and why, where the system says so."""
    try:
        yield
    except PlannerError:
        raise  # some of ours are OSErrors, too
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise InputError(
            Fault("cannot be written ({reason})", file=name, fields={"reason": reason})
        ) from error
