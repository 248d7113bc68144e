// The first moves of a slider took two to eight times what later ones take, until the browser had made fast what it saw run often. So a widget
// that a hand comes near does what a move does a few times, for nobody to see, in moments when the page has nothing to do.

import { loadRest } from './modules.js';

const MOVES = 8; // later ones no longer become faster
const SLICE_MS = 4; // of an idle moment
const warmed = new Set(); // labs, each once for a page

/** Makes a widget's next moves as fast as its later ones. */
export async function warm(lab) {
  if (!lab.drawn || !globalThis.requestIdleCallback) return;
  // The keyboard may have come in the midst of the widget's own work: by now that has ended.
  await loadRest(lab.lab);
  const id = lab.drawn && lab.widget.lab();
  if (!id || warmed.has(id)) return;
  warmed.add(id);
  let left = MOVES;
  const idle = (moment) => {
    // A run under way is the reader's, and warms as well.
    if (!lab.drawn || lab.widget.is_waiting()) return;
    const end = performance.now() + Math.min(SLICE_MS, moment.timeRemaining());
    while (left > 0 && performance.now() < end) left -= Number(lab.widget.warm_up());
    if (left > 0) requestIdleCallback(idle);
  };
  requestIdleCallback(idle);
}
