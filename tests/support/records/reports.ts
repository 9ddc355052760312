import { failureOf, UnbrickError } from "../../../core/common/errors.ts";
import type { DeviceSummary } from "../../../core/device/device_summary.ts";
import { Recorder, type RunReport } from "../../../core/plan/report.ts";
import { VirtualClock } from "../../../core/common/virtual_clock.ts";

/** Returns the record of a camera at a station; every third one failed. */
export function reportOf(run: number, changes: Partial<RunReport> = {}): RunReport {
  const port = `1-${1 + run % 4}`;
  const recorder = new Recorder(new VirtualClock(), {
    version: "1.2.3",
    operator: "Ada",
    job: "restore",
    board: { id: "openmv-h7", name: "OpenMV Cam H7" },
    simulated: true,
    origin: { host: "bench" },
    station: { port, run },
  });
  const at = 0;
  const detected: DeviceSummary = {
    port,
    mode: "rom",
    usbId: "0483:df11",
    title: "ROM",
    boardIds: ["openmv-h7"],
    serial: `SERIAL${run}`,
  };
  recorder.add({ type: "connected", detected, at });
  const error = new UnbrickError("disconnected", "The cable was pulled.");
  recorder.add({
    type: "run-ended",
    at: 5,
    ms: 5,
    ...(run % 3 === 0
      ? { outcome: "partly-written", exitCode: 7, error: failureOf(error) }
      : { outcome: "proven", exitCode: 0 }),
  });
  return { ...recorder.report(), ...changes };
}
