// What a page may yet need is fetched while it has nothing to do: once open, it goes on without a network.

import { startLink } from './address.js';
import { labOf, loadRest, widgets } from './modules.js';

/** The scripts that are otherwise fetched when they are asked for. */
const LATER = ['./files.js'];
const provided = new Set(); // labs, each once

/** Fetches, when the page is idle, what this lab and those of the page's other widgets may need later. What cannot be fetched now is tried again
 * when it is needed. */
export function provide(lab) {
  const labs = [lab, ...Array.from(widgets, (widget) => labOf(startLink(widget), widget.home))].filter((lab) => !provided.has(lab));
  if (labs.length === 0) return;
  for (const lab of labs) provided.add(lab);
  const idle = globalThis.requestIdleCallback ?? ((call) => setTimeout(call, 2000));
  const begin = () => idle(() => [loadRest(...labs), ...LATER.map((script) => import(script))].forEach((fetched) => fetched.catch(() => {})));
  // Not while the page itself still comes.
  if (document.readyState === 'complete') begin();
  else addEventListener('load', begin, { once: true });
}
