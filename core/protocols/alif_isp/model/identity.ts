import { concat, padded, u32 } from "../packets/bytes.ts";
import type { EnclaveOptions } from "./contract.ts";

/** The payload of a REVISION reply: 133 bytes (alif-isp.md B.6). */
export function revisionPayload(options: EnclaveOptions): Uint8Array {
  const { soc = 0xB400, part, hbk0, serial, lifeCycle } = options;
  const manufacturing = new Uint8Array(32);
  manufacturing.set(Uint8Array.fromHex(serial));
  return concat(
    u32(soc),
    padded(part, 16),
    hbk0,
    new Uint8Array(16), // HBK1: no customer key
    new Uint8Array(20 + 4 + 16), // HBK_FW, wounding, DCU
    manufacturing,
    new Uint8Array(8),
    Uint8Array.of(lifeCycle),
  );
}
