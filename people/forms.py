"""The forms in which people say who they are."""

from django import forms


class SignUpForm(forms.Form):
    name = forms.CharField()

    def signup(self, request, user):  # type: ignore[no-untyped-def]
        user.name = self.cleaned_data["name"]
        user.save()
