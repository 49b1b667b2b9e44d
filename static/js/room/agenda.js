// The three topics beside the conversation: which one is on, how many posts each has, its articles.

import { plural } from "tt/state/text";
import { make, part, write } from "tt/ui/dom";

/** @typedef {import("tt/connection/frames").Topic} Topic */

export class Agenda {
  #root;
  #times;
  /** @type {Topic[]} */
  #topics = [];

  /**
   * @param {HTMLElement} root
   * @param {import("tt/state/times").Times} times
   */
  constructor(root, times) {
    this.#root = root;
    this.#times = times;
  }

  /** @param {Topic[]} topics */
  setTopics(topics) {
    // Over HTTP every answer has them, and a link that has the focus must not be replaced.
    if (JSON.stringify(topics) === JSON.stringify(this.#topics)) return;
    this.#topics = topics;
    for (const topic of topics) {
      const step = this.#stepOf(topic);
      const heading = step?.querySelector("h2");
      if (!step || !heading) continue;
      write(heading, topic.question);
      part(step, "articles").replaceChildren(...topic.articles.map(makeArticle));
    }
  }

  /**
   * @param {import("tt/state/clock").Phase} phase
   * @param {Map<number, number>} counts posts per topic
   */
  renderTopics(phase, counts) {
    for (const topic of this.#topics) {
      const step = this.#stepOf(topic);
      if (!step) continue;
      const isNow = topic.position === phase.topic;
      const isOver = phase.name === "closed" || (phase.topic ?? 0) > topic.position;
      if (isNow) step.setAttribute("aria-current", "step");
      else step.removeAttribute("aria-current");
      const count = counts.get(topic.position) ?? 0;
      const said = plural(count, "post");
      const now = count ? `now · ${said}` : "now";
      const text = isOver ? said : isNow ? now : this.#times.formatTime(topic.starts_at);
      write(part(step, "state"), text);
    }
  }

  /** @param {Topic} topic */
  #stepOf({ position }) {
    return this.#root.querySelector(`[data-step="${position}"]`);
  }
}

/** @param {import("tt/connection/frames").Article} article */
function makeArticle({ title, url, source }) {
  const link = document.createElement("a");
  link.className = "article";
  link.href = /^https?:/i.test(url) ? url : "#";
  link.target = "_blank";
  link.rel = "noopener noreferrer";
  const from = make("span", "", "source");
  from.append("· ", make("bdi", source || hostOf(url)));
  link.append(make("bdi", title), " ", from);
  const item = document.createElement("li");
  item.append(link);
  return item;
}

/** @param {string} url */
function hostOf(url) {
  return URL.canParse(url) ? new URL(url).host.replace(/^www\./, "") : "";
}
