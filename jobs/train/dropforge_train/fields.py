"""Reads typed, bounded values out of a JSON object and collects every fault instead of stopping at the first."""

from typing import Any


class Fields:
    """A JSON object under `path`; children share the list of faults."""

    def __init__(self, document: Any, path: str, faults: list[str] | None = None) -> None:
        self.document: dict = document if isinstance(document, dict) else {}
        self._path = path
        self._faults: list[str] = [] if faults is None else faults

    def all_faults(self) -> list[str]:
        """Every fault found so far, each once, in the order of reading."""
        return list(dict.fromkeys(self._faults))

    def fault(self, key: str, what: str) -> None:
        """Notes that the value at `key` (or this object itself, for an empty key) `what`."""
        name = ".".join(part for part in (self._path, key) if part)
        self._faults.append(f"{name} {what}")

    def child(self, key: str, optional: bool = False) -> "Fields":
        """The object at `key`; an absent optional one reads as empty."""
        value = self.document.get(key)
        if not isinstance(value, dict) and not (optional and value is None):
            self.fault(key, "must be an object")
        return self.element(value, key)

    def element(self, value: Any, key: str) -> "Fields":
        """An object found below this one, for example in a list."""
        return Fields(value, ".".join(part for part in (self._path, key) if part), self._faults)

    def constant(self, key: str, expected: str) -> None:
        if self.document.get(key) != expected:
            self.fault(key, f'must be "{expected}", not {self.document.get(key)!r}')

    def text(self, key: str, default: str) -> str:
        value = self.document.get(key, default)
        if not isinstance(value, str) or len(value) > 256:
            self.fault(key, "must be a text of at most 256 characters")
            return default
        return value

    def choice(self, key: str, allowed: tuple, default: Any) -> Any:
        value = self.document.get(key, default)
        if isinstance(value, bool) or value not in allowed:
            self.fault(key, f"must be one of {', '.join(map(str, allowed))}, not {value!r}")
            return default
        return value

    def flag(self, key: str, default: bool) -> bool:
        value = self.document.get(key, default)
        if not isinstance(value, bool):
            self.fault(key, f"must be true or false, not {value!r}")
            return default
        return value

    def number(self, key: str, low: float, high: float, default: float | None = None) -> float:
        """A finite number in low..high; a missing one without default is a fault."""
        value = self.document.get(key, default)
        plain = isinstance(value, (int, float)) and not isinstance(value, bool)
        if not plain or not low <= value <= high:
            self.fault(key, f"must be a number from {low:g} to {high:g}, not {value!r}")
            return low if default is None else default
        return float(value)

    def integer(self, key: str, low: int, high: int, default: int | None = None, multiple: int = 1) -> int:
        """A whole number in low..high that `multiple` divides."""
        value = self.document.get(key, default)
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high or value % multiple:
            divisible = f" that {multiple} divides" if multiple > 1 else ""
            self.fault(key, f"must be a whole number from {low} to {high}{divisible}, not {value!r}")
            return low if default is None else default
        return value
