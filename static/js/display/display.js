// The room on a big screen in a meeting room: it is read from afar and has no controls.

import { NOT_ADMITTED, openConnection } from "tt/connection/open";
import { PostRenderer } from "tt/posts/renderer";
import { Stream } from "tt/posts/stream";
import { Summary } from "tt/posts/summary";
import { setLaw } from "tt/state/law";
import { SessionClock } from "tt/state/session_clock";
import { Store } from "tt/state/store";
import { Times, zoneOf } from "tt/state/times";
import { goToSignIn, whenBack } from "tt/ui/browser";
import { part, write } from "tt/ui/dom";
import { Header } from "tt/ui/header";
import { Notices } from "tt/ui/notices";
import { readRoomData } from "tt/ui/page_data";
import { PageTitle } from "tt/ui/page_title";

const LOST = "Connection lost. Reconnecting automatically.";
/** How many posts are rendered: nobody can scroll on this screen. */
const SHOWN = 60;

class Display {
  #data;
  #body;
  /** @type {import("tt/connection/frames").Topic[]} */
  #topics = [];
  #store;
  #header;
  #pageTitle;
  #notices;
  #summary;
  #stream;
  #clock;
  #connection;

  /** @param {import("tt/ui/page_data").RoomData} data */
  constructor(data) {
    const { body } = document;
    const times = new Times(zoneOf(document.documentElement.dataset));
    this.#data = data;
    this.#body = body;
    this.#store = new Store();
    this.#header = new Header(body, times);
    this.#pageTitle = new PageTitle(document);
    this.#notices = new Notices(body, LOST, LOST);
    this.#summary = new Summary(body);
    this.#stream = new Stream(body, {
      // The screen belongs to nobody, so no post is marked as one's own.
      renderer: new PostRenderer({
        me: { id: 0, name: "" },
        times,
        findPost: (seq) => this.#store.posts.get(seq),
        ownReactions: () => new Set(),
      }),
    });
    this.#clock = new SessionClock({
      startsAt: Date.parse(data.starts_at),
      now: data.now,
      isCancelled: body.dataset.phase === "cancelled",
      onSleep: () => this.#connection.nudge(),
      onTurn: () => this.#renderPhase(),
      onTick: (moment) => {
        this.#header.renderTime(moment);
        this.#pageTitle.renderMoment(moment);
        this.#notices.renderWarning(moment);
      },
    });
    this.#connection = openConnection(data, {
      after: () => this.#store.rev,
      onFrame: (frame) => this.#handleFrame(frame),
      onState: (state, why) => this.#handleConnection(state, why),
      onKind: () => {},
    });
  }

  open() {
    this.#renderPhase();
    this.#clock.tick();
    this.#connection.start();
    whenBack(() => {
      this.#clock.tick();
      this.#connection.nudge();
      void stayAwake();
    });
    void stayAwake();
  }

  #renderPhase() {
    const moment = this.#clock.readMoment();
    this.#header.renderPhase(moment, this.#topics);
    this.#stream.openTopic(moment.phase.topic);
    this.#renderSummary();
  }

  /** @param {import("tt/connection/frames").Frame} frame */
  #handleFrame(frame) {
    this.#clock.handleFrame(frame);
    if (frame.type === "welcome" || frame.type === "pulse") {
      this.#notices.reportDatabase(frame.cut_off ?? false);
    }
    if (frame.type === "welcome") this.#handleWelcome(frame);
    if (frame.type === "posts")
      this.#renderChange(this.#store.applyPosts(frame.since, frame.rev, frame.posts));
    if (frame.type === "presence") this.#renderCounts(frame);
    if (frame.type === "agenda") this.#setTopics(frame.topics);
    if (frame.type === "pulse" && this.#store.isBehind(frame.rev)) this.#connection.catchUp();
  }

  /** @param {import("tt/connection/frames").Welcome} frame */
  #handleWelcome(frame) {
    const change = this.#store.applyWelcome(frame);
    this.#setTopics(frame.topics);
    this.#renderCounts(frame.presence);
    this.#renderChange(change ? change.changed : null, change?.reset);
    this.#stream.startLive();
    this.#clock.tick();
  }

  /**
   * @param {import("tt/connection/frames").Post[] | null} changed null: we missed something
   * @param {boolean} [reset]
   */
  #renderChange(changed, reset = false) {
    if (!changed) {
      this.#connection.catchUp();
      return;
    }
    const oldest = Math.max(0, ...this.#store.posts.keys()) - SHOWN;
    this.#stream.renderPosts(
      changed.filter(({ seq }) => seq > oldest),
      { reset },
    );
    this.#renderSummary();
  }

  /** @param {import("tt/connection/frames").Topic[]} topics */
  #setTopics(topics) {
    this.#topics = topics;
    this.#renderPhase();
  }

  /** @param {{ talking: number, reading: number }} presence */
  #renderCounts({ talking, reading }) {
    write(part(this.#body, "counts"), `${talking} talking · ${reading} reading`);
  }

  #renderSummary() {
    if (this.#clock.phase.name === "closed") this.#summary.renderSummary(this.#store, 0, []);
  }

  /**
   * @param {import("tt/connection/socket").State} state
   * @param {import("tt/connection/socket").Why} [why]
   */
  #handleConnection(state, why) {
    if (state === "open") this.#notices.reportRestored();
    else if (why === "signed-out" && goToSignIn(this.#data.login_url)) return;
    else if (why) this.#showNotAdmitted(NOT_ADMITTED[why]);
    else this.#notices.reportLost();
  }

  /** @param {string[]} door */
  #showNotAdmitted([title = "", reason = ""]) {
    this.#body.dataset.phase = "shut";
    write(part(this.#body, "door-title"), title);
    write(part(this.#body, "door-why"), reason);
  }
}

/** Without this a screen that nobody touches goes dark. */
async function stayAwake() {
  try {
    await navigator.wakeLock?.request("screen");
  } catch {
    // Then the settings of the device decide.
  }
}

const data = readRoomData();
if (data) {
  setLaw(data.law);
  new Display(data).open();
}
