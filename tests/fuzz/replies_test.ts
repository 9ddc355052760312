import fc from "fast-check";
import assert from "node:assert/strict";
import { FaultTrial } from "../support/faults/fault_trial.ts";
import type { FaultSubject } from "../support/faults/subject.ts";
import type { LineInterposer } from "../../core/transport/serial/model.ts";
import { dataToDevice } from "../../core/transport/usb/transfer.ts";
import type { Interposer } from "../../core/transport/usb/virtual_bus.ts";
import { subjects } from "../faults/subjects.ts";
import { randomNumbers } from "../faults/random.ts";

/**
 * Tests devices with arbitrary answers: string descriptors, DFU status and data, HID reports,
 * GetPhase and ISP frames are noise or nearly right. A run always ends, with a suitable error,
 * never with a false success, and the same command repairs the camera.
 */

interface Noise {
  readonly seed: number;
  /** Share of the answers that are changed. */
  readonly share: number;
  /** Number of correct answers before the noise begins. */
  readonly after: number;
}

const noise: fc.Arbitrary<Noise> = fc.record({
  seed: fc.nat(),
  share: fc.constantFrom(0.02, 0.2, 1),
  after: fc.nat(200),
});

class NoisyDevice {
  readonly #random: () => number;
  #answers = 0;

  constructor(private readonly options: Noise) {
    this.#random = randomNumbers(options.seed);
  }

  readonly usb: Interposer = {
    transfer: async (_attachment, transfer, _signal, next) => {
      const reply = await next(transfer);
      return dataToDevice(transfer) === undefined ? this.#spoilt(reply) : reply;
    },
  };

  readonly line: LineInterposer = {
    bytes: (direction, bytes, pass) => pass(direction === "to-host" ? this.#spoilt(bytes) : bytes),
  };

  #spoilt(reply: Uint8Array): Uint8Array {
    const { after, share } = this.options;
    if (this.#answers++ < after || this.#random() >= share) return reply;
    const byte = () => Math.floor(this.#random() * 256);
    const how = this.#random();
    if (how < 0.3) return reply.subarray(0, Math.floor(this.#random() * (reply.length + 1)));
    if (how < 0.6) return reply.map(byte);
    const copy = reply.slice();
    for (let left = 1 + Math.floor(this.#random() * 4); left > 0 && copy.length > 0; left--) {
      copy[Math.floor(this.#random() * Math.min(copy.length, 16))] = byte();
    }
    return copy;
  }
}

/** Returns false for jobs that only compare: noise can make different data look equal. */
const isJudged = ({ job }: FaultSubject) => job === "restore" || job === "flash";

for (const subject of subjects.filter(isJudged)) {
  Deno.test(`${subject.id}: no answers of a device make a run succeed falsely or hang`, async () => {
    const property = fc.asyncProperty(noise, async (options) => {
      const trial = new FaultTrial(subject);
      const device = new NoisyDevice(options);
      const { result, missing } = await trial.run([], {
        interposer: device.usb,
        lineInterposer: device.line,
      });
      const { error } = result!;
      assert.notEqual(error?.kind, "bug", error?.message);
      if (!error) assert.deepEqual(missing, [], "success was claimed falsely");
      let clean = await trial.run();
      if (clean.result?.error && subject.rescue) clean = await trial.rescue();
      assert.equal(clean.result?.error?.message, undefined, "not repaired");
      assert.deepEqual(clean.missing, []);
      assert.deepEqual(trial.camera.forbiddenOperations(), []);
      assert.equal(trial.camera.fuse?.early ?? 0, 0, "the fuse was burnt before the proof");
    });
    const { numRuns = 100 } = fc.readConfigureGlobal() ?? {};
    // Two runs take about as long as a hundred inputs of a reader.
    await fc.assert(property, { numRuns: Math.ceil(numRuns / 100) });
  });
}
