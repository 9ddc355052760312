import assert from "node:assert/strict";
import { POINTER_ADDRESS, SYSTEM_BASE } from "../../core/protocols/alif_isp/packets/memory_map.ts";
import { partitionNamed } from "../../core/openmv_bootloader/partition.ts";
import type { SimulationOptions } from "../../core/family/family.ts";
import { AeTrial } from "../../tests/support/boards/openmv_ae3_rig.ts";
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
});
