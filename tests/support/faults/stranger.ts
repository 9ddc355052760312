import type { SimulatedBoard } from "../../../core/family/family.ts";
import type { Attachment } from "../../../core/transport/usb/attachment.ts";
import { StandardRequest } from "../../../core/transport/usb/function.ts";
import { Stall } from "../../../core/transport/usb/model.ts";
import type { Transfer } from "../../../core/transport/usb/transfer.ts";
import type { VirtualSocket } from "../../../core/transport/usb/virtual_bus.ts";
import type { Trial } from "../plan/plan_rig.ts";
import type { FaultCamera, FaultSubject } from "./subject.ts";

/** Where another camera of the same kind appears, and whether it shows its serial number. */
export interface StrangerOptions {
  /** Omitted: it takes the port of the first camera. */
  readonly port?: string;
  readonly isSilent?: boolean;
}

/** Its number among the units (`SimulationOptions.unit`): the first camera is unit 0. */
const UNIT = 1;
/** The port of the first camera's cable while another camera has its port. */
const ASIDE = "1-9";
/** Ports for cameras that have left; each gets its own. */
const FIRST_PARKING = 30, PARKINGS = 200;
let left = 0;
const TYPE_STRING = 3;
/** The offset of the serial number's index in a device descriptor. */
const SERIAL_AT = 16;

/**
 * Another healthy camera of the same kind: the first one is unplugged, and this one is plugged in.
 */
export class Stranger {
  readonly camera: SimulatedBoard;
  readonly port: string;
  /** True if steps by hand act on this camera instead of the first one. */
  readonly hasHands: boolean;
  readonly #first: VirtualSocket;
  readonly #socket: VirtualSocket;
  readonly #stopSilence: () => void;
  #isAsked = false;

  constructor(
    { family, board }: FaultSubject,
    first: FaultCamera,
    { bus, clock, serial }: Trial,
    { port, isSilent = false }: StrangerOptions,
  ) {
    this.#first = first.socket;
    this.#first.detach();
    this.port = port ?? this.#first.portPath;
    this.hasHands = port === undefined;
    if (this.hasHands) this.#first.moveTo(ASIDE);
    const socket = this.#socket = bus.socket(this.port);
    this.camera = family.simulate(board, {
      clock,
      socket,
      // Its serial adapter is a port of the same system.
      serial: serial.socket(() => socket.portPath),
      condition: "healthy",
      unit: UNIT,
    });
    this.#stopSilence = bus.interpose({
      transfer: async (attachment, transfer, _signal, next) => {
        const isOurs = attachment === socket.attachment;
        this.#isAsked ||= isOurs;
        if (isOurs && isSilent && asksForSerial(attachment, transfer)) throw new Stall();
        return await next(transfer);
      },
    });
    this.camera.perform({ id: "plug", text: "" });
  }

  /** True if the run has communicated with it, even if it only read its names. */
  get isAsked(): boolean {
    return this.#isAsked;
  }

  /** Unplugs this camera and puts the first camera's cable in its place. */
  leave(): void {
    this.camera.perform({ id: "unplug", text: "" });
    this.#stopSilence();
    this.#socket.moveTo(`1-${FIRST_PARKING + left++ % PARKINGS}`);
    if (this.hasHands) this.#first.moveTo(this.port);
  }
}

function asksForSerial({ model }: Attachment, transfer: Transfer): boolean {
  if (transfer.kind !== "control") return false;
  const { bRequest, wValue } = transfer.setup;
  const index = model.deviceDescriptor[SERIAL_AT];
  return bRequest === StandardRequest.GET_DESCRIPTOR && wValue === (TYPE_STRING << 8 | index);
}
