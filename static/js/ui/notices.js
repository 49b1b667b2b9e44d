// Quiet lines above the composer; those who do not see them hear them.

import { warningAt } from "tt/state/clock";
import { line, part } from "tt/ui/dom";
import { LiveRegion } from "tt/ui/live_region";

const LOST = "Connection lost. Anything you post will be sent once you’re back online.";
const BACK = "You’re back online. You haven’t missed anything.";
const CUT_OFF =
  "We can’t save posts right now. Anything you post will be sent once that works again.";
const SAVED_AGAIN = "Posts are being saved again. You haven’t missed anything.";
const SOCKETLESS = "Live connection unavailable; posts may take a little longer.";
const PATIENCE = 800;
const BACK_FOR = 5000;
const BRIEF = 12_000;

export class Notices {
  #lostWords;
  #cutOffWords;
  #liveRegion;
  #warning;
  #connection;
  /** @type {number | undefined} */
  #timer;
  /** What is wrong, as it is said or soon will be. */
  #wrong = "";
  #isLinkLost = false;
  #isCutOff = false;
  #warned = "";
  /** What stays to be said while nothing is more urgent. */
  #lasting = "";

  /**
   * @param {HTMLElement} root
   * @param {string} [lost] what to say of a lost connection
   * @param {string} [cutOff] and of a room that can't use its database
   */
  constructor(root, lost = LOST, cutOff = CUT_OFF) {
    this.#lostWords = lost;
    this.#cutOffWords = cutOff;
    this.#liveRegion = new LiveRegion(part(root, "announcer"));
    this.#warning = part(root, "warning");
    this.#connection = part(root, "connection");
  }

  /** @param {string} text */
  announce(text) {
    this.#liveRegion.announce(text);
  }

  /** The end of a topic is never a surprise. @param {import("tt/state/session_clock").Moment} moment */
  renderWarning({ phase, now }) {
    const limit = warningAt(phase, now);
    const time = limit === 30_000 ? "Thirty seconds" : "Two minutes";
    const next =
      phase.topic === 3 ? "then the session ends" : `then topic ${(phase.topic ?? 0) + 1}`;
    const text = limit ? `${time} left on topic ${phase.topic}, ${next}.` : "";
    if (text === this.#warned) return;
    this.#warned = text;
    line(this.#warning, text);
    if (text) this.announce(text);
  }

  /** A moment without connection is nobody's business; after that it is said. */
  reportLost() {
    this.#isLinkLost = true;
    this.#showWorst();
  }

  reportRestored() {
    this.#isLinkLost = false;
    this.#showWorst(BACK);
  }

  /** Whether the room can use its database, as it says itself. @param {boolean} isCutOff */
  reportDatabase(isCutOff) {
    if (isCutOff === this.#isCutOff) return;
    this.#isCutOff = isCutOff;
    this.#showWorst(SAVED_AGAIN);
  }

  /** Say the worst of what is wrong now. @param {string} [over] for when nothing is any more */
  #showWorst(over = "") {
    const cutOff = this.#isCutOff ? this.#cutOffWords : "";
    const words = this.#isLinkLost ? this.#lostWords : cutOff;
    if (words === this.#wrong) return;
    this.#wrong = words;
    clearTimeout(this.#timer);
    if (words) {
      this.#timer = window.setTimeout(() => this.#showProblem(words), PATIENCE);
      return;
    }
    if (this.#connection.hidden) return;
    this.#showLine(over, BACK_FOR);
    this.announce(over);
  }

  /** @param {string} words */
  #showProblem(words) {
    const isSaid = this.#connection.classList.contains("warn") && !this.#connection.hidden;
    if (isSaid && this.#connection.textContent === words) return;
    this.#connection.classList.add("warn");
    line(this.#connection, words);
    this.announce(words);
  }

  /** Whether it is a live socket that connects us. @param {import("tt/connection/connection").Kind} kind */
  reportKind(kind) {
    this.#lasting = kind === "http" ? SOCKETLESS : "";
    if (this.#lasting) this.announce(this.#lasting);
    if (!this.#wrong) this.#showLine("", 0);
  }

  /** Something to be said for a moment; a lost connection is more important. @param {string} text */
  showBriefly(text) {
    if (!this.#wrong) this.#showLine(text, BRIEF);
  }

  /** The room would not do something. @param {string} reason */
  showRefusal(reason) {
    this.showBriefly(reason);
    this.announce(reason);
  }

  /**
   * For a moment; then what lasts, if anything does.
   * @param {string} text
   * @param {number} ms
   */
  #showLine(text, ms) {
    clearTimeout(this.#timer);
    this.#connection.classList.remove("warn");
    line(this.#connection, text || this.#lasting);
    if (text) this.#timer = window.setTimeout(() => this.#showLine("", 0), ms);
  }
}
