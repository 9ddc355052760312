import { type ErrorKind, UnbrickError } from "../../../core/common/errors.ts";
import type { StepContext } from "../../../core/plan/step_context.ts";
import type { SerialBus, SerialPortInfo } from "../../../core/transport/serial/port.ts";
import type { Partition } from "../../../core/openmv_bootloader/partition.ts";
import { PartitionRig } from "./partition_rig.ts";

export const runningPort: SerialPortInfo = {
  path: "/dev/ttyACM0",
  usb: { vendorId: 0x37C5, productId: 0x9204, portPath: "1-1" },
};

/** A running toy camera whose serial port behaves like this after V1's command. */
export class RunningRig extends PartitionRig {
  serialPorts: readonly SerialPortInfo[] = [runningPort];
  /** How the wait for the bootloader ended. */
  waited = "";
  written = 0;
  opened?: Error;

  constructor(
    readonly answer: "obeys" | "silent" | "bootloader stays away" | ErrorKind,
    table: readonly Partition[] = [],
  ) {
    super(table);
    this.present.set("firmware", this.device("firmware"));
  }

  override get context(): StepContext {
    const { clock, answer } = this;
    const read = async (_length: number, { timeoutMs }: { timeoutMs: number }) => {
      await clock.sleep(answer === "silent" ? timeoutMs : 300);
      throw new UnbrickError(answer === "silent" ? "timeout" : "disconnected", "It left.");
    };
    const open = () => {
      const isKind = !["obeys", "silent", "bootloader stays away"].includes(answer);
      if (isKind) return Promise.reject(new UnbrickError(answer as ErrorKind, `It is ${answer}.`));
      return Promise.resolve({
        info: runningPort,
        read,
        write: async () => void this.written++,
        close: () => Promise.resolve(),
      });
    };
    const serial = { list: () => Promise.resolve(this.serialPorts), open };
    return {
      ...super.context,
      serial: serial as unknown as SerialBus,
      waitFor: async ({ what, modes, deadlineMs, signal }) => {
        this.log.push(`${what} ${modes.join()} ${deadlineMs}`);
        try {
          await clock.sleep(answer === "obeys" ? 1_000 : 10_000, signal);
        } catch (error) {
          this.waited = String((error as Error).message);
          throw error;
        }
        if (answer !== "obeys") throw new UnbrickError("timeout", "It never came.");
        return this.device("bootloader");
      },
    };
  }
}
