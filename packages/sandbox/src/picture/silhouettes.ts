// The products that a drawn catalog picture can show, as shapes in a box of 100 by 100.

export interface Colours {
  readonly body: string;
  readonly dark: string;
  readonly light: string;
}

type Draw = (colours: Colours) => string;

const shoe: Draw = ({ body, dark, light }) =>
  `<path d="M6 76 Q4 58 14 50 L20 40 Q30 46 38 42 L62 56 Q74 62 88 64 Q98 67 96 78 L96 82 L6 82 Z" fill="${body}"/>` +
  `<path d="M4 80 L97 80 Q98 90 90 90 L10 90 Q4 90 4 80 Z" fill="${light}"/>` +
  `<path d="M38 42 L62 56 L56 66 L30 54 Z" fill="${dark}" opacity="0.35"/>` +
  [0, 1, 2, 3]
    .map((lace) => `<path d="M${36 + lace * 7} ${45 + lace * 4} l-7 7" stroke="${light}" stroke-width="2.4"/>`)
    .join('') +
  `<path d="M14 70 Q34 58 52 74" fill="none" stroke="${dark}" stroke-width="3.5"/>`;

const bottle: Draw = ({ body, dark, light }) =>
  `<rect x="42" y="4" width="16" height="12" rx="2" fill="${dark}"/>` +
  `<path d="M43 16 L57 16 L58 28 Q72 34 72 48 L72 88 Q72 96 64 96 L36 96 Q28 96 28 88 L28 48 Q28 34 42 28 Z" fill="${body}"/>` +
  `<rect x="28" y="54" width="44" height="24" fill="${light}"/>` +
  `<circle cx="50" cy="66" r="8" fill="${dark}" opacity="0.7"/>` +
  `<path d="M34 46 Q33 38 41 33 L41 92 L37 92 Q33 92 33 86 Z" fill="#fff" opacity="0.28"/>`;

const chair: Draw = ({ body, dark, light }) =>
  `<path d="M28 6 Q50 0 72 6 L70 50 L30 50 Z" fill="${body}"/>` +
  `<path d="M34 12 Q50 8 66 12 L65 40 L35 40 Z" fill="${light}" opacity="0.4"/>` +
  `<path d="M22 50 L78 50 L82 62 L18 62 Z" fill="${dark}"/>` +
  `<path d="M24 62 L18 97 M76 62 L82 97 M36 62 L35 92 M64 62 L65 92" stroke="${dark}" stroke-width="5" stroke-linecap="round"/>`;

const lamp: Draw = ({ body, dark, light }) =>
  `<ellipse cx="50" cy="46" rx="40" ry="10" fill="#fff6d0" opacity="0.55"/>` +
  `<path d="M34 8 L66 8 L82 44 L18 44 Z" fill="${body}"/>` +
  `<path d="M40 8 L50 8 L46 44 L26 44 Z" fill="${light}" opacity="0.5"/>` +
  `<rect x="48" y="44" width="4" height="44" fill="${dark}"/>` +
  `<ellipse cx="50" cy="91" rx="22" ry="5" fill="${dark}"/>`;

const mug: Draw = ({ body, dark, light }) =>
  `<path d="M70 40 Q96 40 92 62 Q90 80 66 78" fill="none" stroke="${body}" stroke-width="8"/>` +
  `<path d="M16 26 L74 26 L71 86 Q70 95 60 95 L30 95 Q20 95 19 86 Z" fill="${body}"/>` +
  `<ellipse cx="45" cy="26" rx="29" ry="7" fill="${dark}"/>` +
  `<path d="M18 56 L73 56 L72 68 L19 68 Z" fill="${light}"/>` +
  `<path d="M25 36 L31 36 L33 88 L29 88 Z" fill="#fff" opacity="0.3"/>`;

const bag: Draw = ({ body, dark, light }) =>
  `<path d="M34 38 Q34 8 50 8 Q66 8 66 38" fill="none" stroke="${dark}" stroke-width="5"/>` +
  `<path d="M16 36 L84 36 L92 90 Q92 96 86 96 L14 96 Q8 96 8 90 Z" fill="${body}"/>` +
  `<path d="M16 36 L84 36 L86 56 Q50 72 14 56 Z" fill="${dark}" opacity="0.4"/>` +
  `<rect x="44" y="54" width="12" height="14" rx="3" fill="${light}"/>`;

export const SILHOUETTES = { shoe, bottle, chair, lamp, mug, bag } as const satisfies Record<string, Draw>;
export type Silhouette = keyof typeof SILHOUETTES;
export const SILHOUETTE_NAMES = Object.keys(SILHOUETTES) as Silhouette[];
