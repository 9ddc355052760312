import type { SimulatedBoard } from "../../../core/family/family.ts";
import type { Attachment } from "../../../core/transport/usb/attachment.ts";
import { StandardRequest } from "../../../core/transport/usb/function.ts";
import { Stall } from "../../../core/transport/usb/model.ts";
import type { Transfer } from "../../../core/transport/usb/transfer.ts";
import type { VirtualSocket } from "../../../core/transport/usb/virtual_bus.ts";
import type { Trial } from "../plan/plan_rig.ts";
import type { FaultCamera, FaultSubject } from "./subject.ts";

/** Where another camera of the same kind comes, and whether it tells its serial number. */
export interface StrangerOptions {
  /** Left out: to the port of the first camera. */
  readonly port?: string;
  readonly isSilent?: boolean;
}

/** The number of the unit that it is (`SimulationOptions.unit`): the first camera is unit 0. */
const UNIT = 1;
/** Where the first camera's cable lies while another has its port. */
const ASIDE = "1-9";
/** Ports at which cameras lie that have left: each has one of its own. */
const FIRST_PARKING = 30, PARKINGS = 200;
let left = 0;
const TYPE_STRING = 3;
/** Where a device descriptor has the index of the serial number. */
const SERIAL_AT = 16;

/** Another healthy camera of the same kind: the first one is unplugged, and this one plugged in. */
export class Stranger {
  readonly camera: SimulatedBoard;
  readonly port: string;
  /** Hands that are asked for something take this camera for the first one. */
  readonly hasHands: boolean;
  readonly #first: VirtualSocket;
  readonly #socket: VirtualSocket;
  readonly #stopSilence: () => void;
  #isAsked = false;

  constructor(
    { family, board }: FaultSubject,
    first: FaultCamera,
    { bus, clock }: Trial,
    { port, isSilent = false }: StrangerOptions,
  ) {
    this.#first = first.socket;
    this.#first.detach();
    this.port = port ?? this.#first.portPath;
    this.hasHands = port === undefined;
    if (this.hasHands) this.#first.moveTo(ASIDE);
    const socket = this.#socket = bus.socket(this.port);
    this.camera = family.simulate(board, { clock, socket, condition: "healthy", unit: UNIT });
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

  /** The run has talked to it, if only to read its names. */
  get isAsked(): boolean {
    return this.#isAsked;
  }

  /** It is unplugged, and the first camera's cable lies where it was. */
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
