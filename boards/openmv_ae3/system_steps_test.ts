import assert from "node:assert/strict";
import type { StepContext } from "../../core/plan/step_context.ts";
import type { SimulationOptions } from "../../core/family/family.ts";
import { AeTrial, smallImages } from "../../tests/support/boards/openmv_ae3_rig.ts";
import type { Contact } from "./connection.ts";
import { systemPackages } from "./packages.ts";
import { sampleImages } from "./samples.ts";
import { SystemSteps } from "./system_steps.ts";

/** When the enclave's own firmware is written, and what the chip must answer afterwards. */

const AE = "AE302F80F55D5AE", LE = "AE302F80F55D5LE";
const packages = systemPackages(smallImages); // version 1.110.0
const { root } = packages[0];
const steps = new SystemSteps(packages);

const contact = (version: string | undefined, source = "SES", part = AE) =>
  ({
    revision: { part, hbk0: root, name: "B4" },
    enquiry: { source, error: 5 },
    banner: `SES B4 v${version}`,
    ...(version !== undefined && { version }),
    bridgePart: AE,
  }) as unknown as Contact;

/** A context in which this chip has answered; its memory must not be asked. */
function knowing(facts: { contact?: Contact; restored?: unknown }) {
  const notes: string[] = [];
  const context = {
    learned: () => facts,
    note: (text: unknown) => notes.push(String(text)),
    detected: () => assert.fail("the camera was asked"),
  } as unknown as StepContext;
  return { context, notes };
}

const claimOf = async (step: ReturnType<SystemSteps["update"]>, one: Contact) => {
  const proof = await step.isDone!(knowing({ contact: one }).context);
  if (proof) assert.equal(proof.evidence, "device-check");
  return proof && String(proof.claim);
};

Deno.test("firmware that is older than the package is updated, newer firmware is left as it is", async () => {
  const update = steps.update();
  for (const old of ["1.103.1", "1.109.9", "0.200.0", undefined]) {
    assert.equal(await claimOf(update, contact(old)), undefined, old);
  }
  for (const newer of ["1.110.1", "1.111.0", "2.0.0"]) {
    assert.equal(
      await claimOf(update, contact(newer)),
      `The Secure Enclave runs version ${newer} of its firmware; the available system package has ` +
        `version 1.110.0.`,
    );
  }
});

Deno.test("firmware of a part without a package is left as it is", async () => {
  const other = contact("1.103.1", "SES", "AE722F80F55D5LS");
  assert.match((await claimOf(steps.update(), other))!, /no newer system package for this part/);
  const unknown = contact(undefined, "SES", "AE722F80F55D5LS");
  assert.match((await claimOf(steps.update(), unknown))!, /version unknown of its firmware/);
});

Deno.test("the ROM restores the firmware only where none runs, with the package for the chip", async () => {
  const recover = steps.recover();
  assert.match((await claimOf(recover, contact("1.103.1")))!, /running its own firmware: SES B4/);
  assert.equal(await claimOf(recover, contact(undefined, "SEROM")), undefined);
  for (const [part, name] of [[AE, "5AE-rev-b4.bin"], [LE, "5LE-rev-b4.bin"]] as const) {
    const { context, notes } = knowing({ contact: contact(undefined, "SEROM", part) });
    await recover.prepare!(context);
    assert.equal(notes.length, 1);
    assert.ok(notes[0].endsWith(`${name}, version 1.110.0.`), notes[0]);
  }
  const { context } = knowing({ contact: contact(undefined, "SEROM", "AE722F80F55D5LS") });
  await assert.rejects(async () => await recover.prepare!(context), { kind: "wrong-board" });
});

Deno.test("a camera that is restored already needs neither; without an answer neither can begin", async () => {
  const restored = { claim: "it is right", evidence: "read-back" };
  for (const step of [steps.recover(), steps.update()]) {
    assert.equal(await step.isDone!(knowing({ restored }).context), restored);
    await assert.rejects(async () => await step.isDone!(knowing({}).context), /was not reached/);
  }
});

Deno.test("the summary says which files may be written, and the digest if there is only one", () => {
  const [first, second] = packages.map(({ image }) => image);
  const target = { region: "Secure Enclave firmware", address: 0x8058_0000 };
  const targetsOf = (some: typeof packages) =>
    new SystemSteps(some).update().targets!.map((one) => ({ ...one, region: `${one.region}` }));
  assert.deepEqual(targetsOf(packages), [
    { ...target, length: first.bytes.length, image: `${first.name} or ${second.name}` },
  ]);
  assert.deepEqual(targetsOf(packages.slice(0, 1)), [
    {
      ...target,
      length: first.bytes.length,
      image: first.name,
      sha256: smallImages.get("system-ae")!.sha256,
    },
  ]);
  assert.deepEqual(targetsOf([]), []);
  for (const step of [new SystemSteps([]).recover(), new SystemSteps([]).update()]) {
    assert.ok(step.weight >= 2_000 && step.weight < 4_000, `${step.weight}`);
  }
});

const sizes = { bootloader: 4_224, hp: 4_224, he: 4_224, romfs1: 128, romfs0: 128, bank: 128 };
const images = sampleImages({ sizes });

/** Runs a restore of the bootloader; `onPower` is called each time the camera gets power. */
async function restored(
  traps: SimulationOptions["traps"],
  onPower: (run: AeTrial, count: number) => void,
) {
  const run = new AeTrial({ condition: "healthy", images, traps });
  const perform = run.camera.perform.bind(run.camera);
  let count = 0;
  run.camera.perform = async (action) => {
    if (action.id === "plug") onPower(run, ++count);
    await perform(action);
  };
  return { run, ...await run.run("restore", { bootloaderOnly: true }) };
}

/** Lets nothing pass from the chip for so long. */
function silence({ camera: { line }, trial: { clock } }: AeTrial, ms: number): void {
  const until = clock.now() + ms;
  line.interpose({
    bytes: (direction, bytes, pass) => {
      if (direction === "to-device" || clock.now() >= until) pass(bytes);
    },
  });
}

Deno.test("a chip that answers only some seconds after its update is waited for; one that never does is an error", async () => {
  // The second time that it gets power is after the update.
  const late = await restored(
    { oldPackage: true },
    (run, count) => count === 2 && silence(run, 7_000),
  );
  assert.equal(late.error?.message, undefined);
  assert.deepEqual(late.run.trial.changed.slice(0, 1), ["system-package"]);

  const never = await restored(
    { oldPackage: true },
    (run, count) => count === 2 && silence(run, 1e9),
  );
  assert.equal(never.error?.kind, "timeout");
  assert.match(never.error!.message, /has not answered since its firmware was written/);
  assert.equal(never.outcome, "partly-written");
});

Deno.test("a chip whose ROM answers again after its firmware was restored is an error", async () => {
  const run = new AeTrial({ condition: "healthy", images, traps: { enclaveDead: true } });
  const { enclave, mram } = run.camera;
  const reset = enclave.reset.bind(enclave);
  enclave.reset = () => {
    mram.load(0x8058_0000, new Uint8Array(0x1000));
    reset();
  };
  const { error, outcome } = await run.run("restore", { bootloaderOnly: true });
  assert.equal(error?.kind, "device-status");
  assert.match(error!.message, /the chip does not start it/);
  assert.equal(outcome, "partly-written");
  assert.deepEqual(run.trial.changed, ["recover-enclave"]);
});

Deno.test("a chip that runs another version than the one that was written, or its ROM, is an error", async () => {
  const old = await restored({ oldPackage: true }, ({ camera: { mram } }, count) => {
    if (count !== 2) return;
    const { bytes } = sampleImages({
      sizes,
      versions: { bootloader: "1.0.3", firmware: "5.0.0", system: "1.104.0" },
    }).get("system-ae")!;
    mram.load(0x8058_0000, bytes);
  });
  assert.equal(old.error?.kind, "verify-failed");
  assert.deepEqual(old.error!.data, { running: "1.104.0", expected: "1.110.0" });

  const dead = await restored({ oldPackage: true }, ({ camera: { mram } }, count) => {
    if (count === 2) mram.load(0x8058_0000, new Uint8Array(0x1000));
  });
  assert.equal(dead.error?.kind, "verify-failed");
  assert.deepEqual(dead.error!.data, { running: null, expected: "1.110.0" });
});
