// Small parts of what the door shows: elements, icons, texts with values, and the sign for eye, ear and hand.

const SVG = "http://www.w3.org/2000/svg";

export const element = (name, attributes, ...content) => {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...content.filter((one) => one !== ""));
  return made;
};

export const iconOf = (sprite, name, label = "") => {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("class", "icon");
  if (label) {
    svg.setAttribute("role", "img");
    svg.setAttribute("aria-label", label);
  } else {
    svg.setAttribute("aria-hidden", "true");
  }
  const use = document.createElementNS(SVG, "use");
  use.setAttribute("href", `${sprite}#${name}`);
  svg.append(use);
  return svg;
};

// A text with %(name)s in it, filled in.
export const say = (text, values = {}) => text.replace(/%\((\w+)\)s/g, (_all, name) => String(values[name] ?? ""));

const SOUNDS = { ok: [[880, 0, 0.12]], warn: [[520, 0, 0.12], [520, 0.2, 0.12]], error: [[180, 0, 0.45]] };
const SHAKES = { ok: [60], warn: [60, 80, 60], error: [400] };
let sound = null;

// Once somebody has touched the page, a verdict is heard and felt too; before that browsers do not allow it.
export const signal = (tone) => {
  if (!navigator.userActivation?.hasBeenActive) return;
  navigator.vibrate?.(SHAKES[tone]);
  try {
    sound ??= new AudioContext();
    for (const [pitch, after, long] of SOUNDS[tone]) {
      const voice = sound.createOscillator();
      const loudness = sound.createGain();
      voice.frequency.value = pitch;
      loudness.gain.value = 0.2;
      voice.connect(loudness).connect(sound.destination);
      voice.start(sound.currentTime + after);
      voice.stop(sound.currentTime + after + long);
    }
  } catch {
    // no sound here
  }
};
