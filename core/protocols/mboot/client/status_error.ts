import { UnbrickError } from "../../../common/errors.ts";
import { text } from "../../../common/text.ts";
import { statusName } from "../packets/status.ts";

/** Returns the loader's refusal as an error. `what` names the command and its address. */
export function statusError(what: string, status: number): UnbrickError {
  return new UnbrickError(
    "device-status",
    text`The bootloader answered ${what} with status ${status}: ${statusName(status)}.`,
    { command: String(what), status, statusName: String(statusName(status)) },
  );
}
