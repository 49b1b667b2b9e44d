// The clock at the top of a room, and the question below it.

import { fractions, minutesSeconds } from "tt/state/clock";
import { law } from "tt/state/law";
import { line, part, write } from "tt/ui/dom";

/** @typedef {import("tt/state/session_clock").Moment} Moment */

const FAR = 100 * 60_000;

export class Header {
  #body;
  #times;
  #bars;
  #left;
  #leftOf;
  #lobbyLeft;
  #lobbyLeftOf;
  #question;
  #when;

  /**
   * @param {HTMLElement} body
   * @param {import("tt/state/times").Times} times
   */
  constructor(body, times) {
    this.#body = body;
    this.#times = times;
    this.#bars = part(body, "bars");
    this.#left = part(body, "left");
    this.#leftOf = part(body, "left-of");
    this.#lobbyLeft = part(body, "lobby-left");
    this.#lobbyLeftOf = part(body, "lobby-left-of");
    this.#question = part(body, "question");
    this.#when = part(body, "question-when");
    const asked = part(body, "asked");
    // On a low screen a long question scrolls, and then it must be a tab stop.
    new ResizeObserver(() => {
      asked.tabIndex = asked.scrollHeight > asked.clientHeight + 1 ? 0 : -1;
    }).observe(asked);
  }

  /**
   * Show a new phase, or a changed question.
   * @param {Moment} moment
   * @param {import("tt/connection/frames").Topic[]} topics
   */
  renderPhase({ phase, startsAt }, topics) {
    this.#body.dataset.phase = phase.name;
    if (phase.topic === null) delete this.#body.dataset.topic;
    else this.#body.dataset.topic = String(phase.topic);
    const topic = topics.find(({ position }) => position === phase.topic);
    if (topic) {
      const isNew =
        this.#question.textContent !== "" && this.#question.textContent !== topic.question;
      write(this.#question, topic.question);
      this.#question.classList.toggle("just-changed", isNew);
      write(
        this.#when,
        `Topic ${topic.position} of ${law.topics} · until ${this.#times.formatTime(topic.ends_at)}`,
      );
    }
    const start = this.#times.formatTime(startsAt);
    const opens = `The room opens ten minutes before the start at ${start}`;
    write(this.#lobbyLeftOf, phase.name === "scheduled" ? opens : `until the start at ${start}`);
  }

  /** @param {Moment} moment */
  renderTime({ phase, now, startsAt }) {
    const done = fractions(startsAt, now);
    this.#bars.querySelectorAll("i").forEach((bar, index) => {
      bar.style.setProperty("--p", (done[index] ?? 0).toFixed(4));
    });
    const total = (law.topics * law.topic) / 60_000;
    const minute = Math.min(total, Math.floor((now - startsAt) / 60_000) + 1);
    const label = minute > 0 ? `Minute ${minute} of ${total}` : "Not started";
    this.#bars.setAttribute("aria-label", phase.name === "closed" ? "Thirty minutes, over" : label);

    const target = phase.topic === null ? startsAt : (phase.endsAt ?? now);
    const left = phase.name === "closed" || phase.name === "cancelled" ? 0 : target - now;
    const text = left > 0 && left < FAR ? minutesSeconds(left) : "";
    write(this.#left, text);
    write(
      this.#leftOf,
      phase.topic === null ? " until the start" : ` left of topic ${phase.topic}`,
    );
    this.#leftOf.hidden = text === "";
    line(this.#lobbyLeft, text);
  }
}
