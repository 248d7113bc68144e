// What our own pages remember in this browser, each a text of lines: the challenges that were reached, the runs that were
// saved, and those opened last. Storage may be refused (an opaque
// origin throws, a full one too): then nothing is remembered, and nothing else is lost.
const NAMES = ['done', 'saved', 'recent'];
const key = (name) => `splitbrain-${name}`;

/** What is kept, by name; undefined where this browser keeps nothing for the page. */
export function kept() {
  try {
    return Object.fromEntries(NAMES.map((name) => [name, localStorage.getItem(key(name)) ?? '']));
  } catch {
    return undefined;
  }
}

/** Keeps a text, and says whether that was possible. */
export function keep(name, text) {
  try {
    localStorage.setItem(key(name), text);
  } catch {
    return false;
  }
  dispatchEvent(new CustomEvent('splitbrain-kept', { detail: { name, text } }));
  return true;
}

/** Calls with name and text when this page or another tab has kept something. */
export function whenKept(call) {
  addEventListener('splitbrain-kept', ({ detail }) => call(detail.name, detail.text));
  addEventListener('storage', (event) => {
    const name = NAMES.find((name) => key(name) === event.key);
    if (name) call(name, event.newValue ?? '');
  });
}
