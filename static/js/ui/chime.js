// A soft chime of two tones when a topic begins.

const TONES = [
  { pitch: 587.33, at: 0 },
  { pitch: 880, at: 0.16 },
];
const LOUD = 0.08;
const LASTS = 1.1;

export class Chime {
  #isOn;
  /** @type {AudioContext | null} */
  #context = null;

  /** @param {boolean} isOn */
  constructor(isOn) {
    this.#isOn = isOn;
    // Browsers allow no sound before somebody has clicked or pressed a key.
    for (const event of ["pointerdown", "keydown"]) {
      document.addEventListener(event, () => this.#wakeAudio(), { passive: true });
    }
  }

  /** @param {boolean} isOn */
  setOn(isOn) {
    this.#isOn = isOn;
    this.#wakeAudio();
    this.ring();
  }

  #wakeAudio() {
    if (!this.#isOn) return;
    this.#context ??= new AudioContext();
    if (this.#context.state === "suspended") void this.#context.resume();
  }

  ring() {
    const context = this.#context;
    if (!this.#isOn || !context) return;
    for (const { pitch, at } of TONES) {
      const begin = context.currentTime + at;
      const tone = new OscillatorNode(context, { frequency: pitch });
      const volume = new GainNode(context, { gain: 0 });
      volume.gain.setValueAtTime(0, begin);
      volume.gain.linearRampToValueAtTime(LOUD, begin + 0.03);
      volume.gain.exponentialRampToValueAtTime(0.0001, begin + LASTS);
      tone.connect(volume).connect(context.destination);
      tone.start(begin);
      tone.stop(begin + LASTS);
    }
  }
}
