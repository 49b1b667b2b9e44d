// The room: wires what is known (course, store, outbox) to what is drawn, over one connection.

import { NOT_ADMITTED, openConnection } from "tt/connection/open";
import { RoomView } from "tt/room/view";
import { Outbox } from "tt/state/outbox";
import { Requests } from "tt/state/requests";
import { SessionClock } from "tt/state/session_clock";
import { browserStorage, PersonalStorage } from "tt/state/storage";
import { Store } from "tt/state/store";
import { Times, zoneOf } from "tt/state/times";
import { toSignIn, watchKeyboard, whenBack } from "tt/ui/browser";
import { readRoomData } from "tt/ui/page_data";

class Room {
  /**
   * @param {import("tt/ui/page_data").RoomData} data
   * @param {typeof import("tt/composer/draft_offer").DraftOffer | null} DraftOffer
   */
  constructor(data, DraftOffer) {
    this.data = data;
    const keepIn = (/** @type {"sessionStorage" | "localStorage"} */ name) =>
      new PersonalStorage(browserStorage(name), data.session_id, data.me.id);
    const [thisTab, thisBrowser] = [keepIn("sessionStorage"), keepIn("localStorage")];

    /** How we want to take part, until the room was told. @type {object | null} */
    this.wish = null;
    /** The post that brought us here, until it is there. */
    this.sought = Number(/^#p(\d+)$/.exec(window.location.hash)?.[1] ?? 0);
    this.store = new Store();
    this.course = new SessionClock({
      startsAt: Date.parse(data.starts_at),
      now: data.now,
      isCancelled: document.body.dataset.phase === "cancelled",
      slept: () => this.connection.nudge(),
      turned: (moment, before) => this.screen.turned(moment, before),
      ticked: (moment) => this.screen.ticked(moment),
    });
    this.connection = openConnection(data, {
      after: () => this.store.rev,
      tooLarge: () => this.outbox.tooLarge(),
      hear: (frame) => this.hear(frame),
      tell: (state, why) => this.connected(state, why),
      became: (kind) => this.screen.notices.linked(kind),
    });
    this.outbox = new Outbox({
      keep: thisBrowser,
      send: (frame) => this.connection.send(frame),
      changed: () => this.screen.drawOutbox(),
    });
    this.wishes = new Requests({
      keep: thisTab,
      send: (frame) => this.connection.send(frame),
      late: (refused, asked) => this.screen.answeredLate(refused?.reason ?? "", asked),
    });
    // It opens while the screen is made; what it brings is heard after that.
    this.connection.start();
    this.screen = new RoomView({
      me: data.me,
      times: new Times(zoneOf(document.documentElement.dataset)),
      keeps: [thisTab, thisBrowser],
      store: this.store,
      outbox: this.outbox,
      course: this.course,
      DraftOffer,
      drafts: data.drafts ?? [],
      emoji: data.emoji ?? "",
      links: data.links ?? "",
      posts: data.posts ?? "",
      post: (text, replyTo, id) => this.post(text, replyTo, id),
      ask: (frame) => this.wishes.ask(frame),
      send: (frame) => this.connection.send(frame),
      decide: (id, choice) => this.decide(id, choice),
      choose: (mode, named) => this.choose({ type: "mode", mode, named }),
      hold: (id, hold) => this.ask({ type: "prompt", id, hold }),
    });
  }

  enter() {
    this.screen.drawPhase();
    this.course.tick();
    whenBack(() => {
      this.course.tick();
      this.connection.nudge();
    });
    watchKeyboard();
  }

  /** @param {import("tt/connection/frames").Frame} frame */
  hear(frame) {
    this.course.hear(frame);
    switch (frame.type) {
      case "welcome":
        this.welcome(frame);
        break;
      case "posts":
        this.take(this.store.take(frame.since, frame.rev, frame.posts));
        break;
      case "yours":
        this.take(this.store.takeOwn(frame.posts));
        break;
      case "ack":
        if (!this.wishes.acknowledged(frame.ref)) this.outbox.acknowledged(frame.ref);
        break;
      case "refused":
        this.refused(frame);
        break;
      case "you":
        this.screen.you(frame);
        break;
      case "presence":
        this.screen.present(frame);
        break;
      case "agenda":
        this.screen.learn(frame.topics);
        break;
      case "pulse":
        this.screen.notices.reach(frame.cut_off ?? false);
        if (this.store.isBehind(frame.rev)) this.connection.catchUp();
    }
  }

  /** @param {import("tt/connection/frames").Welcome} frame */
  welcome(frame) {
    const change = this.store.welcome(frame);
    this.screen.notices.reach(frame.cut_off ?? false);
    this.screen.welcome(frame);
    this.take(change ? change.changed : null, change?.reset);
    this.screen.stream.live();
    this.course.tick();
  }

  /**
   * @param {import("tt/connection/frames").Post[] | null} changed null: there is a hole in what we hold
   * @param {boolean} [reset]
   */
  take(changed, reset = false) {
    if (!changed) {
      this.connection.catchUp();
      return;
    }
    this.screen.show(changed, reset);
    this.seek();
    this.outbox.seen(changed, this.data.me.id);
  }

  /** Go to the post that a link named: once, so that a reload follows the conversation. */
  seek() {
    if (!this.sought || !this.store.posts.has(this.sought)) return;
    const { pathname, search } = window.location;
    window.history.replaceState(null, "", pathname + search);
    this.screen.hands.goTo(this.sought);
    this.sought = 0;
  }

  /** @param {import("tt/connection/frames").Refused} frame */
  refused(frame) {
    const { notices } = this.screen;
    if (this.wishes.refused(frame)) return;
    const entry = this.outbox.refused(frame);
    if (!entry) notices.brief(frame.reason);
    else if (entry.state === "failed") notices.announce(`Not posted. ${frame.reason}`);
  }

  /**
   * @param {import("tt/connection/socket").State} state
   * @param {import("tt/connection/socket").Why} [why]
   */
  connected(state, why) {
    if (state === "open") {
      this.outbox.opened();
      this.wishes.opened();
      if (this.wish) this.choose(this.wish);
      this.screen.notices.healed();
      return;
    }
    this.outbox.closed();
    this.wishes.closed();
    this.screen.typing.show([], new Map());
    if (why === "signed-out" && toSignIn(this.data.login_url)) return;
    if (why) this.screen.shut(NOT_ADMITTED[why]);
    else this.screen.notices.lost();
  }

  /**
   * A change that the room may refuse; then it says why.
   * @param {object} frame
   */
  async ask(frame) {
    const refused = await this.wishes.ask(frame);
    if (refused) this.screen.notices.refused(refused.reason);
    return refused;
  }

  /** @param {object} mode a frame */
  choose(mode) {
    this.wish = this.connection.send(mode) ? null : mode;
  }

  /**
   * @param {string} text
   * @param {number | null} replyTo
   * @param {string} [id] a prepared answer's
   */
  post(text, replyTo, id = this.screen.draftOffer?.claim()) {
    this.outbox.add(text, this.course.phase.topic, replyTo, id);
    this.screen.typing.posted();
    this.screen.stream.toEnd();
  }

  /**
   * @param {string} id
   * @param {"retry" | "edit" | "discard"} choice
   */
  decide(id, choice) {
    if (choice === "retry") {
      this.outbox.retry(id);
      return;
    }
    if (choice === "edit") {
      const { body = "", reply_to: replyTo } = this.outbox.find(id) ?? {};
      this.screen.composer.takeBack(body, this.store.posts.get(replyTo ?? 0));
      this.screen.draftOffer?.takenBack(id);
    }
    this.outbox.discard(id);
  }
}

/** Only those who prepared an answer load what offers it. @param {unknown[]} [drafts] */
async function loadDraftOffer(drafts = []) {
  if (drafts.length === 0) return null;
  try {
    return (await import("tt/composer/draft_offer")).DraftOffer;
  } catch {
    return null; // without a connection; the room must open nevertheless
  }
}

const data = readRoomData();
if (data) new Room(data, await loadDraftOffer(data.drafts)).enter();
