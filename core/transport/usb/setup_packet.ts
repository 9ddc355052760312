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
