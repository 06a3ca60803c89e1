"""What `verify` found."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(slots=True)
class Report:
    """Each damage in a sentence that names the place; notes are no damage."""

    damage: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    files: int = 0
    records: int = 0
    bytes: int = 0

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {"damage": self.damage, "notes": self.notes, "files": self.files, "records": self.records,
                "bytes": self.bytes}  # fmt: skip
