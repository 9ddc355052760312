import assert from "node:assert/strict";
import { join } from "node:path";
import { SimulatedAe3 } from "../../../boards/openmv_ae3/camera.ts";
import { sampleImages } from "../../../boards/openmv_ae3/samples.ts";
import { VirtualClock } from "../../../core/common/virtual_clock.ts";
import type { Context } from "../../../core/cli/context.ts";
import type { Console } from "../../../core/cli/terminal/console.ts";
import { vendorTools } from "../../../core/cli/vendor/tools.ts";
import type { SimulationOptions } from "../../../core/family/family.ts";
import type { BoardImages } from "../../../core/image/image.ts";
import { MemorySerialBus } from "../../../core/transport/serial/memory.ts";
import { VirtualBus } from "../../../core/transport/usb/virtual_bus.ts";
import { noPrompts } from "./command_rig.ts";

/** A small image, and not only for simulated cameras. */
export const toolImages: BoardImages = sampleImages({
  sizes: { bootloader: 4_656, hp: 8_708, he: 5_000, romfs1: 4_100, romfs0: 9_000, bank: 512 },
  simulationOnly: false,
});

/** A simulated camera with its recovery switch on, and the folder of the SE Tools. */
export class SeToolsFolder {
  readonly clock = new VirtualClock();
  readonly folder = Deno.makeTempDirSync();
  readonly camera: SimulatedAe3;
  readonly serial = new MemorySerialBus(this.clock);
  out = "";
  error = "";

  constructor(
    traps: SimulationOptions["traps"] = {},
    condition: "bricked" | "healthy" = "bricked",
  ) {
    const socket = new VirtualBus().socket("1-1");
    this.camera = new SimulatedAe3({
      clock: this.clock,
      socket,
      serial: this.serial.socket(() => socket.portPath),
      images: toolImages,
      condition,
      traps: { switchOn: true, ...traps },
    });
    Deno.mkdirSync(join(this.folder, "alif"));
    Deno.mkdirSync(join(this.folder, "utils", "key"), { recursive: true });
    Deno.mkdirSync(join(this.folder, "build", "images"), { recursive: true });
    for (const { name, bytes, role } of toolImages.all) {
      const place = /^(system|pointer)/.test(role) ? join("alif", name) : name;
      Deno.writeFileSync(join(this.folder, place), bytes);
    }
  }

  /** Runs a command line; the camera is on its port and has started. */
  async run(...argv: readonly string[]): Promise<number> {
    const console: Console = {
      isTerminal: false,
      canAsk: false,
      columns: 200,
      colour: false,
      unicode: false,
      write: (text) => this.out += text,
      writeError: (text) => this.error += text,
    };
    const refuse = () => Promise.reject(new Error("not expected"));
    const context: Context = {
      version: "1.2.3",
      os: "linux",
      clock: this.clock,
      signal: new AbortController().signal,
      families: [],
      prompts: noPrompts,
      openConsole: () => console,
      openUsbBus: refuse,
      openSerialBus: () => Promise.resolve(this.serial),
      usbLibrary: refuse,
      bundledImages: () => undefined,
      loadFamily: refuse,
      workingFolder: this.folder,
    };
    this.out = this.error = "";
    const tool = vendorTools.find(({ name }) => name === argv[0])!;
    return await this.clock.run(async () => {
      if (!this.#isPlugged) {
        this.#isPlugged = true;
        await this.camera.perform({ id: "plug", text: "" });
        await this.clock.sleep(1_000);
      }
      return await tool.run(argv.slice(1), context);
    });
  }

  async ok(...argv: readonly string[]): Promise<string> {
    const code = await this.run(...argv);
    assert.equal(code, 0, `${argv.join(" ")}: ${this.error}`);
    return this.out;
  }

  /** @returns what was printed on standard error */
  async fails(code: number, ...argv: readonly string[]): Promise<string> {
    assert.equal(await this.run(...argv), code, `${argv.join(" ")}: ${this.out}${this.error}`);
    return this.error;
  }

  get frames(): number {
    return this.camera.line.counters.pieces;
  }

  #isPlugged = false;
}

/** The exit codes of the tools. */
export const USAGE = 2, NOT_FOUND = 3, WRONG_BOARD = 12, BAD_IMAGE = 13;
