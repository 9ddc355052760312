import type { Clock } from "../../../core/common/clock.ts";
import { makeRunView, type RunView } from "../../../core/cli/views/run_view.ts";
import { type ByteStream, Output } from "../../../core/cli/terminal/output.ts";
import type { RunEvent } from "../../../core/plan/events.ts";
import { Trace } from "../../../core/trace/trace.ts";
import { TraceFile } from "../../../core/trace/trace_file.ts";
import { TracedBus } from "../../../core/trace/traced_usb.ts";
import type { UsbBus } from "../../../core/transport/usb/device.ts";
import type { FaultSubject } from "./subject.ts";

/** What can happen on the computer that runs unbrick, beside its buses. */
export type HostFault =
  /** Whoever read the output has gone. */
  | "output-closed"
  /** The output goes into a file, and its disk is full. */
  | "output-full"
  /** Nobody reads the output any more. */
  | "output-hung"
  /** The disk of the trace is full. */
  | "disk-full";

/** How long a command waits at its end for a reader that does not read, ms. */
const READER_MS = 10_000;

/**
 * The output and the trace of one run, as the command line writes them. One of them fails from an event
 * on; the run must not notice, and afterwards the loss must be known.
 */
export class HostSide {
  readonly #output: Output;
  readonly #view: RunView;
  readonly #trace: Trace;
  readonly #file: TraceFile;
  #fault: HostFault | undefined;
  #printed = "";
  #isEnded = false;

  constructor({ board }: FaultSubject, private readonly clock: Clock) {
    this.#output = new Output({ write: (bytes) => this.#print(bytes) });
    this.#view = makeRunView({
      clock,
      board,
      os: "linux",
      json: true,
      console: {
        isTerminal: false,
        canAsk: false,
        columns: 80,
        colour: false,
        unicode: false,
        write: (text) => this.#output.write(text),
        writeError() {},
      },
    });
    const disk: ByteStream & { close(): void } = {
      write: (bytes) =>
        this.#fault === "disk-full" ? Promise.reject(full()) : Promise.resolve(bytes.length),
      close() {},
    };
    this.#file = new TraceFile("run.pcapng", disk as Deno.FsFile);
    this.#trace = new Trace({ sink: this.#file, clock, application: "unbrick" });
  }

  usb(bus: UsbBus): UsbBus {
    return new TracedBus(bus, this.#trace);
  }

  fail(fault: HostFault): void {
    this.#fault ??= fault;
  }

  see(event: RunEvent): void {
    this.#isEnded ||= event.type === "run-ended";
    this.#trace.event(event);
    this.#view.event(event);
  }

  /** Returns what was lost without anybody being told, or printed although the run did not end so. */
  async lostUnnoticed(): Promise<string | undefined> {
    const isFlushed = await this.#output.flush(this.clock, {
      stallMs: READER_MS,
      stoppedMs: READER_MS,
      signal: new AbortController().signal,
    });
    await this.#file.close();
    const isPrinted = this.#printed.includes('"type":"run-ended"');
    switch (this.#fault) {
      case "disk-full":
        if (!this.#file.lost?.data.full) return "the trace does not say that its disk is full";
        break;
      case "output-full":
        if (!this.#output.failure) return "lost output is not told";
        break;
      case "output-hung":
        if (isFlushed) return "output that nobody read counts as written";
        break;
      case "output-closed":
        if (this.#output.failure) return "a reader that has gone counts as a loss";
        break;
    }
    const isWhole = this.#fault === undefined || this.#fault === "disk-full";
    if (isWhole && isPrinted !== this.#isEnded) return "the end of the run was not printed";
  }

  #print(bytes: Uint8Array): Promise<number> {
    switch (this.#fault) {
      case "output-closed":
        return Promise.reject(new Deno.errors.BrokenPipe("Broken pipe (os error 32)"));
      case "output-full":
        return Promise.reject(full());
      case "output-hung":
        return new Promise(() => {});
      default:
        this.#printed += new TextDecoder().decode(bytes);
        return Promise.resolve(bytes.length);
    }
  }
}

function full(): Error {
  return Object.assign(new Error("No space left on device (os error 28)"), { code: "ENOSPC" });
}
