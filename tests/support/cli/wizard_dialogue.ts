import type { Dialogue } from "./conversation.ts";

const ENTER = "\r";

/** Unplug, jumper, plug: a key moves the simulated hand. */
const hands: readonly [RegExp, string][] = [1, 2, 3].map((number) => [
  new RegExp(`By hand, ${number} of 3[^]*Practice`),
  ENTER,
]);

/** The wizard from its first question to the restored camera. */
export const wizardDialogue: Dialogue = [
  [/Which camera/, "cam m7"],
  [/OpenMV Cam M7/, ENTER],
  [/What is wrong/, ENTER],
  [/Save what is on the camera/, `j${ENTER}`],
  ...hands,
  [/Write [^]* to this OpenMV Cam M7\?/, "y"],
  ...hands,
  [/OpenMV Cam M7 is restored/, ""],
];
