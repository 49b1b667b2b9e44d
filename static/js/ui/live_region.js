// The voice for those who do not see the room: sentences one after the other, each said once.

const REMEMBERED = 15_000;

export class LiveRegion {
  #root;

  /** @param {HTMLElement} root a polite live region; what is added to it is read */
  constructor(root) {
    this.#root = root;
  }

  /** Say it when the screen reader has a moment. @param {string} text */
  announce(text) {
    const sentence = document.createElement("p");
    sentence.textContent = text;
    this.#root.append(sentence);
    setTimeout(() => sentence.remove(), REMEMBERED);
  }
}
