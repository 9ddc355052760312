import { plural, Text, text, type Words } from "./text.ts";

/** Returns a number as hexadecimal, `0x08000000`, with at least `digits` digits (default 8). */
export function hex(value: number, digits = 8): string {
  return `0x${value.toString(16).toUpperCase().padStart(digits, "0")}`;
}

/** Returns a USB vendor and product id as lsusb and dfu-util write it: `0483:df11`. */
export function usbId(vendorId: number, productId: number): string {
  const part = (id: number) => id.toString(16).padStart(4, "0");
  return `${part(vendorId)}:${part(productId)}`;
}

/** Returns a size: `4096 bytes` below 10 KiB, otherwise `128 KiB`, `1.6 MiB` or `71.2 GiB`. */
export function byteSize(bytes: number): Text {
  if (bytes < 10_240) return byteCount(bytes);
  if (bytes < 1_048_576) return text`${trim(bytes / 1024)} KiB`;
  if (bytes < 1_073_741_824) return text`${trim(bytes / 1_048_576)} MiB`;
  return text`${trim(bytes / 1_073_741_824)} GiB`;
}

/** Returns an exact size: `1 byte`, `131072 bytes`. */
export function byteCount(bytes: number): Text {
  return plural(bytes, text`${bytes} byte`, text`${bytes} bytes`);
}

/** Returns a time span: `0.4 s`, `12 s`, `3 min 20 s`. */
export function duration(ms: number): Text {
  const seconds = ms / 1000;
  if (seconds < 10) return text`${seconds.toFixed(1)} s`;
  if (seconds < 60) return text`${Math.round(seconds)} s`;
  const whole = Math.round(seconds);
  return text`${Math.floor(whole / 60)} min ${whole % 60} s`;
}

function trim(value: number): string {
  return value.toFixed(1).replace(/\.0$/, "");
}

/** Returns words that quote a file, without characters that would control a terminal. */
export function harmless(words: Words): Words {
  if (typeof words === "string") return words.replaceAll(/\p{Cc}+/gu, "?");
  const values = words.values.map((value) => typeof value === "number" ? value : harmless(value));
  return new Text(words.key, values, words.count);
}
