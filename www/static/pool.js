// A pool of workers for what would hold up the page. Each has an instance of its own of the wasm that is compiled once for the page.
//
// They are classic workers made from a Blob and are handed the compiled module, and the parts that a task's lab takes, by message: where the origin is opaque (a sandboxed
// iframe, a page opened as a file) workers by address and module workers are refused, and these are not. A classic worker cannot
// import the page's glue, which is an ES module; so the build has wasm-bindgen make its glue of the kind `no-modules`, too, and sees
// to it that both are for the very same wasm. Cutting `export` out of the page's glue would hang on how wasm-bindgen words it.
import { fetched, labOf, load, loadRest, place } from './modules.js';

const MOST = 8;
const LIMIT_MS = 120_000; // a task that takes longer is taken for hung
const IDLE_MS = 10_000; // each holds an instance of the wasm: one that has had nothing to do for so long ends
const READY_MS = 20_000; // a worker that is not ready by then never will be
const SLICE_MS = { worker: 100, page: 10 }; // how long a slice of a divisible task should take

let shared;

/** The one pool of the page, made when it is first asked for. */
export function pool() {
  shared ??= open();
  shared.catch(() => (shared = undefined)); // it is tried again when it is next asked for
  return shared;
}

/** A pool in which a task may take so long, and a worker be idle. */
export async function open(limit_ms = LIMIT_MS, idle_ms = IDLE_MS) {
  const loaded = await load();
  const glue = new URL('splitbrain_engine_worker.js', import.meta.url);
  const script = fetched(glue).then((answer) => answer.text()).catch(() => undefined);
  return new Pool(loaded, await script, limit_ms, idle_ms);
}

/** What went wrong with a task, in a sentence; `link` is the scenario that did it, where one did. */
export class TaskError extends Error {
  constructor(message, link) {
    super(message);
    this.link = link;
  }
}

class Pool {
  #queue = [];
  #workers = new Set();

  constructor({ glue, module }, script, limit_ms, idle_ms) {
    this.glue = glue;
    this.module = module;
    this.limit_ms = limit_ms;
    this.idle_ms = idle_ms;
    /** Whether workers are refused here, so that tasks run on the page's own thread, one at a time. */
    this.refused = script === undefined;
    /** How many tasks run at once. What they come to does not depend on it. */
    this.size = this.refused ? 1 : Math.max(1, Math.min(MOST, (navigator.hardwareConcurrency || 2) - 1));
    if (!this.refused) this.source = URL.createObjectURL(new Blob([script, ';(', serve.toString(), ')();'], { type: 'text/javascript' }));
  }

  /** How many workers there are now. */
  get workers() {
    return this.#workers.size;
  }

  /** How long a slice should take, in ms. */
  get slice_ms() {
    return this.refused ? SLICE_MS.page : SLICE_MS.worker;
  }

  /** Calls what the wasm exports by that name; the first argument names the lab that it is about, by its id or a link. Aborting ends it at once, in a worker
   * even while it runs. */
  async ask(call, args, signal) {
    const lab = labOf(args[0]);
    const parts = await loadRest(lab);
    return new Promise((resolve, reject) => {
      signal?.throwIfAborted();
      const settled = new AbortController(); // then the task is no longer there to be aborted
      const settle = (by) => (value) => (settled.abort(), by(value));
      const task = { call, args, lab, parts, resolve: settle(resolve), reject: settle(reject) };
      signal?.addEventListener('abort', () => this.#drop(task, signal.reason), { once: true, signal: settled.signal });
      this.#queue.push(task);
      this.#next();
    });
  }

  #drop(task, why) {
    this.#queue = this.#queue.filter((queued) => queued !== task);
    for (const worker of this.#workers) if (worker.task === task) this.#end(worker);
    task.reject(why);
    this.#next();
  }

  #next() {
    if (this.refused) return void this.#onPage();
    while (this.#queue.length > 0) {
      const idle = [...this.#workers].find((worker) => worker.ready && !worker.task);
      if (idle) {
        this.#give(idle, this.#queue.shift());
        continue;
      }
      const coming = [...this.#workers].filter((worker) => !worker.ready).length;
      if (this.#workers.size >= this.size || coming >= this.#queue.length || !this.#spawn()) return;
    }
  }

  #spawn() {
    let thread;
    try {
      thread = new Worker(this.source);
    } catch {
      this.#refuse();
      return false;
    }
    const worker = { thread };
    this.#workers.add(worker);
    const failed = () => (worker.ready ? this.#broke(worker, 'The worker broke.') : this.#refuse());
    worker.timer = setTimeout(failed, READY_MS);
    thread.onerror = (event) => {
      event.preventDefault();
      failed();
    };
    thread.onmessage = ({ data }) => {
      clearTimeout(worker.timer);
      if (data.error !== undefined && !worker.ready) return this.#refuse();
      if (data.error !== undefined) return this.#broke(worker, data.error, data.link);
      worker.ready = true;
      worker.task?.resolve(data.value);
      worker.task = undefined;
      worker.timer = setTimeout(() => this.#end(worker), this.idle_ms);
      this.#next();
    };
    thread.postMessage({ module: this.module });
    return true;
  }

  #give(worker, task) {
    worker.task = task;
    clearTimeout(worker.timer);
    const late = () => this.#broke(worker, `It took more than ${this.limit_ms / 1000} s and was stopped.`);
    worker.timer = setTimeout(late, this.limit_ms);
    worker.thread.postMessage({ call: task.call, args: task.args, lab: task.lab, parts: task.parts });
  }

  // Its instance is in no known state after a panic or a time-out: the next task gets a fresh worker.
  #broke(worker, message, link) {
    this.#end(worker);
    worker.task?.reject(new TaskError(message, link));
    this.#next();
  }

  #end(worker) {
    clearTimeout(worker.timer);
    worker.thread.terminate();
    this.#workers.delete(worker);
  }

  #refuse() {
    for (const worker of [...this.#workers]) {
      this.#end(worker);
      if (worker.task) this.#queue.unshift(worker.task);
    }
    this.refused = true;
    this.size = 1;
    this.#next();
  }

  // One task after another, the page's own events between them.
  async #onPage() {
    if (this.busy) return;
    this.busy = true;
    while (this.#queue.length > 0) {
      await new Promise((resolve) => setTimeout(resolve));
      const task = this.#queue.shift();
      if (!task) break;
      try {
        place(task.lab);
        task.resolve(this.glue[task.call](...task.args));
      } catch (error) {
        task.reject(new TaskError(String(error)));
      }
    }
    this.busy = false;
  }
}

// What runs in a worker, after the glue, which declares `wasm_bindgen`. It is sent as text and can use nothing of this file.
function serve() {
  let panic; // what the model said when it stopped, and the link of what it ran
  const placed = new Set();
  self.onmessage = ({ data: { module, lab, parts, call, args } }) => {
    try {
      if (module) {
        self.splitbrainPart = () => false; // all that a task takes comes with it
        self.splitbrainPanicked = (message, link) => (panic = { message, link });
        wasm_bindgen.initSync({ module });
        return self.postMessage({});
      }
      for (const [name, part] of parts.filter(([name]) => !placed.has(name))) {
        new WebAssembly.Instance(part, { base: wasm_bindgen.initSync() });
        placed.add(name);
      }
      wasm_bindgen.has(lab);
      const value = wasm_bindgen[call](...args);
      self.postMessage({ value }, ArrayBuffer.isView(value) ? [value.buffer] : []);
    } catch (error) {
      self.postMessage({ error: panic?.message ?? String(error), link: panic?.link });
    }
  };
}
