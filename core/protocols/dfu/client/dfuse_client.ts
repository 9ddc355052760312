import { firstDifference, isEqual, isFilledWith } from "../../../common/bytes.ts";
import { type Clock, throwIfAborted } from "../../../common/clock.ts";
import { isKind, UnbrickError } from "../../../common/errors.ts";
import { hex } from "../../../common/format.ts";
import type { UsbDevice } from "../../../transport/usb/device.ts";
import { DfuClient } from "./dfu_client.ts";
import { findDfuInterfaces } from "./dfu_interface.ts";
import { DfuSeLink } from "./dfuse_link.ts";
import {
  type Block,
  blocksOf,
  planWrite,
  refuseOneTime,
  type SectorShare,
} from "./dfuse_write_plan.ts";
import { type MemoryLayout, sectorsOf } from "../packets/layout.ts";
import type { DfuRun, DfuSeMemory, DfuWriteReport, DfuWriteRun } from "./memory_access.ts";
import { ProgressMeter } from "./progress.ts";
import { type RomTraits, romTraits } from "./rom_traits.ts";
import { withPlace } from "./run_error.ts";
import { text } from "../../../common/text.ts";

/** Bytes that an unknown chip may program at once: the largest known unit. */
const PROGRAM_UNIT = 32;

/** Bytes that are written last of all where the chip is known: stack pointer, reset vector, one unit. */
const HEAD = 32;

/** The first byte that differs. */
interface Difference {
  readonly address: number;
  readonly expected: number;
  readonly found: number;
}

/** How a sector compares with the wanted content. */
type Finding = "equal" | "blank" | "different";

export interface DfuSeClientOptions {
  /** An open device; `open` claims the interface. */
  readonly device: UsbDevice;
  readonly clock: Clock;
  /** bAlternateSetting of the memory; default 0, the internal flash. */
  readonly alternate?: number;
  /** The memory layout from the name of the alternate setting (see parseLayout). */
  readonly layout: MemoryLayout;
  /** Wait for every bwPollTimeout; default: only if the ROM is not known to hold GETSTATUS. */
  readonly strict?: boolean;
  /** Smaller blocks than the device offers, in bytes; rounded to the chip's programming unit. */
  readonly blockSize?: number;
  readonly signal: AbortSignal;
}

/** The host side of DfuSe for one memory. */
export class DfuSeClient implements DfuSeMemory {
  readonly #link: DfuSeLink;

  /** @param traits what is known about the device; undefined: nothing. */
  constructor(
    readonly dfu: DfuClient,
    readonly layout: MemoryLayout,
    readonly traits: RomTraits | undefined,
  ) {
    this.#link = new DfuSeLink(dfu, traits?.stuckEraseFrom);
  }

  /**
   * Claims the DFU interface, selects the memory and brings the device to dfuIDLE.
   * @throws UnbrickError `wrong-board` if the device has no DfuSe interface in DFU mode.
   */
  static async open(options: DfuSeClientOptions): Promise<DfuSeClient> {
    const { device, clock, layout } = options;
    const dfu = findDfuInterfaces(device.info).find((one) => one.isDfuSe && one.mode === "dfu");
    if (!dfu) throw new UnbrickError("wrong-board", text`This device has no DfuSe interface.`);
    await device.claim(dfu.bInterfaceNumber);
    const traits = romTraits(layout, device.info.descriptor);
    const unit = traits?.programUnit ?? PROGRAM_UNIT;
    const client = new DfuClient({
      device,
      clock,
      dfu,
      polling: traits?.holdsWhileBusy && !options.strict ? "early" : "strict",
      blockSize: options.blockSize && Math.max(unit, options.blockSize - options.blockSize % unit),
    });
    await client.setAlternate(options.alternate ?? 0);
    const memory = new DfuSeClient(client, layout, traits);
    await memory.#link.idle(options.signal);
    return memory;
  }

  async readRange(address: number, length: number, run: DfuRun): Promise<Uint8Array> {
    sectorsOf(this.layout, address, length, "readable");
    const bytes = new Uint8Array(length);
    const meter = new ProgressMeter(run, length, ["read"], address);
    await this.#session(run, meter, async () => {
      await this.#read(address, length, run, (block, at) => {
        bytes.set(block, at - address);
        meter.at("read", at);
        meter.add("read", block.length);
      });
    });
    return bytes;
  }

  async compareRange(
    address: number,
    bytes: Uint8Array,
    run: DfuRun,
  ): Promise<number | undefined> {
    return (await this.#firstDifference(address, bytes, run))?.address;
  }

  async verifyRange(address: number, bytes: Uint8Array, run: DfuRun): Promise<void> {
    this.#mustBeEqual(await this.#firstDifference(address, bytes, run));
  }

  async eraseRange(address: number, length: number, run: DfuWriteRun): Promise<DfuWriteReport> {
    refuseOneTime(this.layout);
    const shares = sectorsOf(this.layout, address, length, "erasable").map((sector) => ({
      sector,
      address: sector.address,
      bytes: new Uint8Array(sector.size).fill(0xff),
    }));
    return await this.#write(shares, { ...run, headLast: false });
  }

  async writeRange(address: number, bytes: Uint8Array, run: DfuWriteRun): Promise<DfuWriteReport> {
    return await this.#write(
      planWrite(this.layout, address, bytes, this.traits?.programUnit ?? PROGRAM_UNIT),
      run,
    );
  }

  async leave(address: number | undefined, signal: AbortSignal): Promise<void> {
    await this.#link.idle(signal);
    if (address !== undefined) await this.#link.setAddress(address);
    await this.#link.leave();
  }

  /**
   * Returns true if the chip refuses reading; only reads. Use the address of the option bytes or of
   * the start of the flash (dfu-dfuse.md B10). Default: the first 16 bytes of this memory.
   */
  async isReadProtected(address = this.layout.segments[0].address, length = 16): Promise<boolean> {
    try {
      await this.#link.readBlock(address, Math.min(length, this.dfu.blockSize));
      return false;
    } catch (error) {
      if (isKind(error, "protected")) return true;
      throw error;
    } finally {
      await this.#settle();
    }
  }

  /** Returns the command bytes that the device lists, such as 0x21, 0x41, 0x92. */
  async commands(): Promise<Uint8Array> {
    return await this.#link.commands();
  }

  /**
   * Removes the read protection: THE CHIP ERASES EVERYTHING and leaves the bus. Nothing in unbrick
   * calls this without an expert's consent.
   */
  async readUnprotectErasingEverything(): Promise<void> {
    await this.#link.readUnprotect();
  }

  async #firstDifference(
    address: number,
    bytes: Uint8Array,
    run: DfuRun,
  ): Promise<Difference | undefined> {
    sectorsOf(this.layout, address, bytes.length, "readable");
    const meter = new ProgressMeter(run, bytes.length, ["verify"], address);
    return await this.#session(run, meter, () => this.#compare(address, bytes, run, meter));
  }

  /** Reads back until the first difference, inside a session. */
  async #compare(
    address: number,
    bytes: Uint8Array,
    run: DfuRun,
    meter: ProgressMeter,
  ): Promise<Difference | undefined> {
    let difference: Difference | undefined;
    await this.#read(address, bytes.length, run, (block, at) => {
      meter.at("verify", at);
      meter.add("verify", block.length);
      const index = firstDifference(block, bytes.subarray(at - address));
      if (index < 0) return;
      const expected = bytes[at - address + index];
      difference = { address: at + index, expected, found: block[index] };
      return "stop";
    });
    return difference;
  }

  /** @throws UnbrickError `verify-failed` for a difference */
  #mustBeEqual(difference: Difference | undefined): void {
    if (!difference) return;
    const { address, expected, found } = difference;
    const [sector] = sectorsOf(this.layout, address, 1, "readable");
    throw new UnbrickError(
      "verify-failed",
      text`At ${hex(address)}, the camera contains ${hex(found, 2)} instead of
        ${hex(expected, 2)}.`,
      { address, expected, found, sector: sector.address },
    );
  }

  /**
   * Compares, erases and writes. The head of the first share, without which nothing starts, is
   * written last, and only after everything behind it was read back.
   */
  async #write(shares: readonly SectorShare[], run: DfuWriteRun): Promise<DfuWriteReport> {
    const { compareFirst = true, headLast = true } = run;
    const total = shares.reduce((sum, share) => sum + share.bytes.length, 0);
    const meter = new ProgressMeter(
      run,
      total,
      [
        ...(compareFirst ? ["compare"] as const : []),
        "erase",
        "write",
        ...(headLast ? ["verify"] as const : []),
      ],
      shares[0].address,
    );
    return await this.#session(run, meter, async () => {
      const findings: Finding[] = [];
      for (const share of shares) {
        findings.push(compareFirst ? await this.#look(share, run, meter) : "different");
      }
      const changed = findings.some((finding) => finding !== "equal");
      if (headLast && changed && findings[0] === "equal") findings[0] = "different";
      const stale = shares.filter((share, i) =>
        findings[i] === "different" && share.sector.segment.erasable
      );
      const wanted = shares.filter((_, i) => findings[i] !== "equal");
      const blocks = blocksOf(wanted, this.dfu.blockSize);
      await this.#erase(shares, stale, run, meter);
      const headLength = this.traits ? HEAD : this.dfu.blockSize;
      const { head, others } = headLast
        ? headApart(blocks, shares[0].address, headLength)
        : { others: blocks };
      let writtenBytes = await this.#send(others, run, meter);
      if (head) {
        await this.#compareBehind(head, shares, run, meter);
        writtenBytes += await this.#send([head], run, meter);
      }
      if (headLast) meter.add("verify", head?.bytes.length ?? total);
      meter.add("write", total - writtenBytes);
      return {
        sectors: shares.length,
        equalSectors: findings.filter((finding) => finding === "equal").length,
        erasedSectors: stale.length,
        writtenBytes,
      };
    });
  }

  /** Reads back all that follows the head. @throws UnbrickError `verify-failed` */
  async #compareBehind(
    head: Block,
    shares: readonly SectorShare[],
    run: DfuRun,
    meter: ProgressMeter,
  ): Promise<void> {
    const end = head.address + head.bytes.length;
    for (const { address, bytes } of shares) {
      const from = Math.max(address, end);
      this.#mustBeEqual(await this.#compare(from, bytes.subarray(from - address), run, meter));
    }
  }

  /** Compares a sector's share, reading no more than necessary. */
  async #look(share: SectorShare, run: DfuRun, meter: ProgressMeter): Promise<Finding> {
    let equal = true, blank = true, seen = 0;
    await this.#read(share.address, share.bytes.length, run, (block, at) => {
      const offset = at - share.address;
      equal &&= isEqual(block, share.bytes.subarray(offset, offset + block.length));
      blank &&= isFilledWith(block, 0xff);
      seen += block.length;
      meter.at("compare", at);
      meter.add("compare", block.length);
      return equal || blank ? undefined : "stop";
    });
    meter.add("compare", share.bytes.length - seen);
    return equal ? "equal" : blank ? "blank" : "different";
  }

  async #erase(
    shares: readonly SectorShare[],
    stale: readonly SectorShare[],
    run: DfuRun,
    meter: ProgressMeter,
  ): Promise<void> {
    for (const share of shares) {
      if (stale.includes(share)) {
        throwIfAborted(run.signal);
        meter.at("erase", share.sector.address);
        await this.#link.eraseSector(share.sector);
      }
      meter.add("erase", share.bytes.length);
    }
  }

  async #send(
    blocks: readonly Block[],
    run: DfuRun,
    meter: ProgressMeter,
  ): Promise<number> {
    let written = 0;
    await this.#link.writeBlocks(blocks, {
      before: ({ address }) => meter.at("write", address),
      after: ({ bytes }) => {
        written += bytes.length;
        meter.add("write", bytes.length);
      },
    }, run.signal);
    return written;
  }

  /** Reads block by block until `visit` stops it. */
  async #read(
    address: number,
    length: number,
    run: DfuRun,
    visit: (block: Uint8Array, address: number) => "stop" | void,
  ): Promise<void> {
    throwIfAborted(run.signal);
    await this.#link.readBlocks(address, length, (block, at) => {
      throwIfAborted(run.signal);
      run.onRead?.(block, at);
      return visit(block, at);
    });
  }

  /** Runs work that starts and ends in dfuIDLE, even after an error or a cancellation. */
  async #session<T>(run: DfuRun, meter: ProgressMeter, work: () => Promise<T>): Promise<T> {
    try {
      await this.#link.idle(run.signal);
      const result = await work();
      await this.#link.idle();
      return result;
    } catch (error) {
      if (!isKind(error, "disconnected")) await this.#settle();
      throw withPlace(error, meter);
    }
  }

  /** Brings the device to dfuIDLE if it still answers; the earlier error is the one that counts. */
  async #settle(): Promise<void> {
    try {
      await this.#link.idle();
    } catch { /* it does not; the next session finds out why */ }
  }
}

/** Takes the first `length` bytes out of the block at `address`. */
function headApart(
  blocks: readonly Block[],
  address: number,
  length: number,
): { readonly head?: Block; readonly others: readonly Block[] } {
  const first = blocks.find((block) => block.address === address);
  if (!first) return { others: blocks };
  const { bytes } = first;
  const behind = { address: first.address + length, bytes: bytes.subarray(length) };
  const others = blocks.filter((block) => block !== first);
  return {
    head: { address: first.address, bytes: bytes.subarray(0, length) },
    others: bytes.length > length ? [...others, behind] : others,
  };
}
