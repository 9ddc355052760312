import assert from "node:assert/strict";
import { FlashMemory } from "../../../common/flash_memory.ts";
import { VirtualClock } from "../../../common/virtual_clock.ts";
import { DfuSeClient } from "./dfuse_client.ts";
import { DfuSeModel } from "../model/dfuse_model.ts";
import { parseLayout } from "../packets/layout.ts";
import { stm32Flash } from "../model/stm32_rom_model.ts";
import { never, pattern, plugIn } from "../../../../tests/support/protocols/dfu_rig.ts";

Deno.test("a bootloader of another maker: internal flash and a QSPI flash at 0x90000000", async () => {
  const clock = new VirtualClock();
  await clock.run(async () => {
    const flash = stm32Flash("STM32H743");
    const qspi = new FlashMemory({
      base: 0x90000000,
      sectors: [{ count: 4096, size: 4096, eraseMs: 45 }],
      unit: 256,
      unitMs: 0.4,
    });
    const left: number[] = [];
    const alternates = [
      "@Internal Flash   /0x08000000/01*128Ka,15*128Kg",
      "@External Flash /0x90000000/4096*4Kg",
    ];
    const model = new DfuSeModel({
      clock,
      device: { idVendor: 0x2341, idProduct: 0x035b, bcdUSB: 0x0200, bcdDevice: 0x0101 },
      ...{ manufacturer: "Arduino", product: "Portenta H7 DFU", serial: "0011", alternates },
      transferSize: 4096,
      regions: [{ kind: "flash", memory: flash }, { kind: "flash", memory: qspi }],
      polls: { address: 0, erase: 50, write: 0 },
      hooks: { leave: (address) => void left.push(address) },
    });
    const { device } = await plugIn(model, clock);
    const run = { signal: never };
    for (const [alternate, address] of [[0, 0x08040000], [1, 0x90b00000]]) {
      const layout = parseLayout(alternates[alternate]);
      const client = await DfuSeClient.open({ device, clock, alternate, layout, signal: never });
      const bytes = pattern(200_000, alternate);
      await client.writeRange(address, bytes, run);
      await client.verifyRange(address, bytes, run);
      await client.leave(address, never);
      await clock.sleep(10);
      model.reset();
    }
    assert.deepEqual(flash.read(0x08040000, 200_000), pattern(200_000, 0));
    assert.deepEqual(qspi.read(0x90b00000, 200_000), pattern(200_000, 1));
    assert.deepEqual(left, [0x08040000, 0x90b00000]);
  });
});
