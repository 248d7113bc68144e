// What a widget saves as a file: a picture, data, the list of its runs.

const SHARPNESS = 2; // dots for a unit of a picture

/** Saves a text, the picture that it draws, or data as JSON; throws where the browser cannot. */
export async function save(name, mime, content, theme) {
  const text = typeof content === 'string' ? content : JSON.stringify(content);
  // A picture gets the colours of the page: web/src/svg.rs leaves a place for them.
  const styles = () => Array.from(theme.cssRules, (rule) => rule.cssText).join('\n');
  const whole = text.replace('@splitbrain-styles', styles);
  const file = mime === 'image/png' ? await dots(whole) : new Blob([whole], { type: mime });
  const address = URL.createObjectURL(file);
  Object.assign(document.createElement('a'), { href: address, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(address), 1000);
}

// A picture of dots as PNG.
async function dots(svg) {
  const address = URL.createObjectURL(new Blob([svg], { type: 'image/svg+xml' }));
  try {
    const image = new Image();
    image.src = address;
    await image.decode();
    const canvas = document.createElement('canvas');
    [canvas.width, canvas.height] = [image.width * SHARPNESS, image.height * SHARPNESS];
    canvas.getContext('2d').drawImage(image, 0, 0, canvas.width, canvas.height);
    const made = await new Promise((done) => canvas.toBlob(done, 'image/png'));
    if (!made) throw new Error(`no picture of ${canvas.width} × ${canvas.height} dots can be made here`);
    return made;
  } finally {
    URL.revokeObjectURL(address);
  }
}
