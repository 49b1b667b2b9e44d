"""What was written beforehand: one's own answers, and a host's prompts."""

from datetime import timedelta

import pytest
from playwright.async_api import Locator, Page, expect

from tests.browser.conftest import Open
from tests.browser.room.test_session import conversation, post, say
from tests.support.live import Rehearsal, Site

pytestmark = pytest.mark.asyncio(loop_scope="session")

MINUTES = timedelta(minutes=1)
SECONDS = timedelta(seconds=1)
PATIENCE = 15_000

PREPARE = """
from django.utils import timezone
from chat.models import Draft
from curation.models import Topic
from people.models import User
topic = Topic.objects.get(session_id={session}, position={topic})
person = User.objects.get(email={email!r})
Draft.objects.create(session_id={session}, topic=topic, person=person, body={body!r},
                     changed_at=timezone.now())
"""
PROMPT = """
from curation.models import Prompt, Topic
topic = Topic.objects.get(session_id={session}, position={topic})
Prompt.objects.create(topic=topic, minute={minute}, body={body!r}, if_quiet=True)
"""


def prepare(site: Site, rehearsal: Rehearsal, topic: int, body: str) -> None:
    email = "dana@example.com"
    code = PREPARE.format(session=rehearsal.id, topic=topic, email=email, body=body)
    site.manage("shell", "-c", code)


def card(page: Page) -> Locator:
    return page.get_by_role("region", name="Your prepared answer")


async def test_a_prepared_answer_is_posted_with_one_click_and_gone_in_every_tab(
    site: Site, open_page: Open
) -> None:
    rehearsal = site.rehearse(-5 * MINUTES)
    prepare(site, rehearsal, 1, "Thought about this yesterday")
    room = f"{rehearsal.path}room/"
    dana = await open_page("dana@example.com", room)
    other = await open_page("dana@example.com", room)
    jonas = await open_page("jonas@example.com", room)
    await expect(card(other)).to_contain_text("Thought about this yesterday")
    await expect(card(jonas)).to_be_hidden()
    # A big screen is looked at by others.
    assert "yesterday" in await (await dana.request.get(room)).text()
    assert "yesterday" not in await (await dana.request.get(f"{room}screen/")).text()
    await say(dana).fill("Half typed")
    await card(dana).get_by_role("button", name="Post it").click()
    for page in (dana, other, jonas):
        articles = conversation(page).get_by_role("article")
        await expect(articles).to_have_count(1, timeout=PATIENCE)
        await expect(articles).to_contain_text("Thought about this yesterday")
        await expect(card(page)).to_be_hidden()
    await expect(say(dana)).to_have_value("Half typed")
    await dana.reload()
    await expect(conversation(dana).get_by_role("article")).to_have_count(1)
    await expect(card(dana)).to_be_hidden()


# Types as soon as the message box is there, which is before the page's scripts run.
TYPE_EARLY = """
new MutationObserver((_, observer) => {
  const field = document.querySelector("[data-part=say]");
  if (!field) return;
  field.value = "Typed early";
  observer.disconnect();
}).observe(document, { childList: true, subtree: true });
"""


async def test_text_typed_before_the_script_runs_stays(site: Site, open_page: Open) -> None:
    rehearsal = site.rehearse(-5 * MINUTES)
    page = await open_page("dana@example.com", f"{rehearsal.path}room/", before=TYPE_EARLY)
    await expect(say(page)).to_have_value("Typed early")
    await page.reload()
    await expect(say(page)).to_have_value("Typed early")


async def test_a_prepared_answer_can_be_changed_first_and_comes_below_what_is_typed(
    site: Site, open_page: Open
) -> None:
    rehearsal = site.rehearse(-5 * MINUTES)
    prepare(site, rehearsal, 1, "Prepared")
    page = await open_page("dana@example.com", f"{rehearsal.path}room/")
    await say(page).fill("Typed")
    await card(page).get_by_role("button", name="Edit first").click()
    await expect(say(page)).to_have_value("Typed\n\nPrepared")
    await expect(say(page)).to_be_focused()
    await expect(card(page)).to_be_hidden()
    await page.reload()
    await expect(say(page)).to_have_value("Typed\n\nPrepared")
    await expect(card(page)).to_be_hidden()
    # A person who empties the field did not use it after all.
    await say(page).fill("")
    await expect(card(page)).to_be_visible()
    await card(page).get_by_role("button", name="Edit first").click()
    await say(page).fill("Prepared, and better")
    await say(page).press("Enter")
    await expect(conversation(page).get_by_role("article")).to_contain_text("and better")
    await page.reload()
    await expect(conversation(page).get_by_role("article")).to_have_count(1)
    await expect(card(page)).to_be_hidden()


async def test_not_now_puts_a_prepared_answer_away_with_a_way_back(
    site: Site, open_page: Open
) -> None:
    rehearsal = site.rehearse(-5 * MINUTES)
    prepare(site, rehearsal, 2, "For the second topic")
    page = await open_page("dana@example.com", f"{rehearsal.path}room/", width=390)
    await expect(conversation(page)).to_be_visible()
    await expect(card(page)).to_be_hidden()
    site.move(rehearsal, -10 * MINUTES + SECONDS)
    await expect(card(page)).to_be_visible(timeout=PATIENCE)
    await card(page).get_by_role("button", name="Not now").click()
    await expect(card(page)).to_be_hidden()
    await page.get_by_role("button", name="Show your prepared answer").click()
    await expect(card(page)).to_be_visible()


async def test_a_host_holds_a_prompt_back_and_lets_it_go(site: Site, open_page: Open) -> None:
    rehearsal = site.rehearse(-5 * MINUTES)
    words = {"session": rehearsal.id, "topic": 2, "minute": 3, "body": "And in your team?"}
    site.manage("shell", "-c", PROMPT.format(**words))
    room = f"{rehearsal.path}room/"
    priya = await open_page("priya@example.com", room, width=390)
    await priya.evaluate(
        """async () => {
          const socket = new WebSocket(`ws://${location.host}${document.body.dataset.socket}`);
          await new Promise((open) => { socket.onopen = open; });
          socket.send(JSON.stringify({type: "hello", after: 0}));
          socket.send(JSON.stringify({type: "chair", ref: "c"}));
          await new Promise((done) => {
            socket.onmessage = ({data}) => JSON.parse(data).ref === "c" && done();
          });
          socket.close();
        }"""
    )
    await priya.get_by_role("tab", name="Agenda").click()
    prompt = priya.get_by_role("listitem").filter(has_text="And in your team?").last
    await expect(prompt).to_contain_text("only if it’s quiet", timeout=PATIENCE)
    await prompt.get_by_role("button", name="Hold back").click()
    await expect(prompt).to_contain_text("Held back")
    await priya.reload()
    await priya.get_by_role("tab", name="Agenda").click()
    await expect(prompt).to_contain_text("Held back")
    await prompt.get_by_role("button", name="Release").click()
    await expect(prompt).to_contain_text("Will be posted at")
    dana = await open_page("dana@example.com", room)
    await post(dana, "Not a host")
    await expect(dana.get_by_text("And in your team?")).to_be_hidden()
