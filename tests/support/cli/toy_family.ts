import type { Board } from "../../../core/family/board.ts";
import type { DetectedDevice } from "../../../core/device/detected_device.ts";
import { UnbrickError } from "../../../core/common/errors.ts";
import type { BoardFamily, JobOptions, Plan, SimulatedBoard } from "../../../core/family/family.ts";
import { sha256 } from "../../../core/common/sha256.ts";
import { requireImage } from "../../../core/image/board_images.ts";
import { readBackProof, readBackProofIfEqual } from "../../../core/plan/memory_proof.ts";
import type { OnRead } from "../../../core/plan/read_back.ts";
import type { StepContext } from "../../../core/plan/step_context.ts";
import type { HardwareAction } from "../../../core/plan/hardware_action.ts";
import type { Consent } from "../../../core/plan/operator.ts";
import type { Step } from "../../../core/plan/step.ts";
import { UsbFunction } from "../../../core/transport/usb/function.ts";
import type { SetupPacket } from "../../../core/transport/usb/setup_packet.ts";

/** A camera with 4 KiB for tests of the command line: two vendor requests, one jumper, one fuse. */

const toyMemory = 4096;
const BLOCK = 64;
const [READ, WRITE, FUSE] = [1, 2, 3];
const ROM = 1, BOOTLOADER = 2;

const actions = {
  unplug: { id: "unplug", text: "Disconnect the camera." },
  fit: { id: "fit-jumper", text: "Connect a jumper wire between A and B.", parts: ["A", "B"] },
  remove: { id: "remove-jumper", text: "Remove the jumper wire.", parts: ["A", "B"] },
  plug: { id: "plug", text: "Connect the camera." },
} as const satisfies Record<string, HardwareAction>;

const board: Board = {
  id: "openmv-toy",
  name: "Toy Camera",
  maker: "OpenMV",
  folder: "OPENMVTOY",
  chip: "TOY1",
  jobs: { restore: true, flash: true, verify: true, read: true },
  roles: [{
    role: "firmware",
    title: "toy firmware",
    fileNames: ["firmware.bin"],
    neededFor: ["restore", "flash"],
  }],
  recoveryActions: [actions.unplug, actions.fit, actions.plug],
  afterActions: [actions.unplug, actions.remove, actions.plug],
};

const fixedBoard: Board = {
  ...board,
  id: "arduino-fixed",
  name: "Fixed Camera",
  maker: "Arduino",
  folder: "ARDUINO_FIXED",
  jobs: {
    ...board.jobs,
    restore: { refused: "The bootloader of the Fixed Camera is its maker's." },
  },
};

export interface ToyOptions {
  /** The simulated camera does not keep what is written. */
  readonly forgetful?: boolean;
  /** A restore burns a fuse at the end. */
  readonly fuse?: boolean;
  /** A step throws this error. */
  readonly defect?: Error;
}

export function toyFamily(options: ToyOptions = {}): BoardFamily {
  return {
    id: "toys",
    boards: [board, fixedBoard],
    usbIds: [{ vendorId: 0x7091 }],
    consents: [toyConsent],
    traps: { forgetful: [false], ink: ["red", "blue"] },
    recognise: (seen): DetectedDevice | undefined =>
      seen.usb.descriptor.idVendor !== 0x7091 ? undefined : {
        familyId: "toys",
        mode: seen.usb.descriptor.idProduct === ROM ? "rom" : "bootloader",
        seen,
        boardIds: [board.id],
        title: seen.usb.descriptor.idProduct === ROM ? "toy ROM" : "toy bootloader",
      },
    plan: (job, board, images, jobOptions): Plan => {
      if (job === "read") {
        return { job, board, images, steps: [connect(job), readStep(jobOptions)] };
      }
      const image = requireImage(images, board, "firmware");
      if (image.bytes.length > toyMemory) {
        throw new UnbrickError("bad-image", `${image.name} is too large.`, {});
      }
      const steps = [
        connect(job),
        job === "verify" ? verifyStep(image) : writeStep(image, options),
      ];
      if (options.fuse && job === "restore") steps.push(fuseStep());
      return { job, board, images, steps };
    },
    simulate: (board, { clock, socket, condition }): SimulatedBoard => {
      const memory = new Uint8Array(toyMemory).fill(0xFF);
      let isJumpered = false, busyMs = 0;
      return {
        board,
        memory: () => memory.slice(),
        get busyMs() {
          return busyMs;
        },
        perform: ({ id }) => {
          if (id === "fit-jumper") isJumpered = true;
          if (id === "remove-jumper") isJumpered = false;
          if (id === "unplug") socket.detach();
          if (id === "plug") {
            socket.attach(
              new ToyDevice(isJumpered || condition === "bricked" ? ROM : BOOTLOADER, {
                read: (at) => memory.slice(at, at + BLOCK),
                write: async (at, bytes) => {
                  busyMs += 10;
                  await clock.sleep(10);
                  if (!options.forgetful) memory.set(bytes, at);
                },
              }),
            );
          }
          return Promise.resolve();
        },
      };
    },
  };
}

interface ToyMemory {
  read(at: number): Uint8Array;
  write(at: number, bytes: Uint8Array): Promise<void>;
}

class ToyDevice extends UsbFunction {
  #fuse = 0;

  constructor(idProduct: number, readonly cells: ToyMemory) {
    super({
      speed: "full",
      device: { idVendor: 0x7091, idProduct, iSerialNumber: 1 },
      configuration: { interfaces: [{ bInterfaceClass: 0xFF }] },
      strings: { 1: "TOY0001" },
    });
  }

  protected override async request(
    { bRequest, wValue }: SetupPacket,
    data: Uint8Array,
  ): Promise<Uint8Array | void> {
    if (bRequest === READ) return this.cells.read(wValue);
    if (bRequest === WRITE) return await this.cells.write(wValue, data);
    if (bRequest === FUSE) {
      if (data.length) this.#fuse = data[0];
      return Uint8Array.of(this.#fuse);
    }
  }
}

const modes = ["rom", "bootloader"] as const;

function connect(job: string): Step {
  return {
    id: "connect",
    title: "Find the camera",
    weight: 100,
    effect: "none",
    run: async (context) => {
      const hands = job === "restore" ? context.board.recoveryActions : [actions.plug];
      await context.detected(modes) ??
        await context.request(hands, { what: "the toy camera", modes });
    },
  };
}

function writeStep(image: { name: string; bytes: Uint8Array }, { defect }: ToyOptions): Step {
  const target = {
    region: "firmware",
    address: 0,
    length: image.bytes.length,
    image: image.name,
    sha256: sha256(image.bytes),
  };
  const claim = `Firmware equals ${image.name} (${image.bytes.length} bytes read back).`;
  const read = (context: StepContext) => async (onRead: OnRead) => {
    const held = await transfer(context, image.bytes.length);
    onRead(held, 0);
    if (sha256(held) === target.sha256) return;
    throw new UnbrickError("verify-failed", "The toy forgot its firmware.", { address: 0 });
  };
  return {
    id: "write",
    title: "Write the firmware",
    weight: 1000,
    effect: "writes",
    targets: [target],
    isDone: (context) => readBackProofIfEqual(context, [target], read(context), claim),
    run: async (context) => {
      if (defect) throw defect;
      await transfer(context, image.bytes.length, image.bytes);
    },
    prove: (context) => readBackProof(context, [target], read(context), claim),
  };
}

function verifyStep(image: { name: string; bytes: Uint8Array }): Step {
  return {
    id: "verify",
    title: "Compare the firmware",
    weight: 100,
    effect: "none",
    run: async (context) => {
      const held = await transfer(context, image.bytes.length);
      if (sha256(held) !== sha256(image.bytes)) {
        throw new UnbrickError("verify-failed", "The firmware differs.", { address: 0 });
      }
    },
  };
}

function readStep({ address = 0, length = toyMemory }: JobOptions): Step {
  return {
    id: "read",
    title: "Read the memory",
    weight: 100,
    effect: "none",
    run: async (context) => {
      context.output(
        "memory",
        (await transfer(context, toyMemory)).slice(address, address + length),
      );
    },
  };
}

const toyConsent: Consent = {
  id: "toy-fuse",
  text: "Burn the toy fuse, for ever.",
  word: "BURN",
  isFuse: true,
};

function fuseStep(): Step {
  return {
    id: "fuse",
    title: "Burn the toy fuse",
    weight: 10,
    effect: "irreversible",
    consent: toyConsent,
    provenBy: "fuse",
    run: async (context) => {
      await fuse(context, Uint8Array.of(1));
    },
    prove: async (context) => {
      if ((await fuse(context))[0] !== 1) throw new UnbrickError("verify-failed", "Not burnt.", {});
      return { claim: "The toy fuse is burnt.", evidence: "fuse" };
    },
  };
}

async function open(context: StepContext) {
  const detected = await context.detected(modes);
  if (!detected) throw new UnbrickError("disconnected", "The toy camera left the USB bus.");
  return await context.usb.open(detected.seen.usb);
}

/** Reads the first `length` bytes, or writes them with `out`. */
async function transfer(
  context: StepContext,
  length: number,
  out?: Uint8Array,
): Promise<Uint8Array> {
  const device = await open(context);
  const bytes = new Uint8Array(length);
  try {
    for (let at = 0; at < length; at += BLOCK) {
      const options = { timeoutMs: 1000, signal: context.signal };
      const setup = { bRequest: out ? WRITE : READ, wValue: at, wIndex: 0 };
      const size = Math.min(BLOCK, length - at);
      if (out) {
        await device.controlOut(
          { bmRequestType: 0x40, ...setup },
          out.subarray(at, at + size),
          options,
        );
        context.progress(at + size, length);
      } else {bytes.set(
          await device.controlIn({ bmRequestType: 0xC0, ...setup }, size, options),
          at,
        );}
    }
    return bytes;
  } finally {
    await device.close();
  }
}

async function fuse(context: StepContext, value?: Uint8Array): Promise<Uint8Array> {
  const device = await open(context);
  const setup = { bRequest: FUSE, wValue: 0, wIndex: 0 };
  const options = { timeoutMs: 1000, signal: context.signal };
  try {
    if (value) await device.controlOut({ bmRequestType: 0x40, ...setup }, value, options);
    return await device.controlIn({ bmRequestType: 0xC0, ...setup }, 1, options);
  } finally {
    await device.close();
  }
}
