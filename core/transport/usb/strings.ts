import { isKind } from "../../common/errors.ts";
import type { TransferOptions, UsbDevice } from "./device.ts";

const GET_DESCRIPTOR = { bmRequestType: 0x80, bRequest: 6 };
/** bDescriptorType of a string (USB 2.0 table 9-5). */
const STRING = 3;
/** Chosen by unbrick. */
const ATTEMPTS = 2;

/**
 * Reads a string descriptor with a raw GET_DESCRIPTOR (wLength 255, LANGID from string 0). The
 * length byte is not trusted: the F427 ROM announces more bytes than it sends (dfu-dfuse.md B4), so
 * all bytes that arrived are decoded. Returns undefined for index 0 and for a device that refuses
 * twice: names distinguish boards and partitions, so a single refusal must not lose one.
 */
export async function readString(
  device: UsbDevice,
  index: number,
  options: TransferOptions,
): Promise<string | undefined> {
  if (index === 0) return undefined;
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    try {
      return await requestString(device, index, options);
    } catch (error) {
      if (!isKind(error, "stalled")) throw error;
    }
  }
  return undefined;
}

async function requestString(
  device: UsbDevice,
  index: number,
  options: TransferOptions,
): Promise<string | undefined> {
  const languages = await device.controlIn(
    { ...GET_DESCRIPTOR, wValue: STRING << 8, wIndex: 0 },
    255,
    options,
  );
  const language = languages.length >= 4 ? languages[2] | languages[3] << 8 : 0x0409;
  const bytes = await device.controlIn(
    { ...GET_DESCRIPTOR, wValue: STRING << 8 | index, wIndex: language },
    255,
    options,
  );
  return decodeString(bytes);
}

/**
 * Returns the UTF-16LE text of a string descriptor, as many whole characters as arrived. Control
 * characters, which no name contains, become U+FFFD: names are printed, and a device must not
 * control the terminal.
 */
export function decodeString(bytes: Uint8Array): string | undefined {
  if (bytes.length < 2 || bytes[1] !== STRING) return undefined;
  const end = Math.min(bytes.length, bytes[0]);
  return new TextDecoder("utf-16le").decode(bytes.subarray(2, end - end % 2))
    .replaceAll(/\p{Cc}/gu, "\uFFFD");
}
