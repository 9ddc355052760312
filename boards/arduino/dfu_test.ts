import assert from "node:assert/strict";
import type { DfuSeClient } from "../../core/protocols/dfu/client/dfuse_client.ts";
import { asUnbrickError, UnbrickError } from "../../core/common/errors.ts";
import { boardImages } from "../../core/image/board_images.ts";
import type { StepContext } from "../../core/plan/step_context.ts";
import type { Step } from "../../core/plan/step.ts";
import { Trial } from "../../tests/support/plan/plan_rig.ts";
import { scriptedContext } from "../../tests/support/plan/scripted_context.ts";
import { backupRegions } from "./backup.ts";
import { portentaBoards } from "./boards.ts";
import { withDfu } from "./dfu.ts";
import { arduino } from "./mod.ts";

/** Which alternate setting a memory is written through (openmv-boards.md 3.6). */

const [board] = portentaBoards;

/** Runs work with the bootloader of a simulated board. */
async function withBoard(
  traps: Record<string, boolean | string>,
  address: number,
  work: (memory: DfuSeClient) => Promise<void>,
) {
  const trial = new Trial([arduino]);
  const camera = arduino.simulate(board, { ...trial.ports.at("1-1"), condition: "healthy", traps });
  const step: Step = {
    ...{ id: "test", title: "Test", weight: 1, effect: "none" },
    run: (context) => withDfu(context, address, work),
  };
  return await trial.clock.run(async () => {
    await camera.perform({ id: "plug", text: "" });
    await camera.perform({ id: "press-reset-twice", text: "" });
    await trial.clock.sleep(1_000);
    const images = boardImages("the test", []);
    return await trial.run({ job: "read", board, steps: [step], images }, camera);
  });
}

for (
  const traps of [
    { bootloader: "25" },
    { bootloader: "mcuboot" },
    { bootloader: "22" },
    { namelessAlternates: true },
  ] as Record<string, boolean | string>[]
) {
  Deno.test(`both flashes are read through their own alternate setting: ${JSON.stringify(traps)}`, async () => {
    for (const address of [0x0804_0000, 0x90B0_0000]) {
      let found: Uint8Array | undefined;
      const { error } = await withBoard(traps, address, async (memory) => {
        found = await memory.readRange(address, 64, { signal: new AbortController().signal });
      });
      assert.equal(error?.message, undefined);
      assert.equal(found?.length, 64);
      assert.ok(found.some((byte) => byte !== 0xFF));
    }
  });
}

/** Returns the alternate setting through which a bootloader with these names is asked for memory. */
async function alternateFor(address: number, names: readonly string[]) {
  const set = new Set<number>();
  const interfaces = names.map((_, bAlternateSetting) => ({
    ...{ bInterfaceNumber: 0, bAlternateSetting, iInterface: 0, endpoints: [] },
    ...{ bInterfaceClass: 0xFE, bInterfaceSubClass: 1, bInterfaceProtocol: 2 },
    extra: Uint8Array.of(9, 0x21, 0x0B, 0xFF, 0, 0, 0x10, 0x1A, 0x01),
  }));
  const stop = new UnbrickError("stalled", "Enough.");
  const device = {
    info: { descriptor: { bcdDevice: 0x0200 }, configurations: [{ interfaces }] },
    claim: () => Promise.resolve(),
    setAlternate: (_interface: number, alternate: number) => {
      set.add(alternate);
      return Promise.reject(stop);
    },
  };
  const interfaceNames = new Map(names.map((name, at) => [`0:${at}`, name]));
  const use: StepContext["use"] = (_kind, work) =>
    work({ device, seen: { interfaceNames } } as never);
  await assert.rejects(
    withDfu(scriptedContext({ use, board }), address, () => Promise.resolve()),
    stop,
  );
  return [...set];
}

Deno.test("the names decide which alternate setting has a memory; without them its usual number", async () => {
  const inside = "@Internal Flash   /0x08000000/01*128Ka,15*128Kg";
  const outside = "@External Flash   /0x90000000/4096*4Kg";
  const version = "@Bootloader version 22 /0x00000000/0*4Kg";
  const first = 0x0800_0000, last = 0x081F_FFFF, raw = 0x9000_0000, end = 0x90FF_FFFF;
  for (
    const [names, internal, external] of [
      [[inside, outside, version], 0, 1],
      [[version, outside, inside], 2, 1],
      [[outside, "no layout", version, inside], 3, 0],
      [["Internal", "External"], 0, 1],
      [[version], 0, 1],
    ] as const
  ) {
    for (const address of [first, last]) {
      assert.deepEqual(await alternateFor(address, names), [internal], names.join());
    }
    for (const address of [raw, end]) {
      assert.deepEqual(await alternateFor(address, names), [external], names.join());
    }
  }
});

Deno.test("memory that a bootloader does not describe is a wrong board, and no wrong use", async () => {
  const { error } = await withBoard({}, 0x0804_0000, async (memory) => {
    await memory.readRange(0x90B0_0000, 64, { signal: new AbortController().signal });
  });
  assert.deepEqual([error?.kind, error?.data.board], ["wrong-board", "arduino-portenta-h7"]);
  assert.equal(asUnbrickError(error!.cause).kind, "usage");
});

Deno.test("a backup begins with each flash, and no byte is in two regions", () => {
  for (
    const [memory, start, end] of [["flash", 0x0800_0000, 0x0820_0000], [
      "external",
      0x9000_0000,
      0x9100_0000,
    ]] as const
  ) {
    let at: number = start;
    const regions = backupRegions.filter((one) => one.memory === memory)
      .toSorted((a, b) => a.address - b.address);
    for (const { address, size } of regions) {
      assert.ok(address >= at, `${address.toString(16)} is in two regions`);
      at = address + size;
    }
    assert.equal(regions[0].address, start);
    assert.ok(at <= end);
  }
});
