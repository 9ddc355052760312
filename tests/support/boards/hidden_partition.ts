import { isEqual } from "../../../core/common/bytes.ts";
import { encodeString } from "../../../core/transport/usb/encode.ts";
import type { VirtualBus } from "../../../core/transport/usb/virtual_bus.ts";

/** Makes every bootloader on the bus name this partition otherwise, as if it had another one. */
export function hidePartition(bus: VirtualBus, name: string): void {
  const [shown, other] = [name, "OTHER"].map(encodeString);
  bus.interpose({
    transfer: async (_attachment, transfer, _signal, next) => {
      const reply = await next(transfer);
      return isEqual(reply, shown) ? other : reply;
    },
  });
}
