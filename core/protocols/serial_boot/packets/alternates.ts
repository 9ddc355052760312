import { FORBIDDEN_IDS, PhaseId } from "./phase.ts";

/**
 * Distinguishes the devices on 0483:df11 by the names of their alternate settings
 * (stm32n6-serial-boot.md B.3).
 */

/** A parsed name such as `@FSBL-EXT /0x03/1*32Ke`. */
export interface AlternateName {
  /** `FSBL-EXT`. */
  readonly name: string;
  /** Phase id; undefined if neither number nor name determines it. */
  readonly id: number | undefined;
}

/**
 * Names that determine the id even if the number does not (sources disagree on the ROM's numbers).
 */
const KNOWN: Readonly<Record<string, number>> = {
  FSBL: PhaseId.FSBL,
  virtual: PhaseId.COMMAND,
  OTP: PhaseId.OTP,
  RSSE_FW: PhaseId.RSSE_FIRMWARE,
  RSSE_BLOB: PhaseId.RSSE_BLOB,
  RSSE_PLUGIN: PhaseId.RSSE_PLUGIN,
};

/** Parses a name; undefined if it is not of the form `@name...`. */
export function parseAlternateName(text: string): AlternateName | undefined {
  const match = /^@([^/]*?)\s*(?:\/\s*0x([0-9a-f]+)|$|\/)/i.exec(text.trim());
  if (!match) return undefined;
  const [, name, digits] = match;
  const number = digits === undefined ? NaN : parseInt(digits, 16);
  return { name, id: number <= 0xFF ? number : KNOWN[name] };
}

/**
 * Returns true for the name of an alternate setting that must never be selected: fuses, secure
 * element, power chip. Either the number or the name is enough.
 */
export function isForbiddenAlternate(text: string): boolean {
  const parsed = parseAlternateName(text);
  return parsed !== undefined &&
    (FORBIDDEN_IDS.includes(parsed.id ?? -1) || FORBIDDEN_IDS.includes(KNOWN[parsed.name]));
}

/** Returns the alternate settings by phase id, without those that must never be selected. */
export function alternatesById(names: ReadonlyMap<number, string>): ReadonlyMap<number, number> {
  const found = new Map<number, number>();
  for (const [alternate, text] of names) {
    const parsed = parseAlternateName(text);
    if (parsed?.id === undefined || found.has(parsed.id) || isForbiddenAlternate(text)) continue;
    found.set(parsed.id, alternate);
  }
  return found;
}

/** Device id of the STM32N6 in the product string. */
const DEVICE_ID = 0x486;

/**
 * Returns the stage of a 0483:df11 device: the ROM of the STM32N6, OpenBootloader, or neither (the
 * ROM of another chip).
 */
export function serialBootStage(
  names: ReadonlyMap<number, string>,
  product: string | undefined,
): "rom" | "open-bootloader" | undefined {
  const deviceId = /@Device ID \/0x([0-9a-f]+)/i.exec(product ?? "")?.[1];
  if (deviceId !== undefined && parseInt(deviceId, 16) !== DEVICE_ID) return undefined;
  const ids = alternatesById(names);
  const has = (...wanted: number[]) => wanted.every((id) => ids.has(id));
  const { LAYOUT, FSBL, LOADER, APPLICATION, COMMAND } = PhaseId;
  if (has(LAYOUT, LOADER, APPLICATION, COMMAND) && product?.startsWith("STM32OpenBootloader")) {
    return "open-bootloader";
  }
  const others = [LAYOUT, 0x02, LOADER, APPLICATION]; // what STM32MP ROMs have besides FSBL
  return has(FSBL) && !others.some((id) => ids.has(id)) ? "rom" : undefined;
}
