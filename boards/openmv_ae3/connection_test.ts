import assert from "node:assert/strict";
import { type ErrorKind, UnbrickError } from "../../core/common/errors.ts";
import { VirtualClock } from "../../core/common/virtual_clock.ts";
import type { DetectedDevice } from "../../core/device/detected_device.ts";
import type { StepContext } from "../../core/plan/step_context.ts";
import type { IspClient } from "../../core/protocols/alif_isp/client/isp_client.ts";
import { AeTrial } from "../../tests/support/boards/openmv_ae3_rig.ts";
import { errorOf } from "../../tests/support/expected_error.ts";
import { agreeingOperator } from "../../tests/support/plan/plan_rig.ts";
import { AnsweringPort } from "../../tests/support/protocols/answering_port.ts";
import { ae3, resetActions } from "./boards.ts";
import { contactOf, makeContact } from "./connection.ts";

/** What is said about the chip that answers, and how a silent one is reached (alif-isp.md C.1, C.3). */

const AE = "AE302F80F55D5AE", LE = "AE302F80F55D5LE";
const SERIAL = "A1C0FFEE5EED0BADCAFE0042";
const adapter = {
  mode: "rom",
  seen: { usb: { portPath: "1-1", descriptor: { idVendor: 0x0403, idProduct: 0x6015 } } },
} as unknown as DetectedDevice;

interface Chip {
  readonly part?: string;
  readonly serial?: string;
  readonly source?: "SES" | "SEROM";
  readonly name?: string;
}

/** Asks a chip behind the adapter of an AE, and returns what the run is told. */
async function asked({ part = AE, serial = SERIAL, source = "SES", name = "B4" }: Chip) {
  const told: string[] = [];
  const context = {
    remember: (id: unknown) => told.push(`id ${JSON.stringify(id)}`),
    identified: (text: unknown) => told.push(`identified ${text}`),
    note: (text: unknown) => told.push(`note ${text}`),
  } as unknown as StepContext;
  const revision = { part, serial, name, lifeCycle: 1 };
  const client = {
    revision: () => Promise.resolve(revision),
    enquiry: () => Promise.resolve({ source, error: 5 }),
    banner: () => Promise.resolve("SES B4 v1.110.0 Jan 01 2026"),
  } as unknown as IspClient;
  const contact = await contactOf(context, client, adapter).catch((error) => ({ error }));
  return { told, contact: contact as unknown as Record<string, unknown> };
}

const id = `id {"id":"${SERIAL}","mode":"rom"}`;
const silicon = (chip: string) => `identified Secure Enclave of an Alif ${chip}, silicon B4: `;
const answers = "its firmware answers (SES B4 v1.110.0 Jan 01 2026).";

Deno.test("the run is told the chip's serial number, its part and what runs on it", async () => {
  const { told, contact } = await asked({});
  assert.deepEqual(told, [id, silicon(AE) + answers]);
  const { version, bridgePart, neededHardMaintenance } = contact;
  assert.deepEqual([version, bridgePart, neededHardMaintenance], ["1.110.0", AE, false]);

  const rom = await asked({ source: "SEROM" });
  assert.equal(rom.told.length, 2);
  assert.ok(rom.told[1].startsWith(silicon(AE) + "its ROM answers, because "), rom.told[1]);
});

Deno.test("a chip without a number, and one of the other adapter, are named as they are", async () => {
  const blank = await asked({ part: "", serial: "" });
  assert.deepEqual(blank.told, [silicon("part without a number") + answers]);
  const other = await asked({ part: LE });
  assert.deepEqual(other.told, [
    ...[id, silicon(LE) + answers],
    `note Its serial adapter is the ${AE}'s; the part number that the chip reports decides.`,
  ]);
  assert.equal(other.contact.bridgePart, AE);
});

Deno.test("a chip of no AE3 is refused before the run is told anything", async () => {
  for (const chip of [{ part: "AE722F80F55D5LS" }, { name: "B2" }]) {
    const { told, contact } = await asked(chip);
    assert.deepEqual([told, (contact.error as UnbrickError).kind], [[], "wrong-board"]);
  }
});

/** Looks for a silent chip; each wait for its adapter ends with the next of these errors. */
async function called(waits: readonly ErrorKind[], aborts = false) {
  const clock = new VirtualClock(), left = [...waits], told: string[] = [];
  const stop = new AbortController();
  const context = {
    ...{ clock, board: ae3, signal: new AbortController().signal, usb: {} },
    serial: {
      list: () => Promise.resolve([{ path: "A", usb: { vendorId: 0x0403, productId: 0x6015 } }]),
      open: () => Promise.resolve(new AnsweringPort(clock, () => [])),
    },
    detected: () => Promise.resolve(adapter),
    note: (text: unknown) => told.push(`note ${text}`),
    requestWhile: (actions: unknown, { what }: { what: unknown }, work: CallableFunction) => {
      assert.equal(actions, resetActions);
      told.push(`while ${what}`);
      if (aborts) stop.abort();
      return work(stop.signal);
    },
    waitFor: ({ what, modes, deadlineMs }: Record<string, unknown>) => {
      told.push(`for ${what}, ${modes}, ${deadlineMs}`);
      throw new UnbrickError(left.shift()!, "Told by the test.");
    },
  } as unknown as StepContext;
  const error = await errorOf(clock.run(() => makeContact(context)));
  return { told, kind: error.kind };
}

Deno.test("a silent chip is called until it answers, whatever happens to its adapter meanwhile", async () => {
  const wait = "for the recovery port of the OpenMV AE3, rom, 2000";
  const { told, kind } = await called(["timeout", "not-found", "disconnected", "permission"]);
  assert.equal(kind, "permission", "what cannot pass ends it");
  assert.match(told[0], /^note Nothing answers on the serial adapter\./);
  assert.deepEqual(told.slice(1), [
    "while the Secure Enclave to answer after its reset",
    ...Array(4).fill(wait),
  ]);
  const late = await called(["timeout", "permission"], true);
  assert.deepEqual([late.kind, late.told.slice(2)], ["timeout", [wait]]);
});

Deno.test("a sleeping chip is reached by its button, and by another plug", async () => {
  for (const ids of [["press-button"], ["unplug", "plug"]] as const) {
    const run = new AeTrial({ condition: "bricked", traps: { mute: true } });
    // The table still starts the application.
    run.camera.mram.load(0x8000_0000, run.images.get("bootloader")!.bytes);
    const operator = agreeingOperator({
      async perform(action) {
        const all = action.id === "press-button" ? ids : [action.id];
        for (const one of all) await run.camera.perform({ id: one, text: "" });
      },
    });
    const { error } = await run.run("restore", { bootloaderOnly: true, operator });
    assert.equal(error?.message, undefined);
    assert.ok(run.hasBootloader);
    assert.ok(run.trial.notes.some((note) => /Nothing answers/.test(note)));
  }
});
