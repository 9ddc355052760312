import { type ErrorData, type ErrorKind, UnbrickError } from "../../../core/common/errors.ts";
import { text, type Words } from "../../../core/common/text.ts";

interface Meaning {
  readonly name: string;
  readonly kind: ErrorKind;
  say(path: string): Words;
}

/** For a closed port: another program uses it; for an open one: its device is gone. */
const ERROR_ACCESS_DENIED = 5;

const left = (path: string) =>
  text`The serial port ${path} disappeared: its device was unplugged or reset.`;
const none = (path: string) => text`There is no serial port ${path}.`;
const noPort = (path: string) => text`${path} is not a serial port that unbrick can configure.`;

/** The meaning of GetLastError for a serial port. */
const meanings: Readonly<Record<number, Meaning>> = {
  1: { name: "ERROR_INVALID_FUNCTION", kind: "driver", say: noPort },
  2: { name: "ERROR_FILE_NOT_FOUND", kind: "not-found", say: none },
  3: { name: "ERROR_PATH_NOT_FOUND", kind: "not-found", say: none },
  // Windows lets everyone open a serial port, but only once: another program has it.
  [ERROR_ACCESS_DENIED]: { name: "ERROR_ACCESS_DENIED", kind: "busy", say: held },
  6: { name: "ERROR_INVALID_HANDLE", kind: "disconnected", say: left },
  21: { name: "ERROR_NOT_READY", kind: "disconnected", say: left },
  22: { name: "ERROR_BAD_COMMAND", kind: "disconnected", say: left },
  31: { name: "ERROR_GEN_FAILURE", kind: "disconnected", say: left },
  32: { name: "ERROR_SHARING_VIOLATION", kind: "busy", say: held },
  50: { name: "ERROR_NOT_SUPPORTED", kind: "driver", say: noPort },
  55: { name: "ERROR_DEV_NOT_EXIST", kind: "disconnected", say: left },
  87: { name: "ERROR_INVALID_PARAMETER", kind: "driver", say: noPort },
  433: { name: "ERROR_NO_SUCH_DEVICE", kind: "disconnected", say: left },
  995: { name: "ERROR_OPERATION_ABORTED", kind: "disconnected", say: left },
  1117: { name: "ERROR_IO_DEVICE", kind: "disconnected", say: left },
  1167: { name: "ERROR_DEVICE_NOT_CONNECTED", kind: "disconnected", say: left },
};

function held(path: string): Words {
  return text`Another program is using the serial port ${path}.`;
}

/** Returns the error for a Win32 code: `not-found`, `busy`, `disconnected` or `driver`. */
export function windowsError(code: number, path: string): UnbrickError {
  const meaning = meanings[code];
  const data = { path, code, name: meaning?.name ?? null };
  if (meaning) return new UnbrickError(meaning.kind, meaning.say(path), data);
  return new UnbrickError(
    "driver",
    text`Windows failed with the serial port ${path} (error ${code}).`,
    data,
  );
}

/** Returns the error for a Win32 code of an open port: access is denied when its device is gone. */
export function openPortError(code: number, path: string): UnbrickError {
  return code === ERROR_ACCESS_DENIED ? portLeft(path, { code }) : windowsError(code, path);
}

/** Returns the `disconnected` error: the device behind the port is gone. */
export function portLeft(path: string, data: ErrorData): UnbrickError {
  return new UnbrickError("disconnected", left(path), { path, ...data });
}
