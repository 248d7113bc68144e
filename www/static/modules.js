// What widgets are made of, fetched when the first one wakes: the module of wasm with its glue, and the styles. Each once for a page.
// The module comes in parts (www/src/split/): a base; of each lab and each view what a reader's first minute takes; and what comes later.

const SITE = new URL('.', import.meta.url).href;
const STYLES = ['theme.css', 'widget.css', 'brief.css'];
const PARTS = []; // the parts besides the base, by their numbers from 1 on: `cargo dev build` writes them here
const LABS = {}; // of each lab the parts that the first minute with it takes, and all others that it may take: likewise
const had = new Map(); // what was fetched, or is on its way, by name
const parts = new Map(); // by name, compiled
const placed = new WeakMap(); // of each instance of the base the parts that are in their places
const EMPTY = Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0); // the smallest module that there is
let panicked, glue;

/** Calls with the message, the link of what ran, and the number of the widget for which it ran, when a model panics; its instance is made
 * anew at the next call. Without a link a part of the module could not be fetched, and it cannot go on. */
export function onPanic(call) {
  panicked = call;
}

/** Lets the module of this copy call the page, which happens by names that a page has once: only the copy whose element it is does so. */
export function begin() {
  // Of border.rs, which calls it in the midst of a panic.
  globalThis.splitbrainPanicked = (message, link, number) => panicked?.(message, link, number);
  // Called by the base (web/module) in the midst of its work, which cannot wait for an answer that comes later.
  globalThis.splitbrainPart = bringPart;
}

/** The module has stopped and was no longer able to say so, for want of memory, say: what a panic would have told is told, and its instance,
 * which is in no known state, is made anew at the next call. */
export function trapped(error, number) {
  try {
    glue.trapped(String(error));
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

/** The base, compiled once for the page (workers are handed `module`), and its glue; of these labs, too, what their first minute takes. */
export async function load(...labs) {
  const soon = labs.flatMap((lab) => LABS[lab]?.[0] ?? []);
  const [loaded] = await Promise.all([once('base', loadBase), ...soon.map(loadPart)]);
  return loaded;
}

async function loadBase() {
  const code = Promise.all([import(`${SITE}splitbrain_engine.js`), compile(`${SITE}splitbrain_engine_bg.wasm`)]);
  const [script, module] = await code;
  await script.default({ module_or_path: module });
  glue = script;
  return { glue, module };
}

function loadPart(name) {
  return once(`part ${name}`, async () => parts.set(name, await compile(fileOf(name))));
}

/** All parts that labs may take: what is there when it is called for holds nobody up. Gives them compiled, by name. */
export async function loadRest(...labs) {
  const names = labs.flatMap((lab) => LABS[lab]?.flat() ?? []);
  await Promise.all(names.map(loadPart));
  return names.map((name) => [name, parts.get(name)]);
}

/** Puts a lab in its place, with all of it that has been fetched; says whether it can be opened. After a panic that is done anew. */
export function place(lab) {
  const [soon, later] = LABS[lab];
  if (!soon.every((name) => parts.has(name))) return false;
  for (const name of [...soon, ...later]) if (parts.has(name)) put(name);
  glue.has(lab);
  return true;
}

function put(name) {
  const base = glue.initSync();
  if (!placed.has(base)) placed.set(base, new Set());
  if (placed.get(base).has(name)) return;
  new WebAssembly.Instance(parts.get(name), { base });
  placed.get(base).add(name);
}

function bringPart(number, widget) {
  const name = PARTS[number - 1];
  try {
    if (!parts.has(name)) parts.set(name, fetchNow(fileOf(name)));
    put(name);
    return true;
  } catch (error) {
    panicked?.(`A part of this page cannot be fetched: ${error}`, undefined, widget);
    return false;
  }
}

function fileOf(part) {
  return `${SITE}splitbrain_engine_${part}.wasm`;
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

/** The lab that a link of a page names at its beginning, or else its home, or else the first. */
export function labOf(link, home) {
  const named = /^[a-z]+/.exec(link)?.[0];
  return [named, home, Object.keys(LABS)[0]].find((lab) => Object.hasOwn(LABS, lab ?? ''));
}

/** The widgets of the page that have a link to be opened with, in whatever shadow they stand. */
export const widgets = new Set();

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
