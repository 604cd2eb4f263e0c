"""Figures: printed a line each, and written to a file."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True)
class Figure:
    """A measured value beside its reference, measured in the same run on the same machine."""

    name: str
    value: float
    unit: str
    reference: float
    against: str
    """What the reference is."""

    @property
    def ratio(self) -> float:
        """Give value over reference."""
        return self.value / self.reference

    def line(self) -> str:
        """Give the figure as one line for people."""
        return (
            f"{self.name:<23} {self.value:>10.3f} {self.unit:<8} "
            f"{self.against}: {self.reference:.3f}  ratio {self.ratio:.2f}"
        )


def write(figures: list[Figure], file: Path) -> None:
    """Write all figures for programs: ``{name: {value, unit, reference, ratio}}``."""
    plain = {
        figure.name: {key: value for key, value in asdict(figure).items() if key not in {"name", "against"}}
        | {"ratio": figure.ratio}
        for figure in figures
    }
    file.parent.mkdir(exist_ok=True)
    file.write_text(json.dumps(plain, indent=2) + "\n", encoding="utf-8")
