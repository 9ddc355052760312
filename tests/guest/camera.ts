import { boards, type Stm32Board } from "../../boards/openmv_stm32/boards.ts";
import { FLASH_BASE } from "../../boards/openmv_stm32/chips.ts";
import { openmvStm32 } from "../../boards/openmv_stm32/mod.ts";
import { systemClock } from "../../core/common/clock.ts";
import type { SimulatedBoard, SimulationOptions } from "../../core/family/family.ts";
import { partitionNamed } from "../../core/openmv_bootloader/partition.ts";
import type { HardwareAction } from "../../core/plan/hardware_action.ts";
import type { Guest } from "./guest.ts";
import { type Release, release } from "./images.ts";
import { slowClock } from "./slow_clock.ts";
import { romfsOption, runUnbrick, type UnbrickOptions, type UnbrickRun } from "./unbrick_run.ts";

/**
 * How much slower the cameras run: such a camera waits 4.5 s in its bootloader, and erases as
 * slowly.
 */
const SLOWNESS = 3;

/**
 * A simulated STM32 camera on a port of the guest, with the user who handles it and its release.
 */
export class Camera {
  readonly board: Stm32Board;
  readonly release: Release;
  readonly simulated: SimulatedBoard;
  /** Folder of the release in the guest. */
  readonly images: string;

  private constructor(
    private readonly guest: Guest,
    id: string,
    readonly portPath: string,
    options: Partial<Pick<SimulationOptions, "traps" | "condition" | "clock">> = {},
  ) {
    this.board = boards.find((board) => board.id === id)!;
    this.release = release(this.board);
    this.images = `/tmp/release${portPath}`;
    this.simulated = openmvStm32.simulate(this.board, {
      clock: slowClock(SLOWNESS),
      socket: guest.bus.socket(portPath),
      ...options,
    });
  }

  /** Returns an unplugged camera without a bootloader, with its release in the guest. */
  static async bricked(
    guest: Guest,
    id: string,
    portPath = "1-1",
    traps?: Readonly<Record<string, string | boolean>>,
  ): Promise<Camera> {
    const camera = new Camera(guest, id, portPath, { traps });
    await camera.#putRelease();
    return camera;
  }

  /**
   * Returns a camera that runs older firmware, with its serial port in the guest and its release
   * there. It is not slowed down: it stays in its bootloader after it was sent there, and its
   * serial port needs exact pauses.
   */
  static async running(
    guest: Guest,
    id: string,
    traps?: Readonly<Record<string, string | boolean>>,
  ): Promise<Camera> {
    const camera = new Camera(guest, id, "1-1", {
      traps,
      condition: "healthy",
      clock: systemClock,
    });
    await camera.#putRelease();
    await camera.perform([{ id: "plug", text: "" }]);
    await guest.until("the camera's serial port", "test -c /dev/ttyACM0", 60_000);
    return camera;
  }

  async #putRelease(): Promise<void> {
    const { guest, images, release } = this;
    const folder = `${images}/${release.folder}`;
    await guest.run(`rm -rf ${images}; mkdir -p ${folder}`);
    await guest.machine.put(`${folder}/bootloader.bin`, release.bootloader);
    await guest.machine.put(`${folder}/firmware.bin`, release.firmware);
    await guest.machine.put(`${folder}/romfs0.img`, release.romfs);
  }

  async perform(actions: readonly HardwareAction[]): Promise<void> {
    for (const action of actions) await this.simulated.perform(action);
  }

  /** Unplugs the camera, fits the jumper and plugs it in: the ROM appears in the guest. */
  async enterRom(): Promise<void> {
    await this.perform(this.board.recoveryActions);
    const driver = `/sys/bus/usb/devices/${this.portPath}/idProduct`;
    await this.guest.until("the ROM in the guest", `grep -qs df11 ${driver}`);
    await this.guest.enumerated(this.portPath);
  }

  /** Runs `unbrick JOB BOARD` with the camera's release and more options. */
  unbrick(
    job: string,
    { more = "", ...options }: UnbrickOptions & { more?: string } = {},
  ): Promise<UnbrickRun> {
    const command = `${job} ${this.board.id} --images ${this.images} --timeout 30 ${more} ${
      romfsOption(job)
    }`;
    const perform = (actions: readonly HardwareAction[]) => this.perform(actions);
    return runUnbrick(this.guest, { command, perform }, { seconds: 150, ...options });
  }

  /** Returns which images of the release are not in the camera's memories. */
  differences(): string[] {
    const { bootloader, firmware, romfs } = this.release;
    const parts = { BOOTLOADER: bootloader, FIRMWARE: firmware, ROMFS0: romfs };
    return Object.entries(parts).flatMap(([name, bytes]) => {
      const { memory, start } = partitionNamed(this.board.partitions, name);
      const held = this.simulated.memory(memory);
      const offset = memory === "flash" ? start - FLASH_BASE : start;
      return bytes.every((byte, at) => held[offset + at] === byte) ? [] : [`${name} differs`];
    });
  }
}
