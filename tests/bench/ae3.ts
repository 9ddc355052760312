import { ispLink, romLink } from "./ae3_link.ts";
import type { BenchRow } from "./row.ts";

/**
 * Measures the Secure Enclave of an AE3 against the rate of its line: the time of a frame and its
 * acknowledgement at the baud rate, compared with the time of a whole write (alif-isp.md G).
 */
export async function rows(): Promise<BenchRow[]> {
  const bulk = await ispLink(false), slow = await ispLink(true);
  const rom = await romLink();
  const ratio = (name: string, value: number): BenchRow => ({
    name,
    value,
    unit: "ratio",
    limit: 0.9,
    isMinimum: true,
  });
  return [
    ratio("package of 270368 bytes, 921600 baud: share of the line rate", bulk.write),
    ratio("read back 131072 bytes, 921600 baud: share of the line rate", bulk.read),
    ratio("bootloader of 131072 bytes, 55000 baud: share of the line rate", slow.write),
    ratio("read back 131072 bytes, 55000 baud: share of the line rate", slow.read),
    ratio("package through the ROM, 55000 baud: share of the line rate", rom.write),
    {
      name: "work on a frame, client and model (the line needs 2.69 ms)",
      value: bulk.workMs,
      unit: "ms",
    },
    {
      name: "longest wait for one answer while the line never falls silent",
      value: bulk.floodMs,
      unit: "ms",
      limit: 2_000,
    },
  ];
}
