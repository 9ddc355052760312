import { rt1062 } from "../../../boards/openmv_rt1062/boards.ts";
import { CameraModel } from "../../../boards/openmv_rt1062/camera_model.ts";
import { regions } from "../../../boards/openmv_rt1062/memory_map.ts";
import {
  sampleBootloader,
  sampleFirmware,
  sampleFlashloader,
} from "../../../boards/openmv_rt1062/samples.ts";
import type { SimulationOptions } from "../../../core/family/family.ts";
import type { HardwareAction } from "../../../core/plan/hardware_action.ts";
import type { Guest } from "../guest.ts";
import { slowClock } from "../slow_clock.ts";
import { runUnbrick, type UnbrickOptions, type UnbrickRun } from "../unbrick_run.ts";

/** The folder in the guest that contains OPENMV_RT1060. */
export const FOLDER = "/tmp/rt1062";
/** How much slower the cameras run than real ones. The guest is at least as slow. */
const SLOWNESS = 3;
/** Not marked as simulation-only: the executable in the guest takes the model for a real camera. */
const options = { simulationOnly: false };
export const files = {
  "sdphost_flash_loader.bin": sampleFlashloader(options),
  "blhost_flash_loader.bin": sampleBootloader(options),
  "firmware.bin": sampleFirmware({ ...options, size: 70_004, version: "5.0.7" }),
} as const;

/** A simulated RT1062 that the guest treats as a real camera, with its release and its user. */
export class RtCamera {
  readonly model: CameraModel;

  private constructor(private readonly guest: Guest, more: Partial<SimulationOptions>) {
    const socket = guest.bus.socket("1-1");
    this.model = new CameraModel({ clock: slowClock(SLOWNESS), socket, ...more });
  }

  /** Returns an unplugged camera, with the files for its restore in the guest. */
  static async make(guest: Guest, more: Partial<SimulationOptions> = {}): Promise<RtCamera> {
    const folder = `${FOLDER}/${rt1062.folder}`;
    await guest.run(`rm -rf ${FOLDER}; mkdir -p ${folder}`);
    for (const [name, bytes] of Object.entries(files)) {
      await guest.machine.put(`${folder}/${name}`, bytes);
    }
    return new RtCamera(guest, more);
  }

  async perform(...ids: HardwareAction["id"][]): Promise<void> {
    for (const id of ids) await this.model.perform({ id, text: "" });
  }

  /** Waits until the guest's kernel shows the device. */
  async shows(id: string): Promise<void> {
    const read = "cat /sys/bus/usb/devices/1-1/idVendor /sys/bus/usb/devices/1-1/idProduct";
    await this.guest.until(`${id} in the guest`, `test "$(${read} | tr -d '\\n')" = ${id}`);
    await this.guest.enumerated("1-1");
  }

  /** Runs `unbrick JOB` with the camera and its simulated user, and more options. */
  unbrick(
    job: string,
    { more = "", ...options }: UnbrickOptions & { more?: string } = {},
  ): Promise<UnbrickRun> {
    const command = `${job} openmv-rt1062 --images ${FOLDER} --timeout 60 ${more}`;
    const perform = (actions: readonly HardwareAction[]) =>
      this.perform(...actions.map(({ id }) => id));
    return runUnbrick(this.guest, { command, perform }, { seconds: 280, ...options });
  }

  /** Returns the names of the files that are not in the flash. */
  differences(): string[] {
    const { flash } = this.model.chip;
    const places = {
      "blhost_flash_loader.bin": regions.bootloader.start,
      "firmware.bin": regions.firmware.start,
    } as const;
    return Object.entries(places).flatMap(([name, start]) => {
      const bytes = files[name as keyof typeof files];
      const found = flash.read(start, bytes.length);
      return bytes.every((byte, at) => byte === found[at]) ? [] : [name];
    });
  }

  get fuse(): number {
    return this.model.chip.fuses.read(6);
  }

  get burns(): number {
    return this.model.chip.fuses.burns.length;
  }
}
