// The room on a meeting room's screen: to be read from afar, with nothing to be touched.

import { NOT_ADMITTED, openConnection } from "tt/connection/open";
import { PostRenderer } from "tt/posts/renderer";
import { Stream } from "tt/posts/stream";
import { Summary } from "tt/posts/summary";
import { SessionClock } from "tt/state/session_clock";
import { Store } from "tt/state/store";
import { Times, zoneOf } from "tt/state/times";
import { toSignIn, whenBack } from "tt/ui/browser";
import { part, write } from "tt/ui/dom";
import { Header } from "tt/ui/header";
import { Notices } from "tt/ui/notices";
import { readRoomData } from "tt/ui/page_data";
import { PageTitle } from "tt/ui/page_title";

const LOST = "Connection lost. Reconnecting automatically.";
/** What is further up nobody can scroll to. */
const SHOWN = 60;

class Display {
  /** @param {import("tt/ui/page_data").RoomData} data */
  constructor(data) {
    const { body } = document;
    const times = new Times(zoneOf(document.documentElement.dataset));
    this.data = data;
    this.body = body;
    /** @type {import("tt/connection/frames").Topic[]} */
    this.topics = [];
    this.store = new Store();
    this.header = new Header(body, times);
    this.caption = new PageTitle(document);
    this.notices = new Notices(body, LOST, LOST);
    this.summary = new Summary(body);
    this.stream = new Stream(body, {
      // It is nobody's own: nothing is marked as ours.
      pen: new PostRenderer({
        me: { id: 0, name: "" },
        times,
        find: (seq) => this.store.posts.get(seq),
        pressed: () => new Set(),
      }),
    });
    this.course = new SessionClock({
      startsAt: Date.parse(data.starts_at),
      now: data.now,
      isCancelled: body.dataset.phase === "cancelled",
      slept: () => this.link.nudge(),
      turned: () => this.turn(),
      ticked: (moment) => {
        this.header.tick(moment);
        this.caption.tick(moment);
        this.notices.tick(moment);
      },
    });
    this.link = openConnection(data, {
      after: () => this.store.rev,
      hear: (frame) => this.hear(frame),
      tell: (state, why) => this.connected(state, why),
      became: () => {},
    });
  }

  hang() {
    this.turn();
    this.course.tick();
    this.link.start();
    whenBack(() => {
      this.course.tick();
      this.link.nudge();
      void stayAwake();
    });
    void stayAwake();
  }

  turn() {
    const moment = this.course.moment();
    this.header.turn(moment, this.topics);
    this.stream.open(moment.phase.topic);
    this.sum();
  }

  /** @param {import("tt/connection/frames").Frame} frame */
  hear(frame) {
    this.course.hear(frame);
    if (frame.type === "welcome" || frame.type === "pulse") {
      this.notices.reach(frame.cut_off ?? false);
    }
    if (frame.type === "welcome") this.welcome(frame);
    if (frame.type === "posts") this.take(this.store.take(frame.since, frame.rev, frame.posts));
    if (frame.type === "presence") this.count(frame);
    if (frame.type === "agenda") this.learn(frame.topics);
    if (frame.type === "pulse" && this.store.isBehind(frame.rev)) this.link.catchUp();
  }

  /** @param {import("tt/connection/frames").Welcome} frame */
  welcome(frame) {
    const change = this.store.welcome(frame);
    this.learn(frame.topics);
    this.count(frame.presence);
    this.take(change ? change.changed : null, change?.reset);
    this.stream.live();
    this.course.tick();
  }

  /**
   * @param {import("tt/connection/frames").Post[] | null} changed null: there is a hole in what we hold
   * @param {boolean} [reset]
   */
  take(changed, reset = false) {
    if (!changed) {
      this.link.catchUp();
      return;
    }
    const oldest = Math.max(0, ...this.store.posts.keys()) - SHOWN;
    this.stream.draw(
      changed.filter(({ seq }) => seq > oldest),
      { reset },
    );
    this.sum();
  }

  /** @param {import("tt/connection/frames").Topic[]} topics */
  learn(topics) {
    this.topics = topics;
    this.turn();
  }

  /** @param {{ talking: number, reading: number }} presence */
  count({ talking, reading }) {
    write(part(this.body, "counts"), `${talking} talking · ${reading} reading`);
  }

  sum() {
    if (this.course.phase.name === "closed") this.summary.draw(this.store, 0, []);
  }

  /**
   * @param {import("tt/connection/socket").State} state
   * @param {import("tt/connection/socket").Why} [why]
   */
  connected(state, why) {
    if (state === "open") this.notices.healed();
    else if (why === "signed-out" && toSignIn(this.data.login_url)) return;
    else if (why) this.shut(NOT_ADMITTED[why]);
    else this.notices.lost();
  }

  /** @param {string[]} door */
  shut([title = "", reason = ""]) {
    this.body.dataset.phase = "shut";
    write(part(this.body, "door-title"), title);
    write(part(this.body, "door-why"), reason);
  }
}

/** A screen that nobody touches would go dark. */
async function stayAwake() {
  try {
    await navigator.wakeLock?.request("screen");
  } catch {
    // Then it is as the machine is set.
  }
}

const data = readRoomData();
if (data) new Display(data).hang();
