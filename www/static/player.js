// Plays a run: the widget names a stretch of time and what moves in it; between its ends only transforms are written.

import { move, movers, reduced } from './motion.js';

const SLEPT_MS = 100; // after so long a frame a page has slept, and doesn't catch up

export class Player {
  #lab;
  #frame;
  #leg; // the stretch that is being played
  playing = false;
  /** The time that is shown, in µs, while it is played. */
  now;

  constructor(lab) {
    this.#lab = lab;
  }

  /** Playing has begun or ended, as the widget says. */
  played() {
    this.#leg = undefined;
    this.playing = this.#lab.widget.leg() !== undefined;
    if (this.playing) this.go();
    else this.stop();
  }

  /** Goes on where it plays and can be seen. */
  go() {
    if (this.playing && this.#lab.visible !== false && !this.#frame) this.#frame = requestAnimationFrame(this.#tick);
  }

  stop() {
    cancelAnimationFrame(this.#frame);
    this.#frame = this.#leg = this.now = undefined;
    this.playing = false;
    const root = this.#lab.shadowRoot;
    const shown = root?.querySelector('.sb')?.dataset.now;
    if (shown !== undefined) move(movers(root), Number(shown));
  }

  #tick = (time) => {
    this.#frame = undefined;
    if (!this.playing || this.#lab.visible === false) {
      this.#leg = undefined;
      return;
    }
    if (this.#leg && time >= this.#leg.start + this.#leg.ms) {
      const end = this.#leg.start + this.#leg.ms;
      this.#leg = undefined;
      this.#lab.send('arrive');
      // What was left of the frame belongs to the next stretch.
      if (this.playing) this.#begin(time - end < SLEPT_MS ? end : time);
    }
    if (this.playing && !this.#leg) this.#begin(time);
    if (this.#leg) {
      const { from, to, start, ms, marks } = this.#leg;
      this.now = from + (to - from) * Math.min(1, Math.max(0, (time - start) / ms));
      if (!reduced.matches) move(marks, this.now);
    }
    this.go();
  };

  #begin(start) {
    const leg = this.#lab.widget.leg();
    if (!leg) return;
    const [from, to, ms] = leg;
    this.#leg = { from, to, ms, start, marks: movers(this.#lab.shadowRoot) };
  }
}
