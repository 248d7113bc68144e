// What goes from a widget to the reader's clipboard and files, and comes from there.

const MOST_BYTES = 1 << 20; // of a file that is read

/** Copies a text. An unfocused frame may not write to the clipboard, nor may a page without a secure origin: then the text is selected where
 * it stands. */
export async function copy(lab, text) {
  try {
    await navigator.clipboard.writeText(text);
    lab.send('copied', 'done');
  } catch {
    const field = [...lab.shadowRoot.querySelectorAll('input[readonly], pre')].find((field) => (field.value ?? field.textContent) === text);
    field?.focus();
    if (field?.select) field.select();
    else if (field) getSelection().selectAllChildren(field);
    lab.send('copied', field ? 'selected' : 'refused');
  }
}

/** Saves a file, and has the widget say what came of it. A frame that may not save hears nothing from the browser: there the reader is told
 * what to do if no file comes. */
export async function save(lab, file) {
  const framed = self !== top;
  const saved = import('./files.js').then(({ save }) => save(...file, lab.shadowRoot.adoptedStyleSheets[0]));
  await saved.then(
    () => lab.send('copied', framed ? 'framed' : 'saved'),
    (error) => (console.error(error), lab.send('copied', 'unsaved')),
  );
}

/** Takes in a text file of saved runs that was chosen in a field. */
export async function take(lab, field) {
  const [file] = field.files;
  if (!file) return;
  const text = await file.slice(0, MOST_BYTES + 1).text();
  field.value = '';
  if (lab.drawn) lab.send('import', text);
}

const COLUMN = 720; // CSS pixels: as wide as many a page's text

/** Tells a widget how high a frame with a link has to be, by laying it out where nobody sees it. */
export async function measure(lab, link) {
  const box = Object.assign(document.createElement('div'), { inert: true });
  box.style.cssText = `position: fixed; top: 0; left: 0; width: ${COLUMN}px; visibility: hidden`;
  const framed = box.appendChild(document.createElement('splitbrain-lab'));
  framed.setAttribute('still', '');
  framed.setAttribute('src', link);
  lab.shadowRoot.append(box);
  try {
    await framed.outcome();
    lab.send(`frame ${framed.offsetHeight}`);
  } finally {
    box.remove();
  }
}
