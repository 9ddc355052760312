import type { AdviceTable } from "../advice.ts";

/**
 * A download is unbrick's restore, whose advice is valid here too. It reads the camera first, so
 * that the same command continues where it stopped.
 */

const ours: NonNullable<AdviceTable["busy"]> = ({ ours }) => ours;
const list = "See which devices there are with: unbrick STM32_Programmer_CLI -l";

export const programmerAdvice: AdviceTable = {
  "bug": ours,
  "not-found": ({ data, ours }) => data.index !== undefined ? [list] : ours,
  "busy": ours,
  "disconnected": ours,
  "timeout": ours,
  "stalled": ours,
  "protocol": ours,
  "device-status": ours,
  "wrong-board": ({ data, ours }) => data.port !== undefined ? [list] : ours,
  "bad-image": ours,
  "verify-failed": ours,
  "consent-needed": ({ data, ours }) => data.consent === undefined ? [list] : ours,
  "cancelled": ours,
};
