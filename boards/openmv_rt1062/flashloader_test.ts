import assert from "node:assert/strict";
import { asUnbrickError } from "../../core/common/errors.ts";
import { boardImages } from "../../core/image/board_images.ts";
import { Trial } from "../../tests/support/plan/plan_rig.ts";
import type { Transfer } from "../../core/transport/usb/transfer.ts";
import { untilGivenUp } from "../../tests/support/transport/usb_fault_injector.ts";
import { rt1062 } from "./boards.ts";
import { CameraModel } from "./camera_model.ts";
import { openmvRt1062 } from "./mod.ts";
import { sampleImages } from "./samples.ts";

/** How the flashloader gets into RAM, and what can go wrong with it (imxrt-sdp-flashloader.md C1 to C3). */

async function setUp({ jumper = true, traps = {} } = {}) {
  const trial = new Trial([openmvRt1062]);
  const { clock, bus } = trial;
  const camera = new CameraModel({
    ...{ clock, socket: bus.socket("1-1"), condition: "healthy", images: sampleImages() },
    traps,
  });
  await clock.run(async () => {
    if (jumper) await camera.perform({ id: "fit-jumper", text: "" });
    await camera.perform({ id: "plug", text: "" });
    await clock.sleep(1_000);
  });
  const asked = () =>
    trial.events.flatMap((event) => event.type === "hardware" ? event.actions : [])
      .map(({ id }) => id);
  const read = (signal = new AbortController().signal) => {
    const plan = openmvRt1062.plan("read", rt1062, sampleImages(), { region: "fcb" });
    return clock.run(() => trial.run(plan, camera, { signal, hardwareDeadlineMs: 30_000 }));
  };
  return { trial, camera, asked, read };
}

/** The report of the ROM that a transfer carries: its id, and the bytes behind it. */
function reportOf(transfer: Transfer): readonly [id: number, data: Uint8Array] | undefined {
  const data = transfer.kind === "control" && transfer.setup.bmRequestType === 0x21 &&
    transfer.setup.bRequest === 0x09 && transfer.data;
  return data ? [data[0], data.subarray(1)] : undefined;
}

Deno.test("the upload is the whole file, in reports of 1024 bytes, to 0x20001C00, and a jump there", async () => {
  const { trial, read } = await setUp();
  const commands: string[] = [], data: Uint8Array[] = [];
  trial.bus.interpose({
    transfer(_attachment, transfer, _signal, next) {
      const [id, bytes] = reportOf(transfer) ?? [];
      if (id === 1) commands.push(bytes!.toHex());
      if (id === 2) data.push(bytes!);
      return next(transfer);
    },
  });
  const { error, outputs } = await read();
  assert.equal(error?.message, undefined);
  assert.equal(outputs.get("fcb")?.subarray(0, 4).toHex(), "46434642"); // FCFB (C5)
  const { bytes } = sampleImages().get("flashloader")!;
  const count = bytes.length.toString(16).padStart(8, "0");
  assert.deepEqual(commands, [
    "05050000000000000000000000000000",
    `040420001c0000${count}0000000000`,
    "0b0b20001c0000000000000000000000",
  ]);
  assert.ok(data.every(({ length }) => length === 1024));
  const sent = new Uint8Array(await new Blob(data as BlobPart[]).arrayBuffer());
  assert.deepEqual(sent.subarray(0, bytes.length), bytes);
  assert.ok(sent.subarray(bytes.length).every((byte) => byte === 0));
  const done = trial.events.flatMap((event) =>
    event.type === "progress" && event.total === bytes.length ? [event.done] : []
  );
  assert.equal(done.at(-1), bytes.length);
});

Deno.test("a ROM that waits for the rest of an upload is plugged in again, and gets all of it", async () => {
  const { trial, camera, asked, read } = await setUp();
  const stop = new AbortController();
  let reports = 0;
  const remove = trial.bus.interpose({
    transfer(_attachment, transfer, _signal, next) {
      if (reportOf(transfer)?.[0] === 2 && ++reports === 5) stop.abort();
      return next(transfer);
    },
  });
  assert.equal((await read(stop.signal)).error?.kind, "cancelled");
  remove();
  assert.equal((await read()).error?.message, undefined);
  assert.deepEqual(asked(), ["unplug", "plug"]);
  assert.ok(trial.notes.some((note) => /still waiting for the rest of an earlier/.test(note)));
  assert.ok(camera.chip.flashloaderRuns());
});

Deno.test("an answer that is lost after the upload is told, and no step by hand is asked for", async () => {
  const { trial, asked, read } = await setUp();
  let isUploading = false;
  trial.bus.interpose({
    transfer(_attachment, transfer, signal, next) {
      isUploading ||= reportOf(transfer)?.[0] === 2;
      return isUploading && transfer.kind === "in" ? untilGivenUp(signal) : next(transfer);
    },
  });
  const { error } = await read();
  assert.equal(error?.kind, "timeout");
  assert.match(String(error?.data.command), /^write-file/);
  assert.deepEqual(asked(), []);
});

Deno.test("a flashloader that does not run is named after 30 s", async () => {
  const { trial, camera, read } = await setUp();
  camera.chip.flashloaderRuns = () => false;
  const before = trial.clock.now();
  const { error } = await read();
  assert.equal(error?.kind, "timeout");
  assert.equal(
    error?.message,
    "The ROM started sdphost_flash_loader.bin, but no flashloader appeared within 30 s.",
  );
  const waited = trial.clock.now() - before;
  assert.ok(waited > 30_000 && waited < 32_000, `${waited}`);
  assert.equal(asUnbrickError(error!.cause).kind, "timeout");
});

Deno.test("the ROM of a closed chip gets no program", async () => {
  const { trial, read } = await setUp({ traps: { closed: true } });
  const sent: number[] = [];
  trial.bus.interpose({
    transfer(_attachment, transfer, _signal, next) {
      const [, bytes] = reportOf(transfer) ?? [];
      if (bytes) sent.push(bytes[0]);
      return next(transfer);
    },
  });
  const { error } = await read();
  assert.equal(error?.kind, "protected");
  assert.deepEqual(sent, [0x05]);
});

Deno.test("without the flashloader a camera in its ROM cannot be read, in its bootloader it can", async () => {
  for (const jumper of [true, false]) {
    const { trial, camera } = await setUp({ jumper });
    const images = boardImages("the test", []);
    const plan = openmvRt1062.plan("read", rt1062, images, { region: "fcb" });
    const { error } = await trial.clock.run(() => trial.run(plan, camera));
    if (!jumper) assert.equal(error?.message, undefined);
    else {
      assert.deepEqual([error?.kind, error?.data], ["not-found", {
        ...{ role: "flashloader", comesWith: "openmv-ide" },
      }]);
    }
  }
});
