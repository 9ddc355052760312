import assert from "node:assert/strict";
import { SimulatedAe3 } from "../boards/openmv_ae3/camera.ts";
import { openmvAe3 } from "../boards/openmv_ae3/mod.ts";
import { VirtualClock } from "../core/common/virtual_clock.ts";
import { MemoryBus } from "../core/transport/usb/memory.ts";
import { VirtualBus } from "../core/transport/usb/virtual_bus.ts";
import { ran } from "./support/cli/command_rig.ts";
import { toolImages } from "./support/cli/se_tools_rig.ts";

/** The documented command for an AE3 with Everspin memory: `dfu-util … -a 7 -D key.bin`. */

const key = new Uint8Array(4096);
key.set(Uint8Array.fromHex("159e7d42961a71eb73a326292b08090e"));

async function dfuUtil(
  memoryChip: "flash" | "everspin" | "everspin-lost",
  file: Uint8Array,
  ...words: readonly string[]
) {
  const clock = new VirtualClock(), usb = new VirtualBus();
  const camera = new SimulatedAe3({
    clock,
    socket: usb.socket("1-1"),
    images: toolImages,
    condition: "healthy",
    traps: { memoryChip },
  });
  const folder = Deno.makeTempDirSync();
  const path = `${folder}/key.bin`;
  Deno.writeFileSync(path, file);
  const line = words.map((word) => word.replace("KEY", path).replace("OUT", `${folder}/out.bin`));
  const told = await clock.run(async () => {
    const running = ran(["dfu-util", "-w", "-d", ",37C5:96E3", ...line], {
      families: [openmvAe3],
      bus: new MemoryBus(usb, clock),
      context: { clock },
    });
    await clock.sleep(100);
    await camera.perform({ id: "plug", text: "" });
    return await running;
  });
  Deno.removeSync(folder, { recursive: true });
  const { code, out, error } = told;
  return { code, out, error, camera };
}

Deno.test("the key resets Everspin memory; the erased memory is read back, because the key cannot be", async () => {
  for (const alternate of ["7", "RECOVERY"]) {
    const { code, out, camera } = await dfuUtil("everspin-lost", key, "-a", alternate, "-D", "KEY");
    assert.equal(code, 0, out);
    assert.match(out, /took the key and was done after 12 s/);
    assert.match(out, /Nothing can be read back from RECOVERY; RWFS and ROMFS0 are blank now/);
    assert.match(out, /Write the ROMFS again: dfu-util .* -a ROMFS0 -D romfs0\.img/);
    assert.ok(camera.partition("ROMFS0", 4096).every((byte) => byte === 0xFF));
  }
});

Deno.test("an ordinary flash refuses the key and keeps its contents", async () => {
  const { code, error, camera } = await dfuUtil("flash", key, "-a", "7", "-D", "KEY");
  assert.equal(code, 74);
  assert.match(error, /this camera has no Everspin memory.*unplug the camera/s);
  assert.notEqual(camera.partition("ROMFS0", 4096)[0], 0xFF);
});

Deno.test("another file is refused as a key, and RECOVERY cannot be read", async () => {
  for (const file of [key.with(3, 0), key.with(4000, 1), new Uint8Array([...key, 0])]) {
    const { code, error } = await dfuUtil("everspin", file, "-a", "7", "-D", "KEY");
    assert.equal(code, 65);
    assert.match(error, /key\.bin cannot be used: it is not the key that .* RECOVERY\s+accepts/);
  }
  const { code, error } = await dfuUtil("everspin", key, "-a", "7", "-U", "OUT");
  assert.equal(code, 74);
  assert.match(error, /RECOVERY only accepts a key. It cannot be read/);
});

Deno.test("the 16 bytes of the key alone are enough", async () => {
  const { code, error } = await dfuUtil(
    "everspin-lost",
    key.subarray(0, 16),
    "-a",
    "7",
    "-D",
    "KEY",
  );
  assert.equal(code, 0, error);
});
