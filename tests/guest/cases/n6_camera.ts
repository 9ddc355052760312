import { board, partitions, replugActions } from "../../../boards/openmv_n6/boards.ts";
import { SimulatedN6 } from "../../../boards/openmv_n6/model.ts";
import {
  bundledVersions,
  factoryVersions,
  makeImages,
  sampleImages,
  smallSizes,
} from "../../../boards/openmv_n6/samples.ts";
import { slowClock } from "../slow_clock.ts";
import type { BoardImages } from "../../../core/image/image.ts";
import { partitionNamed } from "../../../core/openmv_bootloader/partition.ts";
import type { HardwareAction } from "../../../core/plan/hardware_action.ts";
import {
  type Line,
  romfsOption,
  runUnbrick,
  type UnbrickOptions,
  type UnbrickRun,
} from "../unbrick_run.ts";
import type { Guest } from "../guest.ts";
import type { Outcome } from "../machine.ts";

const PORT = "1-1";
/** The same as for the other cameras in the guest. */
const SLOWNESS = 3;

/**
 * A simulated N6 that the guest treats as a real camera, its release there, and the user who
 * handles it.
 */
export class N6Camera {
  /**
   * Without the mark that keeps images off real devices, and small, so that a case takes seconds.
   */
  readonly images: BoardImages = makeImages(
    bundledVersions,
    { ...smallSizes, bootloader: 70_000, firmware: 66_004 },
    false,
  );
  readonly simulated: SimulatedN6;
  /** The folder in the guest that contains OPENMV_N6. */
  readonly folder = "/tmp/n6";

  private constructor(
    private readonly guest: Guest,
    traps?: Readonly<Record<string, string | number | boolean>>,
  ) {
    const socket = guest.bus.socket(PORT);
    this.simulated = new SimulatedN6({
      clock: slowClock(SLOWNESS),
      socket,
      images: this.images,
      traps,
    });
    for (const role of ["firmware", "romfs0"]) {
      const { start } = partitionNamed(partitions, role.toUpperCase());
      this.simulated.flash.load(start, sampleImages(factoryVersions).get(role)!.bytes);
    }
  }

  /** Returns an unplugged camera without a bootloader, with its release in the guest. */
  static async bricked(
    guest: Guest,
    traps?: Readonly<Record<string, string | number | boolean>>,
  ): Promise<N6Camera> {
    const camera = new N6Camera(guest, traps);
    const release = `${camera.folder}/${board.folder}`;
    await guest.run(`rm -rf ${camera.folder}; mkdir -p ${release}`);
    for (const { name, bytes } of camera.images.all) {
      await guest.machine.put(`${release}/${name}`, bytes);
    }
    return camera;
  }

  async perform(actions: readonly HardwareAction[]): Promise<void> {
    for (const action of actions) await this.simulated.perform(action);
  }

  /** Unplugs the camera, fits the jumper and plugs it in: the ROM appears in the guest. */
  async enterRom(): Promise<void> {
    await this.perform(board.recoveryActions);
    await this.appears("df11");
  }

  /** Waits until a device with this product id is configured in the guest. */
  async appears(idProduct: string): Promise<void> {
    const file = `/sys/bus/usb/devices/${PORT}/idProduct`;
    await this.guest.until(`${idProduct} in the guest`, `grep -qs ${idProduct} ${file}`);
    await this.guest.enumerated(PORT);
  }

  /**
   * Runs `unbrick JOB openmv-n6` with the release. If the bootloader was missed, the camera is
   * replugged.
   */
  async unbrick(
    job: string,
    { onLine, more = "", ...options }: UnbrickOptions & { more?: string } = {},
  ): Promise<UnbrickRun> {
    const command = `${job} ${board.id} --images ${this.folder} --timeout 30 ${more} ${
      romfsOption(job)
    }`;
    const perform = (actions: readonly HardwareAction[]) => this.perform(actions);
    const lines: Line[] = [];
    const problems: unknown[] = [];
    const run = await runUnbrick(this.guest, { command, perform }, {
      seconds: 200,
      ...options,
      onLine: (line) => {
        lines.push(line);
        if (missedWindow(lines)) perform(replugActions).catch((error) => problems.push(error));
        onLine?.(line);
      },
    });
    if (problems.length > 0) throw problems[0];
    return run;
  }

  /**
   * Runs a documented command in the folder of the release; the user acts when the text says so.
   */
  async documentation(line: string): Promise<Outcome & { readonly said: string }> {
    const said: string[] = [];
    const outcome = await this.guest.start(`cd ${this.folder}; ${line} 2>&1`, (text) => {
      said.push(text);
      if (/Remove the jumper/.test(text)) void this.perform(board.afterActions);
    }, { seconds: 200 });
    return { ...outcome, said: said.join("\n") };
  }

  /** Returns true if a partition begins with the image of the release. */
  holds(role: string): boolean {
    const { bytes } = this.images.get(role)!;
    const { start } = partitionNamed(partitions, role.toUpperCase());
    const found = this.simulated.flash.read(start, bytes.length);
    return found.every((byte, at) => byte === bytes[at]);
  }
}

/**
 * Returns true if the camera runs although the user was just asked to start its bootloader: a slow
 * guest can miss the 1.5 s in which it waits. A technician would replug the camera.
 */
function missedWindow(lines: readonly Line[]): boolean {
  const last = lines.at(-1)!;
  if (last.type !== "seen" || !JSON.stringify(last).includes('"mode":"firmware"')) return false;
  const asked = lines.findLast(({ type }) => type === "hardware" || type === "step-done");
  return asked?.type === "hardware" && /in its bootloader/.test(String(asked.waitingFor));
}
