"""The people who reacted to a post: `GET /api/sessions/<id>/posts/<seq>/reactions/`.

Posts carry only the counts of reactions; a browser asks for the names when somebody wants them.
"""

from threading import Lock
from typing import Any

from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from chat.edges.rate_limit import Allowance
from chat.models import Post, Reaction

MOST_NAMES = 20
MOST_READ = 2000
# At once, as for a pointer that moves over every visible reaction; then at reading speed.
QUESTIONS, QUESTIONS_AT_ONCE = 2, 30
MOST_PEOPLE = 5000


class Questions:
    """Limits how often each person may ask this process; used from several threads."""

    def __init__(self) -> None:
        self.lock = Lock()
        self.left: dict[int, Allowance] = {}

    def may_ask(self, person: int) -> bool:
        with self.lock:
            if person not in self.left and len(self.left) >= MOST_PEOPLE:
                self.left = {one: left for one, left in self.left.items() if not left.is_full}
            return self.left.setdefault(person, Allowance(QUESTIONS, QUESTIONS_AT_ONCE)).take()


questions = Questions()


@require_safe
@never_cache
def reactors(request: HttpRequest, session_id: str, seq: str) -> JsonResponse:
    """The count of each emoji and the first `MOST_NAMES` people, in the order they reacted."""
    if not request.user.is_authenticated:
        return refusal(401, "signed_out", "You’ve been signed out. Sign in again.")
    if not questions.may_ask(request.user.pk):
        return refusal(429, "too_many", "Too many requests. Wait a moment.")
    post = Post.objects.filter(
        session=int(session_id),
        session__published_at__isnull=False,
        seq=int(seq),
        state=Post.State.SHOWN,
    ).first()
    if post is None:
        return refusal(404, "not_found", "That post doesn’t exist any more.")
    return JsonResponse({"seq": post.seq, "rev": post.rev, "reactions": by_emoji(post)})


def by_emoji(post: Post) -> dict[str, dict[str, Any]]:
    rows = Reaction.objects.filter(post=post).order_by("id")
    found: dict[str, dict[str, Any]] = {}
    for emoji, pk, name in rows.values_list("emoji", "person_id", "person__name")[:MOST_READ]:
        one = found.setdefault(emoji, {"count": 0, "people": []})
        one["count"] += 1
        if len(one["people"]) < MOST_NAMES:
            one["people"].append({"id": pk, "name": name})
    return found


def refusal(status: int, code: str, reason: str) -> JsonResponse:
    answer = JsonResponse({"code": code, "reason": reason}, status=status)
    if status == 429:
        answer["Retry-After"] = "2"
    return answer
