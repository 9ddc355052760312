import { CommandTag, ResponseTag } from "../packets/command.ts";
import type { FlexspiNor } from "./flexspi_nor.ts";
import type { FuseArray } from "./fuses.ts";
import { type LoaderMemory, patternBytes } from "./loader_memory.ts";
import { MEMORY_FLEXSPI_NOR, Property } from "../packets/property.ts";
import { Status } from "../packets/status.ts";

/** The chip around the loader. */
export interface LoaderMachine {
  /** The running program, which decides properties 12 and 25. */
  readonly role: "flashloader" | "sbl";
  /** The memory table: RAM entries and `flash`. */
  readonly memories: readonly LoaderMemory[];
  readonly flash: FlexspiNor;
  readonly fuses: FuseArray;
  /** Properties with plain values: id → words; the second number is an index into several. */
  readonly properties: Readonly<Record<number, (index: number) => readonly number[]>>;
  /** Ranges that may not be changed, both ends included. */
  readonly reserved: readonly (readonly [number, number])[];
  /** Reading any byte of it fails. */
  readonly unreadable?: { readonly start: number; readonly size: number };
  /** Called when a command arrived, which ends an idle window. */
  commandReceived?(): void;
  /** Called when the host has read the answer to reset. */
  reset(): void;
}

/** An answer other than a generic response. */
export interface SpecialAnswer {
  readonly tag: number;
  readonly parameters: readonly number[];
}

/** Other external memories that the flashloader knows but has not configured (B3). */
const OTHER_MEMORIES = [0x8, 0x100, 0x101, 0x110, 0x120, 0x121];
const CONFIG_BLOCK = 512;

/** The commands without a data phase (imxrt-sdp-flashloader.md B3, B6 to B8). */
export class LoaderCommands {
  constructor(private readonly machine: LoaderMachine, private readonly power: AbortSignal) {}

  /** Runs a command; returns a status for the generic response, or another response. */
  async run(tag: number, parameters: readonly number[]): Promise<number | SpecialAnswer> {
    const [first, second, third] = parameters;
    switch (tag) {
      case CommandTag.FLASH_ERASE_ALL:
        return await this.#eraseAll(first);
      case CommandTag.FLASH_ERASE_REGION:
        return await this.#eraseRegion(first, second, third);
      case CommandTag.FILL_MEMORY:
        return await this.#fill(first, second, third);
      case CommandTag.GET_PROPERTY:
        return this.#getProperty(first, second);
      case CommandTag.SET_PROPERTY:
        return this.#hasProperty(first) ? Status.READ_ONLY_PROPERTY : Status.UNKNOWN_PROPERTY;
      case CommandTag.RESET:
        return Status.SUCCESS;
      case CommandTag.FLASH_PROGRAM_ONCE:
        return this.#programOnce(first, second, third);
      case CommandTag.FLASH_READ_ONCE:
        return this.#readOnce(first, second);
      case CommandTag.CONFIGURE_MEMORY:
        return await this.#configure(first, second);
    }
    // receive-sb-file, execute, call and generate-key-blob exist in the real loader; no program can
    // run in the model, so it refuses them like commands that do not exist.
    return Status.UNKNOWN_COMMAND;
  }

  /** Returns the memory of a range, or the status of the refusal. */
  locate(
    address: number,
    length: number,
    memoryId: number,
    purpose: "read" | "write" | "erase",
  ): LoaderMemory | number {
    const group = memoryId >>> 8 & 0xf;
    if (group === 1) return Status.MEMORY_NOT_CONFIGURED;
    const end = address + length;
    const memory = this.machine.memories.find((one) =>
      address >= one.start && end <= one.start + one.size
    );
    if (group !== 0 || !memory) return Status.MEMORY_RANGE_INVALID;
    if (memory.access !== Status.SUCCESS) return memory.access;
    const { unreadable: bad } = this.machine;
    const isUnreadable = bad && address < bad.start + bad.size && bad.start < end;
    if (purpose === "read" && isUnreadable) return Status.FLEXSPI_NOR_COMMAND_FAILURE;
    const isReserved = this.machine.reserved.some(([from, to]) => address <= to && end > from);
    if (purpose !== "read" && isReserved) return Status.MEMORY_RANGE_INVALID;
    return memory;
  }

  async #eraseAll(memoryId: number): Promise<number> {
    const { flash, role } = this.machine;
    if (memoryId === MEMORY_FLEXSPI_NOR) {
      if (flash.access !== Status.SUCCESS) return flash.access;
      return await flash.erase(flash.start, flash.size, this.power);
    }
    const isKnown = role === "flashloader" && OTHER_MEMORIES.includes(memoryId);
    return isKnown ? Status.MEMORY_NOT_CONFIGURED : Status.INVALID_ARGUMENT;
  }

  async #eraseRegion(address: number, length: number, memoryId: number): Promise<number> {
    const found = this.locate(address, length, memoryId, "erase");
    if (typeof found === "number") return found;
    if (!found.erase) return Status.MEMORY_NO_SUCH_OPERATION;
    return await found.erase(address, length, this.power);
  }

  async #fill(address: number, length: number, pattern: number): Promise<number> {
    const found = this.locate(address, length, 0, "write");
    if (typeof found === "number") return found;
    const aligned = found.begin(address);
    if (aligned !== Status.SUCCESS) return aligned;
    const status = await found.write(patternBytes(address, length, pattern), this.power);
    return status === Status.SUCCESS ? await found.flush(this.power) : status;
  }

  #getProperty(property: number, index: number): SpecialAnswer {
    const answer = (...parameters: number[]) => ({ tag: ResponseTag.GET_PROPERTY, parameters });
    if (property === Property.EXTERNAL_MEMORY_ATTRIBUTES) {
      const { flash, role } = this.machine;
      if (index === MEMORY_FLEXSPI_NOR) {
        const words = flash.attributes;
        return words ? answer(Status.SUCCESS, ...words) : answer(Status.MEMORY_NOT_CONFIGURED);
      }
      const isKnown = role === "flashloader" && OTHER_MEMORIES.includes(index);
      return answer(isKnown ? Status.MEMORY_NOT_CONFIGURED : Status.INVALID_ARGUMENT);
    }
    const values = this.machine.properties[property]?.(index);
    return values ? answer(Status.SUCCESS, ...values) : answer(Status.UNKNOWN_PROPERTY);
  }

  #hasProperty(property: number): boolean {
    return property === Property.EXTERNAL_MEMORY_ATTRIBUTES ||
      this.machine.properties[property] !== undefined;
  }

  #programOnce(index: number, count: number, value: number): number {
    if (count === 0) return Status.SUCCESS; // success without any effect (D2)
    if (index > 63 || count !== 4) return Status.INVALID_ARGUMENT;
    return this.machine.fuses.program(index, value);
  }

  #readOnce(index: number, count: number): SpecialAnswer {
    const parameters = index > 63 || count !== 4
      ? [Status.INVALID_ARGUMENT, 0]
      : [Status.SUCCESS, 4, this.machine.fuses.read(index)];
    return { tag: ResponseTag.FLASH_READ_ONCE, parameters };
  }

  async #configure(memoryId: number, address: number): Promise<number> {
    const found = this.locate(address, CONFIG_BLOCK, 0, "read");
    if (typeof found === "number" || memoryId !== MEMORY_FLEXSPI_NOR) {
      return Status.INVALID_ARGUMENT;
    }
    return await this.machine.flash.configure(found.read(address, CONFIG_BLOCK), this.power);
  }
}
