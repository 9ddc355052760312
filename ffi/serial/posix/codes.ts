import { type ErrorKind, UnbrickError } from "../../../core/common/errors.ts";
import { text, type Words } from "../../../core/common/text.ts";

interface Meaning {
  readonly name: string;
  readonly kind: ErrorKind;
  say(path: string): Words;
}

const left = (path: string) =>
  text`The serial port ${path} disappeared: its device was unplugged or reset.`;
const denied = (path: string) => text`This user is not allowed to open the serial port ${path}.`;
const held = (path: string) => text`Another program is using the serial port ${path}.`;
const noPort = (path: string) => text`${path} is not a serial port that unbrick can configure.`;

/** The meaning of errno for a serial port; these numbers are the same on Linux and macOS. */
const meanings: Readonly<Record<number, Meaning>> = {
  1: { name: "EPERM", kind: "permission", say: denied },
  2: { name: "ENOENT", kind: "not-found", say: (path) => text`There is no serial port ${path}.` },
  5: { name: "EIO", kind: "disconnected", say: left },
  6: { name: "ENXIO", kind: "disconnected", say: left },
  9: { name: "EBADF", kind: "bug", say: (path) => `unbrick used ${path} after it had closed it.` },
  13: { name: "EACCES", kind: "permission", say: denied },
  16: { name: "EBUSY", kind: "busy", say: held },
  19: { name: "ENODEV", kind: "disconnected", say: left },
  22: { name: "EINVAL", kind: "driver", say: noPort },
  25: { name: "ENOTTY", kind: "driver", say: noPort },
};

/** EINTR, the same on both: the call must be repeated. */
export const EINTR = 4;

/**
 * Returns the error for an errno: `permission`, `not-found`, `disconnected`, `busy` or `driver`.
 */
export function posixError(errno: number, path: string): UnbrickError {
  const meaning = meanings[errno];
  const data = { path, errno, name: meaning?.name ?? null };
  if (meaning) return new UnbrickError(meaning.kind, meaning.say(path), data);
  return new UnbrickError(
    "driver",
    text`The operating system failed with the serial port ${path} (errno ${errno}).`,
    data,
  );
}

/** Returns the `busy` error: another program has locked the port. */
export function portHeld(path: string): UnbrickError {
  return new UnbrickError("busy", held(path), { path });
}

/** Returns the `disconnected` error: the device behind the port is gone. */
export function portLeft(path: string): UnbrickError {
  return new UnbrickError("disconnected", left(path), { path });
}
