import { RevisionPayload } from "../packets/replies.ts";
import type { EnclaveOptions } from "./contract.ts";

/** Returns the payload of a REVISION reply, 133 bytes (alif-isp.md B.6). */
export function revisionPayload(options: EnclaveOptions): Uint8Array {
  const { soc = 0xB400, part, hbk0, serial, lifeCycle } = options;
  return RevisionPayload.encode({
    ...{ soc, part, hbk0, lifeCycle },
    hbk1: new Uint8Array(16), // no customer key
    serial: Uint8Array.fromHex(serial),
  });
}
