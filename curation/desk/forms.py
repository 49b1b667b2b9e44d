"""The forms for the content of a session. They check; the verbs of `ChatSession` write."""

from typing import Any, ClassVar

from django import forms

from curation.desk.fields import SPARE_ROWS, LineField, LinkField, ProseField
from curation.models import Article, ArticleDraft, ChatSession, Prompt, PromptDraft, Topic
from curation.models.prompt import LAST_MINUTE
from curation.models.topic import MOST_ARTICLES, MOST_PROMPTS

WHICH_MINUTE = f"Enter a minute from 0 to {LAST_MINUTE}."


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
        """The rows that are filled in and not removed, in the order of their positions."""
        return [form.draft() for form in self.ordered_forms]


article_forms: Any = forms.formset_factory(
    ArticleForm,
    formset=ArticleFormSet,
    extra=SPARE_ROWS,
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
        """A row with neither minute nor text counts as empty, whatever it was before."""
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
        """The rows that are filled in and not removed."""
        removed = self.deleted_forms
        return [form.draft() for form in self.forms if form.has_changed() and form not in removed]


prompt_forms: Any = forms.formset_factory(
    PromptForm,
    formset=PromptFormSet,
    extra=SPARE_ROWS,
    can_delete=True,
    max_num=MOST_PROMPTS,
    validate_max=True,
    absolute_max=3 * MOST_PROMPTS,
)
