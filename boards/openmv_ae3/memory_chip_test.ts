import assert from "node:assert/strict";
import { FlashMemory } from "../../core/common/flash_memory.ts";
import { DfuStatus } from "../../core/protocols/dfu/packets/request.ts";
import { resetMemoryCommand } from "./boards.ts";
import { MemoryChipModel } from "./memory_chip.ts";

/** The memory beside the chip, as the bootloader treats it (openmv-runtime.md 6). */

function model(kind: "flash" | "everspin" | "everspin-lost") {
  const memory = new FlashMemory({ base: 0, sectors: [{ count: 2, size: 4096 }] });
  memory.load(0, new Uint8Array(8192).fill(0x5A));
  const chip = new MemoryChipModel(memory, kind);
  const session = chip.partitions();
  const write = (name: string, data: Uint8Array, address = 0, to = session) =>
    to.get(name)!.write!(address, data)!.status;
  return { memory, chip, session, write };
}

const key = resetMemoryCommand.bytes;
const RECOVERY = "RECOVERY";

Deno.test("only Everspin memory is reset by the key, once in a session, and is blank then", () => {
  for (const kind of ["everspin", "everspin-lost"] as const) {
    const { memory, chip, write } = model(kind);
    assert.equal(write(RECOVERY, key), DfuStatus.OK);
    assert.ok(memory.isBlank(0, 8192));
    assert.equal(write(RECOVERY, key), DfuStatus.errWRITE, "once in a session");
    assert.equal(write(RECOVERY, key, 0, chip.partitions()), DfuStatus.OK, "the next session");
  }
  const { memory, write } = model("flash");
  assert.equal(write(RECOVERY, key), DfuStatus.errWRITE);
  assert.equal(memory.isBlank(0, 8192), false);
});

Deno.test("anything but the whole key is refused", () => {
  const { memory, write } = model("everspin");
  const wrong = Array.from({ length: 16 }, (_, at) => {
    const bytes = Uint8Array.from(key);
    bytes[at] ^= 1;
    return bytes;
  });
  for (const bytes of [...wrong, key.slice(0, 15), new Uint8Array()]) {
    assert.equal(write(RECOVERY, bytes), DfuStatus.errWRITE);
  }
  assert.equal(memory.isBlank(0, 8192), false);
  const longer = new Uint8Array(4096);
  longer.set(key);
  assert.equal(write(RECOVERY, longer), DfuStatus.OK);
});

Deno.test("the recovery partition cannot be read", () => {
  for (const kind of ["flash", "everspin", "everspin-lost"] as const) {
    assert.equal(model(kind).session.get(RECOVERY)!.canRead, false);
  }
});

Deno.test("lost Everspin memory takes no data until it is reset; a flash is written as usual", () => {
  assert.deepEqual([...model("flash").session.keys()], [RECOVERY]);
  const data = Uint8Array.of(1, 2, 3, 4);
  for (const name of ["RWFS", "ROMFS0"]) {
    const works = model("everspin");
    assert.equal(works.write(name, data, 16), DfuStatus.OK);
    assert.deepEqual(works.memory.read(16, 4), data, "without an erase");
    const lost = model("everspin-lost");
    assert.equal(lost.write(name, data, 16), DfuStatus.errWRITE);
    assert.equal(lost.memory.read(16, 1)[0], 0x5A);
    assert.equal(lost.write(RECOVERY, key), DfuStatus.OK);
    assert.equal(lost.write(name, data, 16), DfuStatus.OK);
    assert.deepEqual(lost.memory.read(16, 4), data);
  }
});
