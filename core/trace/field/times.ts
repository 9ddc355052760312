import type { FieldDevice, TimeWatch } from "../../family/field_fact.ts";
import { CommandTag, decodePacket } from "../../protocols/mboot/packets/command.ts";
import { decodeReport, Report } from "../../protocols/mboot/packets/report.ts";
import { AddressCommand, DfuSeCommand } from "../../protocols/dfu/packets/dfuse_command.ts";
import type { RunEvent } from "../../plan/events.ts";
import type { TraceEntry } from "../read_trace.ts";
import { isDevice } from "../traced_devices.ts";
import { isSame, staysIn } from "./arrivals.ts";
import { type DfuWork, dfuWork } from "./dfu_work.ts";

/** Bytes of a block of OpenMV's bootloaders (openmv-boards.md 5.1). */
const BLOCK = 4096;

/** Returns each time of the kind that is watched, in milliseconds. */
export function timesIn(entries: readonly TraceEntry[], watch: TimeWatch): number[] {
  switch (watch.of) {
    case "dfuse-erase":
      return workOf(entries, watch.device).flatMap(({ block, sent, ms }) => {
        const command = block === 0 ? AddressCommand.tryDecode(sent) : undefined;
        const isErase = command?.code === DfuSeCommand.ERASE && sent.length === AddressCommand.size;
        return isErase && watch.from <= command.address && command.address < watch.to ? [ms] : [];
      });
    case "dfu-block": {
      const { partition, from = 0, sector, erases } = watch;
      return workOf(entries, watch.device).flatMap((work) => {
        const offset = work.block * BLOCK - from;
        const isCounted = work.partition === partition && offset >= 0;
        return isCounted && (offset % sector === 0) === erases ? [work.ms] : [];
      });
    }
    case "erase-region":
      return erasedRegions(entries).map(({ bytes, ms }) => ms * watch.bytes / bytes);
    case "stay":
      return staysIn(entries).flatMap((stay) =>
        isSame(stay, watch.device) && !stay.isUsed && stay.left !== undefined
          ? [stay.left - stay.arrived]
          : []
      );
    case "change": {
      const stays = staysIn(entries);
      const isByHand = byHand(entries);
      return stays.flatMap((stay) => {
        const { left } = stay;
        if (left === undefined || !isSame(stay, watch.from)) return [];
        const next = stays.find(({ arrived, port }) => arrived >= left && port === stay.port);
        return next && isSame(next, watch.to) && !isByHand(left) ? [next.arrived - left] : [];
      });
    }
  }
}

function workOf(entries: readonly TraceEntry[], { vendorId, productId }: FieldDevice): DfuWork[] {
  return dfuWork(entries).filter(({ device }) => isDevice(device, vendorId, productId));
}

/** Returns whether the person, or a simulated one, was doing steps by hand at a time, in milliseconds. */
function byHand(entries: readonly TraceEntry[]): (ms: number) => boolean {
  const spans: { readonly from: number; to: number }[] = [];
  for (const entry of entries) {
    if (entry.type !== "note" || entry.facts.type !== "event") continue;
    const { type } = entry.facts.event as RunEvent, ms = entry.time / 1000;
    if (type === "hardware") spans.push({ from: ms, to: Infinity });
    else if (type === "awaited" && spans.length > 0) {
      spans.at(-1)!.to = Math.min(spans.at(-1)!.to, ms);
    }
  }
  return (ms) => spans.some(({ from, to }) => from <= ms && ms <= to);
}

/** The erase commands of an i.MX loader, each until its response. */
function erasedRegions(entries: readonly TraceEntry[]): { bytes: number; ms: number }[] {
  const found: { bytes: number; ms: number }[] = [];
  let under: { readonly bytes: number; readonly from: number } | undefined;
  for (const entry of entries) {
    if (entry.type !== "transfer" || entry.ended === undefined) continue;
    const report = decodeReport(entry.sent) ?? decodeReport(entry.received);
    const packet = report && decodePacket(report.payload);
    if (report?.id === Report.COMMAND_OUT) {
      const isErase = packet?.tag === CommandTag.FLASH_ERASE_REGION;
      under = isErase ? { bytes: packet.parameters[1], from: entry.ended } : undefined;
    } else if (report?.id === Report.COMMAND_IN && under) {
      if (packet?.parameters[0] === 0) {
        found.push({ bytes: under.bytes, ms: (entry.ended - under.from) / 1000 });
      }
      under = undefined;
    }
  }
  return found;
}
