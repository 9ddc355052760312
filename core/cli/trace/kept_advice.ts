import { namesFile } from "../../common/advice.ts";
import type { ErrorData, ErrorKind } from "../../common/errors.ts";
import { text, type Words } from "../../common/text.ts";

type Failure = { readonly kind: ErrorKind; readonly data?: ErrorData };

/** True if something on this computer is missing, and not a camera. */
const namesMissing = (data: ErrorData) =>
  namesFile(data) ||
  ["folder", "role", "set", "origin", "library", "licences"].some((one) => data[one] !== undefined);

/** Whether an error plainly comes of what the user asked for or chose, by its kind and facts. */
const isOfTheUser: Readonly<Record<ErrorKind, (data: ErrorData) => boolean>> = {
  "usage": () => true,
  "bad-image": () => true,
  "consent-needed": () => true,
  "cancelled": () => true,
  "not-found": namesMissing,
  // An image for another board, or a job that the board does not have; not a device.
  "wrong-board": ({ file, job }) => file !== undefined || job !== undefined,
  "permission": namesFile,
  "bug": () => false,
  "driver": () => false,
  "busy": () => false,
  "disconnected": () => false,
  "timeout": ({ unreadPath }) => unreadPath !== undefined,
  "stalled": () => false,
  "protocol": () => false,
  "device-status": () => false,
  "protected": () => false,
  "verify-failed": () => false,
  "sensor-missing": () => false,
  "picture-dark": () => false,
  "picture-unchanged": () => false,
  "firmware-silent": () => false,
  "not-started": () => false,
  "picture-damaged": () => false,
};

/** Returns how a run that failed is sent to somebody; nothing if it was not kept, or needs no help. */
export function keptAdvice({ kind, data = {} }: Failure, isKept: boolean): Words[] {
  return isKept && !isOfTheUser[kind](data)
    ? [text`To ask for help, make a file to send: unbrick runs export -o run.zip`]
    : [];
}
