import type { Holder } from "../../device/holders.ts";
import { whereToGet } from "../../common/addresses.ts";
import { advice, stBootPin } from "../../common/advice.ts";
import { type ErrorData, type ErrorKind, exitCodes, type Failure } from "../../common/errors.ts";
import { byteSize } from "../../common/format.ts";
import {
  type Answers,
  type DeviceAnswer,
  type FolderAnswer,
  isRefusal,
  type SerialAnswer,
} from "./answers.ts";
import { list, plural, text, type Words } from "../../common/text.ts";

/** What an answer means, and how to fix it. */

export interface Finding {
  readonly about:
    | "library"
    | "bus"
    | "rules"
    | "device"
    | "serial"
    | "images"
    | "space"
    | "terminal";
  /** What exactly: the USB port, the serial port or the folder. */
  readonly subject?: string;
  /** `note`: worth knowing, but not a problem. */
  readonly state: "good" | "note" | "problem";
  readonly text: Words;
  /** For a problem: the error kind that a run would end with. */
  readonly kind?: ErrorKind;
  /** The facts of that error. */
  readonly data?: ErrorData;
  /** One action a line, as in core/common/advice.ts. */
  readonly repair: readonly Words[];
}

/** The least free space in a folder, in bytes. Our choice. */
const LEAST_FREE_BYTES = 16 * 1024 * 1024;
/** The width in columns below which tables and drawings do not fit. */
const NARROW = 80;

/** Returns the findings, causes before effects. */
export function findings(answers: Answers): Finding[] {
  return [
    library(answers),
    ...bus(answers),
    ...rules(answers),
    ...answers.devices.map((device) => ({
      ...deviceFinding(device, answers),
      subject: device.port,
    })),
    ...serial(answers),
    ...images(answers),
    ...answers.folders.flatMap(room),
    terminal(answers),
  ];
}

/**
 * The kinds of problems, worst first: those that prevent everything come before those of one
 * device.
 */
const worstFirst: readonly ErrorKind[] = [
  "driver",
  "not-found",
  "permission",
  "busy",
  "protocol",
  "wrong-board",
  "bad-image",
];

/** Returns 0 if there are no problems, otherwise the exit code of the worst one. */
export function exitCodeOf(findings: readonly Finding[]): number {
  const kinds = findings.flatMap(({ kind }) => kind ?? []);
  const worst = worstFirst.find((kind) => kinds.includes(kind)) ?? kinds[0];
  return worst === undefined ? 0 : exitCodes[worst];
}

const good = (about: Finding["about"], words: Words): Finding => ({
  about,
  state: "good",
  text: words,
  repair: [],
});
const note = (
  about: Finding["about"],
  words: Words,
  repair: readonly Words[] = [],
): Finding => ({
  about,
  state: "note",
  text: words,
  repair,
});
const problem = (
  about: Finding["about"],
  words: Words,
  kind: ErrorKind,
  repair: readonly Words[],
  data?: ErrorData,
): Finding => ({ about, state: "problem", text: words, kind, repair, ...(data && { data }) });
/** The problem that a question was answered with an error. */
const refusal = (
  about: Finding["about"],
  words: Words,
  error: Failure,
  os: Answers["os"],
): Finding => problem(about, words, error.kind, advice(error, os), error.data);

function library({ library, os }: Answers): Finding {
  if (!isRefusal(library)) return good("library", text`USB library: libusb ${library} loads.`);
  return refusal("library", text`USB library: ${library.message}`, library, os);
}

function bus({ bus, devices, os }: Answers): Finding[] {
  if (bus === undefined) return [];
  if (isRefusal(bus)) return [refusal("bus", text`USB bus: ${bus.message}`, bus, os)];
  const many = plural(bus, text`${bus} device`, text`${bus} devices`);
  const readable = good("bus", text`USB bus: readable, ${many}.`);
  if (devices.length > 0) return [readable];
  return [
    readable,
    note("device", text`Cameras: none is connected now.`, [
      ...advice({ kind: "not-found" }, os),
      ...stBootPin,
    ]),
  ];
}

const install = text`To install the udev rules, run: sudo unbrick doctor --install-udev`;

function rules({ udevRules, interferingPrograms, os }: Answers): Finding[] {
  if (isRefusal(interferingPrograms)) {
    const words = text`Other programs: ${interferingPrograms.message}`;
    return [refusal("rules", words, interferingPrograms, os)];
  }
  if (udevRules === undefined) return [];
  if (udevRules === "installed") return [good("rules", text`udev rules: installed.`)];
  const found: Finding[] = [note(
    "rules",
    udevRules === "missing"
      ? text`udev rules: not installed. Without them, only some users can open a camera.`
      : text`udev rules: installed, but not the version that this unbrick needs.`,
    [install],
  )];
  for (const { name, pid } of interferingPrograms) {
    found.push(note(
      "rules",
      text`${name} is running (process ${pid}). Unless the udev rules forbid it, it talks to a
        camera for a few seconds after you plug it in.`,
      [install],
    ));
  }
  return found;
}

function deviceFinding(device: DeviceAnswer, answers: Answers): Finding {
  const { port, usbId, title, mode, serial, drivers } = device;
  const facts = list([
    text`port ${port}`,
    usbId,
    serial && text`serial ${serial}`,
    drivers.length > 0 && text`driver ${drivers.join(", ")}`,
  ]);
  const name = text`${title ?? text`Unknown device`} (${facts})`;
  if (device.refused?.data?.isStranger === true) {
    return strangerFinding(name, device.refused, answers);
  }
  // Running firmware only needs to be visible, and some devices are used through their serial port.
  const isOnlySeen = mode === "firmware" || device.isSerial === true;
  const obstacle = isOnlySeen ? undefined : inTheWay(device, answers);
  if (!obstacle && answers.os === "darwin" && device.isHid) {
    return note(
      "device",
      text`${name}: macOS controls this HID device. unbrick uses it through hidapi, without sudo.
        This has never been tried on a Mac.`,
    );
  }
  if (!obstacle) return good("device", text`${name}: ready to use.`);
  const { kind, repair, data } = obstacle;
  return problem("device", text`${name}: ${obstacle.text}`, kind, repair, data);
}

/** A device that is no camera is in the way only if there is no camera beside it. */
function strangerFinding(name: Words, refused: Failure, { devices, os }: Answers): Finding {
  const words = text`${name}: ${refused.message}`;
  const repair = advice(refused, os);
  return devices.some(({ mode }) => mode !== undefined)
    ? note("device", words, repair)
    : refusal("device", words, refused, os);
}

interface Obstacle {
  readonly kind: ErrorKind;
  readonly text: Words;
  readonly repair: readonly Words[];
  readonly data?: ErrorData;
}

function inTheWay(
  { refused, holders, usbId }: DeviceAnswer,
  { os }: Answers,
): Obstacle | undefined {
  if (holders.length > 0) return heldBy(holders);
  if (!refused) return undefined;
  if (os === "linux" && refused.kind === "permission") return forbidden;
  const { kind, message, data } = refused;
  return { kind, text: message, repair: repairOf(refused, os, usbId), data };
}

function repairOf({ kind, data }: Failure, os: Answers["os"], usbId: string): Words[] {
  return advice({ kind, data: { ...data, usbId } }, os);
}

const forbidden: Obstacle = {
  kind: "permission",
  text: text`this user is not allowed to open it.`,
  repair: [
    text`To let every user of this computer open it, run this, then plug the camera in again:`,
    "    sudo unbrick doctor --install-udev",
  ],
};

function heldBy(holders: readonly Holder[]): Obstacle {
  const names = list(holders.map(({ name, pid }) => text`${name} (process ${pid})`));
  return {
    kind: "busy",
    text: plural(holders.length, text`${names} has it open.`, text`${names} have it open.`),
    repair: holders.map(({ name, pid }) => text`Close ${name}, or end it with: kill ${pid}`),
  };
}

function serial({ serialPorts, os }: Answers): Finding[] {
  if (serialPorts === undefined) {
    return [note("serial", text`Serial ports: unbrick does not check them on this system.`)];
  }
  if (isRefusal(serialPorts)) {
    return [refusal("serial", text`Serial ports: ${serialPorts.message}`, serialPorts, os)];
  }
  const ours = serialPorts.filter(({ usbId }) => usbId !== undefined);
  const others = serialPorts.length - ours.length;
  if (ours.length === 0) {
    return [good(
      "serial",
      others === 0 ? text`Serial ports: none of a camera.` : plural(
        others,
        text`Serial ports: none of a camera (${others} of another device).`,
        text`Serial ports: none of a camera (${others} of other devices).`,
      ),
    )];
  }
  return ours.map((port) => ({ ...serialFinding(port), subject: port.path }));
}

function serialFinding({ path, usbId, mayUse, holders }: SerialAnswer): Finding {
  const name = text`Serial port ${path} (${String(usbId)})`;
  if (mayUse === false) {
    return problem("serial", text`${name}: this user is not allowed to open it.`, "permission", [
      text`Add yourself to the serial port group, then log out and in again (on Arch Linux, the
        group is uucp):`,
      "    sudo usermod -aG dialout $USER",
      text`Or allow every user of this computer. ${install}`,
    ]);
  }
  if (holders.length > 0) {
    const held = heldBy(holders);
    return problem("serial", text`${name}: ${held.text}`, held.kind, held.repair);
  }
  return good("serial", text`${name}: ready to use.`);
}

function images({ images, os }: Answers): Finding[] {
  if (isRefusal(images)) {
    return [refusal("images", text`Images: ${images.message}`, images, os)];
  }
  const { origin, boards } = images;
  const release = text`Name an OpenMV firmware release (folder or zip) with: --images`;
  if (boards.length === 0) {
    const get = [release, whereToGet("firmware")];
    return [note("images", text`Images: ${origin} contains none.`, get)];
  }
  const places = new Set(boards.flatMap((board) => board.whereToGet.map(({ what }) => what)));
  const get = [...places].map(whereToGet);
  const all = boards.flatMap((board) => board.images);
  const files = plural(all.length, text`${all.length} file`, text`${all.length} files`);
  const count = plural(boards.length, text`${boards.length} board`, text`${boards.length} boards`);
  const whole = text`Images: ${origin}, ${files} for ${count}, every size and SHA-256 right.`;
  const missing = boards.filter((board) => board.missing.length > 0);
  const practice = all.filter(({ simulationOnly }) => simulationOnly);
  return [
    practice.length > 0
      ? note(
        "images",
        practice.length === all.length
          ? text`${whole} They are for simulated cameras only.`
          : text`${whole} Some are for simulated cameras only.`,
        [release, ...get],
      )
      : good("images", whole),
    ...missing.map(({ board, missing }) =>
      note("images", text`Images: ${origin} has no ${missing.join(", ")} for ${board}.`, [
        text`Name a missing file with: --image ROLE=FILE`,
        ...(practice.length > 0 ? [] : get),
      ])
    ),
  ];
}

function room({ path, use, free }: FolderAnswer): Finding[] {
  const where = path === "." ? text`This folder` : text`Folder ${path}`;
  if (free === undefined) return [];
  const words = text`${where}: ${byteSize(free)} free (${use}).`;
  if (free >= LEAST_FREE_BYTES) return [{ ...good("space", words), subject: path }];
  const repair = [
    text`Free at least ${byteSize(LEAST_FREE_BYTES)} in ${
      path === "." ? text`this folder` : path
    }.`,
  ];
  return [{ ...problem("space", words, "not-found", repair), subject: path }];
}

function terminal({ terminal }: Answers): Finding {
  const { isTerminal, canAsk, columns, colour, unicode } = terminal;
  if (!isTerminal) {
    return good(
      "terminal",
      text`Output: not a terminal. unbrick prints plain lines and cannot
      ask questions.`,
    );
  }
  const abilities = list([
    plural(columns, text`${columns} column`, text`${columns} columns`),
    colour ? text`colours` : text`no colours`,
    unicode ? "Unicode" : "ASCII",
    canAsk ? text`questions can be asked` : text`questions cannot be asked`,
  ]);
  if (columns >= NARROW) return good("terminal", text`Terminal: ${abilities}.`);
  return note("terminal", text`Terminal: ${abilities}.`, [
    text`Make the window at least ${NARROW} columns wide.`,
  ]);
}
