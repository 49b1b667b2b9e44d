// A fake page: elements with parts, and one focus.

class FakeElement {
  /** @param {string} [name] its data-part */
  constructor(name = "") {
    this.name = name;
    /** @type {FakeElement[]} */
    this.children = [];
    /** @type {FakeElement | null} */
    this.parentElement = null;
    this.text = "";
    this.value = "";
    this.hidden = false;
    this.disabled = false;
    this.isRoot = false;
    this.dataset = {};
    this.style = {};
    /** @type {Map<string, string>} */
    this.attributes = new Map();
    /** @type {Map<string, ((event: any) => void)[]>} */
    this.listeners = new Map();
    /** @type {Set<string>} */
    const classes = new Set();
    this.classList = {
      add: (/** @type {string} */ one) => void classes.add(one),
      remove: (/** @type {string} */ one) => void classes.delete(one),
      contains: (/** @type {string} */ one) => classes.has(one),
    };
  }

  get textContent() {
    return this.text;
  }

  set textContent(text) {
    this.text = text;
  }

  get isConnected() {
    for (let one = /** @type {FakeElement | null} */ (this); one; one = one.parentElement) {
      if (one.isRoot) return true;
    }
    return false;
  }

  get isVisible() {
    for (let one = /** @type {FakeElement | null} */ (this); one; one = one.parentElement) {
      if (one.hidden) return false;
    }
    return this.isConnected;
  }

  get lastElementChild() {
    return this.children[this.children.length - 1] ?? null;
  }

  /** @param {any} node @returns {boolean} */
  contains(node) {
    return node === this || this.children.some((child) => child.contains(node));
  }

  /** @param {any[]} nodes */
  append(...nodes) {
    for (const node of nodes) if (node instanceof FakeElement) this.insertBefore(node, null);
  }

  /** @param {FakeElement} node */
  prepend(node) {
    this.insertBefore(node, this.children[0] ?? null);
  }

  /** @param {FakeElement} node @param {FakeElement | null} before */
  insertBefore(node, before) {
    node.remove();
    const at = before ? this.children.indexOf(before) : this.children.length;
    this.children.splice(at, 0, node);
    node.parentElement = this;
  }

  /** As in browsers, a focus within is lost. */
  remove() {
    if (!this.parentElement) return;
    const { children } = this.parentElement;
    children.splice(children.indexOf(this), 1);
    this.parentElement = null;
    if (this.contains(document.activeElement)) blur();
  }

  focus() {
    if (this.isVisible) Object.assign(document, { activeElement: this });
  }

  /** @returns {FakeElement[]} */
  get all() {
    return this.children.flatMap((child) => [child, ...child.all]);
  }

  /** @param {string} selector `[data-part="…"]`, or names of parts */
  querySelector(selector) {
    const names = selector.replace(/\[data-part="(.+)"\]/, "$1").split(", ");
    return this.all.find(({ name }) => names.includes(name)) ?? null;
  }

  /** @param {string} name @param {string} value */
  setAttribute(name, value) {
    this.attributes.set(name, value);
  }

  removeAttribute(/** @type {string} */ name) {
    this.attributes.delete(name);
  }

  /** @param {string} type @param {(event: any) => void} action */
  addEventListener(type, action) {
    this.listeners.set(type, [...(this.listeners.get(type) ?? []), action]);
  }

  scrollIntoView() {}
}

function blur() {
  Object.assign(document, { activeElement: document.body });
}

/**
 * Make a new fake page.
 * @returns {any} its body
 */
export function page() {
  const body = new FakeElement("body");
  body.isRoot = true;
  /** @type {any} */
  const world = globalThis;
  world.HTMLElement = FakeElement;
  world.HTMLTextAreaElement = class extends FakeElement {};
  world.window = globalThis;
  world.document = {
    body,
    activeElement: body,
    createElement: (/** @type {string} */ tag) => new FakeElement(tag),
    getElementById: () => null,
  };
  return body;
}

/**
 * Let every template of the page hold what `make` returns.
 * @param {() => FakeElement} make
 */
export function stampAs(make) {
  /** @type {any} */
  const pattern = class {};
  /** @type {any} */ (globalThis).HTMLTemplateElement = pattern;
  document.getElementById = () =>
    Object.assign(new pattern(), { content: { firstElementChild: { cloneNode: make } } });
}

/** @param {string} name @param {any[]} children @returns {any} */
export function element(name, ...children) {
  const made = new FakeElement(name);
  made.append(...children);
  return made;
}
