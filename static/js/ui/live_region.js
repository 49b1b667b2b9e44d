// Announces sentences to screen readers, one after the other, each once.

const REMEMBERED = 15_000;

export class LiveRegion {
  #root;

  /** @param {HTMLElement} root a polite live region */
  constructor(root) {
    this.#root = root;
  }

  /** @param {string} text */
  announce(text) {
    const sentence = document.createElement("p");
    sentence.textContent = text;
    this.#root.append(sentence);
    setTimeout(() => sentence.remove(), REMEMBERED);
  }
}
