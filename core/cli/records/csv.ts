import type { Batch, BatchCamera } from "./batch.ts";

/** The columns of `batch.csv`. */
const columns:
  readonly (readonly [string, (camera: BatchCamera) => string | number | undefined])[] = [
    ["number", ({ number }) => number],
    ["started", ({ startedAt }) => startedAt],
    ["milliseconds", ({ ms }) => ms],
    ["job", ({ job }) => job],
    ["simulated", ({ simulated }) => simulated ? "yes" : "no"],
    ["port", ({ port }) => port],
    ["operator", ({ operator }) => operator],
    ["board", ({ board }) => board?.id],
    ["board name", ({ board }) => board?.name],
    ["serial numbers", ({ serials }) => pairs(serials.map(({ mode, serial }) => [mode, serial]))],
    ["versions", ({ versions }) => pairs(versions.map(({ role, version }) => [role, version]))],
    ["outcome", ({ outcome }) => outcome],
    ["finished", ({ finished }) => finished ? "yes" : "no"],
    ["exit code", ({ exitCode }) => exitCode],
    ["error", ({ error }) => error],
    ["check", ({ check }) => check],
    ["record", ({ record }) => record],
    ["sha256", ({ sha256 }) => sha256],
  ];

/** Returns a batch as a table that spreadsheets open (RFC 4180, UTF-8). */
export function csvOf({ cameras }: Batch): string {
  const rows = [
    columns.map(([name]) => name),
    ...cameras.map((camera) => columns.map(([_, value]) => value(camera) ?? "")),
  ];
  return rows.map((row) => row.map(cell).join(",") + "\r\n").join("");
}

function pairs(all: readonly (readonly [string, string | undefined])[]): string {
  return all.map(([name, value]) => `${name} ${value ?? "-"}`).join("; ");
}

/**
 * A serial number comes from a device, and a name from a person: neither may be a formula. Some
 * spreadsheets also take the wide signs of Chinese and Japanese keyboards for one.
 */
function cell(value: string | number): string {
  const text = String(value).replaceAll(/\p{Cc}/gu, " ");
  const safe = /^\s*[=+@＝＋＠－-]/.test(text) ? `'${text}` : text;
  return /[",;]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
