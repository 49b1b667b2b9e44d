// Popovers that open at a button, above everything else, and give the focus back.

const GAP = 6;
const EDGE = 8;

export class Popover {
  #element;
  #onClose;

  /**
   * @param {HTMLElement} element with a `popover` attribute
   * @param {object} [options]
   * @param {() => void} [options.closed]
   */
  constructor(element, { closed = () => {} } = {}) {
    this.#element = element;
    this.#onClose = closed;
    /** @type {HTMLElement | null} */
    this.anchor = null;
    /** The element that the anchor was in. @type {() => HTMLElement | undefined} */
    this.home = () => undefined;
    element.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      event.preventDefault();
      event.stopPropagation();
      this.close({ back: true });
    });
    // It closes when the focus moves elsewhere.
    element.addEventListener("focusout", ({ relatedTarget }) => {
      if (relatedTarget instanceof Node && !this.#contains(relatedTarget)) this.close();
    });
    document.addEventListener("pointerdown", ({ target }) => {
      if (this.isOpen && target instanceof Node && !this.#contains(target)) this.close();
    });
    // A phone's keyboard opens when a field in the popover has the focus.
    window.addEventListener("resize", () => this.isOpen && this.place());
  }

  get isOpen() {
    return this.#element.matches(":popover-open");
  }

  /** @param {Node} node */
  #contains(node) {
    return this.#element.contains(node) || this.anchor?.contains(node) === true;
  }

  /** The anchor, or its home if it has left that: the toolbar moves with the pointer. */
  get #spot() {
    const { anchor } = this;
    const home = this.home();
    return anchor?.checkVisibility() && (!home || home.contains(anchor)) ? anchor : home;
  }

  /**
   * @param {HTMLElement} anchor
   * @param {HTMLElement | null} first gets the focus
   * @param {() => HTMLElement | undefined} [home] the anchor's post, which replaces it once it has left
   */
  open(anchor, first, home = () => undefined) {
    this.anchor = anchor;
    this.home = home;
    if (anchor.hasAttribute("aria-expanded")) anchor.setAttribute("aria-expanded", "true");
    if (!this.isOpen) this.#element.showPopover();
    this.place();
    first?.focus();
  }

  /** @param {{ back?: boolean }} [options] back: give the focus back */
  close({ back = false } = {}) {
    if (!this.isOpen) return;
    const { anchor } = this;
    const spot = this.#spot;
    this.anchor = null;
    if (anchor?.hasAttribute("aria-expanded")) anchor.setAttribute("aria-expanded", "false");
    this.#element.hidePopover();
    if (back) spot?.focus({ preventScroll: true });
    this.#onClose();
  }

  /** Place it below its anchor or, without room there, above it. */
  place() {
    const at = this.#spot?.getBoundingClientRect();
    if (!at) return;
    const { offsetWidth: width, offsetHeight: height } = this.#element;
    const [right, bottom] = [window.innerWidth - EDGE, window.innerHeight - EDGE];
    const below = at.bottom + GAP + height <= bottom;
    const top = below ? at.bottom + GAP : at.top - GAP - height;
    // Align it with the side of the anchor that is nearer to that side of the window.
    const isRight = at.left > window.innerWidth / 2;
    const left = Math.min(isRight ? at.right - width : at.left, right - width);
    this.#element.style.left = `${Math.max(EDGE, left)}px`;
    this.#element.style.top = `${Math.max(EDGE, Math.min(top, bottom - height))}px`;
  }
}

/**
 * Move the focus among buttons by the arrow keys, Home and End; wraps around at the ends.
 * @param {KeyboardEvent} event
 * @param {HTMLElement[]} items
 */
export function step(event, items) {
  const at = items.indexOf(/** @type {HTMLElement} */ (document.activeElement));
  const next = {
    ArrowDown: at + 1,
    ArrowRight: at + 1,
    ArrowUp: at - 1,
    ArrowLeft: at - 1,
    Home: 0,
    End: -1,
  }[event.key];
  if (next === undefined) return false;
  event.preventDefault();
  items.at(next % items.length)?.focus();
  return true;
}
