import { advice } from "../../common/advice.ts";
import { type ErrorKind, exitCodes } from "../../common/errors.ts";
import { byteSize } from "../../common/format.ts";
import {
  type Answers,
  type DeviceAnswer,
  type FolderAnswer,
  type Holder,
  isRefusal,
  type Refusal,
  type SerialAnswer,
} from "./answers.ts";

/** What the answers mean for the work, and what repairs it. */

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
  /** `note`: good to know, not in the way. */
  readonly state: "good" | "note" | "problem";
  readonly text: string;
  /** Of a problem: what a run would end with. */
  readonly kind?: ErrorKind;
  /** One action a line, as in core/common/advice.ts. */
  readonly repair: readonly string[];
}

/** A program needs this much room in a folder to work at all, bytes. Our choice. */
const LITTLE_ROOM = 16 * 1024 * 1024;
/** Columns below which tables and drawings are broken up. */
const NARROW = 80;

/** In the order from cause to effect. */
export function findings(answers: Answers): Finding[] {
  return [
    library(answers),
    ...bus(answers),
    ...rules(answers),
    ...answers.devices.map((device) => deviceFinding(device, answers)),
    ...serial(answers),
    ...images(answers),
    ...answers.folders.flatMap(room),
    terminal(answers),
  ];
}

/** The kinds of problems, the worst first: what nothing works without, then what hits one device. */
const worstFirst: readonly ErrorKind[] = [
  "driver",
  "not-found",
  "permission",
  "busy",
  "protocol",
  "bad-image",
];

/** 0 if nothing is in the way, else the exit code of the worst problem's kind. */
export function exitCodeOf(findings: readonly Finding[]): number {
  const kinds = findings.flatMap(({ kind }) => kind ?? []);
  const worst = worstFirst.find((kind) => kinds.includes(kind)) ?? kinds[0];
  return worst === undefined ? 0 : exitCodes[worst];
}

const good = (about: Finding["about"], text: string): Finding => ({
  about,
  state: "good",
  text,
  repair: [],
});
const note = (about: Finding["about"], text: string, repair: readonly string[] = []): Finding => ({
  about,
  state: "note",
  text,
  repair,
});
const problem = (
  about: Finding["about"],
  text: string,
  kind: ErrorKind,
  repair: readonly string[],
): Finding => ({ about, state: "problem", text, kind, repair });

function library({ library, os }: Answers): Finding {
  if (!isRefusal(library)) return good("library", `USB library: libusb ${library} loads.`);
  const { kind, message } = library;
  return problem("library", `USB library: ${message}`, kind, advice(library, os));
}

function bus({ bus, devices, os }: Answers): Finding[] {
  if (bus === undefined) return [];
  if (isRefusal(bus)) {
    return [problem("bus", `USB bus: ${bus.message}`, bus.kind, advice(bus, os))];
  }
  const many = bus === 1 ? "1 device" : `${bus} devices`;
  const readable = good("bus", `USB bus: can be read, ${many} on it.`);
  if (devices.length > 0) return [readable];
  return [
    readable,
    note("device", "Cameras: none is on the bus now.", advice({ kind: "not-found" }, os)),
  ];
}

const install = "Install the udev rules with: sudo unbrick doctor --install-udev";

function rules({ udevRules, meddlers, os }: Answers): Finding[] {
  if (isRefusal(meddlers)) {
    return [
      problem("rules", `Other programs: ${meddlers.message}`, meddlers.kind, advice(meddlers, os)),
    ];
  }
  if (udevRules === undefined) return [];
  if (udevRules === "installed") return [good("rules", "udev rules: installed.")];
  const found: Finding[] = [note(
    "rules",
    udevRules === "missing"
      ? "udev rules: not installed; without them only some users may open a camera."
      : "udev rules: installed, but of another version.",
    [install],
  )];
  for (const { name, pid } of meddlers) {
    found.push(note(
      "rules",
      `${name} is running (process ${pid}): it talks to a camera for some seconds after it is ` +
        "plugged in, unless the udev rules forbid it.",
      [install],
    ));
  }
  return found;
}

function deviceFinding(device: DeviceAnswer, answers: Answers): Finding {
  const { port, usbId, title, mode, serial, drivers } = device;
  const facts = [
    `port ${port}`,
    usbId,
    serial && `serial ${serial}`,
    drivers.length > 0 && `driver ${drivers.join(", ")}`,
  ].filter(Boolean).join(", ");
  const name = `${title ?? "Unknown device"} (${facts})`;
  // A running firmware only has to be seen, and some devices are used through their serial port.
  const isOnlySeen = mode === "firmware" || device.isSerial === true;
  const obstacle = isOnlySeen ? undefined : inTheWay(device, answers);
  if (!obstacle && answers.os === "darwin" && device.isHid) {
    return note(
      "device",
      `${name}: macOS keeps this HID device; unbrick uses it through hidapi, without sudo. That was ` +
        "never tried on a Mac.",
    );
  }
  if (!obstacle) return good("device", `${name}: can be used.`);
  const { kind, text, repair } = obstacle;
  return problem("device", `${name}: ${text}`, kind, repair);
}

interface Obstacle {
  readonly kind: ErrorKind;
  readonly text: string;
  readonly repair: readonly string[];
}

function inTheWay(
  { refused, holders, usbId }: DeviceAnswer,
  { os }: Answers,
): Obstacle | undefined {
  if (holders.length > 0) return heldBy(holders);
  if (!refused) return undefined;
  if (os === "linux" && refused.kind === "permission") return forbidden;
  return { kind: refused.kind, text: refused.message, repair: repairOf(refused, os, usbId) };
}

function repairOf({ kind, data }: Refusal, os: Answers["os"], usbId: string): string[] {
  return advice({ kind, data: { ...data, usbId } }, os);
}

const forbidden: Obstacle = {
  kind: "permission",
  text: "this user may not open it.",
  repair: [
    "Give every user of this computer the right, then plug the camera in again:",
    "    sudo unbrick doctor --install-udev",
  ],
};

function heldBy(holders: readonly Holder[]): Obstacle {
  const names = holders.map(({ name, pid }) => `${name} (process ${pid})`).join(", ");
  const verb = holders.length === 1 ? "has" : "have";
  return {
    kind: "busy",
    text: `${names} ${verb} it open.`,
    repair: holders.map(({ name, pid }) => `Close ${name}, or end it with: kill ${pid}`),
  };
}

function serial({ serialPorts, os }: Answers): Finding[] {
  if (serialPorts === undefined) {
    return [note("serial", "Serial ports: unbrick does not look at them on this system.")];
  }
  if (isRefusal(serialPorts)) {
    const { kind, message } = serialPorts;
    return [problem("serial", `Serial ports: ${message}`, kind, advice(serialPorts, os))];
  }
  const ours = serialPorts.filter(({ usbId }) => usbId !== undefined);
  const others = serialPorts.length - ours.length;
  const rest = others === 0 ? "" : ` (${others} of other devices)`;
  if (ours.length === 0) return [good("serial", `Serial ports: none of a camera${rest}.`)];
  return ours.map(serialFinding);
}

function serialFinding({ path, usbId, mayUse, holders }: SerialAnswer): Finding {
  const name = `Serial port ${path} (${usbId})`;
  if (mayUse === false) {
    return problem("serial", `${name}: this user may not open it.`, "permission", [
      "Join the group of serial ports, then log out and in again (on Arch Linux it is uucp):",
      "    sudo usermod -aG dialout $USER",
      `Or let every user of this computer. ${install}`,
    ]);
  }
  if (holders.length > 0) {
    const { text, kind, repair } = heldBy(holders);
    return problem("serial", `${name}: ${text}`, kind, repair);
  }
  return good("serial", `${name}: can be used.`);
}

function images({ images, os }: Answers): Finding[] {
  if (isRefusal(images)) {
    return [problem("images", `Images: ${images.message}`, images.kind, advice(images, os))];
  }
  const { origin, boards } = images;
  const release = "Give the folder or zip of an OpenMV firmware release with: --images";
  if (boards.length === 0) return [note("images", `Images: ${origin} has none.`, [release])];
  const all = boards.flatMap((board) => board.images);
  const text =
    `Images: ${origin}, ${all.length} files for ${boards.length} boards, every size and ` +
    "SHA-256 right.";
  const missing = boards.filter((board) => board.missing.length > 0);
  return [
    all.some(({ simulationOnly }) => simulationOnly)
      ? note("images", `${text} They are made for simulated cameras only.`, [release])
      : good("images", text),
    ...missing.map(({ board, missing }) =>
      note("images", `Images: ${origin} lacks for ${board}: ${missing.join(", ")}.`, [
        "Name a missing file with: --image ROLE=FILE",
      ])
    ),
  ];
}

function room({ path, use, free }: FolderAnswer): Finding[] {
  const where = path === "." ? "This folder" : `Folder ${path}`;
  if (free === undefined) return [];
  const text = `${where}: ${byteSize(free)} free (${use}).`;
  if (free >= LITTLE_ROOM) return [good("space", text)];
  return [problem("space", text, "not-found", [
    `Make room in ${path === "." ? "this folder" : path}: at least ${byteSize(LITTLE_ROOM)}.`,
  ])];
}

function terminal({ terminal }: Answers): Finding {
  const { isTerminal, canAsk, columns, colour, unicode } = terminal;
  if (!isTerminal) {
    return good("terminal", "Output: no terminal; plain lines, and nothing can be asked.");
  }
  const abilities = [
    `${columns} columns`,
    colour ? "colours" : "no colours",
    unicode ? "Unicode" : "ASCII",
    canAsk ? "questions can be asked" : "nothing can be asked",
  ].join(", ");
  if (columns >= NARROW) return good("terminal", `Terminal: ${abilities}.`);
  return note("terminal", `Terminal: ${abilities}.`, [
    `Make the window at least ${NARROW} columns wide.`,
  ]);
}
