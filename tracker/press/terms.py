"""The settings of ``[press]``: the words that tie news to matters, and how much each piece of evidence weighs."""

import re
from typing import Final

from pydantic import BaseModel, ConfigDict, Field, model_validator

_GROUP: Final = re.compile(r"\{(\w+)\}")
Words = tuple[str, ...]
Lists = tuple[tuple[str, ...], ...]  # the first word of each list is its name


class PressWeights(BaseModel):
    """What each piece of evidence adds to the score of a description."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    object: float
    cooperation: float
    policy: float
    agency: float
    kind: float
    act: float
    year: float
    age: float
    day: float
    month: float
    mayor: float
    fresh: float
    in_force: float
    sponsor: float
    nearby: float
    only: float
    plural: float


class PressTerms(BaseModel):
    """All of ``[press]``. What each list means is told beside it in config.toml, how they work in `press.describe`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    publish_at: float = Field(gt=0, le=1)
    review_at: float = Field(gt=0, le=1)
    early_days: int = Field(ge=0)
    late_days: int = Field(ge=0)
    weights: PressWeights
    wake: Words
    groups: Lists
    topic: Words
    policy: Words
    cooperation: Words
    limits: Words
    place: Words
    city: Words
    elsewhere: Words
    state: Words
    other_subjects: Words
    kinds: Lists
    acts: Lists
    agencies: Lists
    objects: Lists
    people: Lists
    speakers: Lists
    namesakes: Words
    no_laws: Words
    on_rules: Words
    narrow: Words
    other_hands: Words
    usual_agencies: Words
    neighbours: Lists
    borrowed_sections: Words

    @model_validator(mode="after")
    def _groups_are_there(self) -> "PressTerms":
        names = {row[0] for row in self.groups}
        missing = sorted(set(_GROUP.findall(self.model_dump_json())) - names)
        if missing:
            raise ValueError(f"groups lacks {', '.join(missing)}, which phrases name in braces")
        return self

    @model_validator(mode="after")
    def _review_comes_first(self) -> "PressTerms":
        if self.review_at > self.publish_at:
            raise ValueError("review_at must not be above publish_at")
        return self
