import { type AtocEntry, EntryFlag, EntryType, NO_CPU } from "../packets/atoc.ts";
import { ramInApplicationView } from "../packets/enclave_view.ts";
import { CHAIN_SIZE } from "../packets/certificate_chain.ts";
import type { TocInfoEntry } from "../packets/replies.ts";
import { type ApplicationBoot, isDeferred } from "./application_boot.ts";
import type { SystemBoot } from "./system_boot.ts";

/**
 * The rows of a TOC_INFO reply in the order of a real chip with SES 1.110 (real-devices.md): the
 * table's own configuration, the system's configuration, the two copies of the firmware with a star on
 * the one that runs, then the table's images.
 */
export function tocInfoRows(
  system: Extract<SystemBoot, { bank: number }>,
  application: ApplicationBoot | undefined,
): readonly TocInfoEntry[] {
  const entries = application && "entries" in application ? application.entries : [];
  const started = application && "started" in application ? application.started : [];
  const rows = entries.map((entry) => entryRow(entry, started.includes(entry.name)));
  const isConfig = (_: unknown, at: number) => entries[at].type === EntryType.DEVICE_CONFIG;
  return [
    ...rows.filter(isConfig),
    ...systemRows(system),
    ...rows.filter((row, at) => !isConfig(row, at)),
  ];
}

function systemRows({ table, bank }: Extract<SystemBoot, { bank: number }>): TocInfoEntry[] {
  const row = (index: number): TocInfoEntry => {
    const { name, tableAddress, objectAddress, length, version } = table.entries[index];
    const isBank = index < 2;
    return {
      name,
      isRunning: index === bank,
      cpu: NO_CPU,
      storeAddress: isBank ? 0 : objectAddress + CHAIN_SIZE,
      objectAddress: tableAddress,
      loadAddress: 0,
      bootAddress: 0,
      size: length,
      version,
      flags: !isBank ? "u V" : index === bank ? "u s" : "",
    };
  };
  return [row(2), row(0), row(1)];
}

function entryRow(entry: AtocEntry, isStarted: boolean): TocInfoEntry {
  const { name, cpu, objectAddress, length, version, chain, flags } = entry;
  const store = chain?.content.storeAddress ?? 0;
  const load = flags & EntryFlag.LOAD && chain
    ? ramInApplicationView(chain.content.loadAddress) ?? 0
    : 0;
  const letters = [
    flags & EntryFlag.COMPRESSED ? "C" : "u",
    flags & EntryFlag.LOAD ? "L" : " ",
    isDeferred(entry) ? "s" : "V",
    isStarted ? "B" : " ",
    flags & EntryFlag.ENCRYPTED ? "E" : " ",
    isDeferred(entry) ? "D" : " ",
  ];
  return {
    name,
    isRunning: false,
    cpu,
    storeAddress: store,
    objectAddress,
    loadAddress: load,
    bootAddress: isStarted ? load || store : 0,
    size: length,
    version,
    flags: letters.join("").trimEnd(),
  };
}
