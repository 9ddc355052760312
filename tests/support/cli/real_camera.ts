import { families } from "../boards/families.ts";
import { allBoards } from "../../../core/cli/devices/board_names.ts";
import { VirtualClock } from "../../../core/common/virtual_clock.ts";
import type { SimulatedBoard, SimulationOptions } from "../../../core/family/family.ts";
import { type HardwareAction, unplug } from "../../../core/plan/hardware_action.ts";
import { CdcSerialBus } from "../../../core/transport/serial/cdc_bus.ts";
import { joinedBuses } from "../../../core/transport/serial/joined.ts";
import { MemorySerialBus } from "../../../core/transport/serial/memory.ts";
import { MemoryBus } from "../../../core/transport/usb/memory.ts";
import { VirtualBus } from "../../../core/transport/usb/virtual_bus.ts";
import { type Ran, ran, type Surroundings } from "./command_rig.ts";

/** A model of a camera on the bus of a host that takes it for a real camera. */
export interface RealCamera {
  readonly camera: SimulatedBoard;
  /**
   * Runs a command line on virtual time; a simulated user does the steps by hand that it asks for
   * (`--json`).
   */
  run(line: string | readonly string[]): Promise<Ran>;
}

export function realCamera(
  boardId: string,
  options: Partial<SimulationOptions> & {
    /** Called before each command line. */
    readonly first?: readonly HardwareAction["id"][];
    readonly context?: Surroundings["context"];
    /** Whether the user pulls the cable when a field test asks for it. Default: yes. */
    readonly pullsCable?: boolean;
  } = {},
): RealCamera {
  const { first = [], context, pullsCable = true, ...simulation } = options;
  const clock = new VirtualClock();
  const bus = new VirtualBus({ wireClock: clock });
  const serial = new MemorySerialBus(clock);
  const socket = bus.socket("1-1");
  const { board, family } = allBoards(families).find((one) => one.board.id === boardId)!;
  const port = serial.socket(() => socket.portPath);
  const camera = family.simulate(board, { clock, socket, serial: port, ...simulation });
  const perform = async (actions: readonly Pick<HardwareAction, "id">[]) => {
    for (const { id } of actions) await camera.perform({ id, text: "" });
  };
  let rest = "";
  const performActions = (text: string) => {
    rest += text;
    const lines = rest.split("\n");
    rest = lines.pop()!;
    for (const line of lines) {
      if (!line.startsWith("{")) continue;
      const event = JSON.parse(line);
      if (event.type === "hardware") void perform(event.actions);
      if (event.type === "fieldtest-pull-cable" && pullsCable) void perform([unplug]);
    }
  };
  return {
    camera,
    run: (line) =>
      clock.run(async () => {
        await perform(first.map((id) => ({ id })));
        let out = "", error = "";
        const result = await ran(line, {
          families,
          bus: new MemoryBus(bus, clock),
          console: {
            write(text) {
              out += text;
              performActions(text);
            },
            writeError: (text) => error += text,
          },
          context: {
            clock,
            openSerialBus: () =>
              Promise.resolve(joinedBuses([serial, new CdcSerialBus(bus, clock)])),
            ...context,
          },
        });
        return {
          code: result.code,
          out,
          error,
          get json() {
            return out.trimEnd().split("\n").map((text) => JSON.parse(text));
          },
        };
      }),
  };
}
