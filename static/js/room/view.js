// Everything that the room shows. It makes the parts and tells them what happened; it knows no socket.

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
import { law } from "tt/state/law";
import { lazily, part, write } from "tt/ui/dom";
import { Header } from "tt/ui/header";
import { Help } from "tt/ui/help";
import { PageTitle } from "tt/ui/page_title";
import { SoundSettings } from "tt/ui/sound_settings";
import { Tabs } from "tt/ui/tabs";

/** @typedef {import("tt/state/session_clock").Moment} Moment */
/** @typedef {import("tt/connection/frames").Post} Post */

export class RoomView {
  #body = document.body;
  #me;
  #store;
  #outbox;
  #clock;
  #notices;
  #post;
  #header;
  #agenda;
  #stream;
  #pending;
  #people;
  #sound;
  #pageTitle = new PageTitle(document);
  #summary = new Summary(document.body);
  #typing;
  #composer;
  #hosting;
  #postActions;
  #draftOffer;
  #tabs;
  #loadLobby = lazily(async () => new (await import("tt/room/lobby")).Lobby(document.body));
  #hadLobby = false;
  #loadPrompts;
  #hadPrompts = false;
  /** @type {import("tt/connection/frames").Topic[]} */
  #topics = [];
  /** How many posts came while another tab hid the conversation. */
  #missed = 0;

  /**
   * @param {object} options
   * @param {{ id: number, name: string }} options.me
   * @param {import("tt/state/times").Times} options.times
   * @param {import("tt/state/storage").PersonalStorage[]} options.storages this tab's first, then this browser's
   * @param {import("tt/state/store").Store} options.store
   * @param {import("tt/state/outbox").Outbox} options.outbox
   * @param {import("tt/state/session_clock").SessionClock} options.clock
   * @param {import("tt/ui/notices").Notices} options.notices
   * @param {typeof import("tt/composer/draft_offer").DraftOffer | null} options.DraftOffer null without drafts
   * @param {import("tt/ui/page_data").Draft[]} options.drafts
   * @param {string} options.emoji the address of all emoji
   * @param {string} options.links the address of this session's posts
   * @param {string} options.posts the same in the API
   * @param {(text: string, replyTo: number | null, id?: string) => void} options.post id: a draft's
   * @param {(frame: object) => Promise<import("tt/connection/frames").Refused | null>} options.request
   * @param {(frame: object) => unknown} options.send for frames that have no answer
   * @param {(id: string, choice: "retry" | "edit" | "discard") => void} options.decide
   * @param {(mode: "talking" | "reading", named: boolean) => void} options.chooseMode
   */
  constructor({ me, times, storages, store, outbox, clock, notices, post, request, ...options }) {
    const { DraftOffer, drafts, emoji, links, posts, send, decide, chooseMode } = options;
    const body = this.#body;
    this.#me = me;
    this.#store = store;
    this.#outbox = outbox;
    this.#clock = clock;
    this.#notices = notices;
    this.#post = post;
    const [storage] = /** @type {[import("tt/state/storage").PersonalStorage]} */ (storages);
    const findPost = (/** @type {number} */ seq) => store.posts.get(seq);
    const announce = (/** @type {string} */ text) => notices.announce(text);
    const requestAloud = async (/** @type {object} */ frame) => {
      const refused = await request(frame);
      if (refused) notices.showRefusal(refused.reason);
      return refused;
    };
    new Help(body);
    this.#header = new Header(body, times);
    this.#agenda = new Agenda(part(body, "agenda"), times);
    const ownReactions = (/** @type {Post} */ one) => this.#postActions.ownReactions(one);
    const renderer = new PostRenderer({ me, times, findPost, ownReactions });
    this.#stream = new Stream(body, { renderer });
    this.#pending = new Pending(body, { me, findPost, choose: decide });
    this.#people = new People(part(body, "people"), me.id, chooseMode);
    this.#sound = new SoundSettings(body, { me: me.id, announce });
    this.#typing = new Typing({ element: part(body, "typing"), me: me.id, send });
    this.#composer = new Composer(body, {
      storages,
      post: (text, replyTo) => this.#handlePost(text, replyTo, this.#draftOffer?.claimDraft()),
      onInput: (text) => {
        this.#typing.handleInput(text);
        this.#draftOffer?.handleInput();
      },
      editLast: () => this.#postActions.editLastPost(),
    });
    const listHere = () => [...this.#people.persons.values()];
    this.#loadAssist({ me: me.id, listHere, emoji, announce });
    this.#hosting = new Hosting(body, { me: me.id, request: requestAloud, announce });
    this.#postActions = new PostActions(body, {
      me: me.id,
      emoji,
      links,
      posts,
      storage,
      store,
      stream: this.#stream,
      composer: this.#composer,
      hosting: this.#hosting,
      request,
      requestAloud,
      announce,
      showBriefly: (text) => notices.showBriefly(text),
    });
    this.#draftOffer =
      DraftOffer &&
      new DraftOffer(body, {
        drafts,
        storage,
        composer: this.#composer,
        post: (text, id) => this.#handlePost(text, null, id),
        announce,
      });
    this.#loadPrompts = lazily(async () => {
      const { Prompts } = await import("tt/room/prompts");
      const hold = (/** @type {number} */ id, /** @type {boolean} */ isHeld) =>
        requestAloud({ type: "prompt", id, hold: isHeld });
      return new Prompts(part(body, "agenda"), { times, hold });
    });
    this.#tabs = new Tabs(part(body, "tabs"), part(body, "room"), () => this.#renderTabs());
  }

  /**
   * Load the help with names and emoji when somebody first types a character that begins one.
   * @param {Parameters<typeof import("tt/composer/assist").assist>[1]} options
   */
  #loadAssist(options) {
    const field = /** @type {HTMLTextAreaElement} */ (part(this.#body, "say"));
    const look = async () => {
      if (!/[@:]/.test(field.value)) return;
      field.removeEventListener("input", look);
      try {
        (await import("tt/composer/assist")).assist(this.#body, options);
      } catch {
        field.addEventListener("input", look); // without a connection; later, then
      }
    };
    field.addEventListener("input", look);
  }

  /**
   * The answer to a request from before the page was reloaded.
   * @param {string} reason why it can't be done; empty when it was
   * @param {import("tt/state/requests").Asked} asked
   */
  showLateAnswer(reason, { type, seq, body = "" }) {
    const isEdit = type === "edit" && seq;
    if (isEdit) this.#postActions.rememberEdit(seq, reason && body);
    if (reason) this.#notices.showRefusal(isEdit ? `Your edit was not saved. ${reason}` : reason);
  }

  /** @param {Moment} moment */
  renderTime(moment) {
    const { phase, left } = moment;
    const next = phase.topic === law.topics ? "Ends" : `Topic ${(phase.topic ?? 0) + 1}`;
    this.#header.renderTime(moment);
    this.#pageTitle.renderMoment(moment);
    this.#notices.renderWarning(moment);
    this.#composer.showCountdown(phase.topic ? `${next} in ${minutesSeconds(left)}` : "");
  }

  /**
   * @param {Moment} moment
   * @param {import("tt/state/clock").Phase} before
   */
  announceTurn({ phase: { topic, name } }, before) {
    this.renderPhase();
    if (topic || name === "closed") this.#sound.ring();
    const question = this.#topics.find(({ position }) => position === topic)?.question ?? "";
    const typed = this.#composer.value !== "" && before.topic;
    const kept = typed ? " Your draft is still here and will answer this topic." : "";
    if (topic) this.#notices.announce(`Topic ${topic} began: ${question}${kept}`);
    if (kept && topic) this.#notices.showBriefly(`We’re on topic ${topic} now.${kept}`);
    if (name === "closed") {
      this.#notices.announce("The session is over. Thank you.");
      part(this.#body, "chat").scrollTop = 0;
    }
  }

  renderPhase() {
    const moment = this.#clock.readMoment();
    this.#header.renderPhase(moment, this.#topics);
    this.#stream.openTopic(moment.phase.topic);
    if (moment.phase.topic) this.#composer.showTopic(moment.phase.topic);
    this.#renderCounts();
    this.renderOutbox();
    this.#renderStanding();
  }

  /** What is offered to us: it follows from the phase, our part in it, and who is here. */
  #renderStanding() {
    const { topic } = this.#clock.phase;
    this.#renderLobby();
    this.#hosting.renderHosting(this.#people.persons, topic !== null);
    this.#postActions.updateStanding(topic);
  }

  /**
   * Only hosts who have prompts load the module that shows them.
   * @param {import("tt/connection/frames").Prompt[]} [prompts]
   */
  async #renderPrompts(prompts = []) {
    if (prompts.length === 0 && !this.#hadPrompts) return;
    this.#hadPrompts = true;
    (await this.#loadPrompts())?.renderPrompts(prompts);
  }

  /** Only people who come before the start load the lobby. */
  async #renderLobby() {
    const isOpen = () => ["lobby", "scheduled"].includes(this.#clock.phase.name);
    if (!isOpen() && !this.#hadLobby) return;
    this.#hadLobby = true;
    (await this.#loadLobby())?.renderLobby(this.#people, isOpen());
  }

  /** @param {import("tt/connection/frames").Topic[]} topics */
  setTopics(topics) {
    this.#topics = topics;
    this.#agenda.setTopics(topics);
    this.renderPhase();
  }

  /** @param {import("tt/connection/frames").Welcome} frame */
  renderWelcome(frame) {
    this.#sound.announcer.startAt(frame.now);
    this.setTopics(frame.topics);
    this.#people.replaceAll(frame.presence, frame.session.curator?.id ?? null);
    this.#typing.renderTyping(frame.presence.typing ?? [], this.#people.persons);
    this.renderMe(frame.you);
    this.#renderTabs();
  }

  /** @param {import("tt/connection/frames").Me} me what the room says to us about ourselves */
  renderMe(me) {
    this.#people.showMode(me.mode, me.named);
    this.#renderPrompts(me.prompts);
    this.#hosting.setStanding(me);
    this.#renderStanding();
  }

  /** @param {import("tt/connection/frames").Presence} frame */
  renderPresence(frame) {
    this.#people.applyPresence(frame);
    this.#typing.renderTyping(frame.typing ?? [], this.#people.persons);
    this.#renderStanding();
    this.#renderTabs();
  }

  /**
   * @param {Post[]} changed
   * @param {boolean} reset
   */
  renderPosts(changed, reset) {
    this.#postActions.confirmReactions(changed);
    const added = this.#stream.renderPosts(changed, { reset });
    this.#postActions.handleRendered(changed, this.#clock.phase.topic);
    this.#sound.announcer.handlePosts(changed);
    this.#draftOffer?.dropPosted(changed);
    if (this.#tabs.hides("chat")) this.#missed += added;
    this.#renderCounts();
    this.#renderTabs();
  }

  /** @param {string[]} door what to say instead of the room: a title and a reason */
  showNotAdmitted([title = "", reason = ""]) {
    this.#body.dataset.phase = "shut";
    write(part(this.#body, "door-title"), title);
    write(part(this.#body, "door-why"), reason);
    this.#notices.announce(`${title}. ${reason}`);
  }

  /** From now on, posts that come are new. */
  startLive() {
    this.#stream.startLive();
  }

  /** @param {number} seq */
  goToPost(seq) {
    this.#postActions.goToPost(seq);
  }

  /** Nobody's typing is known without a connection. */
  clearTyping() {
    this.#typing.renderTyping([], new Map());
  }

  /**
   * @param {string} text
   * @param {number | null} replyTo
   * @param {string} [id] a draft's
   */
  #handlePost(text, replyTo, id) {
    this.#post(text, replyTo, id);
    this.#typing.handlePost();
    this.#stream.scrollToEnd();
  }

  /**
   * Put a post that was not sent back into the composer.
   * @param {string} id
   * @param {string} text
   * @param {Post} [answered] the post that it answers
   */
  takeBack(id, text, answered) {
    this.#composer.takeBack(text, answered);
    this.#draftOffer?.handleTakeBack(id);
  }

  renderOutbox() {
    const { entries, isOpen } = this.#outbox;
    const { topic, name } = this.#clock.phase;
    this.#pending.renderEntries(entries, { topic, isOpen });
    this.#draftOffer?.offerDraft(topic, entries);
    if (name !== "closed") return;
    const unsent = entries
      .filter(({ state }) => state !== "stored")
      .map(({ id, body }) => ({ text: body, discard: () => this.#outbox.discardPost(id) }));
    const draft = this.#composer.value;
    const drop = () => {
      this.#composer.value = "";
      this.renderOutbox();
    };
    this.#summary.showUnsent(draft ? [...unsent, { text: draft, discard: drop }] : unsent);
  }

  #renderCounts() {
    this.#agenda.renderTopics(this.#clock.phase, this.#store.countPosts());
    if (this.#clock.phase.name !== "closed") return;
    this.#summary.renderSummary(this.#store, this.#me.id, this.#people.listNamed());
  }

  #renderTabs() {
    if (!this.#tabs.hides("chat")) this.#missed = 0;
    this.#tabs.setLabel("chat", this.#missed ? `\u00a0· ${this.#missed} new` : "");
    this.#tabs.setLabel("people", this.#people.count ? `\u00a0· ${this.#people.count}` : "");
  }
}
