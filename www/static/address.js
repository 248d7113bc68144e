// A page's address and the one widget that is tied to it: `address` on a lab's own pages, which say in it what the reader has changed, and
// `fragment` in an iframe, which keeps what it was given.

const WRITES_MS = 400; // a slider's moves are written once

/** Whether a widget takes its link from the page's address. */
export function isBound(lab) {
  return lab.hasAttribute('address') || lab.hasAttribute('fragment');
}

/** The link that a widget opens with: where it is bound the address may hold one, whole, or without the lab's name. */
export function startLink(lab) {
  const src = lab.getAttribute('src') ?? '';
  if (!isBound(lab)) return src;
  const fragment = location.hash.slice(1);
  if (!/[=?]/.test(fragment)) return lab.hasAttribute('fragment') && fragment ? fragment : src;
  const whole = lab.hasAttribute('fragment') || /^[a-z]+\?/.test(fragment);
  return whole ? fragment : `${lab.home}?${fragment}`;
}

/** A widget's way with the address. */
export class Address {
  #lab;
  #writing;
  /** The link that it has opened last because the address said so. */
  followed;

  constructor(lab) {
    this.#lab = lab;
  }

  /** Opens what the address says from now on. */
  attend() {
    if (isBound(this.#lab)) addEventListener('hashchange', this.#follow);
  }

  leave() {
    clearTimeout(this.#writing);
    removeEventListener('hashchange', this.#follow);
  }

  // A fragment without a sign of ours names a place in the text. An address without one stands for the run that the page opens with.
  #follow = () => {
    if (!this.#lab.Widget || !/^$|[=?]/.test(location.hash)) return;
    const link = startLink(this.#lab);
    if (link !== this.followed) this.#lab.open((this.followed = link));
  };

  /** Says in the address what the widget shows now. */
  keep() {
    this.followed = undefined;
    if (!this.#lab.hasAttribute('address')) return;
    clearTimeout(this.#writing);
    this.#writing = setTimeout(() => {
      const lab = this.#lab;
      // A run of another lab moves to its own page (site.js): this page's entry stays what it was.
      if (!lab.drawn || lab.widget.lab() !== lab.home) return;
      const fragment = lab.widget.fragment();
      history.replaceState(history.state, '', fragment ? `#${fragment}` : location.pathname + location.search);
    }, WRITES_MS);
  }
}
