/**
 * A tour of the wizard: the text that must be on the screen, the name of the screen in docs/, then
 * the keys.
 */
export interface Stop {
  readonly on: RegExp;
  readonly name?: string;
  readonly keys?: readonly string[];
  /** The file of docs/screens/ that shows this screen as a picture. */
  readonly picture?: string;
}

export interface Tour {
  readonly board: string;
  /** More words for the command line. */
  readonly options?: readonly string[];
  readonly stops: readonly Stop[];
}

/** Waits for the action that is shown last, not for an earlier one that is still on the screen. */
const stepNumber = (number: number, total: number): RegExp =>
  new RegExp(`By hand, ${number} of ${total}(?![^]*By hand)[^]*Practice: `);

/** Unplug, jumper or switch, plug in: a key makes the simulated user do each step. */
function actions(name: string, keys: readonly string[] = ["Enter", "Enter", "Enter"]): Stop[] {
  return keys.map((key, at) => ({
    on: stepNumber(at + 1, 3),
    name: `${name}, action ${at + 1} of 3`,
    keys: [key],
  }));
}

function opening(name: string): Stop[] {
  return [
    { on: /Which camera do you have/, name: "Which camera is it", keys: [...name] },
    { on: new RegExp(`Search: ${name}\\S* \\(\\d+ match`), name: "Found by name", keys: ["Enter"] },
    { on: /What is wrong/, name: "What is wrong", keys: ["Enter"] },
    { on: /Save what is on the camera/, name: "A backup first", keys: ["Enter"] },
  ];
}

/**
 * The summary and the question, which the person agrees to together. The summary of an AE3 with a backup
 * is longer than the screen, so that its first lines are above it.
 */
const summary = (name: string): Stop => ({
  on: new RegExp(
    `(Before anything is written:|Permanent )[^]*Write [^]* to this ${name}\\?[^]*Yes / `,
  ),
  name: "Before anything is written",
  keys: ["y"],
});

/** While bytes are written, not while they are compared first. */
const bar: Stop = { on: /^Write the bootloader.*\n.*\d+ %.*KiB/m, name: "The bar" };

const end = (name: string): Stop => ({
  on: new RegExp(`The ${name} is restored[^]*exit code 0`),
  name: "The end",
});

/** The tours: the wizard with one camera of each family that can be restored. */
export const tours: readonly Tour[] = [
  {
    board: "openmv-h7",
    stops: [
      ...opening("cam h7"),
      // The user forgets the jumper of a camera without a bootloader, so that nothing appears.
      ...actions("Into the ROM, the jumper forgotten", ["Enter", "s", "Enter"]),
      { on: stepNumber(3, 3), keys: ["Enter"] },
      { on: /has not appeared on USB yet/, name: "Nothing comes", keys: ["r"] },
      ...actions("Into the ROM once more").map((stop, at): Stop =>
        at === 1 ? { ...stop, picture: "wizard.svg" } : stop
      ),
      summary("OpenMV Cam H7"),
      bar,
      ...actions("Into the new bootloader"),
      end("OpenMV Cam H7"),
    ],
  },
  {
    board: "openmv-rt1062",
    options: ["--condition", "blank"],
    stops: [
      ...opening("RT1062"),
      ...actions("Into the ROM"),
      summary("OpenMV Cam RT1062"),
      bar,
      {
        on: /never be undone[^]*Type BURN/,
        name: "The fuse",
        keys: [..."BURN", "Enter"],
      },
      ...actions("Jumper off"),
      end("OpenMV Cam RT1062"),
    ],
  },
  {
    board: "openmv-n6",
    stops: [
      ...opening("N6"),
      ...actions("Into the ROM"),
      summary("OpenMV N6"),
      bar,
      ...actions("Into the new bootloader"),
      end("OpenMV N6"),
    ],
  },
  {
    board: "openmv-ae3",
    stops: [
      ...opening("AE3"),
      ...actions("To the Secure Enclave"),
      summary("OpenMV AE3"),
      bar,
      ...actions("Into the new bootloader"),
      end("OpenMV AE3"),
    ],
  },
];
