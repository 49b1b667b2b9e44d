"""Form fields for texts and links, which are tidied before they are checked."""

from typing import Any

from django import forms

from curation.law import validators

# Blank rows in each list of rows, for browsers without JavaScript; with it, a button adds more.
SPARE_ROWS = 2


class TidyField(forms.CharField):
    """Text, tidied before its length is checked."""

    def to_python(self, value: object) -> Any:
        text: str = super().to_python(value) or ""
        if self.max_length and len(text) > 4 * self.max_length:
            return text  # too long in any case, and a megabyte of marks takes minutes to tidy
        return self.tidy(text)

    @staticmethod
    def tidy(text: str) -> str:
        raise NotImplementedError


class LineField(TidyField):
    tidy = staticmethod(validators.tidy_line)


class ProseField(TidyField):
    tidy = staticmethod(validators.tidy_prose)


class LinkField(TidyField):
    tidy = staticmethod(validators.tidy_link)
