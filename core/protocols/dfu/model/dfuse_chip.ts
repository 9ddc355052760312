import type { FlashMemory, FlashResult } from "../../../common/flash_memory.ts";
import { hex } from "../../../common/format.ts";
import { AddressCommand, DfuSeCommand } from "../packets/dfuse_command.ts";
import type { DfuSeModelOptions, DfuSeRegion } from "./dfuse_model_options.ts";
import { DfuStatus } from "../packets/request.ts";

/** Work that a DNLOAD requests and the next GETSTATUS starts. */
export interface ChipJob {
  /** bwPollTimeout while it runs. */
  readonly poll: number;
  readonly ms: number;
  readonly isErase?: boolean;
  /** The device answers dfuDNBUSY forever (H743 revision V). */
  readonly stuck?: boolean;
  /** Does the work; `part` < 1 when power was lost. Returns the DFU status. */
  apply(part: number): number;
}

type ChipOptions = Pick<DfuSeModelOptions, "regions" | "polls" | "traps">;

/** The address pointer after a reset (dfu-dfuse.md B1). */
const DEFAULT_ADDRESS = 0x0800_0000;

/** The chip behind the ROM's DFU states: memories, address pointer, protection. */
export class DfuSeChip {
  readonly forbiddenOperations: string[] = [];
  pointer = DEFAULT_ADDRESS;
  #protection;

  /** @param restart resets the chip after the current work. */
  constructor(private readonly options: ChipOptions, private readonly restart: () => void) {
    this.#protection = options.traps?.readProtection;
  }

  reset(): void {
    this.pointer = DEFAULT_ADDRESS;
  }

  /** Accepts a DNLOAD with wValue 0. */
  command(data: Uint8Array): ChipJob {
    const [command] = data;
    if (data.length === AddressCommand.size) {
      const { address } = AddressCommand.decode(data);
      if (command === DfuSeCommand.ERASE) return this.#erase(address);
      if (command === DfuSeCommand.SET_ADDRESS) {
        return { poll: this.options.polls.address, ms: 0, apply: () => this.#setAddress(address) };
      }
    }
    if (data.length === 1) {
      if (command === DfuSeCommand.ERASE) return this.#massErase();
      if (command === DfuSeCommand.READ_UNPROTECT) return this.#unprotect();
    }
    return fails(DfuStatus.errSTALLEDPKT);
  }

  /**
   * Accepts a DNLOAD of `length` bytes in `buffer`. The ROM programs whole units: after a short
   * end, they contain the buffer's earlier bytes (inferred from ST's library, which loops over
   * words).
   */
  write(address: number, length: number, buffer: Uint8Array): ChipJob {
    const { polls } = this.options;
    const region = this.#region(address, length);
    if (!region || region.kind === "system") return fails(DfuStatus.errTARGET);
    const { kind, memory } = region;
    const dropped = { poll: polls.write, ms: 0, apply: () => DfuStatus.OK };
    if (kind === "otp" || kind === "option") {
      this.forbiddenOperations.push(`${kind} written at ${hex(address)}`);
    }
    if (this.#protection === "drop") return dropped;
    if (this.#protection) return fails(DfuStatus.errVENDOR);
    if (this.#isRefused(region)) return fails(DfuStatus.errTARGET);
    if (kind === "absent" || kind === "feature") return dropped;
    const units = Math.ceil(length / memory.unit);
    const room = Math.min(buffer.length, memory.base + memory.size - address);
    const data = buffer.slice(0, Math.min(units * memory.unit, room));
    const { writeProtected } = memory.sectorAt(address);
    return {
      poll: polls.write,
      ms: writeProtected ? 0 : units * memory.unitMs,
      apply: (part) => {
        if (kind === "option") this.restart();
        return silent(memory.program(address, data, part));
      },
    };
  }

  /** Returns the bytes, or the DFU status of the refusal. */
  read(address: number, length: number): Uint8Array | number {
    const { unreadable: bad } = this.options.traps ?? {};
    const isUnreadable = bad && address < bad.address + bad.size && bad.address < address + length;
    if (this.#protection || isUnreadable) return DfuStatus.errVENDOR;
    const region = this.#region(address, length);
    if (!region || this.#isRefused(region)) return DfuStatus.errTARGET;
    return region.memory.read(address, length);
  }

  #setAddress(address: number): number {
    if (this.#protection === "errVENDOR-always") return DfuStatus.errVENDOR;
    if (!this.#region(address, 1)) return DfuStatus.errTARGET;
    this.pointer = address;
    return DfuStatus.OK;
  }

  #erase(address: number): ChipJob {
    const { polls, traps } = this.options;
    const region = this.#region(address, 1);
    if (!region || region.kind !== "flash" && region.kind !== "absent") {
      return fails(DfuStatus.errTARGET);
    }
    const base = { poll: polls.erase, isErase: true };
    const dropped = { ...base, ms: 0, apply: () => DfuStatus.OK };
    if (this.#protection === "drop") return dropped;
    if (this.#protection) return fails(DfuStatus.errVENDOR);
    if (this.#isRefused(region)) return fails(DfuStatus.errTARGET);
    if (region.kind === "absent") return dropped;
    const sector = region.memory.sectorAt(address);
    return {
      ...base,
      stuck: address >= (traps?.stuckEraseFrom ?? Infinity),
      ms: sector.writeProtected ? 0 : sector.eraseMs + (traps?.extraEraseMs ?? 0),
      apply: (part) => silent(region.memory.erase(address, 1, part)),
    };
  }

  #massErase(): ChipJob {
    this.forbiddenOperations.push("mass erase");
    if (this.#protection) return fails(DfuStatus.errVENDOR);
    return this.#eraseAll();
  }

  #unprotect(): ChipJob {
    this.forbiddenOperations.push("read unprotect");
    const all = this.#eraseAll();
    return {
      ...all,
      isErase: false,
      apply: (part) => {
        this.#protection = undefined;
        this.restart();
        return all.apply(part);
      },
    };
  }

  #eraseAll(): ChipJob {
    const flashes = this.options.regions.filter((region) => region.kind === "flash")
      .map((region) => region.memory);
    return {
      poll: this.options.polls.erase,
      isErase: true,
      ms: flashes.reduce((sum, flash) => sum + wholeEraseMs(flash), 0),
      apply: (part) => {
        for (const flash of flashes) flash.erase(flash.base, flash.size, part);
        return DfuStatus.OK;
      },
    };
  }

  #region(address: number, length: number): DfuSeRegion | undefined {
    return this.options.regions.find((region) => region.memory.contains(address, length));
  }

  #isRefused(region: DfuSeRegion): boolean {
    return region.kind === "absent" && (this.options.traps?.absentFails ?? false);
  }
}

function fails(status: number): ChipJob {
  return { poll: 0, ms: 0, apply: () => status };
}

function wholeEraseMs(flash: FlashMemory): number {
  return flash.sectors.reduce((sum, one) => sum + (one.writeProtected ? 0 : one.eraseMs), 0);
}

/** Returns the status: the ROM does not report write-protected sectors. */
function silent(result: FlashResult): number {
  return result.outcome === "failed" ? DfuStatus.errWRITE : DfuStatus.OK;
}
