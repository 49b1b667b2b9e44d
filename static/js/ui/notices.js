// Short notices above the composer. Screen readers announce them.

import { warningAt } from "tt/state/clock";
import { law } from "tt/state/law";
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
  /** The problem that is shown or soon will be; empty for none. */
  #wrong = "";
  #isLinkLost = false;
  #isCutOff = false;
  #warned = "";
  /** A notice that stays while nothing is more urgent. */
  #lasting = "";

  /**
   * @param {HTMLElement} root
   * @param {string} [lost] the notice of a lost connection
   * @param {string} [cutOff] the notice that the room can't use its database
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

  /** Warn before the end of a topic. @param {import("tt/state/session_clock").Moment} moment */
  renderWarning({ phase, now }) {
    const limit = warningAt(phase, now);
    const time = limit === 30_000 ? "Thirty seconds" : "Two minutes";
    const next =
      phase.topic === law.topics ? "then the session ends" : `then topic ${(phase.topic ?? 0) + 1}`;
    const text = limit ? `${time} left on topic ${phase.topic}, ${next}.` : "";
    if (text === this.#warned) return;
    this.#warned = text;
    line(this.#warning, text);
    if (text) this.announce(text);
  }

  /** The connection is lost. Short losses are not shown. */
  reportLost() {
    this.#isLinkLost = true;
    this.#showWorst();
  }

  reportRestored() {
    this.#isLinkLost = false;
    this.#showWorst(BACK);
  }

  /** The room can, or can't, use its database. @param {boolean} isCutOff */
  reportDatabase(isCutOff) {
    if (isCutOff === this.#isCutOff) return;
    this.#isCutOff = isCutOff;
    this.#showWorst(SAVED_AGAIN);
  }

  /** Show the worst problem. @param {string} [over] what to show if there is none any more */
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

  /** The connection opened over another transport. @param {import("tt/connection/connection").Kind} kind */
  reportKind(kind) {
    this.#lasting = kind === "http" ? SOCKETLESS : "";
    if (this.#lasting) this.announce(this.#lasting);
    if (!this.#wrong) this.#showLine("", 0);
  }

  /** Show a notice for a moment, unless there is a problem. @param {string} text */
  showBriefly(text) {
    if (!this.#wrong) this.#showLine(text, BRIEF);
  }

  /** The room refused something. @param {string} reason */
  showRefusal(reason) {
    this.showBriefly(reason);
    this.announce(reason);
  }

  /**
   * Show a notice for a moment, then the lasting one if there is any.
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
