// What a page may yet need is fetched while it has nothing to do: once open, it goes on without a network.

import { loadRest } from './modules.js';

/** The scripts that are otherwise fetched when they are asked for. */
const LATER = ['./files.js'];
const provided = new Set(); // modules, each once

/** Fetches, when the page is idle, what widgets of a module may need later. What cannot be fetched now is tried again when it is needed. */
export function provide(module) {
  if (provided.has(module)) return;
  provided.add(module);
  const idle = globalThis.requestIdleCallback ?? ((call) => setTimeout(call, 2000));
  const begin = () => idle(() => [loadRest(module), ...LATER.map((script) => import(script))].forEach((fetched) => fetched.catch(() => {})));
  // Not while the page itself still comes.
  if (document.readyState === 'complete') begin();
  else addEventListener('load', begin, { once: true });
}
