import assert from "node:assert/strict";
import type { TracedTransfer, TraceEntry } from "../../core/trace/read_trace.ts";
import { ensureProgram } from "../../tools/apt.ts";
import { MissingProgram, run } from "../../tools/run.ts";
import { familyLines, tracedRun } from "../support/trace/traced_runs.ts";

/**
 * Checks that Wireshark can read our traces, with tshark, which the test installs as root on
 * Debian.
 */

async function hasTshark(): Promise<boolean> {
  try {
    await ensureProgram("tshark", "tshark");
    return true;
  } catch (error) {
    if (!(error instanceof MissingProgram)) throw error;
    console.log(`skipped, because tshark is missing: ${error.message}`);
    return false;
  }
}

const transfersIn = (entries: readonly TraceEntry[]) =>
  entries.filter((one): one is TracedTransfer => one.type === "transfer");

/** Class requests to an interface, by their number. */
const DFU = [0, 1, 2, 3, 4, 5, 6], SET_REPORT = 9;

/**
 * Devices with a DFU interface: older versions of Wireshark need this setting (host-systems.md
 * 6.4).
 */
function dfuDevices(entries: readonly TraceEntry[]): Set<string> {
  return new Set(
    transfersIn(entries).flatMap(({ setup, received, bus, address }) => {
      const isConfiguration = setup?.bRequest === 6 && setup.wValue >> 8 === 2;
      const hasDfu = isConfiguration && received.toHex().includes("fe01");
      return hasDfu ? [`${bus} ${address}`] : [];
    }),
  );
}

/** Wireshark's reader of DFU fails at a DNLOAD or UPLOAD without data (host-systems.md 6.4). */
function isUnreadable({ setup, sent, received, status }: TracedTransfer): boolean {
  return status !== 0 ||
    (setup?.bRequest === 1 && sent.length === 0) ||
    (setup?.bRequest === 2 && received.length === 0);
}

/** Returns what tshark prints about each frame. */
const fields = [
  "_ws.malformed",
  "usb.urb_id",
  "usb.urb_type",
  "usb.transfer_type",
  "usbdfu.command",
  "usbdfu.state",
  "usbhid.setup.bRequest",
  "rtacser",
  "frame.comment",
] as const;
type Field = typeof fields[number];

for (const { family, line } of familyLines) {
  Deno.test(`tshark reads a trace of ${family}: ${line}`, async () => {
    if (!await hasTshark()) return;
    const { code, out, bytes, entries } = await tracedRun(line);
    assert.equal(code, 0, out);
    const path = Deno.makeTempFileSync({ suffix: ".pcapng" });
    try {
      Deno.writeFileSync(path, bytes);
      const devices = dfuDevices(entries);
      const decode = [...devices].flatMap((one) => {
        const [bus, address] = one.split(" ").map(Number);
        return ["-d", `usb.device==${bus << 16 | address},usbdfu`];
      });
      const output = await run("tshark", [
        ...["-r", path, "-n", ...decode, "-T", "fields"],
        ...fields.flatMap((field) => ["-e", field]),
      ]);
      const frames = output.split("\n").filter(Boolean).map((line) => {
        const values = line.split("\t");
        const entries = fields.map((field, at) => [field, values[at] ?? ""]);
        return Object.fromEntries(entries) as Record<Field, string>;
      });
      const shown = (wanted: (frame: Record<Field, string>) => boolean) =>
        frames.filter(wanted).length;
      const transfers = transfersIn(entries);
      const ours = (wanted: (one: TracedTransfer) => boolean) => transfers.filter(wanted).length;

      const malformed = frames.filter((frame) => frame["_ws.malformed"] !== "")
        .map((frame) => transfers[Number(frame["usb.urb_id"]) - 1]);
      assert.deepEqual(malformed.filter((one) => !isUnreadable(one)), []);

      const requests = ours(({ setup, bus, address }) =>
        setup !== undefined && (setup.bmRequestType & 0x7f) === 0x21 &&
        DFU.includes(setup.bRequest) && devices.has(`${bus} ${address}`)
      );
      assert.equal(shown((frame) => frame["usbdfu.command"] !== ""), requests);
      const states = new Set(frames.map((frame) => frame["usbdfu.state"]).filter(Boolean));
      assert.equal(states.size > 0, requests > 0);
      if (family === "openmv_stm32") {
        assert.ok(["2", "4", "5"].every((state) => states.has(state)), String([...states]));
      }

      const reports = ours(({ setup }) =>
        setup?.bRequest === SET_REPORT && setup.bmRequestType === 0x21
      );
      assert.equal(
        shown((frame) => Number(frame["usbhid.setup.bRequest"]) === SET_REPORT),
        reports,
      );
      const interrupts = ours(({ setup }) => setup === undefined);
      const isInterrupt = (frame: Record<Field, string>) =>
        frame["usb.transfer_type"] === "0x01" && frame["usb.urb_type"] === "'S'";
      assert.equal(shown(isInterrupt), interrupts);
      if (family === "openmv_rt1062") assert.ok(reports > 10 && interrupts > 10);

      const serial = entries.filter(({ type }) => type === "serial").length;
      assert.equal(shown((frame) => frame["rtacser"] !== ""), serial);
      if (family === "openmv_ae3") assert.ok(serial > 10);

      const steps = entries.filter((one) =>
        one.type === "note" && one.words.startsWith("step-started")
      ).length;
      assert.equal(shown((frame) => frame["frame.comment"].startsWith("step-started")), steps);
      assert.ok(steps > 0);
    } finally {
      Deno.removeSync(path);
    }
  });
}
