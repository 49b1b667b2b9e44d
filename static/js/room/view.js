// All that is drawn of the room, told together what happened. It knows no socket.

import { Composer } from "tt/composer/composer";
import { Pending } from "tt/posts/pending";
import { PostActions } from "tt/posts/post_actions";
import { PostRenderer } from "tt/posts/renderer";
import { Stream } from "tt/posts/stream";
import { Summary } from "tt/posts/summary";
import { Agenda } from "tt/room/agenda";
import { Hosting } from "tt/room/hosting";
import { People } from "tt/room/people";
import { Typing } from "tt/room/typing";
import { minutesSeconds } from "tt/state/clock";
import { lazily, part, write } from "tt/ui/dom";
import { Header } from "tt/ui/header";
import { Help } from "tt/ui/help";
import { Notices } from "tt/ui/notices";
import { PageTitle } from "tt/ui/page_title";
import { SoundSettings } from "tt/ui/sound_settings";
import { Tabs } from "tt/ui/tabs";

/** @typedef {import("tt/state/session_clock").Moment} Moment */
/** @typedef {import("tt/connection/frames").Post} Post */

export class RoomView {
  /**
   * @param {object} options
   * @param {{ id: number, name: string }} options.me
   * @param {import("tt/state/times").Times} options.times
   * @param {import("tt/state/storage").PersonalStorage[]} options.keeps
   * @param {import("tt/state/store").Store} options.store
   * @param {import("tt/state/outbox").Outbox} options.outbox
   * @param {import("tt/state/session_clock").SessionClock} options.course
   * @param {typeof import("tt/composer/draft_offer").DraftOffer | null} options.DraftOffer null without drafts
   * @param {import("tt/ui/page_data").Draft[]} options.drafts
   * @param {string} options.emoji the address of all emoji
   * @param {string} options.links the address of this session's posts
   * @param {string} options.posts the same for what a program asks of them
   * @param {(text: string, replyTo: number | null, id?: string) => void} options.post id: a prepared answer's
   * @param {(frame: object) => Promise<import("tt/connection/frames").Refused | null>} options.ask
   * @param {(frame: object) => unknown} options.send what has no answer
   * @param {(id: string, choice: "retry" | "edit" | "discard") => void} options.decide
   * @param {(mode: "talking" | "reading", named: boolean) => void} options.choose
   * @param {(prompt: number, hold: boolean) => Promise<unknown>} options.hold
   */
  constructor({ me, times, keeps, store, outbox, course, DraftOffer, drafts, ...rest }) {
    const { emoji, links, posts, ...does } = rest;
    const { post, ask, send, decide, choose, hold } = does;
    const { body } = document;
    this.body = body;
    this.me = me;
    this.store = store;
    this.outbox = outbox;
    this.course = course;
    this.missed = 0;
    /** @type {import("tt/connection/frames").Topic[]} */
    this.topics = [];
    this.header = new Header(body, times);
    this.agenda = new Agenda(part(body, "agenda"), times);
    const find = (/** @type {number} */ seq) => store.posts.get(seq);
    const announce = (/** @type {string} */ text) => this.notices.announce(text);
    const pressed = (/** @type {Post} */ one) => this.hands.reactions.pressed(one);
    this.stream = new Stream(body, { pen: new PostRenderer({ me, times, find, pressed }) });
    this.pending = new Pending(body, { me, find, choose: decide });
    this.people = new People(part(body, "people"), me.id, choose);
    this.lobby = lazily(async () => new (await import("tt/room/lobby")).Lobby(body));
    this.hadLobby = false;
    this.notices = new Notices(body);
    this.hearing = new SoundSettings(body, {
      me: me.id,
      say: (text) => this.notices.announce(text),
    });
    this.help = new Help(body);
    this.caption = new PageTitle(document);
    this.summary = new Summary(body);
    this.typing = new Typing({ element: part(body, "typing"), me: me.id, send });
    const typed = (/** @type {string} */ text) => this.typing.typed(text);
    const editLast = () => this.hands.editLast();
    this.composer = new Composer(body, { keeps, post, typed, editLast });
    const here = () => [...this.people.persons.values()];
    this.assistOnce({ me: me.id, here, emoji, announce });
    const wish = async (/** @type {object} */ frame) => {
      const refused = await ask(frame);
      if (refused) this.notices.refused(refused.reason);
      return refused;
    };
    this.hosting = new Hosting(body, { me: me.id, wish, announce });
    const { stream, composer, hosting } = this;
    const parts = { store, stream, composer, hosting };
    const keep = /** @type {import("tt/state/storage").PersonalStorage} */ (keeps[0]);
    const brief = (/** @type {string} */ text) => this.notices.brief(text);
    const addresses = { emoji, links, posts };
    const verbs = { ask, wish, announce, brief };
    this.hands = new PostActions(body, { me: me.id, keep, ...addresses, ...parts, ...verbs });
    this.draftOffer =
      DraftOffer &&
      new DraftOffer(body, {
        drafts,
        keep,
        composer: this.composer,
        post: (text, id) => post(text, null, id),
        say: (text) => this.notices.announce(text),
      });
    this.prompts = lazily(async () => {
      const { Prompts } = await import("tt/room/prompts");
      return new Prompts(part(body, "agenda"), { times, hold });
    });
    this.hadPrompts = false;
    this.tabs = new Tabs(part(body, "tabs"), part(body, "room"), () => this.drawTabs());
  }

  /**
   * Help with names and emoji, from the first sign that begins one.
   * @param {Parameters<typeof import("tt/composer/assist").assist>[1]} options
   */
  assistOnce(options) {
    const { field } = this.composer;
    const look = async () => {
      if (!/[@:]/.test(field.value)) return;
      field.removeEventListener("input", look);
      try {
        (await import("tt/composer/assist")).assist(this.body, options);
      } catch {
        field.addEventListener("input", look); // without a connection; later, then
      }
    };
    field.addEventListener("input", look);
  }

  /**
   * To what was asked before the page was loaded anew.
   * @param {string} reason why it can't be done; empty when it was
   * @param {import("tt/state/requests").Asked} asked
   */
  answeredLate(reason, { type, seq, body = "" }) {
    const isEdit = type === "edit" && seq;
    if (isEdit) this.hands.inPlace.remember(seq, reason && body);
    if (reason) this.notices.refused(isEdit ? `Your edit was not saved. ${reason}` : reason);
  }

  /** @param {Moment} moment */
  ticked(moment) {
    const { phase, left } = moment;
    const next = phase.topic === 3 ? "Ends" : `Topic ${(phase.topic ?? 0) + 1}`;
    this.header.tick(moment);
    this.caption.tick(moment);
    this.notices.tick(moment);
    this.composer.tick(phase.topic ? `${next} in ${minutesSeconds(left)}` : "");
  }

  /**
   * @param {Moment} moment
   * @param {import("tt/state/clock").Phase} before
   */
  turned({ phase: { topic, name } }, before) {
    this.drawPhase();
    if (topic || name === "closed") this.hearing.ring();
    const question = this.topics.find(({ position }) => position === topic)?.question ?? "";
    const typed = this.composer.value !== "" && before.topic;
    const kept = typed ? " Your draft is still here and will answer this topic." : "";
    if (topic) this.notices.announce(`Topic ${topic} began: ${question}${kept}`);
    if (kept && topic) this.notices.brief(`We’re on topic ${topic} now.${kept}`);
    if (name === "closed") {
      this.notices.announce("The session is over. Thank you.");
      part(this.body, "chat").scrollTop = 0;
    }
  }

  drawPhase() {
    const moment = this.course.moment();
    this.header.turn(moment, this.topics);
    this.stream.open(moment.phase.topic);
    if (moment.phase.topic) this.composer.turn(moment.phase.topic);
    this.drawCounts();
    this.drawOutbox();
    this.drawStanding();
  }

  /** What is offered to us: it follows from the phase, our part in it, and who is here. */
  drawStanding() {
    const { topic } = this.course.phase;
    this.drawLobby();
    this.hosting.draw(this.people.persons, topic !== null);
    this.hands.stand(topic);
  }

  /**
   * Loaded by a host who has any.
   * @param {import("tt/connection/frames").Prompt[]} [prompts]
   */
  async drawPrompts(prompts = []) {
    if (prompts.length === 0 && !this.hadPrompts) return;
    this.hadPrompts = true;
    (await this.prompts())?.draw(prompts);
  }

  /** Loaded by those who come before the start. */
  async drawLobby() {
    const isOpen = () => ["lobby", "scheduled"].includes(this.course.phase.name);
    if (!isOpen() && !this.hadLobby) return;
    this.hadLobby = true;
    (await this.lobby())?.draw(this.people, isOpen());
  }

  /** @param {import("tt/connection/frames").Topic[]} topics */
  learn(topics) {
    this.topics = topics;
    this.agenda.learn(topics);
    this.drawPhase();
  }

  /** @param {import("tt/connection/frames").Welcome} frame */
  welcome(frame) {
    this.hearing.ear.begin(frame.now);
    this.learn(frame.topics);
    this.people.reset(frame.presence, frame.session.curator?.id ?? null);
    this.typing.show(frame.presence.typing ?? [], this.people.persons);
    this.you(frame.you);
    this.drawTabs();
  }

  /** @param {import("tt/connection/frames").Me} me what the room says to us about ourselves */
  you(me) {
    this.people.showMode(me.mode, me.named);
    this.drawPrompts(me.prompts);
    this.hosting.know(me);
    this.drawStanding();
  }

  /** @param {import("tt/connection/frames").Presence} frame */
  present(frame) {
    this.people.change(frame);
    this.typing.show(frame.typing ?? [], this.people.persons);
    this.drawStanding();
    this.drawTabs();
  }

  /**
   * @param {Post[]} changed
   * @param {boolean} reset
   */
  show(changed, reset) {
    this.hands.reactions.seen(changed);
    const added = this.stream.draw(changed, { reset });
    this.hands.drew(changed);
    this.hands.pin.draw(this.store.posts.values(), this.course.phase.topic);
    this.hearing.ear.hear(changed);
    this.draftOffer?.seen(changed);
    if (this.tabs.hides("chat")) this.missed += added;
    this.drawCounts();
    this.drawTabs();
  }

  /** There will be no room for us. @param {string[]} door */
  shut([title = "", reason = ""]) {
    this.body.dataset.phase = "shut";
    write(part(this.body, "door-title"), title);
    write(part(this.body, "door-why"), reason);
    this.notices.announce(`${title}. ${reason}`);
  }

  drawOutbox() {
    const { entries, isOpen } = this.outbox;
    const { topic, name } = this.course.phase;
    this.pending.draw(entries, { topic, isOpen });
    this.draftOffer?.draw(topic, entries);
    if (name !== "closed") return;
    const unsent = entries
      .filter(({ state }) => state !== "stored")
      .map(({ id, body }) => ({ text: body, discard: () => this.outbox.discard(id) }));
    const draft = this.composer.value;
    const drop = () => {
      this.composer.value = "";
      this.drawOutbox();
    };
    this.summary.keep(draft ? [...unsent, { text: draft, discard: drop }] : unsent);
  }

  drawCounts() {
    this.agenda.draw(this.course.phase, this.store.counts());
    if (this.course.phase.name !== "closed") return;
    this.summary.draw(this.store, this.me.id, this.people.shown());
  }

  drawTabs() {
    if (!this.tabs.hides("chat")) this.missed = 0;
    this.tabs.say("chat", this.missed ? `\u00a0· ${this.missed} new` : "");
    this.tabs.say("people", this.people.count ? `\u00a0· ${this.people.count}` : "");
  }
}
