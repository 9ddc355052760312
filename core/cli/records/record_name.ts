import type { RunReport } from "../../plan/report.ts";

/** `20261124T093012Z_port-1-1.3_2D003A00_003`: time, port, serial number, number of the run. */
export function recordName(report: RunReport): string {
  // Use the last one: some ROMs have the same serial number in every chip.
  const serial = report.devices.findLast((device) => device.serial)?.serial;
  return nameOf(report, serial ?? "no-serial");
}

/** The name of a record while its run continues. */
export function unfinishedName(report: RunReport): string {
  return nameOf(report, UNFINISHED);
}

const UNFINISHED = "unfinished";

/** Returns true for a record, or its page, whose run continued when it was last written. */
export function isUnfinished(name: string): boolean {
  return name.includes(`_${UNFINISHED}_`);
}

/** Returns the name of the page beside a record. */
export function pageName(record: string): string {
  return record.replace(/\.json$/, ".html");
}

function nameOf({ startedAt, station }: RunReport, serial: string): string {
  const time = startedAt.replaceAll(/[-:]|\.\d+/g, "");
  const safe = (text: string) => text.replaceAll(/[^A-Za-z0-9._-]/g, "-").slice(0, 40);
  const { port = "", run = 0 } = station ?? {};
  return `${time}_port-${safe(port)}_${safe(serial)}_${String(run).padStart(3, "0")}`;
}
