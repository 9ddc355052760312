import { at, struct, u16, u64 } from "../../core/common/struct.ts";

/**
 * The used part of struct hid_device_info of hidapi 0.15; layout_test.ts checks it with a C
 * compiler.
 */
export const DEVICE_INFO = struct("hid_device_info", {
  path: u64,
  vendor_id: u16,
  product_id: u16,
  next: at(56, u64),
});

/** Bytes of a wchar_t on macOS (and Linux). */
export const WCHAR = 4;

/** Reads text at a wchar_t pointer, at most `limit` characters. */
export function wideText(pointer: Deno.PointerValue, limit = 1000): string {
  if (!pointer) return "";
  const view = new Deno.UnsafePointerView(pointer);
  let text = "";
  for (let at = 0; at < limit; at++) {
    const character = view.getUint32(at * WCHAR);
    if (character === 0) break;
    text += String.fromCodePoint(Math.min(character, 0x10ffff));
  }
  return text;
}
