import type { Answers, DeviceAnswer } from "../../../core/cli/doctor/answers.ts";
import type { SystemFiles } from "../../../core/device/system_files.ts";
import {
  type ErrorData,
  type ErrorKind,
  type Failure,
  failureOf,
  UnbrickError,
} from "../../../core/common/errors.ts";
import { text, type Words } from "../../../core/common/text.ts";

/**
 * Answers of healthy systems, which a test can change, and a kernel that consists of a few texts
 * and links.
 */

export const linuxAnswers: Answers = {
  os: "linux",
  version: "1.2.3",
  library: "1.0.30",
  bus: 7,
  devices: [],
  serialPorts: [],
  images: { origin: "firmware.zip", boards: [] },
  folders: [{ path: "/tmp", use: text`the library`, free: 5_000_000_000 }],
  terminal: { isTerminal: true, canAsk: true, columns: 120, colour: true, unicode: true },
  udevRules: "installed",
  interferingPrograms: [],
};

export const windowsAnswers: Answers = { ...linuxAnswers, os: "windows", udevRules: undefined };
export const macAnswers: Answers = { ...linuxAnswers, os: "darwin", udevRules: undefined };

export const rom: DeviceAnswer = {
  port: "1-1",
  usbId: "0483:df11",
  title: text`STM32H7 system bootloader (ST ROM)`,
  mode: "rom",
  serial: "200364500000",
  isHid: false,
  drivers: [],
  holders: [],
};

export const sdp: DeviceAnswer = {
  port: "20-2",
  usbId: "1fc9:0135",
  title: "i.MX RT1062 ROM",
  mode: "rom",
  isHid: true,
  drivers: [],
  holders: [],
};

/** A refusal in the doctor's answers. */
export function refusal(kind: ErrorKind, message: Words, data: ErrorData = {}): Failure {
  return failureOf(new UnbrickError(kind, message, data));
}

export interface FakeFiles {
  /** Links by their paths. */
  readonly links?: Readonly<Record<string, string>>;
  /** Texts by their paths. */
  readonly texts?: Readonly<Record<string, string>>;
  /** Paths that this user may access. */
  readonly usable?: readonly string[];
}

/** Returns the names in a folder, which follow from the paths. */
export function fakeFiles({ links = {}, texts = {}, usable = [] }: FakeFiles): SystemFiles {
  const paths = [...Object.keys(links), ...Object.keys(texts)];
  return {
    names: async (folder) => [
      ...new Set(
        paths.filter((path) => path.startsWith(`${folder}/`))
          .map((path) => path.slice(folder.length + 1).split("/")[0]),
      ),
    ],
    resolve: async (path) => links[path],
    attribute: (path) => Promise.resolve(texts[path]),
    mayUse: async (path) => usable.includes(path),
  };
}
