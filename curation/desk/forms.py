"""The forms of a session's page at the desk. They check; the session's verbs write."""

from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError

from curation.law import recurrence, validators
from curation.models import Article, ArticleDraft, ChatSession, Prompt, PromptDraft, Topic
from curation.models.prompt import LAST_MINUTE
from curation.models.topic import MOST_ARTICLES, MOST_PROMPTS
from curation.rota.curators import crew
from people.models import User

WHICH_MINUTE = f"Enter a minute from 0 to {LAST_MINUTE}."
SPARE = 2  # blank rows in each list, for those without JavaScript; with it, a button makes more


class TidyField(forms.CharField):
    """Text, tidied before its length is judged."""

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


class SessionForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = ChatSession
        fields = ("title", "intro")
        field_classes: ClassVar[dict[str, Any]] = {"title": LineField, "intro": ProseField}
        widgets: ClassVar[dict[str, Any]] = {"intro": forms.Textarea(attrs={"rows": 8})}
        help_texts: ClassVar[dict[str, str]] = {
            "intro": "Formatting: *italic*, **bold**, [link text](https://…), - list item"
        }


class QuestionForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = Topic
        fields = ("question",)
        field_classes: ClassVar[dict[str, Any]] = {"question": LineField}
        widgets: ClassVar[dict[str, Any]] = {"question": forms.Textarea(attrs={"rows": 2})}


class ArticleForm(forms.ModelForm):  # type: ignore[type-arg]
    article = forms.IntegerField(required=False, widget=forms.HiddenInput)

    class Meta:
        model = Article
        fields = ("url", "title", "source", "minutes", "note")
        field_classes: ClassVar[dict[str, Any]] = {
            "url": LinkField,
            "title": LineField,
            "source": LineField,
            "note": LineField,
        }
        widgets: ClassVar[dict[str, Any]] = {
            "url": forms.TextInput(
                attrs={"inputmode": "url", "autocapitalize": "off", "spellcheck": "false"}
            ),
            "minutes": forms.NumberInput(attrs={"min": 1, "max": 120}),
            "note": forms.Textarea(attrs={"rows": 2}),
        }
        labels: ClassVar[dict[str, str]] = {"minutes": "Minutes to read"}
        help_texts: ClassVar[dict[str, str]] = {"source": "", "minutes": ""}

    def draft(self) -> ArticleDraft:
        cleaned = {name: self.cleaned_data[name] for name in self.Meta.fields}
        return ArticleDraft(**cleaned, id=self.cleaned_data["article"])


class ArticleFormSet(forms.BaseFormSet):  # type: ignore[type-arg]
    def add_fields(self, form: Any, index: int | None) -> None:
        super().add_fields(form, index)
        form.fields["ORDER"].label = "Position"
        form.fields["ORDER"].widget.attrs |= {"min": 1, "max": 99}
        form.fields["DELETE"].label = "Remove"

    def drafts(self) -> list[ArticleDraft]:
        """What is filled in and not removed, in its order."""
        return [form.draft() for form in self.ordered_forms]


article_forms: Any = forms.formset_factory(
    ArticleForm,
    formset=ArticleFormSet,
    extra=SPARE,
    can_order=True,
    can_delete=True,
    max_num=MOST_ARTICLES,
    validate_max=True,
    absolute_max=3 * MOST_ARTICLES,
)


class PromptForm(forms.ModelForm):  # type: ignore[type-arg]
    prompt = forms.IntegerField(required=False, widget=forms.HiddenInput)

    class Meta:
        model = Prompt
        fields = ("minute", "body", "if_quiet")
        field_classes: ClassVar[dict[str, Any]] = {"body": ProseField}
        widgets: ClassVar[dict[str, Any]] = {
            "minute": forms.NumberInput(attrs={"min": 0, "max": LAST_MINUTE}),
            "body": forms.Textarea(attrs={"rows": 2}),
        }
        labels: ClassVar[dict[str, str]] = {
            "body": "Follow-up question",
            "if_quiet": "Only if nobody has posted for 90 seconds",
        }
        help_texts: ClassVar[dict[str, str]] = {"minute": "", "if_quiet": ""}
        error_messages: ClassVar[dict[str, dict[str, str]]] = {
            "minute": dict.fromkeys(
                ("required", "invalid", "min_value", "max_value"), WHICH_MINUTE
            ),
            "body": {"required": "Write the question, or clear the minute as well."},
        }

    def has_changed(self) -> bool:
        """A row with neither minute nor text is none, whatever it was before."""
        return any(str(self[name].value() or "").strip() for name in ("minute", "body"))

    def draft(self) -> PromptDraft:
        cleaned = {name: self.cleaned_data[name] for name in self.Meta.fields}
        return PromptDraft(**cleaned, id=self.cleaned_data["prompt"])


class PromptFormSet(forms.BaseFormSet):  # type: ignore[type-arg]
    def add_fields(self, form: Any, index: int | None) -> None:
        super().add_fields(form, index)
        form.empty_permitted = True
        form.fields["DELETE"].label = "Remove"

    def drafts(self) -> list[PromptDraft]:
        """What is filled in and not removed."""
        gone = self.deleted_forms
        return [form.draft() for form in self.forms if form.has_changed() and form not in gone]


prompt_forms: Any = forms.formset_factory(
    PromptForm,
    formset=PromptFormSet,
    extra=SPARE,
    can_delete=True,
    max_num=MOST_PROMPTS,
    validate_max=True,
    absolute_max=3 * MOST_PROMPTS,
)


class MoveForm(forms.Form):
    """Another day and time, by the wall clock of a zone."""

    day = forms.DateField(widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    time = forms.TimeField(widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"))

    def __init__(self, data: Mapping[str, Any] | None, zone: ZoneInfo, at: datetime) -> None:
        local = at.astimezone(zone)
        super().__init__(data, prefix="move", initial={"day": local.date(), "time": local.time()})
        self.zone = zone

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        day, wall = cleaned.get("day"), cleaned.get("time")
        if isinstance(day, date) and isinstance(wall, time):
            try:
                cleaned["to"] = recurrence.instant(day, wall, self.zone)
            except OverflowError:
                raise ValidationError("Choose a time within the next year.") from None
        return cleaned


class CallOffForm(forms.Form):
    reason = LineField(
        max_length=200,
        label="Reason",
        help_text="Everyone who planned to come will see this.",
        error_messages={"required": "Give a reason for the people who planned to come."},
    )


class HandOverForm(forms.Form):
    """Somebody else of the crew."""

    to = forms.ModelChoiceField(User.objects.none(), label="New curator")

    def __init__(self, data: Mapping[str, Any] | None, now: User | None) -> None:
        super().__init__(data, prefix="over")
        others = crew().exclude(pk=now.pk) if now else crew()
        to = self.fields["to"]
        assert isinstance(to, forms.ModelChoiceField)
        to.queryset = others.select_related("team")
