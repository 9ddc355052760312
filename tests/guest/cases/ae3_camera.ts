import { ae3 } from "../../../boards/openmv_ae3/boards.ts";
import { SimulatedAe3 } from "../../../boards/openmv_ae3/camera.ts";
import { SYSTEM_BASE } from "../../../core/protocols/alif_isp/packets/memory_map.ts";
import { sampleImages } from "../../../boards/openmv_ae3/samples.ts";
import type { SimulationOptions } from "../../../core/family/family.ts";
import type { BoardImages } from "../../../core/image/image.ts";
import type { HardwareAction } from "../../../core/plan/hardware_action.ts";
import type { Guest } from "../guest.ts";
import { slowClock } from "../slow_clock.ts";
import { romfsOption, runUnbrick, type UnbrickOptions, type UnbrickRun } from "../unbrick_run.ts";

const PORT = "1-1";
/** The same as for the other cameras in the guest. */
const SLOWNESS = 3;

/**
 * A simulated AE3 with a CH343 as its serial adapter, which Linux' own cdc_acm driver takes. The
 * guest treats it as a real camera and has its release and the vendor's packages; the user who
 * handles it is here.
 */
export class Ae3Camera {
  /**
   * Without the mark that keeps images off real devices, and small, so that a case takes seconds.
   */
  readonly images: BoardImages = sampleImages({
    sizes: { bootloader: 4_656, hp: 8_708, he: 5_000, romfs1: 4_100, romfs0: 9_000, bank: 512 },
    simulationOnly: false,
  });
  readonly simulated: SimulatedAe3;
  /** The folder in the guest that contains OPENMV_AE3. */
  readonly folder = "/tmp/ae3";

  private constructor(private readonly guest: Guest, traps: SimulationOptions["traps"]) {
    this.simulated = new SimulatedAe3({
      clock: slowClock(SLOWNESS),
      socket: guest.bus.socket(PORT),
      images: this.images,
      condition: "bricked",
      traps: { variant: "LE", ...traps },
    });
  }

  /** Returns an unplugged camera without a bootloader, with its release in the guest. */
  static async bricked(guest: Guest, traps: SimulationOptions["traps"] = {}): Promise<Ae3Camera> {
    const camera = new Ae3Camera(guest, traps);
    const release = `${camera.folder}/${ae3.folder}`;
    await guest.run(`rm -rf ${camera.folder}; mkdir -p ${release}`);
    for (const { name, bytes } of camera.images.all) {
      await guest.machine.put(`${release}/${name}`, bytes);
    }
    return camera;
  }

  async perform(actions: readonly HardwareAction[]): Promise<void> {
    for (const action of actions) await this.simulated.perform(action);
  }

  /** Runs `unbrick JOB openmv-ae3` with the release and more options. */
  unbrick(job: string, more = "", options: UnbrickOptions = {}): Promise<UnbrickRun> {
    const command = `${job} ${ae3.id} --images ${this.folder} --timeout 60 ${more} ${
      romfsOption(job)
    }`;
    const perform = (actions: readonly HardwareAction[]) => this.perform(actions);
    return runUnbrick(this.guest, { command, perform }, { seconds: 280, ...options });
  }

  /** Returns true if the enclave's firmware is the complete package of the release. */
  get holdsPackage(): boolean {
    return this.simulated.mram.holds(SYSTEM_BASE, this.images.get("system-le")!.bytes);
  }

  /** Returns true if a partition begins with the image of the release. */
  holds(role: string, partition: string): boolean {
    const { bytes } = this.images.get(role)!;
    const found = this.simulated.partition(partition, bytes.length);
    return found.every((byte, at) => byte === bytes[at]);
  }
}
