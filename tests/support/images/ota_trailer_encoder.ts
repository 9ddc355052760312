import { createHash } from "node:crypto";
import { crc32 } from "node:zlib";

/** The trailer sector of openmv-ota for a body, with the other fields of openmv-runtime.md 3.5's vector. */
export function encodeTrailer(body: Uint8Array): Uint8Array<ArrayBuffer> {
  const sector = new Uint8Array(4096).fill(0xFF);
  sector.fill(0, 0, 150);
  const view = new DataView(sector.buffer);
  const words = [0x5256_4D4F, 1, body.length, 0, 2, 64, 1, 0, 1, 0, 1, -7];
  words.forEach((word, at) => view.setUint32(at * 4, word, true));
  sector.set(createHash("sha256").update(body).digest(), 48);
  sector.set(new TextEncoder().encode("{}"), 80);
  view.setUint32(146, crc32(sector.subarray(0, 146)), true);
  return sector;
}
