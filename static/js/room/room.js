// The room's page: connects what is known (store, outbox, clock) with what is shown, over one
// connection.

import { NOT_ADMITTED, openConnection } from "tt/connection/open";
import { RoomView } from "tt/room/view";
import { setLaw } from "tt/state/law";
import { Outbox } from "tt/state/outbox";
import { Requests } from "tt/state/requests";
import { SessionClock } from "tt/state/session_clock";
import { browserStorage, PersonalStorage } from "tt/state/storage";
import { Store } from "tt/state/store";
import { Times, zoneOf } from "tt/state/times";
import { goToSignIn, watchKeyboard, whenBack } from "tt/ui/browser";
import { Notices } from "tt/ui/notices";
import { readRoomData } from "tt/ui/page_data";

class Room {
  #data;
  #store = new Store();
  #notices = new Notices(document.body);
  #clock;
  #connection;
  #outbox;
  #requests;
  #view;
  /** How we want to take part, until it is sent. @type {object | null} */
  #unsentMode = null;
  /** The seq of the post in the page's address, until we have shown it; else 0. */
  #linkedPost = Number(/^#p(\d+)$/.exec(window.location.hash)?.[1] ?? 0);

  /**
   * @param {import("tt/ui/page_data").RoomData} data
   * @param {typeof import("tt/composer/draft_offer").DraftOffer | null} DraftOffer
   */
  constructor(data, DraftOffer) {
    this.#data = data;
    const storageIn = (/** @type {"sessionStorage" | "localStorage"} */ name) =>
      new PersonalStorage(browserStorage(name), data.session_id, data.me.id);
    const [thisTab, thisBrowser] = [storageIn("sessionStorage"), storageIn("localStorage")];
    const send = (/** @type {object} */ frame) => this.#connection.send(frame);

    this.#clock = new SessionClock({
      startsAt: Date.parse(data.starts_at),
      now: data.now,
      isCancelled: document.body.dataset.phase === "cancelled",
      onSleep: () => this.#connection.nudge(),
      onTurn: (moment, before) => this.#view.announceTurn(moment, before),
      onTick: (moment) => this.#view.renderTime(moment),
    });
    this.#connection = openConnection(data, {
      after: () => this.#store.rev,
      onTooLarge: () => this.#outbox.failLargest(),
      onFrame: (frame) => this.#handleFrame(frame),
      onState: (state, why) => this.#handleConnection(state, why),
      onKind: (kind) => this.#notices.reportKind(kind),
    });
    this.#outbox = new Outbox({
      storage: thisBrowser,
      send,
      onChange: () => this.#view.renderOutbox(),
    });
    this.#requests = new Requests({
      storage: thisTab,
      send,
      onLateAnswer: (refused, asked) => this.#view.showLateAnswer(refused?.reason ?? "", asked),
    });
    // It opens while the view is made; frames come after that.
    this.#connection.start();
    this.#view = new RoomView({
      me: data.me,
      times: new Times(zoneOf(document.documentElement.dataset)),
      storages: [thisTab, thisBrowser],
      store: this.#store,
      outbox: this.#outbox,
      clock: this.#clock,
      notices: this.#notices,
      DraftOffer,
      drafts: data.drafts ?? [],
      emoji: data.emoji ?? "",
      links: data.links ?? "",
      posts: data.posts ?? "",
      post: (text, replyTo, id) => this.#post(text, replyTo, id),
      request: (frame) => this.#requests.sendRequest(frame),
      send,
      decide: (id, choice) => this.#decide(id, choice),
      chooseMode: (mode, named) => this.#sendMode({ type: "mode", mode, named }),
    });
  }

  open() {
    this.#view.renderPhase();
    this.#clock.tick();
    whenBack(() => {
      this.#clock.tick();
      this.#connection.nudge();
    });
    watchKeyboard();
  }

  /** @param {import("tt/connection/frames").Frame} frame */
  #handleFrame(frame) {
    this.#clock.handleFrame(frame);
    switch (frame.type) {
      case "welcome":
        this.#handleWelcome(frame);
        break;
      case "posts":
        this.#showChange(this.#store.applyPosts(frame.since, frame.rev, frame.posts));
        break;
      case "yours":
        this.#showChange(this.#store.applyOwn(frame.posts));
        break;
      case "ack":
        if (!this.#requests.handleAck(frame.ref)) this.#outbox.handleAck(frame.ref);
        break;
      case "refused":
        this.#handleRefusal(frame);
        break;
      case "you":
        this.#view.renderMe(frame);
        break;
      case "presence":
        this.#view.renderPresence(frame);
        break;
      case "agenda":
        this.#view.setTopics(frame.topics);
        break;
      case "pulse":
        this.#notices.reportDatabase(frame.cut_off ?? false);
        if (this.#store.isBehind(frame.rev)) this.#connection.catchUp();
    }
  }

  /** @param {import("tt/connection/frames").Welcome} frame */
  #handleWelcome(frame) {
    const change = this.#store.applyWelcome(frame);
    this.#notices.reportDatabase(frame.cut_off ?? false);
    this.#view.renderWelcome(frame);
    this.#showChange(change ? change.changed : null, change?.reset);
    this.#view.startLive();
    this.#clock.tick();
  }

  /**
   * @param {import("tt/connection/frames").Post[] | null} changed null: we missed something
   * @param {boolean} [reset]
   */
  #showChange(changed, reset = false) {
    if (!changed) {
      this.#connection.catchUp();
      return;
    }
    this.#view.renderPosts(changed, reset);
    this.#showLinkedPost();
    this.#outbox.discardPosted(changed, this.#data.me.id);
  }

  /** Show the post in the page's address: once, so that a reload follows the conversation. */
  #showLinkedPost() {
    if (!this.#linkedPost || !this.#store.posts.has(this.#linkedPost)) return;
    const { pathname, search } = window.location;
    window.history.replaceState(null, "", pathname + search);
    this.#view.goToPost(this.#linkedPost);
    this.#linkedPost = 0;
  }

  /** @param {import("tt/connection/frames").Refused} frame */
  #handleRefusal(frame) {
    if (this.#requests.handleRefusal(frame)) return;
    const entry = this.#outbox.handleRefusal(frame);
    if (!entry) this.#notices.showBriefly(frame.reason);
    else if (entry.state === "failed") this.#notices.announce(`Not posted. ${frame.reason}`);
  }

  /**
   * @param {import("tt/connection/socket").State} state
   * @param {import("tt/connection/socket").Why} [why]
   */
  #handleConnection(state, why) {
    if (state === "open") {
      this.#outbox.handleOpen();
      this.#requests.handleOpen();
      if (this.#unsentMode) this.#sendMode(this.#unsentMode);
      this.#notices.reportRestored();
      return;
    }
    this.#outbox.handleClose();
    this.#requests.handleClose();
    this.#view.clearTyping();
    if (why === "signed-out" && goToSignIn(this.#data.login_url)) return;
    if (why) this.#view.showNotAdmitted(NOT_ADMITTED[why]);
    else this.#notices.reportLost();
  }

  /** @param {object} mode a frame */
  #sendMode(mode) {
    this.#unsentMode = this.#connection.send(mode) ? null : mode;
  }

  /**
   * @param {string} text
   * @param {number | null} replyTo
   * @param {string} [id] a draft's
   */
  #post(text, replyTo, id) {
    this.#outbox.addPost(text, this.#clock.phase.topic, replyTo, id);
  }

  /**
   * @param {string} id
   * @param {"retry" | "edit" | "discard"} choice
   */
  #decide(id, choice) {
    if (choice === "retry") {
      this.#outbox.retryPost(id);
      return;
    }
    if (choice === "edit") {
      const { body = "", reply_to: replyTo } = this.#outbox.findEntry(id) ?? {};
      this.#view.takeBack(id, body, this.#store.posts.get(replyTo ?? 0));
    }
    this.#outbox.discardPost(id);
  }
}

/** Only people who prepared an answer load the module that offers it. @param {unknown[]} [drafts] */
async function loadDraftOffer(drafts = []) {
  if (drafts.length === 0) return null;
  try {
    return (await import("tt/composer/draft_offer")).DraftOffer;
  } catch {
    return null; // without a connection; the room must open nevertheless
  }
}

const data = readRoomData();
if (data) {
  setLaw(data.law);
  new Room(data, await loadDraftOffer(data.drafts)).open();
}
