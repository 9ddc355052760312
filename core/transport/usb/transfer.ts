import type { SetupPacket } from "./setup_packet.ts";

/** A transfer as a host submits it to a device. `data` of a control IN transfer is empty. */
export type Transfer =
  | { readonly kind: "control"; readonly setup: SetupPacket; readonly data: Uint8Array }
  | { readonly kind: "in"; readonly endpoint: number; readonly length: number }
  | { readonly kind: "out"; readonly endpoint: number; readonly data: Uint8Array };

/** Returns the bytes that go to the device; undefined for a transfer to the host. */
export function dataToDevice(transfer: Transfer): Uint8Array | undefined {
  if (transfer.kind === "in") return undefined;
  if (transfer.kind === "control" && transfer.setup.bmRequestType & 0x80) return undefined;
  return transfer.data;
}
