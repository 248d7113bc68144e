// What our own pages remember in this browser, each a text of lines: the challenges that were reached, the runs that were
// saved, and those opened last. Storage may be refused (an opaque
// origin throws, a full one too): then nothing is remembered, and nothing else is lost.
const PREFIX = 'splitbrain-';
const NAMES = ['done', 'saved', 'recent'];

/** What is kept, by name; undefined where this browser keeps nothing for the page. */
export function kept() {
  try {
    const ours = Object.entries(localStorage).filter(([key]) => key.startsWith(PREFIX));
    return Object.fromEntries(ours.map(([key, text]) => [key.slice(PREFIX.length), text]));
  } catch {
    return undefined;
  }
}

/** Keeps a text, and says whether that was possible. */
export function keep(name, text) {
  try {
    localStorage.setItem(PREFIX + name, text);
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
    if (event.key?.startsWith(PREFIX)) call(event.key.slice(PREFIX.length), event.newValue ?? '');
    // All storage of the page was cleared.
    if (event.key === null) for (const name of NAMES) call(name, '');
  });
}
