import { systemClock, withDeadline } from "../../core/common/clock.ts";
import { UnbrickError } from "../../core/common/errors.ts";
import { ByteReader } from "../support/usbip/byte_reader.ts";
import { BusId, OpCode, OpCommon, VERSION } from "../support/usbip/packets.ts";

/** The result of a command in the guest. */
export interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  /** Standard output, unchanged. */
  readonly bytes: Uint8Array;
}

export interface RunOptions {
  /** The guest kills the command after this many seconds; default 60. */
  readonly seconds?: number;
  /** An ordinary user instead of root. */
  readonly user?: "technician";
}

/** The host's loopback address, as the guest sees it through QEMU's user network. */
export const HOST = "10.0.2.2";
const BOOT_MS = 300_000;
/** Time for the connection, in addition to a command's own deadline. */
const GRACE_MS = 20_000;

/** A running guest. Its agent connects to the host, and each result has a connection of its own. */
export class Machine {
  readonly #waiting = new Map<string, (outcome: Outcome) => void>();
  #agent?: WritableStreamDefaultWriter<Uint8Array>;
  #booted?: () => void;
  #nextId = 1;

  private constructor(
    private readonly listener: Deno.TcpListener,
    private readonly process: Deno.ChildProcess,
    readonly consoleLog: string,
  ) {}

  /** Boots a guest and waits until its agent answers. */
  static async boot(kernel: string, initramfs: string, consoleLog: string): Promise<Machine> {
    const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const append = `console=ttyS0 quiet panic=-1 agent_port=${listener.addr.port}`;
    const process = new Deno.Command("qemu-system-x86_64", {
      args: [
        ...["-accel", "tcg,thread=multi", "-smp", "2", "-cpu", "max", "-m", "1024"],
        ...["-nodefaults", "-no-user-config", "-display", "none", "-no-reboot"],
        ...["-serial", `file:${consoleLog}`, "-kernel", kernel, "-initrd", initramfs],
        ...["-append", append, "-netdev", "user,id=net", "-device", "virtio-net-pci,netdev=net"],
      ],
      stdin: "null",
    }).spawn();
    const machine = new Machine(listener, process, consoleLog);
    const booted = new Promise<void>((resolve) => machine.#booted = resolve);
    void machine.#accept();
    const ended = process.status.then(({ code }) => {
      throw new UnbrickError("not-found", `The guest ended while it booted.`, { code, consoleLog });
    });
    ended.catch(() => {}); // stop() causes an end after the boot
    try {
      const limit = { ms: BOOT_MS, what: "the guest to boot" };
      await withDeadline(systemClock, limit, () => Promise.race([booted, ended]));
    } catch (error) {
      await machine.stop();
      throw error;
    }
    return machine;
  }

  /** Runs a shell command in the guest; commands may run at the same time. */
  async run(command: string, { seconds = 60, user }: RunOptions = {}): Promise<Outcome> {
    const id = String(this.#nextId++);
    const line = user ? `su ${user} -c ${quoted(command)}` : command;
    const encoded = new TextEncoder().encode(line).toBase64();
    const result = new Promise<Outcome>((resolve) => this.#waiting.set(id, resolve));
    await this.#tell(`run ${id} ${seconds} ${encoded}`);
    const limit = { ms: seconds * 1000 + GRACE_MS, what: `“${command}” in the guest` };
    try {
      return await withDeadline(systemClock, limit, () => result);
    } finally {
      this.#waiting.delete(id);
    }
  }

  /**
   * Imports a device from a USB/IP server on the host's loopback into a port (0 to 7) of the
   * guest's virtual host controller. Returns before the device is there.
   */
  async attach(
    server: number,
    device: { busid: string; port: number; devid: number; speed: number },
  ): Promise<void> {
    const { busid, port, devid, speed } = device;
    const head = OpCommon.encode({ version: VERSION, code: OpCode.REQ_IMPORT, status: 0 });
    const request = [...head, ...BusId.encode({ busid })]
      .map((byte) => `\\${byte.toString(8).padStart(3, "0")}`).join("");
    await this.#tell(`attach ${server} ${request} ${port} ${devid} ${speed}`);
  }

  /**
   * Starts a command and passes on the lines of its standard output while it runs. The result then
   * has no standard output.
   */
  async start(
    command: string,
    onLine: (line: string) => void,
    options?: RunOptions,
  ): Promise<Outcome> {
    const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const pipe = `/tmp/lines.${listener.addr.port}`;
    const reading = (async () => {
      const connection = await listener.accept();
      const text = connection.readable.pipeThrough(new TextDecoderStream());
      for await (const line of text.pipeThrough(new TextLineStream())) onLine(line);
      await connection.closeWrite().catch(() => {}); // the guest has already closed it
    })();
    reading.catch(() => {}); // the await below reports it, if the command gets that far
    try {
      const prepare =
        `mkfifo -m 666 ${pipe}; nc ${HOST} ${listener.addr.port} <${pipe} >/dev/null &`;
      await this.run(`{ ${prepare} } >/dev/null 2>&1`);
      const outcome = await this.run(`{ ${command}; } >${pipe}`, options);
      await reading;
      return outcome;
    } finally {
      listener.close();
    }
  }

  /** Writes a file in the guest. */
  async put(path: string, bytes: Uint8Array): Promise<void> {
    const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    try {
      const sent = (async () => {
        const writer = (await listener.accept()).writable.getWriter();
        await writer.write(bytes);
        await writer.close();
      })();
      const fetch = `nc ${HOST} ${listener.addr.port} </dev/null >${quoted(path)}`;
      const { code, stderr } = await this.run(fetch);
      if (code !== 0) throw new Error(`cannot write ${path} in the guest: ${stderr}`);
      await sent;
    } finally {
      listener.close();
    }
  }

  async stop(): Promise<void> {
    try {
      this.process.kill("SIGKILL");
    } catch (error) {
      if (!(error instanceof TypeError)) throw error; // it has already ended by itself
    }
    await this.process.status;
    this.listener.close();
  }

  async #tell(line: string): Promise<void> {
    await this.#agent!.write(new TextEncoder().encode(line + "\n"));
  }

  async #accept(): Promise<void> {
    for await (const connection of this.listener) {
      void this.#serve(connection).catch(() => {}); // a lost result ends with the command's deadline
    }
  }

  async #serve(connection: Deno.TcpConn): Promise<void> {
    const reader = new ByteReader(connection.readable);
    const line = await readLine(reader);
    if (line === "ready") {
      this.#agent = connection.writable.getWriter();
      this.#booted?.();
      return;
    }
    const [id, code, outLength, errLength] = line.split(" ");
    const bytes = await reader.read(Number(outLength));
    const stderr = await reader.read(Number(errLength));
    if (!bytes || !stderr) throw new Error(`result ${id} was cut off`);
    const text = (of: Uint8Array) => new TextDecoder().decode(of);
    const outcome = { code: Number(code), stdout: text(bytes), stderr: text(stderr), bytes };
    this.#waiting.get(id)?.(outcome);
    await reader.cancel();
  }
}

/** Splits text into lines. */
class TextLineStream extends TransformStream<string, string> {
  constructor() {
    let rest = "";
    super({
      transform(chunk, controller) {
        const lines = (rest + chunk).split("\n");
        rest = lines.pop()!;
        for (const line of lines) controller.enqueue(line);
      },
      flush(controller) {
        if (rest) controller.enqueue(rest);
      },
    });
  }
}

async function readLine(reader: ByteReader): Promise<string> {
  const line: number[] = [];
  for (;;) {
    const byte = await reader.read(1);
    if (!byte || byte[0] === 0x0a) return new TextDecoder().decode(Uint8Array.from(line));
    line.push(byte[0]);
  }
}

/** Returns a quoted word for the shell. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
