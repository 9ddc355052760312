import type { UnbrickError } from "../../../common/errors.ts";
import { usage } from "../options.ts";

/** An id: `*` or nothing means any, `-` means none. */
type IdPart = number | "any" | "none";

export interface IdMatch {
  readonly vendor: IdPart;
  readonly product: IdPart;
}

/** The value of `-d`: the ids that a device may have in run-time mode and in DFU mode. */
export interface DeviceMatch {
  readonly runtime: IdMatch;
  readonly dfu: IdMatch;
}

export const anyId: IdMatch = { vendor: "any", product: "any" };
export const noId: IdMatch = { vendor: "none", product: "none" };

/**
 * `VENDOR:PRODUCT[,VENDOR:PRODUCT]`, hexadecimal, with or without 0x. `,0483:df11`: no run-time
 * device, and exactly this one in DFU mode. `37c5:9204` alone: this one in run-time mode, or any in
 * DFU mode. Parts omitted after the comma are those of the run-time side (dfu-dfuse.md C2).
 * @throws UnbrickError `usage`
 */
export function parseDeviceMatch(text: string): DeviceMatch {
  const comma = text.indexOf(",");
  if (comma < 0) return { runtime: parseIds(text, anyId), dfu: anyId };
  const before = text.slice(0, comma);
  const runtime = before === "" ? noId : parseIds(before, anyId);
  const dfu = parseIds(text.slice(comma + 1), before === "" ? anyId : runtime);
  return { runtime, dfu };
}

export function matches(
  { vendor, product }: IdMatch,
  idVendor: number,
  idProduct: number,
): boolean {
  return (vendor === "any" || vendor === idVendor) && (product === "any" || product === idProduct);
}

function parseIds(text: string, otherwise: IdMatch): IdMatch {
  const [vendor = "", product = "", ...more] = text.split(":");
  if (more.length > 0) throw notIds(text);
  return {
    vendor: part(vendor, otherwise.vendor, text),
    product: part(product, otherwise.product, text),
  };
}

function part(digits: string, otherwise: IdPart, text: string): IdPart {
  if (digits === "") return otherwise;
  if (digits === "*") return "any";
  if (digits === "-") return "none";
  if (!/^(0x)?[0-9a-f]{1,4}$/i.test(digits)) throw notIds(text);
  return Number.parseInt(digits, 16);
}

function notIds(text: string): UnbrickError {
  return usage(`-d ${text}: USB ids look like 0483:df11 or ,0483:df11.`, { value: text });
}
