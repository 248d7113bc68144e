// What widgets are made of, fetched when the first one wakes: a module of wasm with its glue, and the styles. Each once for a page.

const SITE = new URL('.', import.meta.url).href;
const STYLES = ['theme.css', 'widget.css'];
const LABS = []; // those with a module of their own: `cargo dev build` writes them here
/** The module that has all labs. */
export const ALL = 'all';
const loading = new Map(); // modules by name
let styling;
let panicked;

/** Calls with the message and the link of what ran when a model panics; its instance is made anew at the next call. */
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
  await glue.default({ module_or_path: module });
  glue.on_panic(panicked);
  return { name, glue, module };
}

// Each lab has a module of its own, the smallest that shows it; a page with several labs is better served by the one that has all.
function suited() {
  const labs = new Set(Array.from(document.querySelectorAll('splitbrain-lab'), (lab) => lab.startLink?.().match(/^[a-z]+/)?.[0]));
  const [lab] = labs;
  return labs.size === 1 && LABS.includes(lab) ? lab : ALL;
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
