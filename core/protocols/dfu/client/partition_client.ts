import { concat, firstDifference } from "../../../common/bytes.ts";
import { type Clock, throwIfAborted } from "../../../common/clock.ts";
import { isKind, UnbrickError } from "../../../common/errors.ts";
import { byteCount, byteSize, hex } from "../../../common/format.ts";
import type { UsbDevice } from "../../../transport/usb/device.ts";
import { readString } from "../../../transport/usb/strings.ts";
import { DfuClient } from "./dfu_client.ts";
import { deviceError } from "./device_error.ts";
import { findDfuInterfaces } from "./dfu_interface.ts";
import type {
  DfuPartition,
  DfuPartitionWriteRun,
  DfuProgress,
  DfuRun,
  PartitionMemory,
} from "./memory_access.ts";
import type { Pending } from "./pending.ts";
import { ProgressMeter } from "./progress.ts";
import { DfuState } from "../packets/request.ts";
import { withPlace } from "./run_error.ts";
import { text } from "../../../common/text.ts";

/** Deadlines in milliseconds: a block with its erase, 2.2 s at worst (dfu-dfuse.md E2); manifest; names. */
const BLOCK_MS = 10_000;
const MANIFEST_MS = 10_000;
const STRING_MS = 2000;
/** Zeros with which TinyUSB answers an UPLOAD beyond the end, bytes. */
const END_MARK = 4;

/** The host side of plain DFU 1.1 with one named partition for each alternate setting. */
export class PartitionClient implements PartitionMemory {
  #selected: number | undefined;

  constructor(readonly dfu: DfuClient) {}

  /**
   * Claims the DFU interface. No other request is sent: a bootloader that waits only briefly must
   * be held first (see uploadBlock).
   * @throws UnbrickError `wrong-board` if the device has no plain DFU interface in DFU mode.
   */
  static async open(device: UsbDevice, clock: Clock): Promise<PartitionClient> {
    const dfu = findDfuInterfaces(device.info).find((one) => !one.isDfuSe && one.mode === "dfu");
    if (!dfu) throw new UnbrickError("wrong-board", text`This device has no DFU interface.`);
    await device.claim(dfu.bInterfaceNumber);
    return new PartitionClient(new DfuClient({ device, clock, dfu, polling: "early" }));
  }

  /** Returns the partitions by the names of the alternate settings, without nameless ones. */
  static async partitions(
    device: UsbDevice,
    signal: AbortSignal,
  ): Promise<readonly DfuPartition[]> {
    const found: DfuPartition[] = [];
    for (const dfu of findDfuInterfaces(device.info)) {
      if (dfu.mode !== "dfu") continue;
      for (const { bAlternateSetting: alternate, iInterface } of dfu.alternates) {
        const name = await readString(device, iInterface, { timeoutMs: STRING_MS, signal });
        if (name) found.push({ alternate, name });
      }
    }
    return found;
  }

  async select(partition: DfuPartition): Promise<void> {
    await this.dfu.setAlternate(partition.alternate);
    this.#selected = partition.alternate;
  }

  async uploadBlock(partition: DfuPartition, block: number, length: number): Promise<Uint8Array> {
    if (this.#selected !== partition.alternate) await this.select(partition);
    return await this.dfu.uploadOrRetry(block, Math.min(length, this.dfu.blockSize));
  }

  async read(
    partition: DfuPartition,
    length: number | undefined,
    run: DfuRun,
  ): Promise<Uint8Array> {
    const wanted = length ?? partition.size;
    const blocks: Uint8Array[] = [];
    const meter = new ProgressMeter(run, wanted ?? 0, ["read"], 0);
    await this.#session(partition, run, meter, async () => {
      await this.#upload(wanted, run, "read", meter, (block) => {
        blocks.push(block);
      });
    });
    const bytes = concat(blocks);
    if (length !== undefined && bytes.length < length) {
      throw new UnbrickError(
        "protocol",
        text`The partition ${partition.name} ended after ${bytes.length} of ${byteCount(length)}.`,
        { partition: partition.name, asked: length, received: bytes.length },
      );
    }
    return bytes;
  }

  async verify(partition: DfuPartition, bytes: Uint8Array, run: DfuRun): Promise<void> {
    const meter = new ProgressMeter(run, bytes.length, ["verify"], 0);
    let end = 0;
    await this.#session(partition, run, meter, async () => {
      await this.#upload(bytes.length, run, "verify", meter, (block, offset) => {
        end = offset + block.length;
        const index = firstDifference(block, bytes.subarray(offset));
        if (index >= 0) throw differs(partition, offset + index, bytes, block[index]);
      });
    });
    if (end < bytes.length) throw differs(partition, end, bytes, undefined);
  }

  async write(
    partition: DfuPartition,
    bytes: Uint8Array,
    run: DfuPartitionWriteRun,
  ): Promise<void> {
    const { name, size } = partition;
    if (size !== undefined && bytes.length > size) {
      throw new UnbrickError(
        "usage",
        text`${byteSize(bytes.length)} do not fit into the partition ${name}, which has
          ${byteSize(size)}.`,
        { partition: name, size, length: bytes.length },
      );
    }
    const { blockSize } = this.dfu;
    const deadlineMs = run.blockDeadlineMs ?? BLOCK_MS;
    const meter = new ProgressMeter(run, bytes.length, ["write"], 0);
    await this.#session(partition, run, meter, async () => {
      let block = 0;
      for (let at = 0; at < bytes.length; at += blockSize, block++) {
        throwIfAborted(run.signal);
        const data = bytes.subarray(at, at + blockSize);
        meter.at("write", at);
        const what = () => text`write ${byteSize(data.length)} at offset ${hex(at)} of ${name}`;
        await this.#sendBlock(block, data, { what, deadlineMs });
        meter.add("write", data.length);
      }
      await this.#manifest(block, name);
    });
  }

  async detach(timeoutMs: number): Promise<void> {
    await this.dfu.detach(timeoutMs);
  }

  /** Sends one block, and again after recovery if the device refuses it. */
  async #sendBlock(
    block: number,
    data: Uint8Array,
    pending: Pending,
  ): Promise<void> {
    const send = async () => {
      await this.dfu.download(block & 0xffff, data);
      await this.dfu.finish(pending);
    };
    try {
      await send();
    } catch (error) {
      if (!isKind(error, "stalled")) throw error;
      await this.dfu.toIdle();
      await send();
    }
  }

  /**
   * Sends an empty DNLOAD and waits for dfuIDLE; a device that is not manifestation tolerant waits
   * for a reset or leaves.
   */
  async #manifest(block: number, name: string): Promise<void> {
    const { dfuIDLE, dfuMANIFEST_WAIT_RESET } = DfuState;
    const tolerant = this.dfu.dfu.functional.manifestationTolerant;
    await this.dfu.download(block & 0xffff, new Uint8Array());
    try {
      await this.dfu.finish({
        what: () => text`complete the partition ${name}`,
        deadlineMs: MANIFEST_MS,
        done: tolerant ? [dfuIDLE] : [dfuIDLE, dfuMANIFEST_WAIT_RESET],
      });
    } catch (error) {
      if (tolerant || !isKind(error, "disconnected")) throw error;
    }
  }

  /** Reads block by block until `wanted` bytes, a short block or the end mark. */
  async #upload(
    wanted: number | undefined,
    run: DfuRun,
    phase: DfuProgress["phase"],
    meter: ProgressMeter,
    visit: (block: Uint8Array, offset: number) => void,
  ): Promise<void> {
    const { blockSize } = this.dfu;
    for (let block = 0, at = 0; wanted === undefined || at < wanted; block++) {
      throwIfAborted(run.signal);
      const left = (wanted ?? Infinity) - at;
      // The request is longer than the end mark, so that it can be distinguished from data.
      const asked = Math.min(blockSize, Math.max(left, END_MARK + 1));
      const sent = await this.dfu.uploadOrRetry(block & 0xffff, asked);
      const ended = sent.length < asked;
      if (ended) await this.#mustBeWell(at);
      if (ended && sent.length === END_MARK && sent.every((byte) => byte === 0)) return;
      const bytes = sent.subarray(0, left);
      run.onRead?.(bytes, at);
      visit(bytes, at);
      at += bytes.length;
      meter.at(phase, at);
      if (wanted !== undefined) meter.add(phase, bytes.length);
      if (ended) return;
    }
  }

  /**
   * Checks the status after a read: otherwise a failed read looks like the end of the partition
   * (dfu-dfuse.md E2).
   */
  async #mustBeWell(offset: number): Promise<void> {
    const record = await this.dfu.getStatus();
    if (record.bState !== DfuState.dfuERROR) return;
    throw deviceError(record, text`read its memory at offset ${hex(offset)}`);
  }

  /** Selects the partition, starts in dfuIDLE and ends there, even after an error. */
  async #session(
    partition: DfuPartition,
    run: DfuRun,
    meter: ProgressMeter,
    work: () => Promise<void>,
  ): Promise<void> {
    try {
      await this.select(partition);
      await this.dfu.toIdle(run.signal);
      await work();
    } catch (error) {
      if (!isKind(error, "disconnected")) await this.#settle();
      throw withPlace(error, meter);
    }
  }

  async #settle(): Promise<void> {
    try {
      await this.dfu.toIdle();
    } catch { /* the error that led here is the one that counts */ }
  }
}

function differs(
  partition: DfuPartition,
  offset: number,
  bytes: Uint8Array,
  found: number | undefined,
): UnbrickError {
  const { name } = partition;
  return new UnbrickError(
    "verify-failed",
    found === undefined
      ? text`The partition ${name} ends at offset ${hex(offset)}, before the data does.`
      : text`At offset ${hex(offset)}, the partition ${name} contains ${hex(found, 2)} instead of
        ${hex(bytes[offset], 2)}.`,
    { partition: name, offset, expected: bytes[offset], found: found ?? null },
  );
}
