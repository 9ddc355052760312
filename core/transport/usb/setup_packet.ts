import { struct, u16, u8, type ValueOf } from "../../common/struct.ts";

/** An 8-byte SETUP packet (USB 2.0 table 9-2). */
export const SetupPacket = struct("SETUP packet", {
  bmRequestType: u8,
  bRequest: u8,
  wValue: u16,
  wIndex: u16,
  wLength: u16,
});
export type SetupPacket = ValueOf<typeof SetupPacket>;

/**
 * Writes the numbers one by one, since the declared structure takes several times as long, and every
 * control transfer has one.
 */
export function writeSetup(view: DataView, at: number, setup: SetupPacket): void {
  const { offsets } = SetupPacket;
  view.setUint8(at + offsets.bmRequestType, setup.bmRequestType);
  view.setUint8(at + offsets.bRequest, setup.bRequest);
  view.setUint16(at + offsets.wValue, setup.wValue, true);
  view.setUint16(at + offsets.wIndex, setup.wIndex, true);
  view.setUint16(at + offsets.wLength, setup.wLength, true);
}
