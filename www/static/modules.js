// What widgets are made of, fetched when the first one wakes: a module of wasm with its glue, and the styles. Each once for a page.
// A module comes in two parts: what a reader's first minute takes, and the rest (www/src/split.rs).

import { startLink } from './address.js';

const SITE = new URL('.', import.meta.url).href;
const STYLES = ['theme.css', 'widget.css', 'brief.css'];
const MODULES = []; // the labs of each module, after whose first it is called: `cargo dev build` writes them here
/** The module that has all labs. */
export const ALL = 'all';
const had = new Map(); // what was fetched, or is on its way, by name
const rests = new Map(); // of modules by name, compiled
const glues = new Map();
const EMPTY = Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0); // the smallest module that there is
let panicked;

/** Calls with the message, the link of what ran, and the number of the widget for which it ran, when a model panics; its instance is made
 * anew at the next call. Without a link a part of a module could not be fetched, and it cannot go on. */
export function onPanic(call) {
  panicked = call;
}

/** Lets the modules of this copy call the page, which happens by names that a page has once: only the copy whose element it is does so. */
export function begin() {
  // Of border.rs, which calls it in the midst of a panic.
  globalThis.splitbrainPanicked = (message, link, number) => panicked?.(message, link, number);
  // Called by the first part of a module (web/module, which knows its lab's number) in the midst of its work, which cannot wait for an answer
  // that comes later.
  globalThis.splitbrainRest = bringRest;
}

/** A module has stopped and was no longer able to say so, for want of memory, say: what a panic would have told is told, and its instance,
 * which is in no known state, is made anew at the next call. */
export function trapped(name, error, number) {
  try {
    glues.get(name).trapped(String(error));
  } catch {
    panicked?.(String(error), '', number);
  }
}

// Once for a page; but a try that has failed is made again when it is asked for again.
function once(name, make) {
  if (!had.has(name)) {
    had.set(name, make());
    had.get(name).catch(() => had.delete(name));
  }
  return had.get(name);
}

/** A module of wasm, compiled once for the page (workers are handed `module`), and its glue. */
export function load(name = suited()) {
  return once(`module ${name}`, async () => {
    const code = Promise.all([import(`${SITE}splitbrain_${name}.js`), compile(`${SITE}splitbrain_${name}_bg.wasm`)]);
    const [glue, module] = await code;
    glues.set(name, glue);
    await glue.default({ module_or_path: module });
    return { name, glue, module };
  });
}

/** The rest of a module, which the first part calls for where it needs it: fetched ahead of that, nobody is held up. */
export function loadRest(name = suited()) {
  return once(`rest ${name}`, async () => {
    const rest = await compile(restOf(name));
    rests.set(name, rest);
    return rest;
  });
}

function bringRest(module, widget) {
  const [name] = MODULES[module];
  try {
    if (!rests.has(name)) rests.set(name, fetchNow(restOf(name)));
    new WebAssembly.Instance(rests.get(name), { first: glues.get(name).initSync() });
    return true;
  } catch (error) {
    panicked?.(`A part of this page cannot be fetched: ${error}`, undefined, widget);
    return false;
  }
}

function restOf(name) {
  return `${SITE}splitbrain_${name}_rest.wasm`;
}

// Bytes that a page must have before it goes on can be had as text only, a letter for each.
function fetchNow(address) {
  const request = new XMLHttpRequest();
  request.open('GET', address, false);
  request.overrideMimeType('text/plain; charset=x-user-defined');
  request.send();
  if (request.status !== 200) throw new Error(`${address}: ${request.status}`);
  return new WebAssembly.Module(Uint8Array.from(request.responseText, (letter) => letter.charCodeAt(0) & 255));
}

/** The widgets of the page that have a link to be opened with, in whatever shadow they stand. */
export const widgets = new Set();

// The smallest module that has every lab on the page.
function suited() {
  const labs = Array.from(widgets, (lab) => /^[a-z]+/.exec(startLink(lab))?.[0]);
  const fits = MODULES.filter((has) => labs.every((lab) => has.includes(lab)));
  return fits.sort((a, b) => a.length - b.length)[0]?.[0] ?? ALL;
}

/** Whether wasm may be compiled here: a page's policy may forbid it (`script-src` without `wasm-unsafe-eval`). */
export function mayCompile() {
  try {
    return WebAssembly.validate(EMPTY) && !!new WebAssembly.Module(EMPTY);
  } catch {
    return false;
  }
}

async function compile(address) {
  const answer = await fetched(address);
  // A host that serves wasm as another type gets the slower way.
  const streams = answer.headers.get('content-type') === 'application/wasm';
  return streams ? WebAssembly.compileStreaming(answer) : WebAssembly.compile(await answer.arrayBuffer());
}

/** The widgets' styles. */
export function styles() {
  const sheet = async (name) => new CSSStyleSheet().replace(await (await fetched(SITE + name)).text());
  return once('styles', () => Promise.all(STYLES.map(sheet)));
}

/** What a server answers, where it answers well. */
export async function fetched(address) {
  const answer = await fetch(address);
  if (!answer.ok) throw new Error(`${address}: ${answer.status}`);
  return answer;
}
