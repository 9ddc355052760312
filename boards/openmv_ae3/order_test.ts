import assert from "node:assert/strict";
import { POINTER_ADDRESS, SYSTEM_BASE } from "../../core/protocols/alif_isp/packets/memory_map.ts";
import { partitionNamed } from "../../core/openmv_bootloader/partition.ts";
import type { SimulationOptions } from "../../core/family/family.ts";
import { AeTrial } from "../../tests/support/boards/openmv_ae3_rig.ts";
import { agreeingOperator } from "../../tests/support/plan/plan_rig.ts";
import { partitions } from "./boards.ts";

/** What is written last, because it makes the chip start what was written before. */

/** Returns a trial and the addresses of what is written into MRAM, zeros left out. */
function start(options: Partial<SimulationOptions>) {
  const run = new AeTrial(options);
  const written: number[] = [];
  const { mram } = run.camera;
  const program = mram.program.bind(mram);
  mram.program = (address, data, part) => {
    if (data.some((byte) => byte !== 0)) written.push(address);
    return program(address, data, part);
  };
  return { run, written };
}

Deno.test("through the chip's ROM, the pointer of a package is written last", async () => {
  const { run, written } = start({ condition: "bricked", traps: { enclaveDead: true } });
  assert.equal((await run.run("restore", { bootloaderOnly: true })).error?.message, undefined);
  const firstPointer = written.findIndex((address) => address === POINTER_ADDRESS);
  const firstPackage = written.findIndex((address) =>
    address >= SYSTEM_BASE && address < POINTER_ADDRESS
  );
  assert.ok(firstPackage >= 0 && firstPackage < firstPointer, `${firstPackage}, ${firstPointer}`);
});

Deno.test("the table of contents is written last, behind the whole bootloader", async () => {
  const { run, written } = start({
    condition: "bricked",
    traps: { tableGone: true, noReadBack: true },
  });
  assert.equal((await run.run("restore", { bootloaderOnly: true })).error?.message, undefined);
  const start0 = partitionNamed(partitions, "BOOT"), toc = partitionNamed(partitions, "TOC");
  const inside = ({ start, end }: { start: number; end: number }) => (address: number) =>
    address >= start && address < end;
  const lastBoot = written.findLastIndex(inside(start0));
  // Its first line may be the mark of a package.
  const firstTable = written.findIndex((address) => inside(toc)(address) && address > toc.start);
  assert.ok(lastBoot >= 0 && firstTable > lastBoot, `${lastBoot}, ${firstTable}`);
});

Deno.test("an enclave that starts another version than the one that was written is no success", async () => {
  const run = new AeTrial({ condition: "healthy", traps: { oldPackage: true } });
  const { camera } = run;
  const old = camera.mram.read(SYSTEM_BASE, run.images.get("system-ae")!.bytes.length);
  const perform = camera.perform.bind(camera);
  camera.perform = (action) => {
    if (action.id === "unplug") camera.mram.load(SYSTEM_BASE, old);
    return perform(action);
  };
  const { error } = await run.run("restore", { bootloaderOnly: true });
  assert.equal(error?.kind, "verify-failed");
  assert.match(error!.message, /runs version/);
});

Deno.test("a bootloader with another serial number than the chip told is another camera", async () => {
  const run = new AeTrial({ condition: "bricked", traps: { tableGone: true } });
  run.trial.bus.interpose({
    transfer: async ({ model }, transfer, _signal, next) => {
      const reply = await next(transfer);
      const isBootloader = model.deviceDescriptor[8] === 0xC5 && model.deviceDescriptor[9] === 0x37;
      // A string of 24 digits: the serial number.
      const isSerial = reply.length === 2 + 2 * 24 && reply[1] === 3;
      return isBootloader && isSerial ? reply.with(2, reply[2] ^ 3) : reply;
    },
  });
  const { error } = await run.run("restore", { bootloaderOnly: true });
  assert.equal(error?.kind, "wrong-board");
});

Deno.test("nobody sends the Everspin key who was not agreed with, although it is allowed", async () => {
  const run = new AeTrial({ condition: "healthy", traps: { memoryChip: "everspin-lost" } });
  run.camera.ospi.load(partitionNamed(partitions, "ROMFS0").start, new Uint8Array(4096).fill(1));
  const before = run.camera.memory("ospi");
  const operator = {
    ...agreeingOperator(run.camera),
    consent: ({ id }: { id: string }) => Promise.resolve(id === "write"),
  };
  const { error } = await run.run("flash", { allow: ["everspin-reset"], operator });
  assert.equal(error?.kind, "consent-needed");
  assert.deepEqual(run.camera.memory("ospi"), before);
});

Deno.test("Everspin memory that is not blank after its key is no success", async () => {
  const run = new AeTrial({ condition: "healthy", traps: { memoryChip: "everspin-lost" } });
  const { ospi } = run.camera;
  const load = ospi.load.bind(ospi);
  ospi.load = (address, data) => {
    if (data.length < ospi.size) load(address, data);
  };
  load(partitionNamed(partitions, "ROMFS0").start, new Uint8Array(4096).fill(0x11));
  load(partitionNamed(partitions, "RWFS").start, new Uint8Array(4096).fill(1, 7));
  const { error } = await run.run("flash", { allow: ["everspin-reset"] });
  assert.equal(error?.kind, "verify-failed");
  assert.match(error!.message, /is not blank/);
});
