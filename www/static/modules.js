// What widgets are made of, fetched when the first one wakes: a module of wasm with its glue, and the styles. Each once for a page.
// A module comes in two parts: what a reader's first minute takes, and the rest (www/src/split.rs).

const SITE = new URL('.', import.meta.url).href;
const STYLES = ['theme.css', 'widget.css'];
const MODULES = []; // the labs of each module, after whose first it is called: `cargo dev build` writes them here
/** The module that has all labs. */
export const ALL = 'all';
const loading = new Map(); // modules by name
const resting = new Map(); // their rests, under way
const rests = new Map(); // and compiled
const glues = new Map();
let styling;
let panicked;

/** Calls with the message, and the link of what ran, when a model panics or cannot go on; its instance is made anew at the next call. */
export function onPanic(call) {
  panicked = call;
}

/** A module of wasm, compiled once for the page (workers are handed `module`), and its glue. */
export function load(name = suited()) {
  if (!loading.has(name)) loading.set(name, fetchModule(name));
  return loading.get(name);
}

async function fetchModule(name) {
  const code = Promise.all([import(`${SITE}splitbrain_${name}.js`), compile(`${SITE}splitbrain_${name}_bg.wasm`)]);
  const [glue, module] = await code;
  glues.set(name, glue);
  await glue.default({ module_or_path: module });
  glue.on_panic(panicked);
  return { name, glue, module };
}

/** The rest of a module, which the first part calls for where it needs it: fetched ahead of that, nobody is held up. */
export function loadRest(name = suited()) {
  if (!resting.has(name)) {
    const compiled = compile(restOf(name));
    resting.set(name, compiled);
    compiled.then((rest) => rests.set(name, rest)).catch(() => resting.delete(name)); // it is fetched again when it is needed
  }
  return resting.get(name);
}

// Called by the first part of a module (web/module, which knows its lab's number) in the midst of its work, which cannot wait for an answer
// that comes later.
globalThis.splitbrainRest = (number) => {
  const [name] = MODULES[number];
  try {
    if (!rests.has(name)) rests.set(name, fetchNow(restOf(name)));
    new WebAssembly.Instance(rests.get(name), { first: glues.get(name).initSync() });
    return true;
  } catch (error) {
    panicked(`A part of this page cannot be fetched: ${error}`);
    return false;
  }
};

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

// The smallest module that has every lab on the page.
function suited() {
  const labs = Array.from(document.querySelectorAll('splitbrain-lab'), (lab) => lab.startLink?.().match(/^[a-z]+/)?.[0]);
  const fits = MODULES.filter((has) => labs.every((lab) => has.includes(lab)));
  return fits.sort((a, b) => a.length - b.length)[0]?.[0] ?? ALL;
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
  styling ??= Promise.all(STYLES.map(sheet));
  return styling;
}

/** What a server answers, where it answers well. */
export async function fetched(address) {
  const answer = await fetch(address);
  if (!answer.ok) throw new Error(`${address}: ${answer.status}`);
  return answer;
}
