import type { DetectedDevice, Mode } from "../../../core/device/detected_device.ts";
import { isEqual } from "../../../core/common/bytes.ts";
import { UnbrickError } from "../../../core/common/errors.ts";
import { VirtualClock } from "../../../core/common/virtual_clock.ts";
import type { Board } from "../../../core/family/board.ts";
import type { Partition } from "../../../core/openmv_bootloader/partition.ts";
import type { HardwareAction } from "../../../core/plan/hardware_action.ts";
import { ReadBacks } from "../../../core/plan/read_back.ts";
import type { StepContext } from "../../../core/plan/step_context.ts";
import type { DfuPartition, DfuRun } from "../../../core/protocols/dfu/client/memory_access.ts";

/** A toy camera with partitions, and the context of a step that uses it; without a bus and an engine. */
export class PartitionRig {
  readonly clock = new VirtualClock();
  readonly board = { id: "toy", name: "Toy Camera" } as Board;
  /** Everything that the step asked for, in order. */
  readonly log: string[] = [];
  readonly notes: string[] = [];
  readonly progress: [number, number][] = [];
  /** What appears in each mode; a step sees it until it is taken away. */
  readonly present = new Map<Mode, DetectedDevice>();
  /** What a request for actions by hand brings, in order. */
  readonly arrivals: (DetectedDevice | Error)[] = [];
  /** Errors of the next operations by name: `detach`, `upload`, `write`, `verify`, `gone`, `use`, `wait`. */
  readonly errors = new Map<string, Error[]>();
  readonly memory = new Map<string, Uint8Array>();
  /** The blocks are this many bytes too short. */
  missingBytes = 0;
  #received = 0;
  readonly #readBacks = new ReadBacks(() => this.#received);

  constructor(readonly table: readonly Partition[]) {
    for (const { name, start, end } of table) this.memory.set(name, new Uint8Array(end - start));
  }

  device(mode: Mode, address = 2, names = this.table.map(({ name }) => name)): DetectedDevice {
    const interfaceNames = new Map(names.map((name, at) => [`0:${at}`, name]));
    const descriptor = { idVendor: 0x37C5, idProduct: 0x9204 };
    const usb = { bus: 1, address, portPath: "1-1", descriptor, configurations: [] };
    const seen = { usb, interfaceNames } as unknown as DetectedDevice["seen"];
    return { familyId: "toys", mode, boardIds: ["toy"], title: `toy ${mode}`, seen };
  }

  get context(): StepContext {
    const { board, clock } = this;
    return {
      board,
      clock,
      signal: new AbortController().signal,
      note: (text) => this.notes.push(String(text)),
      progress: (done, total) => this.progress.push([done, total]),
      detected: (modes) =>
        Promise.resolve(modes.map((mode) => this.present.get(mode)).find(Boolean)),
      waitGone: (_detected, ms) => {
        this.log.push(`gone in ${ms}`);
        return this.#failing("gone");
      },
      readBack: (ranges, read) => this.#readBacks.read(ranges, read),
      waitFor: async ({ modes, deadlineMs, accept }) => {
        this.log.push(`wait for ${modes.join()} ${deadlineMs}`);
        await this.#failing("wait");
        const found = modes.map((mode) => this.present.get(mode)).find(Boolean);
        if (found && (accept?.(found) ?? true)) return found;
        throw new UnbrickError("timeout", "It did not appear.");
      },
      request: (actions, { modes, accept }) => {
        this.log.push(`${actions.map(({ id }) => id).join()} for ${modes.join()}`);
        const next = this.arrivals.shift();
        if (!next) throw new UnbrickError("timeout", "Nothing came.");
        if (next instanceof Error) throw next;
        if (accept && !accept(next)) throw new UnbrickError("timeout", "It was not accepted.");
        return Promise.resolve(next);
      },
      use: async (_kind, work) => {
        await this.#failing("use");
        const detected = this.present.get("bootloader") ?? this.device("bootloader");
        return await work(this.#session(detected) as never);
      },
    } as Partial<StepContext> as StepContext;
  }

  #session(detected: DetectedDevice) {
    const bytesOf = ({ name }: DfuPartition) => this.memory.get(name)!;
    return {
      detected,
      reset: () => this.#done("reset"),
      memory: {
        detach: (ms: number) => this.#done("detach", ms),
        select: ({ name }: DfuPartition) => this.#done("select", name),
        uploadBlock: async (partition: DfuPartition, block: number, size: number) => {
          await this.#done("upload", partition.name, block, size);
          const start = block * 4096;
          return bytesOf(partition).slice(start, start + size - this.missingBytes);
        },
        read: async (partition: DfuPartition, length: number) => {
          await this.#done("read", partition.name, length);
          return bytesOf(partition).slice(0, length);
        },
        write: async (
          partition: DfuPartition,
          bytes: Uint8Array,
          run: { blockDeadlineMs?: number },
        ) => {
          await this.#done("write", partition.name, bytes.length, run.blockDeadlineMs ?? "");
          bytesOf(partition).set(bytes);
        },
        verify: async (partition: DfuPartition, bytes: Uint8Array, run: DfuRun) => {
          await this.#done("verify", partition.name, bytes.length);
          for (let at = 0; at < bytes.length; at += 4096) {
            const block = bytesOf(partition).slice(at, Math.min(at + 4096, bytes.length));
            this.#received += block.length;
            run.onRead?.(block, at);
            run.onProgress?.({
              phase: "verify",
              address: at,
              done: at + block.length,
              total: bytes.length,
            });
            if (isEqual(block, bytes.subarray(at, at + 4096))) continue;
            throw new UnbrickError("verify-failed", `${partition.name} differs.`);
          }
        },
      },
    };
  }

  async #done(name: string, ...what: (string | number)[]): Promise<void> {
    this.log.push([name, ...what].join(" ").trim());
    await this.#failing(name);
  }

  #failing(name: string): Promise<void> {
    const error = this.errors.get(name)?.shift();
    return error ? Promise.reject(error) : Promise.resolve();
  }
}

/** Actions by hand with these ids. */
export const actions = (...ids: readonly string[]) =>
  ids.map((id) => ({ id, text: id }) as HardwareAction);
